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

from mien.models.stylegan2.fir import conv_up
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualLinear, clamped, full_precision

LANES = 32
"""bfloat16 numbers in a 512-bit register."""


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
        y = scaled(y, self.demodulation(s) * GAIN, reuse=True)
        for shift in self._shifts(noise, y):
            y += shift
        return clamped(F.leaky_relu_(y, SLOPE), self.clamp)

    def demodulation(self, s: Tensor) -> Tensor:
        """(B, I) -> (B, O), float32: 1 / √(Σ_i s_i²·Σ_k w²_oik + ε)."""
        with full_precision(s):
            power = self.weight.float().square().sum(dim=(2, 3))
            return (s.float().square() @ power.t() + 1e-8).rsqrt()

    def _shifts(self, noise: Tensor | None, y: Tensor) -> list[Tensor]:
        """Bias and noise; as one map where one does for the whole batch and nobody asks for its gradient."""
        bias = _spread((self.bias * GAIN).to(y.dtype)[None, :, None, None], y)
        if noise is None:
            return [bias]
        noise = (noise * (self.noise_strength * GAIN)).to(y.dtype)
        if len(noise) == 1 and not (noise.requires_grad or bias.requires_grad):
            return [_written_out(noise, y, y.shape[2]) + bias]
        return [bias, _spread(noise, y)]


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
        rgb += _spread(self.bias[None, :, None, None], rgb)
        return clamped(rgb, self.clamp)


def scaled(x: Tensor, factors: Tensor, *, reuse: bool = False) -> Tensor:
    """Every channel of every sample times a factor: x (B, C, H, W), factors (B, C) -> (B, C, H, W) in x's type.

    With ``reuse`` the caller has no further use for ``x``: its memory is taken for the result where no gradient needs
    it, which saves fetching fresh pages.
    """
    factors = factors.to(x.dtype)[:, :, None, None]
    recorded = x.requires_grad or factors.requires_grad
    factors = factors if factors.requires_grad else _spread(factors, x)
    return x.mul_(factors) if reuse and not recorded else x * factors


def _spread(operand: Tensor, like: Tensor) -> Tensor:
    """An operand as it is, or written out over the rows and columns of ``like`` where that makes arithmetic faster.

    On the CPU, in channels-last maps of fewer channels than a vector register holds, arithmetic by broadcast is not
    vectorised and takes several times as long. What is the same in all rows needs to be written out only once for
    all of them; but a gradient is summed over whole maps ten times as fast as over columns.
    """
    narrow = like.shape[1] < LANES and like.is_contiguous(memory_format=torch.channels_last)
    if like.device.type != "cpu" or not narrow or torch.compiler.is_compiling():
        return operand
    return _written_out(operand, like, 1 if operand.shape[2] == 1 and not operand.requires_grad else like.shape[2])


def _written_out(operand: Tensor, like: Tensor, rows: int) -> Tensor:
    """(b, C or 1, rows or 1, W or 1) -> (b, C, rows, W), laid out in memory as ``like`` is."""
    last = like.is_contiguous(memory_format=torch.channels_last)
    whole = operand.expand(-1, like.shape[1], rows, like.shape[3])
    return whole.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)
