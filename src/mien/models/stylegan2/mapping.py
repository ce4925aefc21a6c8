"""The mapping network f: z -> w. Letters: B batch, Z length of z, C length of w."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from mien.models.stylegan2.config import GeneratorConfig
from mien.models.stylegan2.layers import EqualLinear


class Mapping(nn.Module):
    """Fully connected layers with leaky ReLU behind a normalization of z; keeps the running mean of w.

    Attributes:
        w_avg: (C,) running mean of w, the center of truncation; moved by :meth:`update_w_avg` only.
    """

    w_avg: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        widths = [config.z_dim, *[config.w_dim] * config.mapping_layers]
        self.layers = nn.Sequential(
            *(EqualLinear(a, b, lr_multiplier=config.mapping_lr_multiplier, activate=True) for a, b in pairwise(widths))
        )
        self.z_dim = config.z_dim
        self.register_buffer("w_avg", torch.zeros(config.w_dim))

    def forward(self, z: Tensor) -> Tensor:
        """(B, Z) -> (B, C), float32."""
        if z.ndim != 2 or z.shape[1] != self.z_dim:
            raise ValueError(f"z must be (B, {self.z_dim}), got {tuple(z.shape)}")
        z = z.float()
        w: Tensor = self.layers(z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt())
        return w

    @torch.no_grad()
    def update_w_avg(self, w: Tensor, decay: float = 0.998) -> None:
        """Moves ``w_avg`` towards the mean of a batch: (B, C); ``decay`` is the share that is kept."""
        self.w_avg.lerp_(w.detach().float().mean(dim=0), 1.0 - decay)
