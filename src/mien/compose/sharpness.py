"""Sharpness: what is put into a photo is blurred, or sharpened a little, until it is as sharp as its surroundings.

Convention:
    Pictures are (H, W, 3) float32 sRGB in [0, 255].
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.difference import fine_power, slope
from mien.types import Bool, Float32

BLURS = (0.45, 0.6, 0.75, 0.9, 1.1, 1.3, 1.6, 2.0, 2.5, 3.2)
"""Standard deviations, pixels, that are tried."""

SHARPER = (0.25, 0.5)
"""Amounts of an unsharp mask that are tried: more draws halos."""


def as_sharp(lower: Float32, upper: Float32, area: Bool, known: Bool | None = None) -> Float32:
    """A picture made as sharp as the photo that it is put into.

    Args:
        lower: the photo.
        upper: what lies there afterwards.
        area: (H, W) where both are compared, at least a few hundred pixels of the same part of a face.
        known: the same for the photo, where it is another area.
    """
    here = area if known is None else known
    if min(area.sum(), here.sum()) < 64:
        return upper
    wanted, best, least = _slope(lower, here), upper, np.inf
    found = _slope(upper, area)
    for step in (0.0, *(BLURS if found > wanted else SHARPER)):
        tried = upper
        if step and found > wanted:
            tried = np.asarray(cv2.GaussianBlur(upper, (0, 0), step), np.float32)
        elif step:
            tried = upper + np.float32(step) * (upper - cv2.GaussianBlur(upper, (0, 0), 1.2))
        away = abs(np.log(_slope(tried, area) / wanted))
        if away < least:
            best, least = tried, away
    return np.clip(best, 0, 255).astype(np.float32)


def _slope(picture: Float32, area: Bool) -> float:
    finest, fine = fine_power(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
    return slope(finest[area], fine[area])
