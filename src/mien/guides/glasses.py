"""Glasses: where their rims, bridge, temples, shadows and reflections are, apart from lenses, eyes and brows.

The parser knows glasses as one region, lenses included; :mod:`mien.guides.frames` finds their lines, and has the
conventions.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import between_pixels, crop_face
from mien.compose.blend import membrane
from mien.compose.patches import patched
from mien.conditions.areas import Seen
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.behind import Scene, uncovered
from mien.guides.borrow import unit_of
from mien.guides.frames import (
    LINE,
    MARGIN,
    SIDE,
    SQUARE,
    UNIT,
    Line,
    Ridges,
    alike,
    area_of,
    bridge,
    disc,
    eyes_of,
    ridges_of,
    rim,
    temple,
)
from mien.guides.guide import Guide, box_of, changed
from mien.guides.traits import Traits
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

LEAST = 400
"""Pixels of the parser's 256 that glasses have at least."""

LARGEST = 0.06
"""Share of both lenses that a reflection may have: larger ones hide what no surroundings tell."""

DARK_LENS = 0.5
"""Light within the lenses, against the cheeks', below which they are sunglasses."""


THIN, THICK = 0.5, 0.85
"""Half width of a thin rim over a brow, units; and that of rims that hide a brow."""

BORDER = 6.0
"""How far from a face's outline landmarks tell little, units, both sides together."""

CLASSED = 60.0
"""Levels by which what goes on behind the temples differs between skin, hair and background."""

SIDES = 1.2
"""How much wider what lies beside a face is healed, units: hair and backdrop go on well."""

EYES = 0.25
"""How far eyes reach beyond their contour, units."""

TINTED = "The lenses are dark, and nothing tells the eyes behind them; such glasses cannot be taken off."


@dataclass(frozen=True, eq=False)
class Glasses:
    """Attributes:
    frame: (H, W) in the photo: rims, bridge, temples and their shadow.
    glare: (H, W) reflections.
    skin: (H, W) skin, through the lenses, too.
    bare: (H, W) skin beside the glasses.
    inner: (H, W) where landmarks tell how a face goes on.
    eyes: (H, W).
    tinted: whether the eyes cannot be seen.
    traits: of the face.
    classes: (H, W, 4) how likely skin, ears, hair and background are.
    """

    frame: Bool
    glare: Bool
    skin: Bool
    bare: Bool
    inner: Bool
    eyes: Bool
    tinted: bool
    traits: Traits
    classes: Float32


def find_glasses(photo: Photo, face: Face, parser: FaceParser) -> Glasses:
    """Finds what hides a face behind its glasses.

    Raises:
        LayerError: there are no glasses.
    """
    crop = crop_face(photo, _widened(face.quad), SIDE)
    classes = parser.shares(crop_face(photo, face.quad, 256).pixels)
    likely = _filled(_on_plane(classes[INDEX["glasses"]]))
    if int((classes[INDEX["glasses"]] > 0.5).sum()) < LEAST:
        raise LayerError("No glasses are seen on this face; give --mask, a picture that is white on what is to vanish.")
    picture = crop.pixels.astype(np.float32)
    points = _points_on(crop.matrix, face)
    ridges = ridges_of(picture)
    rims = [rim(ridges, likely, points, side) for side in (0, 1)]
    temples = [temple(ridges, points, rims[side][0], side) for side in (0, 1)]
    brows = (
        cv2.dilate(
            (_on_plane(classes[[INDEX["left_brow"], INDEX["right_brow"]]].sum(0)) > 0.3).astype(np.uint8), disc(1.0)
        )
        > 0
    )
    kept = eyes_of(points, EYES) | (brows & (likely < 0.5))
    frame = _frame(picture, ridges, likely, kept, [*rims, *temples, bridge(ridges, rims[0][0], rims[1][0], points)])
    glare = _glare(picture, frame, rims, points)
    matrix = between_pixels(crop.matrix)
    face_skin = classes[INDEX["skin"]] + classes[INDEX["nose"]]
    seen = _on_plane(face_skin + classes[INDEX["glasses"]]) > 0.7
    skin = seen & ~eyes_of(points, 2.0) & ~(cv2.dilate(frame.astype(np.uint8), disc(1.0)) > 0)
    within = _on_plane(face_skin + _of_eyes(classes)) > 0.5
    inner = cv2.erode(area_of([points[list(mesh.OUTLINE)]]).astype(np.uint8), disc(BORDER)) > 0
    inner &= within
    beside = cv2.dilate((frame & ~inner).astype(np.uint8), disc(SIDES)) > 0
    frame |= (beside | (likely > 0.3)) & ~inner & ~kept
    size = (photo.width, photo.height)
    ears = classes[INDEX["left_ear"]] + classes[INDEX["right_ear"]]
    parts = np.dstack(
        [_on_plane(one) for one in (face_skin, ears, classes[INDEX["hair"]], classes[INDEX["background"]])]
    )
    parts = np.asarray(cv2.warpAffine(parts, matrix, size, flags=cv2.INTER_LINEAR), np.float32)
    areas = (frame, glare, skin, skin & (likely < 0.3), inner, eyes_of(points, EYES))
    hid, spots, seen, bare, side, eyes = (
        cv2.warpAffine(one.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR) > 0.3 for one in areas
    )
    tinted, traits = _tinted(picture, rims, points), _traits(photo, face, classes)
    return Glasses(hid, spots, seen, bare, side, eyes, tinted, traits, parts)


def without_glasses(photo: Photo, face: Face, parser: FaceParser, strength: float = 1.0) -> Guide:
    """Takes glasses off; the eyes stay as they are seen through the lenses.

    On the face, a face of the bank tells what the frame hides; beside it, the hair and skin around the temples do.

    Raises:
        LayerError: there are no glasses, or their lenses are dark.
    """
    glasses = find_glasses(photo, face, parser)
    if glasses.tinted:
        raise LayerError(TINTED)
    hidden = glasses.frame | glasses.glare
    unit = unit_of(face)
    x0, y0, x1, y1 = box = box_of(hidden, round(0.35 * unit))
    before = to_srgb(photo, box).astype(np.float32)
    hole, skin, bare, inner, kept = (
        one[y0:y1, x0:x1] for one in (hidden, glasses.skin, glasses.bare, glasses.inner, glasses.eyes)
    )
    scene = Scene(face, box, before, hole & inner, hole, skin & ~hole, bare & ~hole, kept | (hole & ~inner))
    made, taken = uncovered(scene, glasses.traits)
    beside = hole & ~inner & ~taken
    hints = CLASSED * _classes_behind(glasses.classes[y0:y1, x0:x1], hole)
    made = patched(made, beside, kept | taken, np.random.default_rng(0), hints=hints)
    sure = _soft(taken | beside) * np.float32(strength)
    return Guide(box, changed(photo, box, before, made), sure)


def _soft(area: Bool) -> Float32:
    """1 inside, less on the outermost pixels."""
    inside = cv2.distanceTransform(np.pad(area, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    return np.asarray(np.clip(inside / 2.0, 0, 1), np.float32)


def _classes_behind(classes: Float32, hole: Bool) -> Float32:
    """How likely each class is (h, w, C) where glasses hide it: as beside them, but for the borders."""
    sure = (classes.sum(2) > 0.8) & ~(cv2.dilate(hole.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    spread = membrane(classes, sure.astype(np.float32), 1.0)
    return np.asarray(spread / np.maximum(spread.sum(2, keepdims=True), 1e-3), np.float32)


def _of_eyes(classes: Float32) -> Float32:
    names = ("left_brow", "right_brow", "left_eye", "right_eye", "glasses")
    return np.asarray(classes[[INDEX[name] for name in names]].sum(0), np.float32)


def _traits(photo: Photo, face: Face, classes: Float32) -> Traits:
    crop = crop_face(photo, face.quad, 256)
    points = _points_on(crop.matrix, face)
    return Traits.of(Seen(classes.argmax(0).astype(np.uint8), points.astype(np.float32), crop.pixels))


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


def _frame(picture: Float32, ridges: Ridges, likely: Float32, kept: Bool, lines: list[Line]) -> Bool:
    """Rims, temples, and what close to them and between them is dark or light like a frame."""
    drawn, thin = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    for line, widths in lines:
        thick = _is_thick(ridges, line, widths)
        for (x, y), width in zip(np.round(line).astype(int).tolist(), widths, strict=True):
            cv2.circle(drawn, (x, y), max(1, round(float(width))), 1, -1)
            cv2.circle(thin, (x, y), max(1, round(float(width) if thick else THIN * UNIT)), 1, -1)
    drawn = np.where(kept, thin, drawn).astype(np.uint8)  # a rim over a brow leaves as much of it as it can
    drawn = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, disc(1.0))
    lenses = area_of([line for line, _ in lines[:2]])
    both = np.concatenate([line for line, _ in lines[:2]]).astype(np.float32)
    between = area_of([cv2.convexHull(both)[:, 0].astype(np.float64)]) & ~lenses
    close = cv2.dilate(drawn, disc(2.4)) > 0
    strong = (ridges.strength > 1.5 * LINE) & (between | (close & ~lenses) | ((likely > 0.3) & ~lenses)) & ~kept
    strong |= (ridges.strength > LINE) & between & ~kept
    strong |= (likely > 0.5) & ~lenses & ~kept
    _, index = cv2.connectedComponents((strong | (drawn > 0)).astype(np.uint8))
    joined = np.isin(index, np.unique(index[drawn > 0])) & (index > 0)
    frame = cv2.dilate(joined.astype(np.uint8), disc(0.6)) > 0
    near = cv2.dilate((between | lenses).astype(np.uint8), disc(8.0)) > 0
    frame |= alike(picture, frame, drawn > 0, kept | lenses)
    return _with_shadow(picture, frame, kept | ~near)


def _is_thick(ridges: Ridges, line: Float64, widths: Float64) -> bool:
    """Whether a line is so strong and wide that no brow shows through it."""
    if not len(line):
        return False
    x, y = np.clip(np.round(line).astype(int), 0, SIDE - 1).T
    return bool(np.median(ridges.strength[y, x]) > 2.2 * LINE and np.median(widths) > THICK * UNIT)


def _with_shadow(picture: Float32, frame: Bool, kept: Bool) -> Bool:
    """The frame with what close to it differs from the skin farther away: its edges, and its shadow."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    known = (~(cv2.dilate(frame.astype(np.uint8), disc(4.0)) > 0) & ~kept).astype(np.float32)
    total, share = (cv2.GaussianBlur(x, (0, 0), 2 * UNIT) for x in (light * known, known))
    over = np.where(share > 0.05, cv2.GaussianBlur(light, (0, 0), 1.0) - total / np.maximum(share, 1e-3), 0)
    rest = (np.abs(over) > 24) & (cv2.dilate(frame.astype(np.uint8), disc(1.6)) > 0)
    dark = (over < -24) & (cv2.dilate(frame.astype(np.uint8), disc(2.6)) > 0)
    return np.asarray(frame | ((rest | dark) & ~kept))


def _glare(picture: Float32, frame: Bool, rims: list[Line], points: Float64) -> Bool:
    """Bright spots without colour within the lenses, away from the eyes."""
    lenses = area_of([line for line, _ in rims]) & ~frame
    light, spread = picture.min(2), np.ptp(picture, 2)
    skin = lenses & ~eyes_of(points, 1.0)
    if int(skin.sum()) < 50:
        return np.zeros_like(frame)
    color = float(np.median(spread[skin]))
    weight = skin.astype(np.float32)
    total, share = (cv2.GaussianBlur(x, (0, 0), 4 * UNIT) for x in (light * weight, weight))
    over = light - total / np.maximum(share, 1e-3)
    seed, soft = (skin & (over > by) & (spread < 0.8 * color) for by in (50, 25))
    _, index, stats, _ = cv2.connectedComponentsWithStats(soft.astype(np.uint8))
    small = stats[:, cv2.CC_STAT_AREA] < LARGEST * int(lenses.sum())
    kept = np.isin(index, np.unique(index[seed])) & (index > 0) & small[index]
    return np.asarray(cv2.dilate(kept.astype(np.uint8), disc(1.2)) > 0) & skin


def _tinted(picture: Float32, rims: list[Line], points: Float64) -> bool:
    """Whether the lenses are much darker than the cheeks below them."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    lenses = cv2.erode(area_of([line for line, _ in rims]).astype(np.uint8), disc(4.0)) > 0
    cheeks = [light[y - 4 : y + 5, x - 4 : x + 5].mean() for x, y in points[[50, 280, 205, 425]].astype(int)]
    return bool(lenses.any() and np.quantile(light[lenses], 0.7) < DARK_LENS * max(cheeks))
