"""Grain: the noise of sensor, film and compression, so that what is put into a photo is as rough as its surroundings.

Convention:
    Pictures are (H, W, 3) float32 sRGB in [0, 255].
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from mien.types import Bool, Float32

BANDS = (0.8, 1.6, 3.2)
"""Standard deviations, pixels, between which the three bands of noise lie."""


CALM = 0.2
"""Quantile of the local power that counts as noise."""


MOST = 6.0
"""Levels of noise that are added to a band at most."""


def bands(picture: Float32) -> list[Float32]:
    """The picture's fine detail in three bands (H, W, 3), finest first."""
    steps = [picture, *(cv2.GaussianBlur(picture, (0, 0), sigma) for sigma in BANDS)]
    return [np.asarray(fine - coarse, np.float32) for fine, coarse in pairwise(steps)]


def noise_level(band: Float32, area: Bool) -> float:
    """Standard deviation of a band's noise in an area: in its calmer parts, since edges and pores are no noise."""
    power = cv2.blur((band**2).mean(2) if band.ndim == 3 else band**2, (9, 9))[area]
    return float(np.sqrt(max(float(np.quantile(power, CALM)), 0.0))) if power.size else 0.0


def with_grain_of(lower: Float32, upper: Float32, area: Bool, seed: int = 0) -> Float32:
    """A picture with the grain that the photo has in the same area: noise is added where it is too smooth.

    Args:
        lower: the photo as it was.
        upper: what shall lie in the area.
        area: (H, W).
        seed: of the noise.
    """
    if not area.any():
        return upper
    result = upper.copy()
    white = np.random.default_rng(seed).standard_normal(upper.shape[:2]).astype(np.float32)
    for noise, before, after in zip(bands(np.dstack([white] * 3)), bands(lower), bands(upper), strict=True):
        wanted, found = noise_level(before, area), noise_level(after, area)
        missing = np.sqrt(max(wanted**2 - found**2, 0.0))
        result += noise * np.float32(min(missing, MOST) / max(float(noise.std()), 1e-6))
    return result
