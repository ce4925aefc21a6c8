"""Glasses: where their rims, bridge, temples, shadows and reflections are, apart from lenses, eyes and brows.

The parser knows glasses as one region, lenses included. Each rim is the closed curve around an eye along which the
picture has the strongest thin ridge, dark or light, near the region's outline: the cheapest path in polar coordinates.

Convention:
    A plane is (SIDE, SIDE), the FFHQ square with a margin, upright. A unit is 1/100 of the FFHQ square's side, UNIT
    pixels of the plane.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.align import mesh
from mien.align.crop import between_pixels, crop_face
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.guide import Guide
from mien.guides.heal import heal
from mien.pixels import to_tensor
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8

SQUARE, MARGIN = 512, 64
SIDE = SQUARE + 2 * MARGIN
UNIT = SQUARE / 100

STEP = 0.2
"""Units between two places where a line may run."""

ANGLES, RADII = 180, np.arange(4, 24, STEP)
"""Directions around an eye, and distances from its middle, in units."""

CLEAR, LINE = 24.0, 14.0
"""Levels of a ridge that surely is a line, and of one that may be."""

Int = NDArray[np.int64]
Line = tuple[Float64, Float64]
"""(N, 2) points and (N,) half widths, pixels of the plane."""

LEAST = 400
"""Pixels of the parser's 256 that glasses have at least."""

SCALES = (0.25, 0.4, 0.65, 1.0, 1.5)
"""Half widths of frames, units."""

LARGEST = 0.06
"""Share of both lenses that a reflection may have: larger ones hide what no surroundings tell."""

DARK_LENS = 0.5
"""Light within the lenses, against the cheeks', below which they are sunglasses."""


TINTED = "the lenses are dark, and nothing tells the eyes behind them; borrow eyes from another photo with --part eyes"


@dataclass(frozen=True, eq=False)
class Glasses:
    """Attributes:
    frame: (H, W) in the photo: rims, bridge, temples and their shadow.
    glare: (H, W) reflections.
    features: (H, W) eyes and brows, which are no texture for skin.
    tinted: whether the eyes cannot be seen.
    """

    frame: Bool
    glare: Bool
    features: Bool
    tinted: bool


@dataclass(frozen=True, eq=False)
class Ridges:
    """Attributes:
    strength: (SIDE, SIDE) levels.
    width: (SIDE, SIDE) half the line's width, units.
    """

    strength: Float32
    width: Float32


def find_glasses(photo: Photo, face: Face, parser: FaceParser) -> Glasses:
    """Finds what hides a face behind its glasses.

    Raises:
        LayerError: there are no glasses.
    """
    crop = crop_face(photo, _widened(face.quad), SIDE)
    classes = parser.logits(to_tensor(crop_face(photo, face.quad, 256).pixels)).softmax(1)[0].float().numpy()
    likely = _on_plane(classes[INDEX["glasses"]])
    if int((classes[INDEX["glasses"]] > 0.5).sum()) < LEAST:
        raise LayerError("No glasses are seen on this face; give --mask, a picture that is white on what is to vanish.")
    picture = crop.pixels.astype(np.float32)
    points = _points_on(crop.matrix, face)
    ridges = _ridges(picture)
    rims = [_rim(ridges, likely, points, side) for side in (0, 1)]
    temples = [_temple(ridges, points, rims[side][0], side) for side in (0, 1)]
    brows = (
        cv2.dilate(
            (_on_plane(classes[[INDEX["left_brow"], INDEX["right_brow"]]].sum(0)) > 0.3).astype(np.uint8), _disc(1.0)
        )
        > 0
    )
    kept = _eyes(points, 1.0) | (brows & (likely < 0.5))
    frame = _frame(picture, ridges, likely, kept, [*rims, *temples])
    glare = _glare(picture, frame, rims, points)
    matrix = between_pixels(crop.matrix)
    size = (photo.width, photo.height)
    frame, glare, eyes = (
        cv2.warpAffine(one.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR) > 0.3
        for one in (frame, glare, kept | (brows > 0.3))
    )
    return Glasses(frame, glare, eyes, _tinted(picture, rims, points))


def without_glasses(photo: Photo, face: Face, parser: FaceParser, strength: float = 1.0) -> Guide:
    """Heals what hides a face behind its glasses; the eyes stay as they are seen through the lenses.

    Raises:
        LayerError: there are no glasses.
    """
    glasses = find_glasses(photo, face, parser)
    healed = heal(photo, glasses.frame | glasses.glare, strength=strength, forbidden=glasses.features)
    return replace(healed, notes=(*healed.notes, TINTED) if glasses.tinted else healed.notes)


def _widened(quad: Float64) -> Float64:
    middle = quad.mean(0)
    return middle + (quad - middle) * (SIDE / SQUARE)


def _on_plane(likely: Float32) -> Float32:
    """The plane's probability, 1 in holes: eyes seen through the lenses are classes of their own."""
    plane = np.pad(cv2.resize(likely, (SQUARE, SQUARE), interpolation=cv2.INTER_CUBIC), MARGIN)
    outlines, _ = cv2.findContours((plane > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros(plane.shape, np.uint8), outlines, -1, 1, cv2.FILLED)
    return np.maximum(plane, filled).astype(np.float32)


def _points_on(matrix: Float64, face: Face) -> Float64:
    """(478, 2) landmarks in the plane."""
    return (face.landmarks[:, :2].astype(np.float64) - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T


def _disc(units: float) -> UInt8:
    side = 2 * max(1, round(units * UNIT / 2)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _area(contours: list[Float64]) -> Bool:
    area = np.zeros((SIDE, SIDE), np.uint8)
    for contour in contours:
        cv2.fillPoly(area, [np.round(contour).astype(np.int32)], 1)
    return area > 0


def _eyes(points: Float64, grown: float) -> Bool:
    """The eyes with their lids."""
    area = _area([points[list(c)] for c in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)])
    return np.asarray(cv2.dilate(area.astype(np.uint8), _disc(2 * grown)) > 0)


def _ridges(picture: Float32) -> Ridges:
    """Lines, dark or light: the larger curvature of the light at each pixel, at the scale where it is largest."""
    light = picture @ np.array([0.25, 0.55, 0.2], np.float32)
    best, width = np.zeros(light.shape, np.float32), np.zeros(light.shape, np.float32)
    for scale in SCALES:
        sigma = scale * UNIT
        soft = cv2.GaussianBlur(light, (0, 0), sigma)
        xx, yy, xy = (sigma**2 * cv2.Sobel(soft, cv2.CV_32F, *order, ksize=3) for order in ((2, 0), (0, 2), (1, 1)))
        xx, yy = xx / 4, yy / 4  # Sobel's smoothing across; and of the mixed one along both
        xy = xy / 4
        half, gap = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
        dark, bright = half + gap, -(half - gap)
        # a spot or a saddle curves both ways: what the other curvature has is taken off
        dark, bright = dark - np.abs(half - gap), bright - np.abs(half + gap)
        found = 1.6 * np.maximum(dark, 0.8 * bright)
        width = np.where(found > 1.35 * best, np.float32(scale), width)  # the narrowest that explains it
        best = np.maximum(best, found)
    return Ridges(np.asarray(best, np.float32), np.asarray(width, np.float32))


def _rim(ridges: Ridges, likely: Float32, points: Float64, side: int) -> Line:
    """Middle line (ANGLES, 2) and half widths (ANGLES,) of one rim, in pixels of the plane."""
    contour = (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)[side]
    region = (likely > 0.5).astype(np.uint8)
    half = _half(points, side)
    lens = cv2.morphologyEx(region & half, cv2.MORPH_OPEN, _disc(7.0))
    if int(lens.sum()) < (6 * UNIT) ** 2:
        lens = cv2.morphologyEx(region & half, cv2.MORPH_OPEN, _disc(3.0))
    ys, xs = np.nonzero(lens)
    eye = points[list(contour)].mean(0)
    middle = np.array([xs.mean(), ys.mean()]) * 0.6 + 0.4 * eye if len(xs) else eye
    turn = np.arange(ANGLES) * 2 * np.pi / ANGLES
    grid = middle + RADII[None, :, None] * UNIT * np.stack([np.cos(turn), np.sin(turn)], -1)[:, None]
    maps = grid.astype(np.float32)

    def seen(values: Float32) -> Float32:
        return np.asarray(cv2.remap(values, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR), np.float32)

    inside = cv2.distanceTransform(lens, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - lens, cv2.DIST_L2, 5)
    strength = seen(ridges.strength)
    off = seen(inside.astype(np.float32)) / UNIT - 0.3
    off = np.maximum(0, np.abs(off) - 1.2) / np.where(off < 0, 4.0, 2.5)  # the parser rounds corners off
    cost = 1.5 * np.minimum(off**2, 4) - _seen_along(strength, "wrap")
    cost += 3 * seen(_eyes(points, 1.2).astype(np.float32)) + 3 * (1 - seen(half.astype(np.float32)))
    path = _path(np.concatenate([cost, cost, cost]).astype(np.float32))[ANGLES : 2 * ANGLES]
    return grid[np.arange(ANGLES), path], _half_widths(ridges, grid[np.arange(ANGLES), path])


def _temple(ridges: Ridges, points: Float64, rim: Float64, side: int) -> Line:
    """The same for what leads from a rim to the ear; empty where none is seen."""
    away = points[127] - points[356] if side == 0 else points[356] - points[127]
    away /= max(float(np.linalg.norm(away)), 1e-6)
    down = np.array([away[1], -away[0]]) if side == 0 else np.array([-away[1], away[0]])
    outward = rim @ away
    start = rim[outward > np.quantile(outward, 0.9)].mean(0)
    length = min(float((points[127 if side == 0 else 356] - start) @ away) + 5 * UNIT, 30 * UNIT)
    along, across = np.arange(-0.5 * UNIT, length, 0.3 * UNIT), np.arange(-7, 4, STEP) * UNIT
    if len(along) < 8:
        return np.zeros((0, 2)), np.zeros(0)
    maps = start + along[:, None, None] * away + across[None, :, None] * down
    maps = maps.astype(np.float32)
    strength = cv2.remap(ridges.strength, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR)
    path = _path(np.asarray(-_seen_along(strength, "edge"), np.float32))
    found = strength[np.arange(len(path)), path]
    last = _end(found > LINE)
    if not last or float(np.mean(found[:last] > LINE)) < 0.6:
        return np.zeros((0, 2)), np.zeros(0)
    line = maps[np.arange(last), path[:last]]
    return line, _half_widths(ridges, line)


def _end(seen: Bool) -> int:
    """Where a line ends that may be interrupted for two units."""
    marks = np.flatnonzero(seen)
    gaps = np.flatnonzero(np.diff(marks, prepend=-1) > 7)
    marks = marks[: gaps[0]] if len(gaps) else marks
    return int(marks[-1]) + 1 if len(marks) else 0


def _seen_along(strength: Float32, edge: Literal["wrap", "edge"]) -> Float32:
    """How sure each place is of a line: what goes on along the rows counts, not single spots."""
    clear = np.pad(np.minimum(strength / CLEAR, 1.2), ((6, 6), (0, 0)), edge)
    return np.asarray(cv2.GaussianBlur(clear, (1, 13), 0.1, sigmaY=2.5)[6:-6], np.float32)


def _half(points: Float64, side: int) -> UInt8:
    """The plane on one side of the nose's middle."""
    top, low = points[168], points[6]
    down = (low - top) / max(float(np.linalg.norm(low - top)), 1e-6)
    ys, xs = np.mgrid[:SIDE, :SIDE]
    across = (xs - top[0]) * down[1] - (ys - top[1]) * down[0]
    return np.asarray((across < -1.2 * UNIT) if side == 0 else (across > 1.2 * UNIT), np.uint8)


def _path(cost: Float32) -> Int:
    """Index of the column for each row: the cheapest path with steps of up to three columns."""
    total, back = cost[0].copy(), np.zeros(cost.shape, np.int64)
    steps, columns = np.arange(-3, 4), np.arange(cost.shape[1])
    for row in range(1, len(cost)):
        moved = np.stack([_shifted(total, int(s)) + np.float32(0.06 * s * s) for s in steps])
        best = moved.argmin(0)
        back[row] = columns - steps[best]
        total = moved[best, columns] + cost[row]
    index = int(total.argmin())
    path = np.zeros(len(cost), np.int64)
    for row in range(len(cost) - 1, -1, -1):
        path[row] = index
        index = int(np.clip(back[row, index], 0, cost.shape[1] - 1))
    return path


def _shifted(values: Float32, by: int) -> Float32:
    moved = np.roll(values, by)
    if by > 0:
        moved[:by] = 1e6
    elif by < 0:
        moved[by:] = 1e6
    return moved


def _half_widths(ridges: Ridges, line: Float64) -> Float64:
    """Half the line's width at each of its points, pixels of the plane."""
    x, y = np.clip(np.round(line).astype(int), 0, SIDE - 1).T
    clear = ridges.strength[y, x] > LINE
    wide = np.pad(np.where(clear, ridges.width[y, x], 0.5), 6, "edge")
    smooth = [np.quantile(wide[k : k + 13], 0.6) for k in range(len(line))]
    return np.asarray((np.array(smooth) + 0.35) * UNIT)


def _frame(picture: Float32, ridges: Ridges, likely: Float32, kept: Bool, lines: list[Line]) -> Bool:
    """Rims, temples, and what close to them and between them is dark or light like a frame."""
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    for line, widths in lines:
        for (x, y), width in zip(line, widths, strict=True):
            cv2.circle(drawn, (round(float(x)), round(float(y))), max(1, round(float(width))), 1, -1)
    drawn = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, _disc(1.0))
    lenses = _area([line for line, _ in lines[:2]])
    both = np.concatenate([line for line, _ in lines[:2]]).astype(np.float32)
    between = _area([cv2.convexHull(both)[:, 0].astype(np.float64)]) & ~lenses
    close = cv2.dilate(drawn, _disc(2.4)) > 0
    strong = (ridges.strength > 1.5 * LINE) & (between | (close & ~lenses) | ((likely > 0.5) & ~lenses)) & ~kept
    _, index = cv2.connectedComponents((strong | (drawn > 0)).astype(np.uint8))
    joined = np.isin(index, np.unique(index[drawn > 0])) & (index > 0)
    frame = cv2.dilate(joined.astype(np.uint8), _disc(0.6)) > 0
    return _with_shadow(picture, frame, kept)


def _with_shadow(picture: Float32, frame: Bool, kept: Bool) -> Bool:
    """The frame with what close to it is darker than the skin farther away: its shadow."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    known = (~(cv2.dilate(frame.astype(np.uint8), _disc(4.0)) > 0) & ~kept).astype(np.float32)
    total, share = (cv2.GaussianBlur(x, (0, 0), 2 * UNIT) for x in (light * known, known))
    darker = (total / np.maximum(share, 1e-3) - cv2.GaussianBlur(light, (0, 0), 1.0) > 22) & (share > 0.05)
    band = cv2.dilate(frame.astype(np.uint8), _disc(1.6)) > 0
    return np.asarray(frame | (darker & band & ~kept))


def _glare(picture: Float32, frame: Bool, rims: list[Line], points: Float64) -> Bool:
    """Bright spots without colour within the lenses, away from the eyes."""
    lenses = _area([line for line, _ in rims]) & ~frame
    light, spread = picture.min(2), np.ptp(picture, 2)
    skin = lenses & ~_eyes(points, 1.0)
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
    return np.asarray(cv2.dilate(kept.astype(np.uint8), _disc(1.2)) > 0) & skin


def _tinted(picture: Float32, rims: list[Line], points: Float64) -> bool:
    """Whether the lenses are much darker than the cheeks below them."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    lenses = cv2.erode(_area([line for line, _ in rims]).astype(np.uint8), _disc(4.0)) > 0
    cheeks = [light[y - 4 : y + 5, x - 4 : x + 5].mean() for x, y in points[[50, 280, 205, 425]].astype(int)]
    return bool(lenses.any() and np.quantile(light[lenses], 0.7) < DARK_LENS * max(cheeks))
