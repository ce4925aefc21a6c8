"""Two pictures as one: colors agree along the border, and coarse scales are mixed over a wider band than fine ones.

Convention:
    Pictures are (H, W, 3) float32 in any unit; weights (H, W) float32 in [0, 1], 1 where the upper picture shows.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.pixels import each_channel
from mien.types import Bool, Float32

LEVELS = 5
"""Of the pyramid."""


def membrane(difference: Float32, known: Float32, limit: float) -> Float32:
    """What is known of a difference, spread smoothly over where nothing is known (pull and push over a pyramid).

    Args:
        difference: (H, W, C).
        known: (H, W) weight of what is known, such as a ring around an area.
        limit: largest absolute value; beyond it a difference of light becomes a burn.
    """
    clipped = np.clip(difference, -limit, limit).astype(np.float32)
    values, weights = [_times(clipped, known.astype(np.float32))], [known.astype(np.float32)]
    while min(weights[-1].shape) > 2:
        values.append(_halved(values[-1]))
        weights.append(cv2.pyrDown(weights[-1]))
    filled: Any = values[-1] / np.maximum(weights[-1], 1e-6)[..., None]
    for value, weight in zip(reversed(values[:-1]), reversed(weights[:-1]), strict=True):
        size = weight.shape[::-1]
        coarse = cv2.pyrUp(filled, dstsize=size).reshape(value.shape)
        sure = np.clip(weight * 4, 0, 1)
        filled = _times(coarse, np.float32(1) - sure)
        filled += _times(value, (sure / np.maximum(weight, 1e-6)).astype(np.float32))
        filled = cv2.GaussianBlur(filled, (0, 0), 1.0).reshape(value.shape)
    return np.asarray(np.clip(filled, -limit, limit), np.float32)


def _times(values: Any, weight: Float32) -> Float32:
    """Values (H, W, C) times weights (H, W)."""
    every = each_channel(weight, values.shape[2])
    return np.asarray(cv2.multiply(values, every).reshape(values.shape), np.float32)


def _halved(values: Float32) -> Float32:
    smaller = cv2.pyrDown(values)
    return np.asarray(smaller.reshape(*smaller.shape[:2], values.shape[2]), np.float32)


def blend(lower: Float32, upper: Float32, weight: Float32, levels: int = LEVELS) -> Float32:
    """Laplacian pyramid blending (Burt and Adelson, 1983)."""
    low, high, w = lower, upper, weight
    details: list[Float32] = []
    for _ in range(levels):
        if min(w.shape) < 4:
            break
        smaller = [cv2.pyrDown(one) for one in (low, high, w)]
        size = w.shape[::-1]
        fine: Any = [one - cv2.pyrUp(down, dstsize=size) for one, down in zip((low, high), smaller, strict=False)]
        details.append(fine[0] + w[..., None] * (fine[1] - fine[0]))
        low, high, w = smaller
    result = low + w[..., None] * (high - low)
    for detail in reversed(details):
        result = cv2.pyrUp(result, dstsize=detail.shape[1::-1]) + detail
    return np.asarray(result, np.float32)


def ring(area: Bool, width: float) -> Float32:
    """(H, W) 1 within ``width`` pixels outside an area, fading; 0 inside and farther away."""
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.where(area, 0, np.clip(1 - away / max(width, 1), 0, 1)), np.float32)
