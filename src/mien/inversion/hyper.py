"""Weights of the generator by a hypernetwork, in a few passes (HyperStyle: Alaluf et al., 2022).

A few steps of descent on its Δ follow (ours): a network that has seen few photos leaves much to them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mien.inversion.base import Means, Report, silent
from mien.inversion.likeness import likeness
from mien.models.inversion import HyperNetwork, Inverted, drawn_with, tuned_weights


@dataclass(frozen=True)
class HyperInverter:
    """Implements :class:`mien.inversion.base.Inverter`.

    Attributes:
        means: see there.
        network: see there.
        passes: of the network; each sees what the one before made.
        steps: of Adam on Δ afterwards.
        rate: of these steps; at twice as much, faces lose their looks for the sake of pixels.
    """

    means: Means
    network: HyperNetwork
    passes: int = 2
    steps: int = 4
    rate: float = 0.01

    def invert(self, picture: Tensor, report: Report = silent) -> Inverted:
        """See the base class."""
        generator, codes = self.means.generator, self.means.encoded(picture)
        deltas = [one.requires_grad_(self.steps > 0) for one in self._found(picture, codes)]
        with torch.inference_mode(False), torch.enable_grad():
            wanted, w = picture.detach().clone(), codes.detach().clone()
            adam = torch.optim.Adam(deltas, lr=self.rate)
            for step in range(self.steps):
                loss = likeness(drawn_with(generator, w[None], deltas), wanted, self.means.distance)
                for one, gradient in zip(deltas, torch.autograd.grad(loss, deltas), strict=True):
                    one.grad = gradient
                adam.step()
                report(step + 1, self.steps, float(loss.detach()))
        weights = tuned_weights(generator, [one.detach()[0] for one in deltas])
        return self.means.found(codes, "hyper", weights=weights)

    @torch.no_grad()
    def _found(self, picture: Tensor, codes: Tensor) -> list[Tensor]:
        """Δ (1, O, I) of each convolution, by the network."""
        generator = self.means.generator
        deltas = self.network(picture, generator.synthesis(codes[None], "const"))
        for _ in range(1, self.passes):
            made = drawn_with(generator, codes[None], deltas)
            deltas = [a + b for a, b in zip(deltas, self.network(picture, made), strict=True)]
        return [one.clone() for one in deltas]


def by_hypernetwork(means: Means) -> HyperInverter:
    """With the means' settings, fields of :class:`HyperInverter`; raises ConfigError where its network is missing."""
    return HyperInverter(means, means.network("hyper"), **means.settings)
