"""Gaussian blurs at a cost that does not grow with their width."""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.enlarging import reduced
from mien.types import Float32

LEAST = 4.0
"""Standard deviation, pixels, that a blur still has at the reduced size at which it is computed."""


def gaussian(picture: Float32, sigma: float) -> Float32:
    """A picture, blurred: as ``cv2.GaussianBlur``, to within a few thousandths of its range.

    A wide blur is computed at a half, a quarter, ... of the size, and enlarged; what that blurs by itself is taken off.

    Args:
        picture: (H, W) or (H, W, C) float32.
        sigma: standard deviation, pixels.
    """
    height, width = picture.shape[:2]
    factor = 1
    while sigma >= 2 * LEAST * factor and min(height, width) >= 8 * factor:
        factor *= 2
    if factor == 1:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    small = reduced(picture, (round(width / factor), round(height / factor)))
    left = float(np.sqrt((sigma / factor) ** 2 - 1 / 12 - 1 / 6))  # of squares, and of lines between their middles
    small = cv2.GaussianBlur(small, (0, 0), left, borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
