"""The fine texture of one area laid over another: patches that overlap, so that their power stays the same."""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, Float32, Float64

CALM = (0.3, 0.65)
"""Quantiles of the power between which patches are taken: no moles, folds or edges of glasses."""

MOST = 2.0
"""Standard deviations beyond which texture is cut off."""


def quilted(fine: Float32, known: Bool, radius: int, seed: int = 0) -> Float32:
    """A texture for every pixel.

    Args:
        fine: (h, w, 3) detail around 0.
        known: (h, w) where it is what is wanted.
        radius: of a patch, pixels; smaller ones are taken where no such patch is known.
        seed: of the choice.

    Returns:
        (h, w, 3); 0 everywhere where too little is known.
    """
    height, width = known.shape
    rng = np.random.default_rng(seed)
    deep = cv2.distanceTransform(np.pad(known.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    while radius > 4 and np.count_nonzero(deep > 1.25 * radius) < 60:
        radius = int(0.8 * radius)
    rows, columns = np.nonzero(deep[radius : height - radius, radius : width - radius] > 1.25 * radius)
    if len(rows) < 4:
        return np.zeros_like(fine)
    rows, columns = rows + radius, columns + radius
    power = cv2.blur((fine**2).mean(2) * known, (2 * radius + 1,) * 2)[rows, columns]
    low, high = np.quantile(power, CALM)
    calm = np.flatnonzero((power >= low) & (power <= high))
    limit = MOST * float(np.sqrt((fine[known] ** 2).mean()))
    profile = np.hanning(2 * radius + 2)[1:-1]
    window = np.sqrt(np.outer(profile, profile)).astype(np.float32)[..., None]
    total = np.zeros((height + 4 * radius, width + 4 * radius, 3), np.float32)
    weight = np.zeros((*total.shape[:2], 1), np.float32)
    for top in range(0, height + 2 * radius, radius):
        for left in range(0, width + 2 * radius, radius):
            one = calm[rng.integers(len(calm))]
            y, x = rows[one] - radius, columns[one] - radius
            patch = fine[y : y + 2 * radius, x : x + 2 * radius]
            patch = patch[:, ::-1] if rng.random() < 0.5 else patch
            there = np.s_[top : top + 2 * radius, left : left + 2 * radius]
            total[there] += np.clip(patch, -limit, limit) * window
            weight[there] += window**2
    total /= np.sqrt(np.maximum(weight, 1e-3))
    return total[radius : radius + height, radius : radius + width]


def alike(fine: Float32, known: Bool, radius: int, seed: int = 0) -> Float32:
    """A texture with the power, at each frequency, of calm patches of another, and no pattern that is seen twice.

    Random phases (Galerne, Gousseau and Morel, 2011); arguments and result are those of :func:`quilted`.
    """
    height, width = known.shape
    rng = np.random.default_rng(seed)
    deep = cv2.distanceTransform(np.pad(known.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    while radius > 4 and np.count_nonzero(deep > 1.25 * radius) < 60:
        radius = int(0.8 * radius)
    rows, columns = np.nonzero(deep[radius : height - radius, radius : width - radius] > 1.25 * radius)
    if len(rows) < 4:
        return np.zeros_like(fine)
    rows, columns = rows + radius, columns + radius
    power = cv2.blur((fine**2).mean(2) * known, (2 * radius + 1,) * 2)[rows, columns]
    low, high = np.quantile(power, CALM)
    calm = np.flatnonzero((power >= low) & (power <= high))
    calm = calm[rng.permutation(len(calm))[:48]]
    limit = MOST * float(np.sqrt((fine[known] ** 2).mean()))
    patches = np.stack([fine[y - radius : y + radius, x - radius : x + radius] for y, x in zip(rows[calm], columns[calm])])
    patches = np.clip(patches, -limit, limit)
    flat = patches.reshape(-1, 3)
    values, axes = np.linalg.eigh(flat.T @ flat / len(flat))
    profile = np.hanning(2 * radius + 2)[1:-1]
    window = np.outer(profile, profile)[None, ..., None]
    turned = (patches @ axes) * window / np.sqrt((window**2).mean())
    spectrum = _round((np.abs(np.fft.fft2(turned, axes=(1, 2))) ** 2).mean(0))
    kernels = np.fft.fftshift(np.fft.ifft2(np.sqrt(spectrum), axes=(0, 1)).real, axes=(0, 1)) / (2 * radius)
    noise = rng.standard_normal((height, width, 3)).astype(np.float32)
    planes = [cv2.filter2D(noise[..., n], -1, kernels[..., n].astype(np.float32)) for n in range(3)]
    return np.asarray(np.stack(planes, 2) @ axes.T, np.float32)


def _round(spectrum: Float64) -> Float64:
    """The middle power (n, n, 3) of each ring of frequencies: the grid of a JPEG is no skin's."""
    along = np.fft.fftfreq(len(spectrum)) * len(spectrum)
    ring = np.rint(np.hypot(along[:, None], along[None])).astype(np.int64)
    middle = np.stack([np.median(spectrum[ring == n], axis=0) for n in range(int(ring.max()) + 1)])
    return np.asarray(middle[ring])
