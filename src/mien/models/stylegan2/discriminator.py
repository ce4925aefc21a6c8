"""The residual discriminator of StyleGAN2. Letters: B batch, C channels, R resolution."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.stylegan2.config import DiscriminatorConfig
from mien.models.stylegan2.fir import conv_down
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualConv2d, EqualLinear, clamped, full_precision

HALF = math.sqrt(0.5)


class DownConv2d(EqualConv2d):
    """Low-pass and convolution with stride 2."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, O, H / 2, W / 2)."""
        return conv_down(x, *self.scaled())


class DiscriminatorBlock(nn.Module):
    """Two convolutions and a skip, to half the size; the sum is scaled by √½."""

    def __init__(self, in_channels: int, out_channels: int, clamp: float | None) -> None:
        super().__init__()
        self.conv0 = EqualConv2d(in_channels, in_channels, 3, gain=GAIN)
        self.conv1 = DownConv2d(in_channels, out_channels, 3, gain=GAIN * HALF)
        self.skip = DownConv2d(in_channels, out_channels, 1, bias=False, gain=HALF)
        self.clamp = clamp

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, O, H / 2, W / 2)."""
        y = clamped(F.leaky_relu_(self.conv0(x), SLOPE), self.clamp)
        y = clamped(F.leaky_relu_(self.conv1(y), SLOPE), None if self.clamp is None else self.clamp * HALF)
        skip: Tensor = self.skip(x)
        return y + skip


class Halving(nn.Module):
    """The trunk: a picture, halved block by block to 4 x 4."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        self.from_rgb = EqualConv2d(3, config.channels(config.resolution), 1, gain=GAIN)
        self.blocks = nn.ModuleDict(
            {
                str(r): DiscriminatorBlock(config.channels(r), config.channels(r // 2), config.clamp)
                for r in reversed(config.resolutions[1:])
            }
        )

    def smallest_map(self, picture: Tensor) -> Tensor:
        """(B, 3, R, R) in [-1, 1] -> (B, C, 4, 4).

        Raises:
            ValueError: pictures of another size.
        """
        side = self.config.resolution
        if picture.ndim != 4 or picture.shape[1:] != (3, side, side):
            raise ValueError(f"picture must be (B, 3, {side}, {side}), got {tuple(picture.shape)}")
        x = clamped(F.leaky_relu_(self.from_rgb(picture), SLOPE), self.config.clamp)
        for block in self.blocks.values():
            x = cast(DiscriminatorBlock, block)(x)
        return x


class Discriminator(Halving):
    """Pictures -> logits, high for real.

    The minibatch standard deviation is taken over groups of *consecutive* pictures: a logit depends on the pictures of
    its own group only, whatever the size of the batch. A last, smaller group is formed when the group does not divide
    the batch.
    """

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__(config)
        last = config.channels(4)
        self.conv = EqualConv2d(last + 1, last, 3, gain=GAIN)
        self.hidden = EqualLinear(last * 16, last, activate=True)
        self.out = EqualLinear(last, 1)

    def forward(self, picture: Tensor) -> Tensor:
        """(B, 3, R, R) in [-1, 1] -> (B, 1) logits, float32."""
        x = self.smallest_map(picture)
        with full_precision(x):
            x = append_group_deviation(x.float(), self.config.group)
            x = clamped(F.leaky_relu_(self.conv(x), SLOPE), self.config.clamp)
            logits: Tensor = self.out(self.hidden(x.flatten(1)))
            return logits


def append_group_deviation(x: Tensor, group: int) -> Tensor:
    """Adds a channel: the standard deviation over each group of consecutive samples, averaged over the whole map.

    (B, C, H, W) -> (B, C + 1, H, W).
    """
    whole = len(x) - len(x) % group
    parts = [part for part in (x[:whole], x[whole:]) if len(part)]
    deviation = torch.cat([_group_deviation(part, min(group, len(part))) for part in parts])
    return torch.cat([x, deviation[:, None, None, None].expand(-1, 1, *x.shape[2:])], dim=1)


def _group_deviation(x: Tensor, size: int) -> Tensor:
    """(n·size, C, H, W) -> (n·size,)."""
    grouped = x.reshape(-1, size, *x.shape[1:])
    deviation = (grouped.var(dim=1, unbiased=False) + 1e-8).sqrt()
    return deviation.flatten(1).mean(dim=1).repeat_interleave(size)
