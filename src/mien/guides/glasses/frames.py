"""What goes on from the front of a pair of glasses: temples to the ears, hinges, thick ends.

The front is found by a network (:mod:`mien.guides.glasses.uncovering`); temples begin at it.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.glasses.bands import cheapest
from mien.guides.glasses.lines import SIDE, UNIT, Lines, disc
from mien.types import Bool, Float32, Float64

STEP = 0.2
"""Units between two places where a line may run."""

CLEAR = 24.0
"""Levels of a ridge that surely is a line."""

FROM_SIDE = 23.0
"""Way from a rim to behind the face's outline, units, from which a temple is seen from the side; others end at hair."""

EYES = 0.25
"""How far eyes reach beyond their contour, units."""

DARK = 0.5
"""Light of a frame, against that of the skin around it, below which what is as dark beside it belongs to it."""

NEAR, FAR = 3.0, 5.0
"""How far from a frame's lines nose pads and hinges may be, units; and how far dark ends of thick frames reach."""

WIDE, BEYOND = 2.5, 0.65
"""Half the width of temples at most; and how far beyond their edges they shine, units."""

ENDS = 0.6
"""Share of a rim's height, from above, at which hinges are."""

LONG = 12.0
"""Length of a temple, units, from which it is seen from the side."""

PADS, HINGES, OVER_HAIR = 20.0, 30.0, 60.0
"""Levels by which they differ from the skin around them at least."""

PAD = 7.0
"""Square units that a nose pad has at most, beside the rim."""

LATE = 20
"""Steps of 0.3 units after which a temple begins at the latest."""


def area_of(contours: list[Float64]) -> Bool:
    """The inside of some contours (N, 2) in the plane."""
    area = np.zeros((SIDE, SIDE), np.uint8)
    for contour in contours:
        cv2.fillPoly(area, [np.round(contour).astype(np.int32)], 1)
    return area > 0


def without_gaps(area: Bool, notch: float, largest: float) -> Bool:
    """An area with its notches filled up to a width, units, and its holes up to a size, square units."""
    area = cv2.morphologyEx(area.astype(np.uint8), cv2.MORPH_CLOSE, disc(notch)) > 0
    _, index, stats, _ = cv2.connectedComponentsWithStats((~area).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < largest * UNIT**2
    return np.asarray(area | small[index])


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
    path = cheapest(cost)
    found = strength[np.arange(len(path)), path]
    x, y = np.clip(np.round(maps[np.arange(len(path)), path]).astype(int), 0, SIDE - 1).T
    least = np.where(hair[y, x], 0.7 if length > FROM_SIDE * UNIT else np.inf, 0.5) * level
    least = np.where(back[y, x], np.inf, least)
    first, last = _span(found > least, found > np.maximum(2 * least, CLEAR))
    return np.asarray(maps[np.arange(first, last), path[first:last]], np.float64)


def _span(seen: Bool, clear: Bool) -> tuple[int, int]:
    """Where a line begins and ends that may be interrupted for two units; a clear one begins later, as hinges do."""
    marks = np.flatnonzero(seen)
    gaps = np.diff(marks, prepend=-1) > 6
    soon = np.convolve(clear, np.ones(7), "same") > 0
    wrong = np.flatnonzero(gaps & ~((marks < LATE) & soon[marks]))
    marks = marks[: wrong[0]] if len(wrong) else marks
    return (int(marks[0]), int(marks[-1]) + 1) if len(marks) else (0, 0)


def _seen_along(strength: Float32) -> Float32:
    """How sure each place is of a line: what goes on along the rows counts, not single spots."""
    clear = np.pad(np.minimum(strength, 1.2), ((6, 6), (0, 0)), "edge")
    return np.asarray(cv2.GaussianBlur(clear, (1, 13), 0.1, sigmaY=2.5)[6:-6], np.float32)


def attached(
    picture: Float32,
    lines: Lines,
    frame: Bool,
    front: Bool,
    rims: list[Float64],
    points: Float64,
    parts: Mapping[str, Bool],
) -> Bool:
    """What touches a frame and stands out as hinges, nose pads and thick ends do."""
    right, beside, inner, outer = across(points)
    least = np.where(beside < inner + 0.5 * UNIT, PADS, np.where(beside > outer + 1.5 * UNIT, HINGES, 255.0))
    least = np.where((beside < outer) | _arms_level(rims, points, right), least, 255.0)
    dark = _alike(picture, frame, parts["brows"])
    dark &= (beside > outer + 0.5 * UNIT) & _arms_level(rims, points, right)  # nearer, brows and lids are as dark
    apart = (~parts["brows"]) & ~eyes_of(points, 0.5)
    apart &= cv2.erode(area_of(rims).astype(np.uint8), disc(2.0)) == 0  # no wrinkles seen through the lenses
    close, far = (cv2.dilate(one.astype(np.uint8), disc(2 * by)) > 0 for one, by in ((frame, NEAR), (front, FAR)))
    least = np.where(parts["hair"], np.maximum(least, OVER_HAIR), least)
    strong = close & (lines.hats[2] > least) & ~parts["background"]
    strong |= dark & (far & (lines.widest > OVER_HAIR) | close & (lines.hats[-1] > OVER_HAIR))
    strong &= apart
    strong &= ~_large(strong & ~frame & (beside < inner + 0.5 * UNIT))
    _, index = cv2.connectedComponents((strong | frame).astype(np.uint8))
    kept = strong & np.isin(index, np.unique(index[frame]))
    return np.asarray(cv2.dilate(kept.astype(np.uint8), disc(2 * BEYOND)) > 0)


def _large(area: Bool) -> Bool:
    """The parts of an area that are larger than nose pads: a nose's shade."""
    _, index, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8))
    return np.asarray((stats[:, cv2.CC_STAT_AREA] > PAD * UNIT**2)[index] & area, np.bool_)


def across(points: Float64) -> tuple[Float64, Float64, float, float]:
    """A face's right (2,), how far each pixel (SIDE, SIDE) is from its middle, and the eyes' corners."""
    right, _ = axes(points)
    middle = points[[33, 133, 362, 263]].mean(0)
    ys, xs = np.mgrid[:SIDE, :SIDE]
    beside = np.abs((xs - middle[0]) * right[0] + (ys - middle[1]) * right[1])
    inner, outer = (float(np.abs((points[two] - middle) @ right).mean()) for two in ([133, 362], [33, 263]))
    return right, beside, inner, outer


def _arms_level(rims: list[Float64], points: Float64, right: Float64) -> Bool:
    """The plane (SIDE, SIDE) at the height of the rims' outer ends, where hinges are."""
    down = np.array([-right[1], right[0]])
    ys, xs = np.mgrid[:SIDE, :SIDE]
    height = xs * down[0] + ys * down[1]
    level = np.zeros((SIDE, SIDE), np.bool_)
    for side, rim in enumerate(rims):
        top, bottom = np.quantile(rim @ down, (0.02, 0.98))
        half = (xs - points[168, 0]) * right[0] + (ys - points[168, 1]) * right[1]
        here = (half < 0) if side == 0 else (half >= 0)
        level |= here & (height > top - 1.5 * UNIT) & (height < top + ENDS * (bottom - top))
    return level


def widest(arm: Float64) -> float:
    """Half a temple's width at most, units: those that are seen from the front are thin."""
    return WIDE if float(np.linalg.norm(arm[-1] - arm[0])) > LONG * UNIT else 1.0


def _alike(picture: Float32, frame: Bool, brows: Bool) -> Bool:
    """What is as dark as a dark frame, in brows all the more; nothing where that is not much darker than skin."""
    light = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    around = (cv2.dilate(frame.astype(np.uint8), disc(3.0)) > 0) & ~frame
    if not frame.any() or not around.any():
        return np.zeros_like(frame)
    usual, skin = float(np.quantile(light[frame], 0.15)), float(np.median(light[around]))
    if usual > DARK * skin:
        return np.zeros_like(frame)
    return np.asarray(light < usual + np.where(brows, 0.08, 0.25) * (skin - usual), np.bool_)
