"""Weights of the generator by a hypernetwork, in a few passes (HyperStyle: Alaluf et al., 2022)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mien.inversion.base import Means, Report, silent
from mien.models.inversion import HyperNetwork, Inverted, drawn_with, tuned_weights


@dataclass(frozen=True)
class HyperInverter:
    """Implements :class:`mien.inversion.base.Inverter`.

    Attributes:
        means: see there.
        network: see there.
        passes: each sees what the one before made.
    """

    means: Means
    network: HyperNetwork
    passes: int = 2

    @torch.no_grad()
    def invert(self, picture: Tensor, report: Report = silent) -> Inverted:
        """See the base class."""
        generator, codes = self.means.generator, self.means.encoded(picture)
        made = generator.synthesis(codes[None], "const")
        deltas = self.network(picture, made)
        for number in range(1, self.passes):
            report(number, self.passes, float((made - picture).square().mean()))
            made = drawn_with(generator, codes[None], deltas)
            deltas = [a + b for a, b in zip(deltas, self.network(picture, made), strict=True)]
        return self.means.found(codes, "hyper", weights=tuned_weights(generator, [one[0] for one in deltas]))


def by_hypernetwork(means: Means) -> HyperInverter:
    """Raises ConfigError where its network is missing."""
    return HyperInverter(means, means.network("hyper"), **means.settings)
