"""The face reader: an aligned crop in, numbers out that say what the face looks like.

Legend: B batch, S crop side in pixels (a multiple of 32), K numbers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mien.models.perception.config import ReaderConfig as ReaderConfig
from mien.models.perception.layers import residual_trunk


class ReaderNet(nn.Module):
    """The mean over the crop, a few channels of every place in it (hair and chin have theirs), and one hidden layer."""

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = residual_trunk(config.widths, config.blocks)
        self.near = nn.Conv2d(config.widths[-1], config.widths[-1] // 4, 1)
        cells = (config.size // 32) ** 2
        self.hidden = nn.Sequential(
            nn.Linear(config.widths[-1] + config.widths[-1] // 4 * cells, config.hidden, bias=False),
            nn.BatchNorm1d(config.hidden),
            nn.LeakyReLU(0.1),
        )
        self.answer = nn.Linear(config.hidden, config.numbers)

    def forward(self, crops: Tensor) -> Tensor:
        """(B, 3, S, S) in [-1, 1] -> (B, K): logits of what is there or not, all others in standard deviations."""
        s = self.config.size
        assert crops.shape[1:] == (3, s, s), f"expected (B, 3, {s}, {s}), got {tuple(crops.shape)}"
        seen = self.trunk(crops)
        features = torch.cat([seen.mean((2, 3)), self.near(seen).flatten(1)], 1)
        told: Tensor = self.answer(self.hidden(features)).float()
        return told
