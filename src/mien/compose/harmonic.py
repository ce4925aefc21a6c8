"""Values spread from where they are known: each place gets the mean of its neighbors (Laplace's equation).

Convention:
    Values are (h, w, C) float32 in any unit; areas (h, w) bool.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.morphology import grown
from mien.types import Bool, Float32

SMALLEST, TURNS = 12, 30
"""Side below which nothing is reduced further, and turns of relaxation at each size."""

LARGE, FEWER = 400, 6
"""Side from which turns are fewer: what comes from the coarse is even already, and each turn is dear."""

GAP = 4
"""Pixels beside what is free that are free, too: what is known often begins a little farther away."""


def harmonic(values: Float32, fixed: Bool, free: Bool) -> Float32:
    """Values (h, w, C), kept where they are fixed and spread over what is free; found from the coarse to the fine.

    Args:
        values: (h, w, C).
        fixed: (h, w) where they are known.
        free: (h, w) where they are not; nothing passes through what is neither, but for a gap of :data:`GAP` pixels.

    Returns:
        (h, w, C), 0 where nothing is known anywhere.
    """
    free = grown(free, GAP) & ~fixed
    return _spread(np.asarray(values * fixed[..., None], np.float32), fixed.astype(np.float32), free.astype(np.float32))


def _spread(values: Float32, known: Float32, free: Float32) -> Float32:
    """As :func:`harmonic`, of values that are multiplied by how far they are known, (h, w) in [0, 1]."""
    height, width = known.shape
    total = float(known.sum())
    if total == 0:
        return np.zeros_like(values)
    if min(height, width) > SMALLEST:
        size = (width + 1) // 2, (height + 1) // 2
        small = [_planes(cv2.resize(one, size, interpolation=cv2.INTER_AREA), one) for one in (values, known, free)]
        found = cv2.resize(_spread(*small), (width, height), interpolation=cv2.INTER_LINEAR)
        found = _planes(found, values)
    else:
        found = np.broadcast_to(values.sum((0, 1)) / total, values.shape).astype(np.float32)
    sure = (known > 0).view(np.uint8)
    fixed = values / np.maximum(known, np.float32(1e-6))[..., None]
    there = np.maximum(known > 0, free > 0).astype(np.float32)
    weight = np.maximum(cv2.blur(there, (3, 3)), np.float32(1e-6))
    wide, divided = (np.repeat(one[..., None], values.shape[2], 2) for one in (there, weight))
    found = np.array(found, np.float32, order="C")
    cv2.copyTo(fixed, sure, found)
    for _ in range(TURNS if min(height, width) < LARGE else FEWER):
        found *= wide
        mean = _planes(cv2.blur(found, (3, 3)), values)
        mean /= divided
        cv2.copyTo(fixed, sure, mean)  # NumPy takes ten times as long where a choice is the same for all channels
        found = mean
    return np.asarray(found, np.float32)


def _planes(made: object, like: Float32) -> Float32:
    """OpenCV drops a last axis of one."""
    found = np.asarray(made, np.float32)
    return found[..., None] if found.ndim < like.ndim else found
