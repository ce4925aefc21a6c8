"""Where another face's teeth stand in a mouth: at their size, along its lower lip.

Convention:
    Points are pixels of a photo, (478, 2); "upright" ones lie along and below the line through the mouth's corners.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mien.align import mesh
from mien.types import Float64

INNER = list(mesh.INNER_LIPS_CONTOUR)
UPPER, LOWER = INNER[:11], [INNER[0], *INNER[:9:-1]]
"""The edges of the lips, from the left corner to the right one."""

HIDDEN, COVERED = 0.02, 0.012
"""Of teeth at least, in widths of the mouth, below the upper lip, and about how much below the lower one."""

ASKEW, LONGER = 1.3, 1.25
"""Most by which teeth of one half of a mouth are wider, and those of the other one narrower, than in the other photo;
and most by which all are longer where lips open wider than there."""


def places_of(goals: Float64, there: Float64, ratio: float) -> Float64:
    """(478, 2): where the other's points are shown, given this face's.

    Teeth belong to the skull: they keep their size and end along the lower lip, and the upper lip and the corners cover
    what is too much. They are longer only where the lips open wider than the other's.

    Args:
        goals, there: (478, 2) pixels of both photos.
        ratio: pixels of this photo per pixel of the other one, for faces of the same size.
    """
    here, turn = _upright(goals)
    other, _ = _upright(there)
    wider = float(np.ptp(here[UPPER, 0]) / max(np.ptp(other[UPPER, 0]), 1e-9))
    scaled = other * max(ratio, float(np.sqrt(wider * ratio)))
    scaled[:, 0] = _sided(scaled, here)
    width = float(np.ptp(here[UPPER, 0]))
    opens, shown = (points[LOWER[5], 1] - points[UPPER[5], 1] for points in (here, scaled))
    scaled[:, 1] *= np.clip((opens + HIDDEN * width) / max(float(shown), 1e-3), 1, LONGER)
    scaled[:, 1] += _bend(here, scaled)(scaled[:, 0]) + COVERED * width
    scaled[:, 1] += min(0.0, here[UPPER[5], 1] - scaled[UPPER[5], 1] - HIDDEN * width)
    for edge, farther in ((UPPER, np.minimum), (LOWER, np.maximum)):
        scaled[edge, 1] = farther(scaled[edge, 1], np.interp(scaled[edge, 0], here[edge, 0], here[edge, 1]))
    return np.asarray(scaled @ turn + goals[[UPPER[0], UPPER[-1]]].mean(0))


def _sided(scaled: Float64, here: Float64) -> Float64:
    """(478,) places across of points whose middle is this mouth's, each half about as wide as this mouth's half.

    The farther half of a turned face is the narrower one.
    """
    first, second = (points[[UPPER[0], UPPER[5], UPPER[-1]], 0] for points in (scaled, here))
    wide = np.diff(second) / np.maximum(np.diff(first), 1e-9)
    left, right = np.clip(wide / np.sqrt(wide.prod()), 1 / ASKEW, ASKEW)
    away = scaled[:, 0] - first[1]
    return np.asarray(second[1] + away * np.where(away < 0, left, right))


def _bend(here: Float64, scaled: Float64) -> Callable[[Float64], Float64]:
    """How far teeth hang lower at places across the mouth, so that their ends follow this face's lower lip."""
    across, edge = scaled[LOWER[1:-1], 0], np.interp(scaled[LOWER[1:-1], 0], here[LOWER, 0], here[LOWER, 1])
    half = float(np.ptp(here[UPPER, 0])) / 2
    near = np.clip(1.2 - np.abs(across) / half, 0.05, 1)
    curve = np.polyfit(across / half, edge - scaled[LOWER[1:-1], 1], 2, w=near)
    return lambda x: np.asarray(np.polyval(curve, np.clip(x / half, -1, 1)))


def _upright(points: Float64) -> tuple[Float64, Float64]:
    """(478, 2) along and below the line through the corners of the mouth, and the rotation (2, 2) back."""
    left, right = points[UPPER[0]], points[UPPER[-1]]
    x, y = (right - left) / max(float(np.linalg.norm(right - left)), 1e-9)
    turn = np.array([[x, y], [-y, x]])
    return (points - (left + right) / 2) @ turn.T, turn
