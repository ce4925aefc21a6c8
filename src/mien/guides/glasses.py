"""Glasses: where their rims, bridge, temples, shadows and reflections are, apart from lenses, eyes and brows.

The parser knows glasses as one region, lenses included; :mod:`mien.guides.frames` finds their lines, and has the
conventions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import between_pixels, crop_face
from mien.compose.blend import membrane
from mien.compose.morphology import grown
from mien.conditions.areas import Seen
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.behind import LARGEST as LARGEST_UNIT
from mien.guides.behind import enlarged, uncovered
from mien.guides.borrow import unit_of
from mien.guides.frames import EYES, area_of, bridge, clearness, eyes_of, frame_of
from mien.guides.guide import Box, Guide, box_of, changed
from mien.guides.lenses import cleared
from mien.guides.lines import MARGIN, SIDE, SQUARE, UNIT, Lines, disc, gleams
from mien.guides.rims import rims
from mien.guides.surround import BROWS as BROW_OUTLINES
from mien.guides.surround import Worn, alike
from mien.guides.traits import Traits
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

BROWS = ("left_brow", "right_brow")
PARTS = {
    "face": ("skin", "nose", "left_eye", "right_eye", *BROWS),
    "brows": BROWS,
    "hair": ("hair",),
    "ears": ("left_ear", "right_ear"),
    "background": ("background",),
}
"""What is told apart around glasses, by the parser's classes."""

LEAST, SURE, JOINED = 1400, 2000, 21.0
"""Pixels of the parser's 256 that glasses have at least, and from which they are surely there; and levels of a bridge
that tells those in between from wrinkles and shaded eyes."""

SURE_KIND, UNLIKELY = 4, 0.2
"""Power of how likely each kind of thing is behind a frame, since a mixture of skin and hair has patches of neither;
and how much less likely are skin beyond the face's outline and background, where hair or ears are close."""

ALONG = 3.0
"""How far from where a rim was found its bright edge may be, units."""

NONE = "No glasses are seen on this face; give --mask, a picture that is white on what is to vanish."

LARGEST = 0.06
"""Share of both lenses that a reflection may have: larger ones hide what no surroundings tell."""

GLARE = (36.0, 20.0)
"""Levels by which reflections are lighter than skin at their brightest, and at their border."""

SEEN = 0.3
"""Share of a pixel from which it belongs to an area."""

DARK_LENS = 0.5
"""Light within the lenses, against the cheeks', below which they are sunglasses."""


LEFT = "The lenses are tinted: their colour is taken off what is seen through them, reflections are not."
TINTED = "The lenses are dark, and nothing tells the eyes behind them; such glasses cannot be taken off."


@dataclass(frozen=True, eq=False)
class Glasses:
    """Planes are (SIDE, SIDE), those of :mod:`mien.guides.lines`.

    Attributes:
        frame: rims, bridge, temples.
        eyes: with their lids.
        lenses: what is seen through them.
        parsed: the parser's glasses, lenses included.
        beside: what is hair, ear or background rather than face.
        glare: reflections.
        brows: float32, how likely a brow is, behind rims, too.
        kinds: (SIDE, SIDE, 4) how likely face, hair, ears and background are, behind the frame, too.
        matrix: (2, 3) plane to photo.
        traits: of the face.
        tinted: whether the eyes cannot be seen.
    """

    frame: Bool
    eyes: Bool
    lenses: Bool
    parsed: Bool
    beside: Bool
    glare: Bool
    brows: Float32
    kinds: Float32
    matrix: Float64
    traits: Traits
    tinted: bool

    @property
    def hidden(self) -> Bool:
        """All that is to vanish."""
        return np.asarray(self.frame | self.glare | self.parsed & self.beside, np.bool_)

    def box(self, photo: Photo, room: float) -> Box:
        """The part of a photo that they lie in, with some room around it, pixels.

        Raises:
            LayerError: no frame is seen.
        """
        if not self.hidden.any():
            raise LayerError(NONE)
        left, top, right, bottom = box_of(self.hidden)
        x, y = np.meshgrid([left, right], [top, bottom])
        corners = np.stack([x.ravel(), y.ravel()], 1) @ self.matrix[:, :2].T + self.matrix[:, 2]
        x0, y0 = np.clip(np.floor(corners.min(0) - room), 0, (photo.width - 1, photo.height - 1)).astype(int)
        x1, y1 = np.clip(np.ceil(corners.max(0) + room), (x0 + 1, y0 + 1), (photo.width, photo.height)).astype(int)
        return int(x0), int(y0), int(x1), int(y1)

    def placed(self, plane: Bool | Float32, box: Box, scale: float = 1.0) -> Float32:
        """(h, w) or (h, w, k): a plane in [0, 1] where it lies in a box of the photo, perhaps reduced."""
        there = scale * self.matrix
        there[:, 2] -= scale * np.array(box[:2])
        size = (max(1, round((box[2] - box[0]) * scale)), max(1, round((box[3] - box[1]) * scale)))
        given = plane.astype(np.float32)
        made = cv2.warpAffine(given, between_pixels(there), size, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(made, np.float32)

    def frame_on(self, photo: Photo) -> Bool:
        """(H, W) where the frame is in the photo; errors as of :meth:`box`."""
        x0, y0, x1, y1 = box = self.box(photo, 2.0)
        whole = np.zeros((photo.height, photo.width), np.bool_)
        whole[y0:y1, x0:x1] = self.placed(self.frame, box) > SEEN
        return whole


def find_glasses(photo: Photo, face: Face, parser: FaceParser) -> Glasses:
    """Finds what hides a face behind its glasses.

    Raises:
        LayerError: there are no glasses.
    """
    crop = crop_face(photo, _widened(face.quad), SIDE)
    square = crop_face(photo, face.quad, 256)
    classes = parser.shares(square.pixels)
    worn = _filled(_on_plane(classes[INDEX["glasses"]]))
    size = int((classes[INDEX["glasses"]] > 0.5).sum())
    if size < LEAST:
        raise LayerError(NONE)
    picture = crop.pixels.astype(np.float32)
    points = _points_on(crop.matrix, face)
    lines = Lines.of(picture)
    likely = {"worn": worn} | {name: _on_plane(_sum_of(classes, names)) for name, names in PARTS.items()}
    both = rims(picture, worn, likely["brows"], points)
    if size < SURE and clearness(lines, bridge(lines, both[0], both[1], points)) < JOINED:
        raise LayerError(NONE)
    likely["brows"] = np.maximum(likely["brows"], _brows(points))
    frame = frame_of(picture, lines, both, points, {name: one > 0.5 for name, one in likely.items() if name in PARTS})
    frame |= gleams(picture, _rim_bands(both) & ~eyes_of(points, 1.0) & (likely["hair"] < 0.5))
    kinds = _kinds(likely, frame, area_of(both), area_of([points[list(mesh.OUTLINE)]]))
    beside = kinds.argmax(2) > 0
    glare, eyes = _glare(picture, frame, both, points), eyes_of(points, EYES)
    traits = Traits.of(Seen.in_crop(face.landmarks, square, classes.argmax(0).astype(np.uint8)))
    dark, planes = _tinted(picture, both, points), (frame, eyes, area_of(both), worn > SEEN, beside, glare)
    return Glasses(*planes, likely["brows"], kinds, crop.matrix, traits, dark)


def _rim_bands(contours: list[Float64]) -> Bool:
    """(SIDE, SIDE) where a rim can be, around where it was found."""
    area = np.zeros((SIDE, SIDE), np.uint8)
    cv2.polylines(area, [np.round(one).astype(np.int32) for one in contours], True, 1, round(2 * ALONG * UNIT))
    return np.asarray(area > 0)


def _kinds(likely: dict[str, Float32], frame: Bool, lenses: Bool, outline: Bool) -> Float32:
    """(SIDE, SIDE, 4) how likely face, hair, ears, background are there: behind a frame, as they are around it."""
    seen = cv2.dilate((frame | (likely["worn"] > 0.3)).astype(np.uint8), disc(1.0)) == 0
    kinds = np.dstack([likely[name] for name in ("face", "hair", "ears", "background")])
    inside = (
        lenses & outline & ~cv2.dilate(frame.astype(np.uint8), disc(1.0)).astype(np.bool_)
    )  # hair may lie behind a rim
    kinds[inside] = (1, 0, 0, 0)
    known = seen | inside
    spread = np.where(known[..., None], kinds, membrane(kinds, known.astype(np.float32), 1.0))
    spread = np.maximum(spread, 1e-3) ** SURE_KIND
    spread[..., 0] *= np.where(outline | seen, 1, UNLIKELY)
    spread[..., 3] *= np.where(seen, 1, UNLIKELY)
    return np.asarray(spread / spread.sum(2, keepdims=True), np.float32)


def without_glasses(photo: Photo, face: Face, parser: FaceParser, strength: float = 1.0) -> Guide:
    """Takes glasses off; the eyes stay as they are seen through the lenses.

    Raises:
        LayerError: there are no glasses, or their lenses are dark.
    """
    glasses = find_glasses(photo, face, parser)
    if glasses.tinted:
        raise LayerError(TINTED)
    unit = unit_of(face)
    box = glasses.box(photo, 0.35 * unit)
    before = to_srgb(photo, box).astype(np.float32)
    scale = min(1.0, LARGEST_UNIT / unit)
    areas = (glasses.hidden, glasses.eyes, glasses.lenses, glasses.beside, glasses.parsed | glasses.lenses)
    hole, eyes, lenses, beside, worn = (glasses.placed(one, box, scale) > SEEN for one in areas)
    small = before if scale == 1 else np.asarray(cv2.resize(before, hole.shape[::-1], interpolation=cv2.INTER_AREA))
    skin = ~(hole | grown(beside, 0.03 * unit * scale) | (glasses.placed(glasses.brows, box, scale) > 0.3))
    skin &= ~(cv2.dilate(eyes.astype(np.uint8), disc(2.0)) > 0)
    plain, through, tinted = cleared(small, lenses, skin, unit * scale)
    moved = replace(face, landmarks=(face.landmarks - np.array([*box[:2], 0], np.float32)) * np.float32(scale))
    others = alike(face, glasses.traits)
    bared = uncovered(Worn(plain, moved, hole, eyes, worn, beside), glasses.placed(glasses.kinds, box, scale), others)
    mixed, sure = enlarged(before, small, plain, through, *bared)
    return Guide(box, changed(photo, box, before, mixed), sure * np.float32(strength), (LEFT,) if tinted else ())


def _brows(points: Float64) -> Float32:
    """(SIDE, SIDE) how likely brows are by their landmarks: the parser knows none behind rims."""
    outlines = [points[list(one)] for one in BROW_OUTLINES]
    return np.asarray(cv2.GaussianBlur(area_of(outlines).astype(np.float32), (0, 0), 0.4 * UNIT), np.float32)


def _sum_of(classes: Float32, names: tuple[str, ...]) -> Float32:
    """(h, w): how likely some classes are, together."""
    return np.asarray(classes[[INDEX[name] for name in names]].sum(0), np.float32)


def _widened(quad: Float64) -> Float64:
    middle = quad.mean(0)
    return np.asarray(middle + (quad - middle) * (SIDE / SQUARE), np.float64)


def _on_plane(likely: Float32) -> Float32:
    return np.asarray(np.pad(cv2.resize(likely, (SQUARE, SQUARE), interpolation=cv2.INTER_CUBIC), MARGIN), np.float32)


def _filled(plane: Float32) -> Float32:
    """The plane's probability, 1 in holes: eyes seen through the lenses are classes of their own."""
    outlines, _ = cv2.findContours((plane > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros(plane.shape, np.uint8), outlines, -1, 1, cv2.FILLED)
    return np.asarray(np.maximum(plane, filled), np.float32)


def _points_on(matrix: Float64, face: Face) -> Float64:
    """(478, 2) landmarks in the plane."""
    return np.asarray((face.landmarks[:, :2].astype(np.float64) - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T)


def _glare(picture: Float32, frame: Bool, rims: list[Float64], points: Float64) -> Bool:
    """Bright spots without colour within the lenses, away from the eyes."""
    lenses = area_of(rims) & ~frame
    light, spread = picture.min(2), np.ptp(picture, 2)
    skin = lenses & ~eyes_of(points, 1.0)
    if int(skin.sum()) < 50:
        return np.zeros_like(frame)
    color = float(np.median(spread[skin]))
    weight = skin.astype(np.float32)
    total, share = (cv2.GaussianBlur(x, (0, 0), 4 * UNIT) for x in (light * weight, weight))
    over = light - total / np.maximum(share, 1e-3)
    seed, soft = (skin & (over > by) & (spread < 0.8 * color) for by in GLARE)
    _, index, stats, _ = cv2.connectedComponentsWithStats(soft.astype(np.uint8))
    small = stats[:, cv2.CC_STAT_AREA] < LARGEST * int(lenses.sum())
    kept = np.isin(index, np.unique(index[seed])) & (index > 0) & small[index]
    return np.asarray(cv2.dilate(kept.astype(np.uint8), disc(1.2)) > 0) & skin


def _tinted(picture: Float32, rims: list[Float64], points: Float64) -> bool:
    """Whether the lenses are much darker than the cheeks below them."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    lenses = cv2.erode(area_of(rims).astype(np.uint8), disc(4.0)) > 0
    cheeks = [light[y - 4 : y + 5, x - 4 : x + 5].mean() for x, y in points[[50, 280, 205, 425]].astype(int)]
    return bool(lenses.any() and np.quantile(light[lenses], 0.7) < DARK_LENS * max(cheeks))
