"""A U-Net (Ronneberger et al. 2015) that works at half of a picture's resolution and below, and decides at its own.

Legend: B batch, P planes, C channels, H and W sides in pixels (multiples of the largest stride).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.perception.config import MatteConfig, UncoverConfig
from mien.models.perception.layers import ResidualBlock, conv_block
from mien.models.perception.parser import UpBlock


class FineUNet(nn.Module):
    """Planes to as many channels as are asked for, at the planes' own resolution."""

    def __init__(self, config: MatteConfig | UncoverConfig, channels: int) -> None:
        super().__init__()
        self.planes, self.stride = config.planes, 2 ** len(config.widths)
        self.stem = conv_block(4 * config.planes, config.widths[0])
        self.down = nn.ModuleList(
            nn.Sequential(conv_block(before, width, stride=2), *(ResidualBlock(width) for _ in range(count)))
            for before, width, count in zip(config.widths, config.widths[1:], config.blocks, strict=False)
        )
        inputs = (config.widths[-1], *config.decoder)
        self.up = nn.ModuleList(
            UpBlock(before, skipped, width)
            for before, skipped, width in zip(inputs, config.widths[-2::-1], config.decoder, strict=False)
        )
        self.open = nn.Conv2d(config.decoder[-1], 4 * config.fine, 1)
        self.fine = conv_block(config.fine + config.planes, config.fine)
        self.head = nn.Conv2d(config.fine, channels, 3, padding=1)

    def forward(self, planes: Tensor) -> Tensor:
        """(B, P, H, W) in [-1, 1], R, G, B first -> (B, C, H, W)."""
        b, c, h, w = planes.shape
        fits = c == self.planes and h % self.stride == 0 and w % self.stride == 0
        assert fits, f"expected {self.planes} planes, sides multiples of {self.stride}, got {(b, c, h, w)}"
        x = self.stem(F.pixel_unshuffle(planes, 2))
        skips = []
        for stage in self.down:
            skips.append(x)
            x = stage(x)
        for block, skip in zip(self.up, reversed(skips), strict=True):
            x = block(x, skip)
        full = F.pixel_shuffle(self.open(x).relu(), 2)
        made: Tensor = self.head(self.fine(torch.cat([full, planes.to(full.dtype)], 1)))
        return made.float()


class Correction(FineUNet):
    """One that starts at nothing: what it corrects is what it is judged against."""

    def __init__(self, config: MatteConfig | UncoverConfig, channels: int) -> None:
        super().__init__(config, channels)
        for one in self.head.parameters():
            nn.init.zeros_(one)
