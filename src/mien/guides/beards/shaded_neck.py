"""A neck in the shade of a beard: darker than the face by much, in its own hues; the parser takes it for clothes.

Convention:
    Everything is (h, w) at a scale at which the outer corners of the eyes lie some pixels apart, the unit. Pictures are
    sRGB float32 in [0, 255].
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, Float32, Float64

REDDER, YELLOWER, LIGHT = (-0.12, 0.5), (-0.15, 0.6), (0.15, 1.05)
"""By how much the logarithms of red over green and of green over blue may differ from the face's, as skin in shade is
lit by skin; and how light it may be, the face being 1."""

BLACK = 10.0
"""Levels that are added to each color, so that noise in black has no hue."""

HALF, ABOVE, DOWN = 0.4, 0.1, 0.7
"""Half the width of a neck, the jaw's corners being 1 apart; from how far above the chin down to how far below it a
neck is looked for, eye distances."""

JAW_CORNERS = (58, 288)


def shaded_neck(picture: Float32, skin: Bool, hairs: Bool, points: Float64, unit: float) -> Bool:
    """(h, w) where a neck is seen, below the beard or in what was taken for it.

    Args:
        picture: (h, w, 3).
        skin: where skin of the face is surely seen.
        hairs: where a beard was found.
        points: (478, 3) landmarks.
        unit: an eye distance, pixels.
    """
    if not skin.any():
        return np.zeros_like(skin)
    smooth = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.0125 * unit), np.float32)
    red, green, blue = np.moveaxis(np.log(smooth + np.float32(BLACK)), 2, 0)
    found = np.ones_like(skin)
    for one, (least, most) in ((red - green, REDDER), (green - blue, YELLOWER)):
        apart = one - np.median(one[skin])
        found &= (apart > least) & (apart < most)
    light = smooth.mean(2)
    light = light / np.median(light[skin])
    found &= (light > LIGHT[0]) & (light < LIGHT[1]) & _below(points, skin.shape, unit)
    _, pieces = cv2.connectedComponents((found | hairs).astype(np.uint8))
    return np.asarray(found & np.isin(pieces, np.unique(pieces[hairs])), np.bool_)


def _below(points: Float64, shape: tuple[int, ...], unit: float) -> Bool:
    """(h, w): where a neck may be, below the jaw."""
    rows, columns = (np.arange(size, dtype=np.float32) for size in shape[:2])
    left, right = points[list(JAW_CORNERS), 0]
    middle, chin = (left + right) / 2, points[152, 1]
    wide = np.abs(columns - middle) < HALF * abs(right - left)
    return np.asarray(((rows > chin - ABOVE * unit) & (rows < chin + DOWN * unit))[:, None] & wide[None], np.bool_)
