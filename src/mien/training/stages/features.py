"""The stage of feature inversion: what is added to a map of the generator, and how it follows an edit.

Photos teach what to add. How it follows edits is taught by the generator itself: a random face and the same face moved
towards another are two pictures, of which the first is inverted and edited, and must become the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from mien.models.stylegan2 import Features
from mien.training.phases import Step
from mien.training.stages.inversion import InversionStage
from mien.training.stages.inversion_run import FeaturesStageConfig

PSI = 0.8
"""Truncation of random faces."""


class FeaturesStage(InversionStage):
    """Implements :class:`mien.training.loop.Stage`."""

    name = "features"
    settings: FeaturesStageConfig

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file; half as many edits as photos."""
        made, wanted = self._rebuilt(step.reals, self.learner), step.reals
        total, told = self.compared(made, wanted)
        if self.settings.edited:
            truth, result = self._edits((len(step.reals) + 1) // 2)
            more, told_too = self.compared(result, truth, "edited-")
            total, told = total + self.settings.edited * more, {**told, **told_too}
        return total, told

    def rebuilt(self, pictures: Tensor, network: Any) -> list[Tensor]:
        """By the codes alone, and with what is added to the map."""
        return [self.generator.synthesis(self.encoded(pictures), "const"), self._rebuilt(pictures, network)]

    def _rebuilt(self, pictures: Tensor, network: Any) -> Tensor:
        codes = self.encoded(pictures)
        with torch.no_grad():
            made, maps = self._drawn(codes)
        told = network(pictures, made, maps[self._at])
        picture: Tensor = self.generator.synthesis(codes, "const", residuals={self._at: told})
        return picture

    def _edits(self, count: int) -> tuple[Tensor, Tensor]:
        """Random faces after an edit: as they are, and out of inversions of the faces before."""
        with torch.no_grad():
            source, offset = self._random_edits(count)
            pictures, truth = (self._drawn(one)[0].clamp(-1, 1) for one in (source, source + offset))
            codes = self.encoded(pictures)
            made, before = self._drawn(codes)
            _, after = self._drawn(codes + offset)
        told = self.learner(pictures, made, before[self._at])
        moved = self.learner.follow(told, before[self._at], after[self._at])
        return truth, self.generator.synthesis(codes + offset, "const", residuals={self._at: moved})

    def _random_edits(self, count: int) -> tuple[Tensor, Tensor]:
        """Codes (B, L, C), and what moves some of them towards another face's."""
        config, rng, device = self.generator.config, self._rng, self._rng.device
        z = torch.randn(2 * count, config.z_dim, generator=rng, device=device)
        source, other = self.generator.truncated(z, psi=PSI).chunk(2)
        draws = torch.rand(3, count, 1, 1, generator=rng, device=device)
        layer = torch.arange(config.codes, device=device).view(1, -1, 1) / config.codes
        first, last = torch.minimum(draws[0], draws[1]) - 0.15, torch.maximum(draws[0], draws[1]) + 0.15
        chosen = (layer >= first) & (layer < last)
        return source, (other - source) * draws[2] * self.settings.reach * chosen

    def _drawn(self, codes: Tensor) -> tuple[Tensor, Features]:
        made: tuple[Tensor, Features] = self.generator.synthesis(codes, "const", features=True)
        return made

    @property
    def _at(self) -> int:
        at: int = self.learner.config.resolution
        return at
