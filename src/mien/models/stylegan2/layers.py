"""Layers with the He scale applied at run time ("equalised learning rate", Karras et al., 2018).

Letters: B batch, C channels, H and W rows and columns.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.2
GAIN = math.sqrt(2.0)


def full_precision(x: Tensor) -> AbstractContextManager[object]:
    """Switches autocast off on the device of ``x``; for sums of squares and for what is small but sensitive."""
    device = x.device.type
    return torch.autocast(device, enabled=False) if torch.is_autocast_enabled(device) else nullcontext()


def leaky_relu(x: Tensor) -> Tensor:
    """Leaky ReLU with slope 0.2, scaled by √2 so that the variance is kept."""
    return F.leaky_relu(x, SLOPE) * GAIN


def clamped(x: Tensor, limit: float | None) -> Tensor:
    """``x`` limited to ± ``limit``; unchanged when that is None."""
    return x if limit is None else x.clamp(-limit, limit)


class EqualLinear(nn.Module):
    """y = act(x·Wᵀ·g + b·m), g = m / √fan-in, computed in float32 whatever autocast says.

    Args:
        in_features, out_features: (..., in) -> (..., out).
        bias: initial value of the bias.
        lr_multiplier: m; weights are stored divided by it, so that an optimizer moves them m times as much.
        activate: apply :func:`leaky_relu`.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        bias: float = 0.0,
        lr_multiplier: float = 1.0,
        activate: bool = False,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) / lr_multiplier)
        self.bias = nn.Parameter(torch.full((out_features,), bias / lr_multiplier))
        self.weight_gain = lr_multiplier / math.sqrt(in_features)
        self.bias_gain = lr_multiplier
        self.activate = activate

    def forward(self, x: Tensor) -> Tensor:
        """(..., in_features) -> (..., out_features), float32."""
        with full_precision(x):
            y = F.linear(x.float(), self.weight * self.weight_gain, self.bias * self.bias_gain)
            return leaky_relu(y) if self.activate else y


class EqualConv2d(nn.Module):
    """Convolution with the run-time gain g / √fan-in on its weight, and g on its bias.

    Args:
        in_channels, out_channels: (B, in, H, W) -> (B, out, H, W).
        kernel: side of the kernel, odd.
        bias: whether there is one; it starts at 0.
        gain: g; √2 makes room for a plain leaky ReLU behind it, which saves a pass over the activations.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel: int, *, bias: bool = True, gain: float = 1.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        self.weight_gain = gain / math.sqrt(in_channels * kernel * kernel)
        self.bias_gain = gain

    def forward(self, x: Tensor) -> Tensor:
        """(B, in, H, W) -> (B, out, H, W)."""
        weight, bias = self.scaled()
        return F.conv2d(x, weight, bias, padding=weight.shape[-1] // 2)

    def scaled(self) -> tuple[Tensor, Tensor | None]:
        """Weight and bias with their gains."""
        return self.weight * self.weight_gain, None if self.bias is None else self.bias * self.bias_gain
