"""Areas made larger and smaller, by a disc."""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, UInt8


def disc(radius: float) -> UInt8:
    """A structuring element, (2r + 1, 2r + 1) with r at least 1 pixel."""
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(radius)) + 1,) * 2), np.uint8)


def grown(area: Bool, radius: float) -> Bool:
    """An area (h, w) and what lies within a radius of it, pixels."""
    return np.asarray(cv2.dilate(area.astype(np.uint8), disc(radius)) > 0)


def shrunk(area: Bool, radius: float) -> Bool:
    """An area (h, w) without what lies within a radius of its border, pixels."""
    return np.asarray(cv2.erode(area.astype(np.uint8), disc(radius)) > 0)
