"""Structural similarity (Wang et al., 2004) and its multi-scale form (Wang et al., 2003).

    SSIM = l · cs,   l = (2 μ_a μ_b + c₁) / (μ_a² + μ_b² + c₁),   cs = (2 σ_ab + c₂) / (σ_a² + σ_b² + c₂)

with means and variances under a Gaussian window of 11 pixels, σ = 1.5, only where the window lies inside the picture;
c₁ = 0.01², c₂ = 0.03² for values from black = 0 to white = 1. Channels are measured one by one and averaged.
Letters: B pairs, C = 3 channels.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.errors import DataError
from mien.evaluation.metrics.base import Metric, Pair, as_weight, masked_mean
from mien.types import Float32

WINDOW = 11
SIGMA = 1.5
SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents from the finest scale to the coarsest."""

BORDER = WINDOW // 2
LEAST_MS_SSIM = (WINDOW - 1) * 2 ** (len(SCALES) - 1)
"""MS-SSIM needs more pixels a side than this."""


def ssim(a: Tensor, b: Tensor, mask: Tensor | None = None) -> Tensor:
    """(B,), 1 for equal pictures.

    Args:
        a, b: (B, 3, H, W) in [-1, 1], H and W at least 11.
        mask: (B, 1, H, W) in [0, 1], how much the window around each pixel counts; None for all alike.

    Raises:
        DataError: the pictures are smaller than the window, or a mask is empty.
    """
    return masked_mean(ssim_map(a, b), inner(mask))


def ssim_map(a: Tensor, b: Tensor) -> Tensor:
    """(B, 3, H − 10, W − 10) float64: the similarity of every window inside the pictures (B, 3, H, W), by its center.

    Raises:
        DataError: the pictures are smaller than the window.
    """
    luminance, structure = _similarity(a, b)
    return luminance * structure


def ms_ssim(a: Tensor, b: Tensor, mask: Tensor | None = None) -> Tensor:
    """(B,): Π_j mean(cs_j)^{w_j} over five scales, halved by 2 x 2 means, times mean(l)^{w_5} at the coarsest.

    Negative means count as 0. At the coarsest scale the mean is that of l · cs, as in the authors' code.

    Args:
        a, b: (B, 3, H, W) in [-1, 1], H and W above 160.
        mask: (B, 1, H, W) in [0, 1], how much the window around each pixel counts; None for all alike.

    Raises:
        DataError: the pictures are too small, or a mask is empty at one of the scales, where it lies within 5 pixels of
            the border.
    """
    if min(a.shape[2:]) <= LEAST_MS_SSIM:
        raise DataError(f"MS-SSIM needs more than {LEAST_MS_SSIM} pixels a side, not {min(a.shape[2:])}; use SSIM.")
    product = torch.ones(len(a), a.shape[1], dtype=torch.double, device=a.device)
    for scale, exponent in enumerate(SCALES):
        if scale:
            a, b = (F.avg_pool2d(x, 2) for x in (a, b))
            mask = None if mask is None else F.avg_pool2d(mask.float(), 2)
        luminance, structure = _similarity(a, b)
        values = luminance * structure if scale == len(SCALES) - 1 else structure
        means = torch.stack([masked_mean(values[:, c : c + 1], inner(mask)) for c in range(a.shape[1])], 1)
        product *= means.clamp(min=0) ** exponent
    return product.mean(1)


def _similarity(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """(B, C, H, W) -> l and cs, (B, C, H − 10, W − 10), float64."""
    if min(a.shape[2:]) < WINDOW:
        raise DataError(f"SSIM needs at least {WINDOW} pixels a side, not {min(a.shape[2:])}; give larger pictures.")
    x, y = ((z.double() + 1) / 2 for z in (a, b))
    mean_x, mean_y, square_x, square_y, product = _blur(torch.stack([x, y, x * x, y * y, x * y]))
    variance_x, variance_y = square_x - mean_x**2, square_y - mean_y**2
    covariance = product - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return luminance, (2 * covariance + c2) / (variance_x + variance_y + c2)


def _blur(x: Tensor) -> Tensor:
    """(..., H, W) -> (..., H − 10, W − 10): sums of shifted maps, as convolutions in float64 are slow on CPUs."""
    place = torch.arange(WINDOW, dtype=x.dtype, device=x.device) - BORDER
    window = torch.softmax(-0.5 * (place / SIGMA) ** 2, 0).tolist()
    for axis in (-1, -2):
        length = x.shape[axis] - WINDOW + 1
        blurred = window[0] * x.narrow(axis, 0, length)
        for start, weight in enumerate(window[1:], 1):
            blurred.add_(x.narrow(axis, start, length), alpha=weight)
        x = blurred
    return x


def inner(mask: Tensor | None) -> Tensor | None:
    """What of a mask (B, 1, H, W) belongs to :func:`ssim_map`."""
    return None if mask is None else mask[..., BORDER:-BORDER, BORDER:-BORDER]


def _ssim(pair: Pair, mask: Float32 | None) -> Tensor:
    return masked_mean(pair.once("SSIM", lambda: ssim_map(*pair.tensors)), inner(as_weight(mask)))


def _ms_ssim(pair: Pair, mask: Float32 | None) -> Tensor:
    return ms_ssim(*pair.tensors, as_weight(mask))


def _metric(similarity: Callable[[Pair, Float32 | None], Tensor]) -> Callable[[Pair, Float32 | None], float | None]:
    def measure(pair: Pair, mask: Float32 | None) -> float | None:
        try:
            return float(similarity(pair, mask))
        except DataError:  # too small a picture, or a mask too close to its border
            return None

    return measure


SSIM = Metric("SSIM", _metric(_ssim), masked=True)
MS_SSIM = Metric("MS-SSIM", _metric(_ms_ssim), masked=True, in_protocol=False)
