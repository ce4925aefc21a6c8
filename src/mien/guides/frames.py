"""The lines of a pair of glasses: rims around the eyes, bridge, temples to the ears.

Rims are found in :mod:`mien.guides.rims`; bridge and temples begin at them.

Convention:
    That of :mod:`mien.guides.lines`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.bands import cheapest
from mien.guides.lines import SIDE, UNIT, Lines, disc
from mien.types import Bool, Float32, Float64

STEP = 0.2
"""Units between two places where a line may run."""

CLEAR = 24.0
"""Levels of a ridge that surely is a line."""

FROM_SIDE = 19.5
"""Way from a rim to behind the face's outline, units, from which a temple is seen from the side; others end at hair."""

LATE = 20
"""Steps of 0.3 units after which a temple begins at the latest."""


def area_of(contours: list[Float64]) -> Bool:
    """The inside of some contours (N, 2) in the plane."""
    area = np.zeros((SIDE, SIDE), np.uint8)
    for contour in contours:
        cv2.fillPoly(area, [np.round(contour).astype(np.int32)], 1)
    return area > 0


def eyes_of(points: Float64, grown: float) -> Bool:
    """The eyes with their lids, and the irises."""
    area = area_of([points[list(c)] for c in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)]).astype(np.uint8)
    for middle in (468, 473):
        size = float(np.linalg.norm(points[middle + 1 : middle + 5] - points[middle], axis=1).mean())
        cv2.circle(area, np.round(points[middle]).astype(int).tolist(), round(0.7 * size), 1, -1)
    return np.asarray(cv2.dilate(area, disc(2 * grown)) > 0)


def axes(points: Float64) -> tuple[Float64, Float64]:
    """Unit vectors to a face's right in the picture, and down."""
    away = points[356] - points[127]
    away = away / max(float(np.linalg.norm(away)), 1e-6)
    return away, np.array([-away[1], away[0]])


def temple(lines: Lines, points: Float64, rim: Float64, side: int, hair: Bool, back: Bool) -> Float64:
    """The line (N, 2) from a rim to the ear; empty where none is seen.

    Args:
        lines, points: of the plane.
        rim: (N, 2).
        side: 0 on the left of the picture, 1 on the right.
        hair, back: (SIDE, SIDE) over which it must be clearer, or ends; over which none is.
    """
    right, down = axes(points)
    away = right * (2 * side - 1)
    outward = rim @ away
    start = rim[outward > np.quantile(outward, 0.9)].mean(0)
    length = min(float((points[(127, 356)[side]] - start) @ away) + 12 * UNIT, 36 * UNIT)
    along, across = np.arange(0, length, 0.3 * UNIT), np.arange(-8, 5, STEP) * UNIT
    if len(along) < 8:
        return np.zeros((0, 2))
    maps = (start + along[:, None, None] * away + across[None, :, None] * down).astype(np.float32)
    strength = np.maximum(lines.ridges, 0.5 * lines.hats[3])
    strength = cv2.remap(strength, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR)
    near = np.abs(across) < 2 * UNIT
    level = float(np.clip(0.6 * np.median(strength[: round(2 / 0.3), near].max(1)), CLEAR, 2 * CLEAR))
    cost = -_seen_along(np.asarray(strength / level, np.float32))
    cost += 0.05 * np.maximum(np.abs(across / UNIT) - 1 - 0.5 * along[:, None] / UNIT, 0) ** 2  # it leaves the rim
    path = cheapest(cost, closed=False)
    found = strength[np.arange(len(path)), path]
    x, y = np.clip(np.round(maps[np.arange(len(path)), path]).astype(int), 0, SIDE - 1).T
    least = np.where(hair[y, x], 0.7 if length > FROM_SIDE * UNIT else np.inf, 0.5) * level
    least = np.where(back[y, x], np.inf, least)
    begun = np.flatnonzero(found[:LATE] > np.maximum(2 * least, CLEAR)[:LATE])  # hinges may be off the line of a rim
    first = int(begun[0]) if len(begun) and not (found > least)[:6].any() else 0
    last = first + _end((found > least)[first:])
    return np.asarray(maps[np.arange(first, last), path[first:last]], np.float64)


def bridge(lines: Lines, left: Float64, right: Float64, points: Float64) -> Float64:
    """The line (N, 2) that joins two rims."""
    away, down = axes(points)
    ends = [r[(r @ a) > np.quantile(r @ a, 0.9)].mean(0) for r, a in ((left, away), (right, -away))]
    along = np.linspace(0, 1, max(8, round(float((ends[1] - ends[0]) @ away) / (0.3 * UNIT))))
    across = np.arange(-5, 4, STEP) * UNIT
    middle = ends[0] + along[:, None] * (ends[1] - ends[0])
    maps = (middle[:, None] + across[None, :, None] * down).astype(np.float32)
    strength = np.asarray(cv2.remap(lines.ridges, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR), np.float32)
    path = cheapest(-_seen_along(np.asarray(strength / CLEAR, np.float32)), closed=False)
    return np.asarray(maps[np.arange(len(maps)), path], np.float64)


def _end(seen: Bool) -> int:
    """Where a line ends that may be interrupted for two units."""
    marks = np.flatnonzero(seen)
    gaps = np.flatnonzero(np.diff(marks, prepend=-1) > 6)
    marks = marks[: gaps[0]] if len(gaps) else marks
    return int(marks[-1]) + 1 if len(marks) else 0


def _seen_along(strength: Float32) -> Float32:
    """How sure each place is of a line: what goes on along the rows counts, not single spots."""
    clear = np.pad(np.minimum(strength, 1.2), ((6, 6), (0, 0)), "edge")
    return np.asarray(cv2.GaussianBlur(clear, (1, 13), 0.1, sigmaY=2.5)[6:-6], np.float32)
