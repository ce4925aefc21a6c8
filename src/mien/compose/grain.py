"""Grain: the noise of sensor, film and compression, so that what is put into a photo is as rough as its surroundings.

Convention:
    Pictures are (H, W, 3) float32 sRGB in [0, 255].
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, Float32

BANDS = (0.8, 1.6, 3.2)
"""Standard deviations, pixels, between which the three bands of noise lie."""


def bands(picture: Float32) -> list[Float32]:
    """The picture's fine detail in three bands (H, W, 3), finest first."""
    steps = [picture, *(cv2.GaussianBlur(picture, (0, 0), sigma) for sigma in BANDS)]
    return [np.asarray(fine - coarse, np.float32) for fine, coarse in zip(steps, steps[1:], strict=False)]


def noise_level(band: Float32, area: Bool) -> float:
    """Standard deviation of a band's noise in an area: by the median, which edges do not disturb (MAD)."""
    values = np.abs(band[area]).mean(-1) if band.ndim == 3 else np.abs(band[area])
    return float(np.median(values)) * 1.4826 if values.size else 0.0


def with_grain_of(lower: Float32, upper: Float32, area: Bool, seed: int = 0) -> Float32:
    """A picture with the grain that the surroundings of an area have: noise is added where it is too smooth.

    Args:
        lower: the photo.
        upper: what lies in the area.
        area: (H, W).
        seed: of the noise.
    """
    grown = cv2.dilate(area.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    around = grown & ~area
    if not around.any() or not area.any():
        return upper
    rng, result = np.random.default_rng(seed), upper.copy()
    white = rng.standard_normal(upper.shape[:2]).astype(np.float32)
    for one, mine, theirs in zip(bands(np.dstack([white] * 3)), bands(lower), bands(upper), strict=True):
        wanted, found = noise_level(mine, around), noise_level(theirs, area)
        missing = np.sqrt(max(wanted**2 - found**2, 0.0))
        level = noise_level(one, np.ones_like(area))
        result += one * np.float32(min(missing, 6.0) / max(level, 1e-6))
    return result
