"""No seam: what is painted takes on the photo's colors at the mask's border.

Twice, since a network may be off where it sees the photo, or copy the photo there and be off where it does not:
1. It paints beyond the mask, too, where the photo is known: how far it is off there, on a thin ring around the mask.
2. How far what it painted just inside the border is off the photo just outside of it.
Either is spread smoothly into the mask and taken away, the less the deeper inside.

Convention:
    Pictures are (S, S, 3) float32 sRGB in [0, 255]; areas are (S, S) bool.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.difference import near
from mien.types import Bool, Float32, UInt8

RING = 2 / 128
"""Width of the ring outside, in sides of the crop."""

RIM = 1.5 / 128
"""Width of the rim inside, and standard deviation of "just inside" and "just outside", in sides of the crop."""

ALONG = 6 / 128
"""Standard deviation by which the step from outside to inside is averaged along the border: a photo has steps, too."""

REACH = 1 / 8
"""Depth at which the correction has fallen to 1/e, in sides of the crop."""

TRUSTED = 24.0
"""Levels by which the network may be off for a pixel to be believed by half: more is no shift of color."""


TRUSTED_STEP = 12.0
"""The same for the step across the border: photos have larger ones of their own."""


def harmonise(painted: Float32, photo: Float32, area: Bool) -> Float32:
    """The painted picture with its colors matched to the photo's at the border of an area.

    Args:
        painted: the network's whole picture.
        photo: the crop as it was.
        area: where the painted picture will be shown.

    Returns:
        (S, S, 3) float32 in [0, 255].
    """
    side = painted.shape[0]
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ring = ~area & (away <= max(1.0, RING * side))
    if not ring.any():
        return painted
    depth = cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    fading = (np.exp(-depth / (REACH * side)) * area)[..., None]
    residual = photo - painted
    painted = painted + _spread(residual * _trust(residual, TRUSTED), ring.astype(np.float32)) * fading
    rim = area & (depth <= max(1.0, RIM * side))
    step = near(photo, ~area, RIM * side) - near(painted, area, RIM * side)
    along = near(step * _trust(step, TRUSTED_STEP), rim, ALONG * side)
    corrected: Float32 = np.clip(painted + _spread(along, rim.astype(np.float32)) * fading, 0, 255).astype(np.float32)
    return corrected


def _trust(error: Float32, half: float) -> Float32:
    """(S, S, 1): small errors are believed, large ones are edges of the picture."""
    red, green, blue = np.moveaxis(np.abs(error), 2, 0)  # NumPy's power, and its maximum along a short axis, are slow
    square = np.square(np.maximum(np.maximum(red, green), blue) / half)
    trust: Float32 = 1 / (1 + np.square(square))
    return trust[..., None]


def _spread(values: Float32, weight: Float32) -> Float32:
    """Known values carried everywhere: the weighted mean of the smallest neighborhood that knows any (pull-push)."""
    if values.shape[0] == 1:
        return values
    half = (values.shape[0] // 2, values.shape[0] // 2)
    sums: Any = cv2.resize(np.dstack([values * weight[..., None], weight]), half, interpolation=cv2.INTER_AREA)
    coarse_weight = sums[..., 3]
    means = sums[..., :3] / np.maximum(coarse_weight, 1e-8)[..., None]
    coarse = _spread(means, np.minimum(coarse_weight * 4, 1))
    guess: Any = cv2.resize(coarse, values.shape[:2], interpolation=cv2.INTER_LINEAR)
    share = np.minimum(weight, 1)[..., None]
    filled: Float32 = values * share + guess.reshape(values.shape) * (1 - share)
    return filled


def faded(picture: Float32, image: UInt8, area: Bool, strength: float) -> Float32:
    """Without a seam, and as strong as wished: (S, S, 3)."""
    before = image.astype(np.float32)
    weight = np.float32(strength * (2 - strength)) * area[..., None]
    faded: Float32 = (before + weight * (harmonise(picture, before, area) - before)).astype(np.float32)
    return faded
