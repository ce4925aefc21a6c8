"""The fine texture of one area laid over another: patches that overlap, so that their power stays the same."""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, Float32

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
