"""Sunglasses, told from clear lenses by their light.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.glasses.frames import axes
from mien.guides.glasses.lines import SIDE, disc
from mien.types import Bool, Float32, Float64

DARK = 0.5
"""Light within the lenses, against the cheeks', below which they are sunglasses."""


def are_dark(picture: Float32, lenses: Bool, points: Float64) -> bool:
    """Whether both lenses are much darker than the cheeks below them.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        lenses: (SIDE, SIDE) what is seen through them.
        points: (478, 2) landmarks.
    """
    light, (away, _) = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), axes(points)
    inner = cv2.erode(lenses.astype(np.uint8), disc(2.0)) > 0
    ys, xs = np.mgrid[:SIDE, :SIDE]
    right = (xs - points[168, 0]) * away[0] + (ys - points[168, 1]) * away[1] > 0
    dark = []
    for half, marks in ((~right, (50, 205)), (right, (280, 425))):
        cheeks = [light[y - 4 : y + 5, x - 4 : x + 5].mean() for x, y in points[list(marks)].astype(int)]
        lens = light[inner & half]
        dark.append(len(lens) > 0 and float(np.quantile(lens, 0.7)) < DARK * max(cheeks))
    return all(dark)
