"""Local colours of an area, as they are needed at borders.

Convention:
    Pictures are (h, w, 3) in [0, 255]; mattes and areas (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import cv2
import numpy as np

from mien.interrupt import checkpoint
from mien.threads import side_by_side
from mien.types import Float32

FAR = 0.01
"""How much colours four times as far away count: they do where there are no closer ones."""


def local_colors(picture: Float32, area: Float32, reach: float) -> tuple[Float32, Float32]:
    """Mean (h, w, 3) and standard deviation (h, w), over all channels, of the colours of an area near each pixel."""
    height, width = area.shape
    shrink = min(1.0, 8 / reach)
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    small, weight = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (picture, area))
    weight = weight[..., None]
    known = np.dstack([weight, small * weight, small**2 * weight])
    planes = wide_blur(known, reach * shrink) + FAR * wide_blur(known, 4 * reach * shrink)
    share = planes[..., :1] + np.float32(1e-4)
    mean, square = planes[..., 1:4] / share, planes[..., 4:] / share
    spread = np.sqrt(np.maximum(square - mean**2, 0).sum(2))
    large = cv2.resize(np.dstack([mean, spread]), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[..., :3], np.float32), np.asarray(large[..., 3], np.float32)


def both_colors(picture: Float32, areas: Sequence[Any], reach: float) -> list[tuple[Float32, Float32]]:
    """:func:`local_colors` of several areas (h, w) of a picture, side by side."""
    return side_by_side(*(partial(local_colors, picture, one.astype(np.float32), reach) for one in areas))


def wide_blur(picture: Float32, sigma: float) -> Float32:
    """A Gaussian blur that is computed at a reduced size, which a wide one does not show."""
    checkpoint()
    height, width = picture.shape[:2]
    shrink = min(1.0, 4 / sigma)
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    planes = []
    for plane in cv2.split(picture):
        small = cv2.GaussianBlur(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), (0, 0), sigma * shrink)
        planes.append(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(planes[0] if len(planes) == 1 else np.dstack(planes), np.float32)
