"""Numbers of a square layer at another side. Legend: D side of a layer as it is, S side that is wanted."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.types import Float32, UInt8


def levels_at(levels: Float32, side: int) -> Float32:
    """(D, D) or (D, D, C) float32 -> (S, S) or (S, S, C): area means, or bilinear where it grows."""
    if levels.shape[0] == side:
        return levels
    smaller = levels.shape[0] > side
    resized: Any = cv2.resize(levels, (side, side), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    return resized  # type: ignore[no-any-return]


def picture_at(pixels: UInt8, side: int) -> UInt8:
    """(D, D, 3) uint8 -> (S, S, 3)."""
    return np.rint(levels_at(pixels.astype(np.float32), side)).astype(np.uint8)


def labels_at(labels: UInt8, side: int) -> UInt8:
    """(D, D) labels -> (S, S) labels: the one at each pixel's center."""
    index = ((np.arange(side) + 0.5) * labels.shape[0] / side).astype(np.intp)
    chosen: UInt8 = labels[index[:, None], index[None]]
    return chosen
