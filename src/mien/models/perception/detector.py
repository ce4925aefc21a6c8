"""The face detector: one fully convolutional network that sees faces of one octave; an image pyramid does the rest.

Every cell says how sure it is that a face's center lies in it, and where that face's upright square is: center, side
and roll (CenterNet, Zhou et al. 2019, with an oriented square in place of a box).

Legend: B batch, H and W picture size in pixels (multiples of 8), h = H / 8, w = W / 8.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mien.models.perception.config import STRIDE as STRIDE
from mien.models.perception.config import DetectorConfig as DetectorConfig
from mien.models.perception.layers import ResidualBlock, conv_block


class DetectorNet(nn.Module):
    """Six maps at stride 8: score logit, center offset (x, y) and log side, both in ``side``, cos and sin of roll."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.config = config
        first, second, third = config.widths
        self.trunk = nn.Sequential(
            conv_block(3, first, stride=2),
            conv_block(first, second, stride=2),
            conv_block(second, third, stride=2),
            *(ResidualBlock(third, dilation) for dilation in config.dilations),
        )
        self.head = nn.Conv2d(third, 6, 1)
        nn.init.zeros_(self.head.weight)
        # Positives are rare: start sure that there is no face (Lin et al. 2017, section 4.1).
        self.head.bias = nn.Parameter(torch.tensor([-4.6, 0.0, 0.0, 0.0, 1.0, 0.0]))

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] -> (B, 6, H / 8, W / 8)."""
        assert images.shape[1] == 3 and images.shape[2] % STRIDE == 0 and images.shape[3] % STRIDE == 0, images.shape
        maps: Tensor = self.head(self.trunk(images))
        return maps.float()
