"""Local colors of an area, as they are needed at borders.

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
"""How much colors four times as far away count: they do where there are no closer ones."""


def local_colors(picture: Float32, area: Float32, reach: float) -> tuple[Float32, Float32]:
    """Mean (h, w, 3) and standard deviation (h, w), over all channels, of the colors of an area near each pixel."""
    return both_colors(picture, (area,), reach)[0]


def both_colors(picture: Float32, areas: Sequence[Any], reach: float) -> list[tuple[Float32, Float32]]:
    """:func:`local_colors` of several areas (h, w) of a picture, side by side."""
    height, width = picture.shape[:2]
    shrink = min(1.0, 8 / reach)
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    levels: Any = cv2.split(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    return side_by_side(*(partial(_colors, levels, one, reach * shrink, (width, height)) for one in areas))


def _colors(levels: Sequence[Any], area: Any, reach: float, size: tuple[int, int]) -> tuple[Float32, Float32]:
    """The same of the planes of a reduced picture, at the size (width, height) of the area."""
    weight = cv2.resize(np.asarray(area, np.float32), levels[0].shape[::-1], interpolation=cv2.INTER_AREA)
    first = [weight * one for one in levels]
    known = [weight, *first, *(one * level for one, level in zip(first, levels, strict=True))]
    share, *sums = (
        near + np.float32(FAR) * cv2.resize(far, near.shape[::-1], interpolation=cv2.INTER_LINEAR)
        for near, far in ((_blurred(one, reach), _blurred(one, 4 * reach)) for one in known)
    )
    share += np.float32(1e-4)
    means = [one / share for one in sums[:3]]
    varied: Any = sum(np.maximum(one / share - mean * mean, 0) for one, mean in zip(sums[3:], means, strict=True))
    large = [cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for one in (cv2.merge(means), np.sqrt(varied))]
    return np.asarray(large[0], np.float32), np.asarray(large[1], np.float32)


def wide_blur(picture: Float32, sigma: float) -> Float32:
    """A Gaussian blur that is computed at a reduced size, which a wide one does not show."""
    size = picture.shape[1::-1]
    planes = [cv2.resize(_blurred(one, sigma), size, interpolation=cv2.INTER_LINEAR) for one in cv2.split(picture)]
    return np.asarray(planes[0] if len(planes) == 1 else cv2.merge(planes), np.float32)


def _blurred(plane: Any, sigma: float) -> Any:
    """A plane (h, w), blurred, at the size at which that is computed."""
    checkpoint()
    shrink = min(1.0, 4 / sigma)
    size = (max(2, round(plane.shape[1] * shrink)), max(2, round(plane.shape[0] * shrink)))
    return cv2.GaussianBlur(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), (0, 0), sigma * shrink)
