"""Fréchet distance of two sets of features (Heusel et al., 2017). With Inception's features it is FID.

    d² = ‖μ − μ_r‖² + tr(Σ + Σ_r − 2 (Σ_r^{1/2} Σ Σ_r^{1/2})^{1/2})

Letters: N pictures, D features; r the reference. Its value falls with N: compare equal numbers only.
"""

from __future__ import annotations

import numpy as np

from mien.evaluation.estimate import Estimate, need_two
from mien.types import Float32, Float64

TINY = 1e-10
"""Eigenvalues below this fraction of the largest one count as 0."""


def frechet_distance(features: Float32, reference: Float32) -> Estimate:
    """The squared distance of the Gaussians fitted to two sets, as everybody prints it.

    Args:
        features: (N, D).
        reference: (M, D); the interval takes it as fixed.

    Raises:
        DataError: fewer than two pictures on either side.
    """
    need_two(features, reference, "Fréchet")
    x, y = _spanned(features.astype(np.float64), reference.astype(np.float64))
    mean, covariance = x.mean(0), np.cov(x, rowvar=False).reshape(x.shape[1], -1)
    ref_mean, ref_covariance = y.mean(0), np.cov(y, rowvar=False).reshape(y.shape[1], -1)
    root = _power(ref_covariance, 0.5)
    product = root @ covariance @ root
    shift, roots = mean - ref_mean, np.sqrt(np.maximum(np.linalg.eigvalsh(product), 0.0))
    value = float(shift @ shift + np.trace(covariance) + np.trace(ref_covariance) - 2 * roots.sum())
    # ∂d²/∂μ = 2 (μ − μ_r), ∂d²/∂Σ = I − T, with T the optimal map from the one Gaussian to the other.
    transport = root @ _power(product, -0.5) @ root
    centred = x - mean
    quadratic = np.einsum("nd,nd->n", centred - centred @ transport, centred)
    return Estimate(value, 2 * centred @ shift + quadratic)


def _spanned(x: Float64, y: Float64) -> tuple[Float64, Float64]:
    """The same points in a basis of the space that they span: few pictures fill few of the D dimensions."""
    if len(x) + len(y) >= x.shape[1]:
        return x, y
    centre = y.mean(0)
    basis, _ = np.linalg.qr(np.concatenate([x, y]).T - centre[:, None])
    return (x - centre) @ basis, (y - centre) @ basis


def _power(matrix: Float64, exponent: float) -> Float64:
    """Of a symmetric, positive semi-definite matrix; its null space stays null."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > TINY * max(float(values[-1]), 0.0)
    scaled: Float64 = (vectors[:, kept] * values[kept] ** exponent) @ vectors[:, kept].T
    return scaled
