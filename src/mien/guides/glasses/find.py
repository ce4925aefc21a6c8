"""Glasses: where their rims, bridge, temples, shadows and reflections are, apart from lenses, eyes and brows.

The parser knows glasses as one region, lenses included; the frame in it is found in
:mod:`mien.guides.glasses.fronts`. Conventions are those of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import between_pixels, crop_face, pixel_scale
from mien.compose.morphology import grown
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.borrow import unit_of
from mien.guides.glasses.arm_ends import arm_ends, enclosed
from mien.guides.glasses.behind import enlarged, uncovered
from mien.guides.glasses.closed_rims import closed_rims, missed_lines
from mien.guides.glasses.dark_lenses import are_dark
from mien.guides.glasses.frames import EYES, area_of, eyes_of, without_gaps
from mien.guides.glasses.fronts import front_of, whole_of
from mien.guides.glasses.glints import without_reflections
from mien.guides.glasses.kinds_behind import beside_outlines, hats_of, kinds_behind
from mien.guides.glasses.laid_bare import laid_bare
from mien.guides.glasses.lens_moved import Moved, as_outlined
from mien.guides.glasses.lens_power import lens_power
from mien.guides.glasses.lenses import cleared
from mien.guides.glasses.lids_hidden import told_of
from mien.guides.glasses.lines import MARGIN, SIDE, SQUARE, UNIT, Lines, disc
from mien.guides.glasses.opaque import opaque
from mien.guides.glasses.outline_behind import outlined
from mien.guides.glasses.reflections_left import left_reflections
from mien.guides.glasses.rising_arms import rising_arms
from mien.guides.glasses.seen import Seen
from mien.guides.glasses.still_seen import still_seen
from mien.guides.glasses.surround import BROWS as BROW_OUTLINES
from mien.guides.glasses.surround import Worn
from mien.guides.glasses.uncovering import Uncovering
from mien.guides.guide import Box, Guide, box_of, changed
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

BROWS = ("left_brow", "right_brow")
PARTS = {
    "face": ("skin", "nose", "left_eye", "right_eye", *BROWS),
    "brows": BROWS,
    "hair": ("hair",),
    "ears": ("left_ear", "right_ear"),
    "background": ("background",),
    "hat": ("hat",),
}
"""What is told apart around glasses, by the parser's classes."""

LEAST, SURE = 1400, 2800
"""Pixels of the parser's 256 that glasses have at least, and from which they are surely there."""

JOINED = 0.9
"""How likely a bridge must be where the parser is not sure."""

NONE = "No glasses are seen on this face; give --mask, a picture that is white on what is to vanish."

SEEN = 0.3
"""Share of a pixel from which it belongs to an area."""

GAPS = (1.6, 6.0)
"""Width of notches, units, and size of holes, square units, in a frame that are no lenses."""

SURE_EAR, WHOLE_EAR = 0.7, 0.6
"""How likely an ear is that stays between parts of glasses, and anywhere."""

ROOM = round(9 * UNIT)
"""Rows of the plane above and below glasses where lines may go on."""

LARGEST_UNIT = 200.0
"""Unit, pixels, from which a picture is filled at a reduced size."""

LEFT = "The lenses are tinted: their color is taken off what is seen through them, reflections are not."
STRONG = "Strong lenses show the eyes at {:.0%} of their size; what is seen through them is brought back."
TINTED = "The lenses are dark, and nothing tells the eyes behind them; such glasses cannot be taken off."


@dataclass(frozen=True, eq=False)
class Glasses:
    """Planes are (SIDE, SIDE), those of :mod:`mien.guides.glasses.lines`.

    Attributes:
        frame: rims, bridge, temples.
        shade: where the frame casts shadows and shines, too.
        eyes: with their lids.
        lenses: what is seen through them.
        parsed: the parser's glasses, lenses included.
        beside: what is hair, ear, background or hat rather than face.
        inside: where a network looked for the frame.
        brows: float32, how likely a brow is, behind rims, too.
        kinds: (SIDE, SIDE, 5) how likely face, hair, ears, background and hats are, behind the frame, too.
        matrix: (2, 3) plane to photo.
        tinted: whether the eyes cannot be seen.
        moved: where strong lenses show what is behind them; None of others.
    """

    frame: Bool
    shade: Bool
    eyes: Bool
    lenses: Bool
    parsed: Bool
    beside: Bool
    inside: Bool
    brows: Float32
    kinds: Float32
    matrix: Float64
    tinted: bool
    moved: Moved | None = None

    @property
    def hidden(self) -> Bool:
        """All that is to vanish."""
        return np.asarray(self.frame | self.parsed & self.beside, np.bool_)

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
    likely = {"worn": worn} | {name: _on_plane(_sum_of(classes, names)) for name, names in PARTS.items()}
    likely["brows"] = np.maximum(likely["brows"], _brows(points))
    eyes = eyes_of(points, EYES)
    likely["hat"] = hats_of(likely["hat"], points)
    seen, inside, joined = front_of(picture, worn, eyes, points)
    front = seen.front
    if not front.any() or (size < SURE and joined < JOINED):
        raise LayerError(NONE)
    lenses = (worn > 0.5) & ~front & inside
    lenses = np.asarray(cv2.morphologyEx(lenses.astype(np.uint8), cv2.MORPH_OPEN, disc(3.0)) > 0)
    frame = _whole(picture, seen, likely, lenses, eyes, points)
    kinds = kinds_behind(likely, frame, lenses, area_of([points[list(mesh.OUTLINE)]]))
    outside, inside, bald, beyond = outlined(picture, likely, frame, worn > SEEN, points)
    kinds = beside_outlines(kinds, frame | (worn > SEEN) | beyond, outside, inside, bald)
    power = lens_power(picture, frame, worn > SEEN, lenses, kinds, _deep(points, crop.matrix, face))
    moved = None
    if power is not None:
        moved = Moved.of(power, lenses, points, crop.matrix)
        kinds, hooked = as_outlined(kinds, frame | (worn > SEEN), power.outlines)
        eyes, frame = moved.plane(eyes), frame | hooked & ~eyes
    beside, frame = kinds.argmax(2) > 0, frame | beyond
    frame |= front & np.isin(kinds.argmax(2), (1, 3))  # before hair and backdrop, lenses shine
    stays = _staying(picture, frame, seen, likely, kinds) & ~beyond
    frame, front = frame & ~stays, front & ~stays
    more = arm_ends(picture, frame, lenses, points) & ~stays | enclosed(frame, kinds, likely["ears"] > SURE_EAR)
    more |= rising_arms(picture, frame | more, lenses, kinds.argmax(2) == 1, points)
    frame |= more & ~eyes
    frame &= ~laid_bare(picture, frame, seen, kinds, points)
    dark = are_dark(picture, lenses, points)
    return Glasses(
        frame, front, eyes, lenses, worn > SEEN, beside, inside, likely["brows"], kinds, crop.matrix, dark, moved
    )


def _whole(picture: Float32, seen: Seen, likely: dict[str, Float32], lenses: Bool, eyes: Bool, points: Float64) -> Bool:
    """(SIDE, SIDE) a frame with its temples."""
    worn = likely["worn"]
    rows = np.flatnonzero((seen.front | (worn > SEEN)).any(1))
    lines = Lines.of(picture, max(0, rows[0] - ROOM), min(SIDE, rows[-1] + ROOM))
    core = opaque(picture, lines, seen, points)
    frame = whole_of(picture, lines, core, lenses, points, {n: one > 0.5 for n, one in likely.items() if n in PARTS})
    frame &= core | ~(eyes | lenses | (worn > 0.5))  # there the network sees all there is
    frame |= closed_rims(picture, frame, worn > 0.5, lenses, eyes, points)
    frame = without_gaps(frame, *GAPS) & ~(eyes & ~core)
    return frame | missed_lines(picture, frame, seen)


def _staying(picture: Float32, frame: Bool, seen: Seen, likely: dict[str, Float32], kinds: Float32) -> Bool:
    """(SIDE, SIDE) hair and ears that no arm hides."""
    ears = (likely["ears"] > WHOLE_EAR) & (np.maximum(likely["worn"], seen.likely) < SEEN)  # arms end behind them
    return still_seen(picture, frame & (likely["worn"] < 0.5), kinds) | ears


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
    original = before = to_srgb(photo, box).astype(np.float32)
    anew = np.zeros(before.shape[:2], np.bool_)
    before, anew = (before, anew) if glasses.moved is None else glasses.moved.picture(before, box)
    scale = min(1.0, LARGEST_UNIT / unit)
    areas = (glasses.hidden, glasses.shade, glasses.eyes, glasses.lenses, glasses.beside)
    hole, shade, eyes, lenses, beside = (glasses.placed(one, box, scale) > SEEN for one in areas)
    small = before if scale == 1 else np.asarray(cv2.resize(before, hole.shape[::-1], interpolation=cv2.INTER_AREA))
    skin = ~(hole | shade | grown(beside, 0.03 * unit * scale) | (glasses.placed(glasses.brows, box, scale) > 0.3))
    skin &= ~(cv2.dilate(eyes.astype(np.uint8), disc(2.0)) > 0)
    plain, through, tinted = cleared(small, lenses, skin, unit * scale)
    moved = replace(face, landmarks=(face.landmarks - np.array([*box[:2], 0], np.float32)) * np.float32(scale))
    plain, calmed, spots = without_reflections(plain, lenses, eyes, skin, moved.landmarks)
    through, hole = np.maximum(through, calmed), hole | spots
    worn_now = Worn(plain, moved, hole, shade, eyes, lenses, beside)
    bared = uncovered(worn_now, glasses.placed(glasses.kinds, box, scale), Uncovering.bundled())
    mixed, sure = enlarged(before, small, replace(bared, touched=np.maximum(bared.touched, through)))
    notes = ([LEFT] if tinted else []) + told_of(glasses.hidden, glasses.eyes, _points_on(glasses.matrix, face))
    notes += left_reflections(mixed, lenses, eyes, skin, unit * scale)
    notes += [STRONG.format(glasses.moved.eyes)] if glasses.moved is not None else []
    return Guide(box, changed(photo, box, original, mixed), np.maximum(sure, anew) * np.float32(strength), tuple(notes))


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


def _deep(points: Float64, matrix: Float64, face: Face) -> Float64:
    """(478, 3) landmarks in the plane with their depth, in its pixels."""
    return np.column_stack([points, face.landmarks[:, 2] / pixel_scale(matrix)])
