"""Peak signal-to-noise ratio in decibels: 10 log₁₀(L² / mean squared difference), L = 2 the range from black to white.

Letters: B pairs, C = 3 channels.
"""

from __future__ import annotations

import torch
from torch import Tensor

from mien.evaluation.metrics.base import Metric, as_weight, masked_mean

RANGE = 2.0


def psnr(a: Tensor, b: Tensor, mask: Tensor | None = None) -> Tensor:
    """(B,) dB; infinite where both are the same.

    Args:
        a, b: (B, 3, H, W) in [-1, 1].
        mask: (B, 1, H, W) in [0, 1], how much each pixel counts; None for all alike.

    Raises:
        DataError: a mask is empty.
    """
    error = masked_mean((a.double() - b.double()).square().mean(1, keepdim=True), mask)
    return 10 * torch.log10(RANGE**2 / error)


PSNR = Metric("PSNR", lambda pair, mask: float(psnr(*pair.tensors, as_weight(mask))), masked=True)
