"""Euclidean distances between many features, block by block. Letters: N and M pictures, D features."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mien.types import Float32, Float64

BLOCK = 1024
"""Rows that are computed at once."""


def blocks_of_squared_distances(x: Float32, y: Float32) -> Iterator[tuple[slice, Float64]]:
    """(rows, squared distances of those rows of x (N, D) to all of y (M, D)), in order."""
    centre = y.mean(0, dtype=np.float64)  # ‖x‖² + ‖y‖² − 2xᵀy loses digits far away from the origin
    a, b = x - centre, y - centre
    lengths = np.einsum("md,md->m", b, b)
    for start in range(0, len(a), BLOCK):
        rows = slice(start, min(start + BLOCK, len(a)))
        squared = np.einsum("nd,nd->n", a[rows], a[rows])[:, None] + lengths - 2 * a[rows] @ b.T
        yield rows, np.maximum(squared, 0.0)


def kth_nearest(x: Float32, k: int) -> Float64:
    """(N,) squared distance of each row of (N, D) to its k-th nearest other row; N must exceed k."""
    radii = np.empty(len(x))
    for rows, squared in blocks_of_squared_distances(x, x):
        squared[np.arange(len(squared)), np.arange(rows.start, rows.stop)] = np.inf
        radii[rows] = np.partition(squared, k - 1, axis=1)[:, k - 1]
    return radii
