"""Lines with a width: where a rim, a bridge or a temple begins and ends on both sides of its middle.

A band is looked at straightened: along it the picture goes on, across it the light changes; each of its edges is the
cheapest path along strong changes of light, near where weak ones are all that there is.

Convention:
    That of :mod:`mien.guides.glasses.lines`. Lines are (N, 2), a pixel apart; sides are left and right of their
    direction.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.guides.glasses.lines import SIDE, UNIT
from mien.types import Bool, Float32, Float64

STEP = 0.1
"""Units between two places across a line."""

SCALES = ((0.3, 1.15), (0.55, 1.05), (1.0, 0.85))
"""Half widths of lines, units, and how much each counts."""

FAINT = 8.0
"""Levels of a line, or of an edge, that is just seen."""

SEEN = 10.0
"""Levels from which a line is healed."""

STRONG = 40.0
"""Levels by which a frame differs from what is around it that may be thick."""

NARROW = (0.12, 0.5)
"""What a unit of half a width costs, beside a clear edge, which is worth 1: for strong frames; and more for weak."""

THINNEST = 0.35
"""Half a width at least, units."""

Int = NDArray[np.int64]


def along(line: Float64) -> Float64:
    """The same line with points a pixel apart."""
    run = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.arange(0, run[-1], 1.0)
    return np.stack([np.interp(at, run, line[:, axis]) for axis in (0, 1)], -1)


def band(light: Float32, line: Float64, *, most: float, margin: float) -> Bool:
    """The pixels (SIDE, SIDE) that a line covers.

    Args:
        light: (SIDE, SIDE) levels.
        line: (N, 2) its middle.
        most: half a width at most, units.
        margin: what is added on both sides, units.
    """
    points = along(line) if len(line) > 1 else line
    if len(points) < 8:
        return np.zeros((SIDE, SIDE), np.bool_)
    away = _normals(points)
    *both, strong = _edges(light, points, away, most)
    seen = strong > SEEN
    if not seen.any():
        return np.zeros((SIDE, SIDE), np.bool_)
    left, right = (_usual(one, seen) + margin for one in both)
    first, second = points - left[:, None] * UNIT * away, points + right[:, None] * UNIT * away
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    for i in np.flatnonzero(seen[1:]) + 1:
        corners = np.array([first[i - 1], first[i], second[i], second[i - 1]])
        cv2.fillConvexPoly(drawn, np.round(corners * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    return drawn > 0


def cheapest(cost: NDArray[np.floating]) -> Int:
    """Index of the column for each row: the cheapest path with steps of up to three columns."""
    cost = np.asarray(cost, np.float32)
    steps = np.arange(-3, 4)
    total, back = cost[0], np.zeros(cost.shape, np.int64)
    bend = (0.06 * steps * steps).astype(np.float32)
    for row in range(1, len(cost)):
        ways = np.lib.stride_tricks.sliding_window_view(np.pad(total, 3, constant_values=1e6), 7) + bend
        best = ways.argmin(1)
        back[row] = np.arange(len(best)) + steps[best]
        total = ways[np.arange(len(best)), best] + cost[row]
    path = np.zeros(len(cost), np.int64)
    index = int(total.argmin())
    for row in range(len(cost) - 1, -1, -1):
        path[row] = index
        index = int(np.clip(back[row, index], 0, cost.shape[1] - 1))
    return path


def _edges(light: Float32, points: Float64, away: Float64, most: float) -> tuple[Float64, Float64, Float32]:
    """(N,) half widths to the left and to the right, units, and the line's levels."""
    across = np.arange(-most - 0.5, most + 0.5 + STEP / 2, STEP)
    rows = _smooth(_straight(light, points, away, across), 2.0)
    middle = np.median(rows[:, np.abs(across) < 0.25], 1)
    beside = [np.median(rows[:, (s * across > 0.8) & (s * across < 2.5)], 1) - middle for s in (-1, 1)]
    stands = np.max(beside, 0)  # levels that it is darker than the lighter side
    sign = np.where(np.median(beside, 0) < -4, -1.0, 1.0)[:, None]
    sign = np.sign(_smooth(sign, 5.0) + 1e-3)
    stands = np.where(sign[:, 0] < 0, -np.min(beside, 0), stands)
    change = np.gradient(cv2.GaussianBlur(rows, (7, 1), 2.0), axis=1) * (0.6 / STEP) * sign
    level = np.maximum(FAINT, 0.5 * stands)[:, None]
    price = NARROW[0] + NARROW[1] * np.clip(1 - stands / STRONG, 0, 1)[:, None]
    found = []
    for side in (-1, 1):
        chosen = (side * across > STEP / 2) & (side * across <= most)
        out = side * across[chosen]
        cost = _smooth(price * out[None] - np.clip(side * change[:, chosen] / level, 0, 1.2), 2.0)
        width = _smooth(out[cheapest(cost)][:, None], 3.0)[:, 0]
        found.append(np.maximum(width, THINNEST))
    thin = _ridges(rows)[:, np.abs(across) < 0.35].max(1)
    return found[0], found[1], _smooth(np.maximum(thin, stands)[:, None], 6.0)[:, 0]


def _usual(width: Float64, seen: Bool) -> Float64:
    """Half widths (N,) without outliers."""
    return np.minimum(width, 1.8 * float(np.quantile(width[seen], 0.6)) + 0.4)


def _normals(points: Float64) -> Float64:
    padded = np.pad(points, ((3, 3), (0, 0)), "edge")
    ahead = padded[6:] - padded[:-6]
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-6)
    return np.stack([ahead[:, 1], -ahead[:, 0]], -1)


def _straight(values: Float32, points: Float64, away: Float64, across: Float64) -> Float32:
    """(N, U) a picture's values at places across a line."""
    maps = (points[:, None] + across[None, :, None] * UNIT * away[:, None]).astype(np.float32)
    border = cv2.BORDER_REPLICATE
    return np.asarray(cv2.remap(values, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=border), np.float32)


def _ridges(rows: Float32) -> Float32:
    best = np.zeros_like(rows)
    for scale, counts in SCALES:
        sigma = scale / STEP
        soft = cv2.GaussianBlur(rows, (2 * round(4 * sigma) + 1, 1), sigma)
        bent = sigma**2 * cv2.Sobel(soft, cv2.CV_32F, 2, 0, ksize=1)
        steep = sigma * np.abs(cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=1)) / 2
        best = np.maximum(best, 1.6 * counts * (np.maximum(bent, -0.9 * bent) - steep))
    return np.asarray(best, np.float32)


def _smooth(values: NDArray[np.floating], sigma: float) -> Float32:
    by = round(3 * sigma) + 1
    padded = np.pad(values.astype(np.float32), ((by, by), (0, 0)), "edge")
    return np.asarray(cv2.GaussianBlur(padded, (1, 2 * by + 1), 0.1, sigmaY=sigma)[by:-by], np.float32)
