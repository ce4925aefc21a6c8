"""The lines of a pair of glasses: rims around the eyes, temples to the ears.

A rim is the closed curve around an eye along which the picture has the strongest thin ridge, dark or light, near the
outline of the parser's region: the cheapest path in polar coordinates.

Convention:
    A plane is (SIDE, SIDE), the FFHQ square with a margin, upright. A unit is 1/100 of the FFHQ square's side, UNIT
    pixels of the plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.align import mesh
from mien.types import Bool, Float32, Float64, UInt8

SQUARE, MARGIN = 512, 64
SIDE = SQUARE + 2 * MARGIN
UNIT = SQUARE / 100

STEP = 0.2
"""Units between two places where a line may run."""

ANGLES, RADII = 180, np.arange(4, 24, STEP)
"""Directions around an eye, and distances from its middle, in units."""

CLEAR, LINE = 24.0, 14.0
"""Levels of a ridge that surely is a line, and of one that may be."""

SCALES = (0.25, 0.4, 0.65, 1.0, 1.5)
"""Half widths of frames, units."""

HINGE, DARK = 7.0, 0.6
"""How far hinges reach from a frame's lines, units, both sides together; and against the skin's light, what is dark."""

Int = NDArray[np.int64]
Line = tuple[Float64, Float64]
"""(N, 2) points and (N,) half widths, pixels of the plane."""


@dataclass(frozen=True, eq=False)
class Ridges:
    """Attributes:
    strength: (SIDE, SIDE) levels.
    width: (SIDE, SIDE) half the line's width, units.
    """

    strength: Float32
    width: Float32


def area_of(contours: list[Float64]) -> Bool:
    """The inside of some contours (N, 2) in the plane."""
    area = np.zeros((SIDE, SIDE), np.uint8)
    for contour in contours:
        cv2.fillPoly(area, [np.round(contour).astype(np.int32)], 1)
    return area > 0


def disc(units: float) -> UInt8:
    """A structuring element of a diameter."""
    side = 2 * max(1, round(units * UNIT / 2)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def ridges_of(picture: Float32) -> Ridges:
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


def rim(ridges: Ridges, likely: Float32, points: Float64, side: int) -> Line:
    """Middle line (ANGLES, 2) and half widths (ANGLES,) of one rim, in pixels of the plane."""
    contour = (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)[side]
    region = (likely > 0.5).astype(np.uint8)
    half = _half(points, side)
    lens = cv2.morphologyEx(region & half, cv2.MORPH_OPEN, disc(7.0))
    if int(lens.sum()) < (6 * UNIT) ** 2:
        lens = cv2.morphologyEx(region & half, cv2.MORPH_OPEN, disc(3.0))
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
    cost += 3 * seen(eyes_of(points, 1.2).astype(np.float32)) + 3 * (1 - seen(half.astype(np.float32)))
    path = _path(np.concatenate([cost, cost, cost]).astype(np.float32))[ANGLES : 2 * ANGLES]
    return grid[np.arange(ANGLES), path], _half_widths(ridges, grid[np.arange(ANGLES), path])


def temple(ridges: Ridges, points: Float64, rim: Float64, side: int) -> Line:
    """The same for what leads from a rim to the ear; empty where none is seen."""
    away = points[127] - points[356] if side == 0 else points[356] - points[127]
    away /= max(float(np.linalg.norm(away)), 1e-6)
    down = np.array([away[1], -away[0]]) if side == 0 else np.array([-away[1], away[0]])
    outward = rim @ away
    start = rim[outward > np.quantile(outward, 0.9)].mean(0)
    length = min(float((points[127 if side == 0 else 356] - start) @ away) + 4 * UNIT, 30 * UNIT)
    along, across = np.arange(-0.5 * UNIT, length, 0.3 * UNIT), np.arange(-7, 4, STEP) * UNIT
    if len(along) < 8:
        return np.zeros((0, 2)), np.zeros(0)
    maps = start + along[:, None, None] * away + across[None, :, None] * down
    maps = maps.astype(np.float32)
    strength = cv2.remap(ridges.strength, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR)
    path = _path(np.asarray(-_seen_along(strength, "edge"), np.float32))
    found = strength[np.arange(len(path)), path]
    last = _end(found > LINE)
    if not last or float(np.mean(found[:last] > LINE)) < 0.4:
        return np.zeros((0, 2)), np.zeros(0)
    line = maps[np.arange(last), path[:last]]
    return line, np.minimum(_half_widths(ridges, line), 2.0 * UNIT)


def bridge(ridges: Ridges, left: Float64, right: Float64, points: Float64) -> Line:
    """The same for what joins two rims."""
    away = (points[356] - points[127]) / max(float(np.linalg.norm(points[356] - points[127])), 1e-6)
    down = np.array([-away[1], away[0]])
    ends = [r[(r @ a) > np.quantile(r @ a, 0.9)].mean(0) for r, a in ((left, away), (right, -away))]
    along = np.linspace(0, 1, max(8, round(float((ends[1] - ends[0]) @ away) / (0.3 * UNIT))))
    across = np.arange(-5, 4, STEP) * UNIT
    middle = ends[0] + along[:, None] * (ends[1] - ends[0])
    maps = (middle[:, None] + across[None, :, None] * down).astype(np.float32)
    strength = np.asarray(cv2.remap(ridges.strength, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR), np.float32)
    line = maps[np.arange(len(maps)), _path(-_seen_along(strength, "edge"))].astype(np.float64)
    return line, _half_widths(ridges, line)


def _end(seen: Bool) -> int:
    """Where a line ends that may be interrupted for four units."""
    marks = np.flatnonzero(seen)
    gaps = np.flatnonzero(np.diff(marks, prepend=-1) > 12)
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
    return np.asarray((across < -2.0 * UNIT) if side == 0 else (across > 2.0 * UNIT), np.uint8)


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
    return np.asarray((np.array(smooth) + 0.5) * UNIT)


def eyes_of(points: Float64, grown: float) -> Bool:
    """The eyes with their lids."""
    area = area_of([points[list(c)] for c in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)])
    return np.asarray(cv2.dilate(area.astype(np.uint8), disc(2 * grown)) > 0)


def alike(picture: Float32, frame: Bool, drawn: Bool, kept: Bool) -> Bool:
    """What goes on from a dark frame as dark as it is: hinges, thick temples."""
    light = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    near = cv2.dilate(frame.astype(np.uint8), disc(HINGE)) > 0
    core = cv2.erode(drawn.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    around = near & ~frame & ~kept
    if not core.any() or not around.any():
        return np.zeros_like(frame)
    highest = float(np.quantile(light[core], 0.5)) + 15
    if highest > DARK * float(np.quantile(light[around], 0.6)):
        return np.zeros_like(frame)
    dark = ((light < highest) & around) | frame
    _, index = cv2.connectedComponents(dark.astype(np.uint8))
    more = np.isin(index, np.unique(index[frame])) & dark & ~frame
    return np.asarray(cv2.dilate(more.astype(np.uint8), disc(0.8)) > 0) & ~kept
