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

AROUND = 20
"""Pixels beside an area that its noise is measured from: as far as the blurs reach."""

MOST = 6.0
"""Levels of noise that are added to a band at most."""


def bands(picture: Float32) -> list[Float32]:
    """The picture's fine detail in three bands of its shape, (H, W, 3) or (H, W), finest first."""
    steps = [picture, *(cv2.GaussianBlur(picture, (0, 0), sigma) for sigma in BANDS)]
    return [np.asarray(fine - coarse, np.float32) for fine, coarse in pairwise(steps)]


def noise_level(band: Float32, area: Bool) -> float:
    """Standard deviation of a band's noise in an area: in its calmer parts, since edges and pores are no noise."""
    power = cv2.blur(_squares(band), (9, 9))[area]
    return float(np.sqrt(max(float(np.quantile(power, CALM)), 0.0))) if power.size else 0.0


def _squares(band: Float32) -> Float32:
    """(H, W): its squares, the mean of its channels."""
    square = band * band
    if band.ndim < 3:
        return square
    share = np.full((1, band.shape[2]), 1 / band.shape[2], np.float32)
    return np.asarray(cv2.transform(square, share), np.float32)


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
    rows, columns = (np.flatnonzero(area.any(axis)) for axis in (1, 0))
    near = tuple(slice(max(0, int(one[0]) - AROUND), int(one[-1]) + 1 + AROUND) for one in (rows, columns))
    wanted, found = (levels(one[near], area[near]) for one in (lower, upper))
    return upper + noise(upper.shape[:2], missing(wanted, found), seed)


def levels(picture: Float32, area: Bool) -> tuple[float, ...]:
    """The noise level of each band in an area."""
    return tuple(noise_level(band, area) for band in bands(picture))


def missing(wanted: tuple[float, ...], found: tuple[float, ...]) -> tuple[float, ...]:
    """What has to be added to noise of one level to make it that of another, by band."""
    return tuple(min(max(w**2 - f**2, 0.0) ** 0.5, MOST) for w, f in zip(wanted, found, strict=True))


def noise(shape: tuple[int, ...], wanted: tuple[float, ...], seed: int = 0) -> Float32:
    """(h, w, 3) gray noise with the given level in each band."""
    if not any(wanted):
        return np.zeros((*shape[:2], 3), np.float32)
    white = np.random.default_rng(seed).standard_normal(shape[:2]).astype(np.float32)
    total = np.zeros(shape[:2], np.float32)
    for band, level in zip(bands(white), wanted, strict=True):
        total += band * np.float32(level / max(float(band.std()), 1e-6))
    return np.repeat(total[..., None], 3, 2)
