"""A network that guesses which z made a picture: the posterior q(z | picture) of a variational autoencoder.

Training only: with it, every picture of a small set asks for a place of its own in Z, so that an adversarially trained
generator cannot forget most of them (Larsen et al., 2016, "Autoencoding beyond pixels using a learned similarity
metric"). Letters: B batch, Z length of z, R resolution.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from mien.models.stylegan2.config import DiscriminatorConfig
from mien.models.stylegan2.discriminator import Halving
from mien.models.stylegan2.layers import EqualLinear, full_precision


class Posterior(Halving):
    """Pictures -> mean and log-variance of a Gaussian over z; the trunk is that of a discriminator.

    Means are centered: over the batch in training, by their running average otherwise. Else all pictures would move to
    one far corner of Z, where codes from the prior never go, and the generator would know reconstructions by it.

    Args:
        config: of the trunk.
        z_dim: Z.
    """

    centre: Tensor

    def __init__(self, config: DiscriminatorConfig, z_dim: int) -> None:
        super().__init__(config)
        self.z_dim, last = z_dim, config.channels(4)
        self.hidden = EqualLinear(last * 16, 2 * last, activate=True)
        self.out = EqualLinear(2 * last, 2 * z_dim)
        self.register_buffer("centre", torch.zeros(z_dim))

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, R, R) in [-1, 1] -> mean (B, Z) and log σ² (B, Z), float32; log σ² lies in (-10, 4)."""
        x = self.smallest_map(picture)
        with full_precision(x):
            mean, spread = self.out(self.hidden(x.float().flatten(1))).chunk(2, dim=1)
            log_variance = 7.0 * torch.tanh(spread / 7.0 + math.atanh(3.0 / 7.0)) - 3.0  # 0 -> 0, the prior's
            return self._centred(mean), log_variance

    def _centred(self, mean: Tensor) -> Tensor:
        if not self.training:
            return mean - self.centre
        middle = mean.mean(dim=0)
        with torch.no_grad():
            self.centre.lerp_(middle, 0.01)
        return mean - middle
