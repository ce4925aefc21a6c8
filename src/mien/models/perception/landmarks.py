"""The landmark network: a face crop in, the 478 points of MediaPipe's face-mesh topology and a presence logit out.

Legend: B batch, S crop side in pixels (a multiple of 32), N = 478 points.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mien.models.perception.config import POINTS as POINTS
from mien.models.perception.config import LandmarkConfig as LandmarkConfig
from mien.models.perception.layers import residual_trunk


class LandmarkNet(nn.Module):
    """Regresses the points as offsets from a mean shape, so that an untrained network already answers with a face.

    Points are in units of the crop's half side: x and y in about [-1, 1], z in the same unit, towards the back.
    """

    mean: Tensor

    def __init__(self, config: LandmarkConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = residual_trunk(config.widths, config.blocks)
        cells = (config.size // 32) ** 2
        # Normalized and leaky: with a plain ReLU this layer died within a hundred steps (docs/log.md).
        self.hidden = nn.Sequential(
            nn.Linear(config.widths[-1] * cells, config.hidden, bias=False),
            nn.BatchNorm1d(config.hidden),
            nn.LeakyReLU(0.1),
        )
        self.points = nn.Linear(config.hidden, POINTS * 3)
        nn.init.normal_(self.points.weight, std=1e-3)
        nn.init.zeros_(self.points.bias)
        self.presence = nn.Linear(config.hidden, 1)
        self.register_buffer("mean", torch.zeros(POINTS, 3))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, S, S) in [-1, 1] -> points (B, 478, 3) in half sides, presence logits (B,)."""
        s = self.config.size
        assert crops.shape[1:] == (3, s, s), f"expected (B, 3, {s}, {s}), got {tuple(crops.shape)}"
        features = self.hidden(self.trunk(crops).flatten(1))
        points = self.points(features).float().view(-1, POINTS, 3) + self.mean
        return points, self.presence(features).float().squeeze(1)
