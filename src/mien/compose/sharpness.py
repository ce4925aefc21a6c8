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


LOOKED_AT = 640
"""Pixels on a side that are compared at most."""


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
    rows, columns = _window(area & here if (area & here).any() else area)
    wanted = _slope(lower[rows, columns], here[rows, columns])
    part, inside = upper[rows, columns], area[rows, columns]
    softer = _slope(part, inside) < wanted
    steps = (0.0, *(SHARPER if softer else BLURS))
    away = [abs(np.log(_slope(_stepped(part, step, softer), inside) / wanted)) for step in steps]
    return np.clip(_stepped(upper, steps[int(np.argmin(away))], softer), 0, 255).astype(np.float32)


def _stepped(picture: Float32, step: float, sharper: bool) -> Float32:
    """A picture, sharpened by an amount or blurred by a standard deviation; 0 leaves it as it is."""
    if not step:
        return picture
    if sharper:
        return np.asarray(picture + np.float32(step) * (picture - cv2.GaussianBlur(picture, (0, 0), 1.2)), np.float32)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), step), np.float32)


def _window(area: Bool) -> tuple[slice, slice]:
    """The middle of an area, of a size that is looked at quickly."""
    rows, columns = (np.flatnonzero(area.any(axis)) for axis in (1, 0))
    middle = [int((one[0] + one[-1]) // 2) for one in (rows, columns)]
    half = [min(LOOKED_AT // 2, int(one[-1] - one[0]) // 2 + 8) for one in (rows, columns)]
    first, second = (slice(max(0, m - h), m + h) for m, h in zip(middle, half, strict=True))
    return first, second


def _slope(picture: Float32, area: Bool) -> float:
    finest, fine = fine_power(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
    return slope(finest[area], fine[area])
