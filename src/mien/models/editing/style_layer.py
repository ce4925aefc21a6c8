"""The style layer S of equations 6 to 8: StyleGAN2's modulated convolution without noise, its activation left open.

Legend: B batch, I and O input and output channels, H and W rows and columns, D length of a style vector w*.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.stylegan2.channels import demodulation, scaled, spread
from mien.models.stylegan2.fir import conv_up
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualLinear


class StyleLayer(nn.Module):
    """S(x, w*): modulated and demodulated convolution, and a bias.

    Args:
        in_channels, out_channels: I, O.
        style_dim: D.
        kernel: 3 or 1.
        up: to twice the size; 3x3 only.
        gain: factor on the result; √2 makes room for a plain leaky ReLU behind it.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        style_dim: int,
        *,
        kernel: int = 3,
        up: bool = False,
        gain: float = 1.0,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.affine = EqualLinear(style_dim, in_channels, bias=1.0)
        self.up = up
        self.gain = gain

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """x (B, I, H, W), w* (B, D) -> (B, O, H', W') with H' = H, or 2H with ``up``."""
        s: Tensor = self.affine(style)
        x = scaled(x, s)
        y = conv_up(x, self.weight) if self.up else F.conv2d(x, self.weight, padding=self.weight.shape[-1] // 2)
        y = scaled(y, demodulation(self.weight, s) * self.gain)
        y += spread((self.bias * self.gain).to(y.dtype)[None, :, None, None], y)
        return y


class ActivatedStyleLayer(StyleLayer):
    """φ(S(x, w*)), φ the leaky ReLU with slope 0.2, scaled by √2 so that the variance is kept."""

    def __init__(self, in_channels: int, out_channels: int, style_dim: int, *, up: bool = False) -> None:
        super().__init__(in_channels, out_channels, style_dim, up=up, gain=GAIN)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """As :meth:`StyleLayer.forward`."""
        return F.leaky_relu_(super().forward(x, style), SLOPE)
