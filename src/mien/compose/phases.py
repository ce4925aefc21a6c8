"""The fine texture of one area for another: as strong at each frequency, and no pattern is seen twice.

Patches that overlap repeat what is peculiar to them, such as the fold beside an eye; random phases repeat nothing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.types import Bool, Float32, Float64

CALM = (0.3, 0.65)
"""Quantiles of the power between which patches are taken: no moles, folds or edges of glasses."""

MOST = 2.0
"""Standard deviations beyond which texture is cut off."""

PATCHES = 48
"""Patches that are looked at."""


TILE = 384
"""Side of what is made, pixels; it goes on without a seam where more is wanted."""


def textured(fine: Float32, known: Bool, radius: int, shape: tuple[int, int], seed: int = 0) -> Float32:
    """A texture of random phases (Galerne, Gousseau and Morel, 2011).

    Args:
        fine: (h, w, 3) detail around 0.
        known: (h, w) where it is what is wanted.
        radius: of patches that are looked at, pixels; smaller ones are taken where no such patch is known.
        shape: (H, W) of the result.
        seed: of the phases.

    Returns:
        (H, W, 3); 0 everywhere where too little is known.
    """
    rng = np.random.default_rng(seed)
    patches = _calm(fine, known, radius, rng)
    if patches is None:
        return np.zeros((*shape, 3), np.float32)
    size = patches.shape[1]
    flat = patches.reshape(-1, 3)
    _, axes = np.linalg.eigh(flat.T @ flat / len(flat))  # colors apart, so that each has phases of its kind
    profile = np.hanning(size + 2)[1:-1]
    window = np.outer(profile, profile)[None, ..., None]
    turned = (patches @ axes) * window / np.sqrt((window**2).mean())
    spectrum = _round((np.abs(np.fft.fft2(turned, axes=(1, 2))) ** 2).mean(0))
    kernels = np.zeros((TILE, TILE, 3))
    kernels[:size, :size] = np.fft.fftshift(np.fft.ifft2(np.sqrt(spectrum), axes=(0, 1)).real, axes=(0, 1)) / size
    noise = np.fft.fft2(rng.standard_normal(kernels.shape), axes=(0, 1))
    tile = (np.fft.ifft2(noise * np.fft.fft2(kernels, axes=(0, 1)), axes=(0, 1)).real @ axes.T).astype(np.float32)
    tiles = np.tile(tile, (-(-shape[0] // TILE), -(-shape[1] // TILE), 1))
    return np.asarray(tiles[: shape[0], : shape[1]], np.float32)


def _calm(fine: Float32, known: Bool, radius: int, rng: np.random.Generator) -> NDArray[np.float32] | None:
    """Some patches (N, 2 radius, 2 radius, 3) of usual power; None where there are none."""
    height, width = known.shape
    deep = cv2.distanceTransform(np.pad(known.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    while radius > 4 and np.count_nonzero(deep > 1.25 * radius) < 60:
        radius = int(0.8 * radius)
    rows, columns = np.nonzero(deep[radius : height - radius, radius : width - radius] > 1.25 * radius)
    if len(rows) < 4:
        return None
    rows, columns = rows + radius, columns + radius
    power = cv2.blur((fine**2).mean(2) * known, (2 * radius + 1,) * 2)[rows, columns]
    low, high = np.quantile(power, CALM)
    calm = rng.permutation(np.flatnonzero((power >= low) & (power <= high)))[:PATCHES]
    limit = MOST * float(np.sqrt((fine[known] ** 2).mean()))
    places = zip(rows[calm], columns[calm], strict=True)
    found = [fine[y - radius : y + radius, x - radius : x + radius] for y, x in places]
    return np.asarray(np.clip(np.stack(found), -limit, limit), np.float32)


def _round(spectrum: Float64) -> Float64:
    """The middle power (n, n, 3) of each ring of frequencies: the grid of a JPEG is no skin's."""
    along = np.fft.fftfreq(len(spectrum)) * len(spectrum)
    ring = np.rint(np.hypot(along[:, None], along[None])).astype(np.int64)
    middle = np.stack([np.median(spectrum[ring == n], axis=0) for n in range(int(ring.max()) + 1)])
    return np.asarray(middle[ring])
