"""The two convolutions that a style steers. Weights are shared by the batch: styles scale the activations instead.

Equations of "Analyzing and Improving the Image Quality of StyleGAN" (Karras et al., 2020):
    1  w' = s_i · w                  modulation: scaling input channel i of the kernel = scaling that channel of x
    3  w'' = w' / √(Σ w'² + ε)       demodulation: a scale per output channel, computed from the weights alone

Letters: B batch, I input channels, O output channels, H and W rows and columns.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.stylegan2.channels import demodulation, scaled, spread, written_out
from mien.models.stylegan2.fir import conv_up
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualLinear, clamped


class StyledConv(nn.Module):
    """Modulated 3x3 convolution (with ``up``, to twice the size), noise, bias and leaky ReLU.

    Attributes:
        weight: (O, I, 3, 3), without a gain: demodulation makes its scale irrelevant.
        affine: w -> s, bias 1 at the start.
        noise_strength: scalar.
        noise_const: (H, W) of the output, for noise="const".
    """

    noise_const: Tensor

    def __init__(
        self, in_channels: int, out_channels: int, w_dim: int, resolution: int, *, up: bool, clamp: float | None
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, 3, 3))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.affine = EqualLinear(w_dim, in_channels, bias=1.0)
        self.noise_strength = nn.Parameter(torch.zeros(()))
        self.register_buffer("noise_const", torch.randn(resolution, resolution))
        self.up = up
        self.clamp = clamp

    def forward(self, x: Tensor, s: Tensor, noise: Tensor | None) -> Tensor:
        """x (B, I, H, W), s (B, I), noise broadcastable to (B, 1, H', W') or None -> (B, O, H', W').

        √2 of the activation sits in the demodulation, the noise and the bias: leaky ReLU is homogeneous.
        """
        x = scaled(x, s)
        y = conv_up(x, self.weight) if self.up else F.conv2d(x, self.weight, padding=1)
        y = scaled(y, demodulation(self.weight, s) * GAIN, reuse=True)
        for shift in self._shifts(noise, y):
            y += shift
        return clamped(F.leaky_relu_(y, SLOPE), self.clamp)

    def _shifts(self, noise: Tensor | None, y: Tensor) -> list[Tensor]:
        """Bias and noise; as one map where one does for the whole batch and nobody asks for its gradient."""
        bias = spread((self.bias * GAIN).to(y.dtype)[None, :, None, None], y)
        if noise is None:
            return [bias]
        noise = (noise * (self.noise_strength * GAIN)).to(y.dtype)
        if len(noise) == 1 and not (noise.requires_grad or bias.requires_grad):
            return [written_out(noise, y, y.shape[2]) + bias]
        return [bias, spread(noise, y)]


class ToRGB(nn.Module):
    """Modulated 1x1 convolution to a picture, without demodulation.

    Attributes:
        weight: (3, I); its run-time gain is 1 / √I.
        bias: (3,).
        affine: w -> s, bias 1 at the start.
    """

    def __init__(self, in_channels: int, w_dim: int, *, clamp: float | None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, in_channels))
        self.bias = nn.Parameter(torch.zeros(3))
        self.affine = EqualLinear(w_dim, in_channels, bias=1.0)
        self.gain = 1.0 / math.sqrt(in_channels)
        self.clamp = clamp

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        """x (B, I, H, W), s (B, I) -> (B, 3, H, W), float32."""
        # A kernel per sample, since with three output channels that is cheaper than scaling x; in effect a product.
        kernels = self.weight.t() * (s * self.gain)[:, :, None]
        rgb = torch.bmm(x.flatten(2).transpose(1, 2), kernels.to(x.dtype)).float()
        rgb = rgb.view(x.shape[0], *x.shape[2:], 3).permute(0, 3, 1, 2)
        rgb += spread(self.bias[None, :, None, None], rgb)
        return clamped(rgb, self.clamp)
