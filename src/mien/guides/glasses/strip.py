"""The strip around both eyes, upright and of one size, in which a network says what lies behind glasses.

Convention:
    A strip is (HIGH, WIDE); its middle line is that between the eyes, so that its mirror image shows the other side
    where this one is. A unit is the distance of the outer corners of the eyes, UNIT pixels of the strip.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.pixels import LEVELS
from mien.types import Float32, Float64

WIDE, HIGH = 192, 96
UNIT = WIDE / 1.8
ABOVE = 0.38
"""How far the strip reaches above the middle of the eyes, units."""

NEAR = 4
"""How far around a frame shadows and rests of it may be, pixels of the strip."""

CORNERS = (33, 133, 362, 263)
"""Of the eyes, from left to right."""


def strip_matrix(points: Float32 | Float64, by: float = 1.0) -> Float64:
    """(2, 3) strip to picture, both in continuous pixels.

    Args:
        points: (478, 2 or more) landmarks in the picture.
        by: pixels of the strip as multiples of the usual.
    """
    corners = points[list(CORNERS), :2].astype(np.float64)
    right = corners[3] - corners[0]
    away, down = right, np.array([-right[1], right[0]])
    scale = 1 / (by * UNIT)
    linear = np.column_stack([away, down]) * scale
    start = corners.mean(0) - away * (WIDE / 2 / UNIT) - down * ABOVE
    return np.column_stack([linear, start])


def seen_planes(picture: Float32, hidden: Float32, lenses: Float32, eyes: Float32) -> tuple[Float32, Float32, Float32]:
    """What the network sees (11, HIGH, WIDE), the strip with smooth skin, and where (HIGH, WIDE) it may be changed.

    Args:
        picture: the strip (HIGH, WIDE, 3) in [0, 255].
        hidden: (HIGH, WIDE) in [0, 1], the frame.
        lenses, eyes: the same, of what is seen through lenses, and of eyes, which stay where no frame is before them.
    """
    known = (hidden < 0.1).astype(np.float32)
    smooth = membrane(picture, known, 255.0)
    filled = (picture + np.clip(2 * hidden, 0, 1)[..., None] * (smooth - picture)).astype(np.float32)
    near = cv2.dilate(hidden, np.ones((2 * NEAR + 1,) * 2, np.uint8))
    allowed = cv2.GaussianBlur(np.maximum(near, lenses), (0, 0), 1.5)
    allowed = np.maximum(allowed * (1 - eyes), np.clip(2 * hidden, 0, 1)).astype(np.float32)
    return _planes(filled, hidden, allowed), filled, allowed


def worn_planes(picture: Float32, worn: Float32) -> Float32:
    """What the network sees (11, HIGH, WIDE) when it is asked where a frame is.

    Args:
        picture: the strip (HIGH, WIDE, 3) in [0, 255].
        worn: (HIGH, WIDE) in [0, 1], glasses with their lenses, roughly.
    """
    return _planes(picture, np.full(worn.shape, -1, np.float32), worn)


def _planes(picture: Float32, hidden: Float32, allowed: Float32) -> Float32:
    ys, xs = np.mgrid[:HIGH, :WIDE].astype(np.float32)
    told = np.dstack([picture / np.float32(LEVELS) - 1, 2 * hidden - 1])
    planes = np.dstack([told, 2 * allowed - 1, told[:, ::-1], 2 * xs / WIDE - 1, 2 * ys / HIGH - 1])
    return np.ascontiguousarray(planes.transpose(2, 0, 1), np.float32)
