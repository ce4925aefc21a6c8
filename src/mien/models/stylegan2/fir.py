"""The binomial low-pass [1, 3, 3, 1] around every change of resolution.

Convention:
    Pictures and maps are zero outside. Up-sampling by 2 puts the new sample pairs symmetrically around each old
    sample (so bilinear weights 1/4, 3/4), down-sampling averages symmetrically: neither shifts the picture.

Letters: B batch, C channels, I input channels, O output channels, H and W rows and columns.

Folding the low-pass into the kernel of the convolution, as one 6x6 kernel or as four 3x3 phases, saves a pass over
memory but costs four times the multiplications; it loses everywhere (docs/decisions/0002-convolution-formulation.md).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.models.stylegan2.layers import full_precision


def upsample(x: Tensor) -> Tensor:
    """(B, C, H, W) -> (B, C, 2H, 2W): zero insertion and low-pass, in float32 whatever autocast says."""
    with full_precision(x):
        return F.conv_transpose2d(x, _kernel(x, gain=4.0), stride=2, padding=1, groups=int(x.shape[1]))


def low_pass(x: Tensor, padding: int, gain: float = 1.0) -> Tensor:
    """(B, C, H, W) -> (B, C, H + 2·padding − 3, W + 2·padding − 3); ``gain`` is the sum of the filter."""
    return F.conv2d(x, _kernel(x, gain), padding=padding, groups=int(x.shape[1]))


def conv_up(x: Tensor, weight: Tensor) -> Tensor:
    """Transposed convolution with stride 2, then low-pass: (B, I, H, W), (O, I, 3, 3) -> (B, O, 2H, 2W)."""
    return low_pass(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), padding=1, gain=4.0)


def conv_down(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Low-pass, then convolution with stride 2: (B, I, H, W), (O, I, k, k), k odd -> (B, O, H / 2, W / 2)."""
    return F.conv2d(low_pass(x, padding=1 + weight.shape[-1] // 2), weight, bias, stride=2)


def _kernel(like: Tensor, gain: float) -> Tensor:
    """(C, 1, 4, 4), for every channel of ``like``."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=like.dtype, device=like.device)
    kernel = torch.outer(taps, taps) * (gain / 64.0)
    # A contiguous copy per channel: oneDNN's depthwise kernels run up to twice as fast on it as on an expanded view.
    return kernel.expand(int(like.shape[1]), 1, 4, 4).contiguous()
