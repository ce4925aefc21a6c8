"""Kernel distance of two sets of features (Bińkowski et al., 2018). With Inception's features it is KID.

    MMD² = mean_{i≠j} k(x_i, x_j) + mean_{i≠j} k(y_i, y_j) − 2 mean_{i,j} k(x_i, y_j),   k(x, y) = (xᵀy / D + 1)³

The unbiased estimator over all pictures. The published code averages it over random subsets of 1,000: the same
expectation with more noise. It may be negative, and its expectation does not depend on the number of pictures.
"""

from __future__ import annotations

import numpy as np

from mien.evaluation.estimate import Estimate, need_two
from mien.types import Float32, Float64

BLOCK = 2048
"""Rows of the kernel matrix that are computed at once."""


def kernel_distance(features: Float32, reference: Float32) -> Estimate:
    """MMD² with the cubic kernel, unbiased.

    Args:
        features: (N, D).
        reference: (M, D); the interval takes it as fixed.

    Raises:
        DataError: fewer than two pictures on either side.
    """
    need_two(features, reference, "kernel")
    x, y = features.astype(np.float64), reference.astype(np.float64)
    within, within_reference = (_row_sums(z, z) - _kernel_diagonal(z) for z in (x, y))
    across = _row_sums(x, y) / len(y)
    own = within / (len(x) - 1)
    value = own.mean() + (within_reference / (len(y) - 1)).mean() - 2 * across.mean()
    return Estimate(float(value), 2 * (own - across))


def _row_sums(x: Float64, y: Float64) -> Float64:
    blocks = (x[start : start + BLOCK] for start in range(0, len(x), BLOCK))
    return np.concatenate([((block @ y.T / x.shape[1] + 1) ** 3).sum(1) for block in blocks])


def _kernel_diagonal(x: Float64) -> Float64:
    diagonal: Float64 = (np.einsum("nd,nd->n", x, x) / x.shape[1] + 1) ** 3
    return diagonal
