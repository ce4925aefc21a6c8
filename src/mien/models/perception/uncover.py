"""What lies behind glasses: a strip around the eyes with smooth skin where frames are in, what differs from that out;
and where frames are, of a strip as it is.

A U-Net (Ronneberger et al. 2015) down to a sixteenth of the strip, and two convolutions at its own resolution, where
the hairs of brows are. It starts at no difference: smooth skin is what it is judged against.

Legend: B batch, P planes, H and W sides in pixels (multiples of 16).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.perception.config import UncoverConfig as UncoverConfig
from mien.models.perception.layers import ResidualBlock, conv_block
from mien.models.perception.parser import UpBlock


class UncoverNet(nn.Module):
    """Strips to what has to be added to them, and to where frames are."""

    def __init__(self, config: UncoverConfig) -> None:
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
        self.head = nn.Conv2d(config.fine, 4, 3, padding=1)
        for one in self.head.parameters():
            nn.init.zeros_(one)

    def forward(self, planes: Tensor) -> Tensor:
        """(B, P, H, W) in [-1, 1], R, G, B first -> differences to those three, and logits of frames, (B, 4, H, W)."""
        b, c, h, w = planes.shape
        assert c == self.config.planes and h % 16 == 0 and w % 16 == 0, f"expected (B, P, 16n, 16m), got {(b, c, h, w)}"
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
