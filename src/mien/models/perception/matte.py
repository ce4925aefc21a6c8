"""The hair matte: a picture and what the parser takes it for in, how much of each pixel is hair out.

A U-Net (Ronneberger et al. 2015) down to a thirty-second of the picture, and two convolutions at its own resolution,
where single strands are.

Legend: B batch, P planes, H and W sides in pixels (multiples of 32).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.perception.config import MatteConfig as MatteConfig
from mien.models.perception.layers import ResidualBlock, conv_block
from mien.models.perception.parser import UpBlock


class MatteNet(nn.Module):
    """Pictures with probabilities to mattes."""

    def __init__(self, config: MatteConfig) -> None:
        super().__init__()
        self.config = config
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
        self.head = nn.Conv2d(config.fine, 1, 3, padding=1)

    def forward(self, planes: Tensor) -> Tensor:
        """(B, P, H, W) in [-1, 1], R, G, B first -> logits (B, 1, H, W)."""
        b, c, h, w = planes.shape
        assert c == self.config.planes and h % 32 == 0 and w % 32 == 0, f"expected (B, P, 32n, 32m), got {(b, c, h, w)}"
        x = self.stem(F.pixel_unshuffle(planes, 2))
        skips = []
        for stage in self.down:
            skips.append(x)
            x = stage(x)
        for block, skip in zip(self.up, reversed(skips), strict=True):
            x = block(x, skip)
        full = F.pixel_shuffle(self.open(x).relu(), 2)
        logits: Tensor = self.head(self.fine(torch.cat([full, planes.to(full.dtype)], 1)))
        return logits.float()
