"""What a style does to whole channels: factors computed from it, and maps multiplied and shifted channel by channel.

Letters: B batch, C channels, I input channels, O output channels, H and W rows and columns.
"""

from __future__ import annotations

import torch
from torch import Tensor

from mien.models.stylegan2.layers import full_precision

LANES = 32
"""bfloat16 numbers in a 512-bit register."""


def demodulation(weight: Tensor, s: Tensor) -> Tensor:
    """What brings every output channel back to unit variance, equation 3 of StyleGAN2 with the styles left outside.

    Args:
        weight: (O, I, k, k), of the convolution.
        s: (B, I), factors of its input channels.

    Returns:
        (B, O), float32: 1 / √(Σ_i s_i²·Σ_k w²_oik + ε).
    """
    with full_precision(s):
        power = weight.float().square().sum(dim=(2, 3))
        return (s.float().square() @ power.t() + 1e-8).rsqrt()


def scaled(x: Tensor, factors: Tensor, *, reuse: bool = False) -> Tensor:
    """Every channel of every sample times a factor: x (B, C, H, W), factors (B, C) -> (B, C, H, W) in x's type.

    With ``reuse`` the caller has no further use for ``x``: its memory is taken for the result where no gradient needs
    it, which saves fetching fresh pages.
    """
    factors = factors.to(x.dtype)[:, :, None, None]
    recorded = x.requires_grad or factors.requires_grad
    factors = factors if factors.requires_grad else spread(factors, x)
    return x.mul_(factors) if reuse and not recorded else x * factors


def spread(operand: Tensor, like: Tensor) -> Tensor:
    """An operand as it is, or written out over the rows and columns of ``like`` where that makes arithmetic faster.

    On the CPU, in channels-last maps of fewer channels than a vector register holds, arithmetic by broadcast is not
    vectorized and takes several times as long. What is the same in all rows needs to be written out only once for
    all of them; but a gradient is summed over whole maps ten times as fast as over columns.

    Args:
        operand: (b, C or 1, rows or 1, W or 1), b being B or 1.
        like: (B, C, H, W), what it is to be combined with.

    Returns:
        What broadcasts against ``like`` as ``operand`` does.
    """
    narrow = like.shape[1] < LANES and like.is_contiguous(memory_format=torch.channels_last)
    if like.device.type != "cpu" or not narrow or torch.compiler.is_compiling():
        return operand
    return written_out(operand, like, 1 if operand.shape[2] == 1 and not operand.requires_grad else like.shape[2])


def written_out(operand: Tensor, like: Tensor, rows: int) -> Tensor:
    """(b, C or 1, rows or 1, W or 1) -> (b, C, rows, W), laid out in memory as ``like`` is."""
    last = like.is_contiguous(memory_format=torch.channels_last)
    whole = operand.expand(-1, like.shape[1], rows, like.shape[3])
    return whole.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)
