"""Codes, and what is to be added to a map of the generator (StyleFeatureEditor: Bobkov et al., 2024)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mien.inversion.base import Means, Report, silent
from mien.models.inversion import FeatureNetworks, Inverted


@dataclass(frozen=True)
class FeaturesInverter:
    """Implements :class:`mien.inversion.base.Inverter`; :class:`mien.models.inversion.Follower` is its network."""

    means: Means
    network: FeatureNetworks

    @torch.no_grad()
    def invert(self, picture: Tensor, report: Report = silent) -> Inverted:
        """See the base class."""
        codes, at = self.means.encoded(picture), self.network.config.resolution
        made, maps = self.means.generator.synthesis(codes[None], "const", features=True)
        told = self.network(picture, made, maps[at])
        return self.means.found(codes, "features", residuals={at: told[0].clone()})


def by_features(means: Means) -> FeaturesInverter:
    """Raises ConfigError where its networks are missing."""
    return FeaturesInverter(means, means.network("features"))
