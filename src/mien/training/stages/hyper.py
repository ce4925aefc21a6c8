"""The hypernetwork's stage: a picture, and what is made of its codes -> weights of the generator (HyperStyle)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from mien.models.inversion.hypernetwork import drawn_with
from mien.training.phases import Step
from mien.training.stages.inversion import InversionStage
from mien.training.stages.inversion_run import HyperStageConfig


class HyperStage(InversionStage):
    """Implements :class:`mien.training.loop.Stage`."""

    name = "hyper"
    settings: HyperStageConfig

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See :mod:`mien.training.stages.inversion`; the second pass alone has gradients where there is one."""
        codes = self.encoded(step.reals)
        with torch.no_grad():
            made = self.generator.synthesis(codes, "const")
            draw = torch.rand((), generator=self._rng, device=self._rng.device)
            deltas: list[Tensor] | None = None
            if float(draw) < self.settings.second:
                deltas = self.learner(step.reals, made)
                made = drawn_with(self.generator, codes, deltas)
        deltas = summed(deltas, self.learner(step.reals, made))
        return self.compared(drawn_with(self.generator, codes, deltas), step.reals)

    def rebuilt(self, pictures: Tensor, network: Any) -> list[Tensor]:
        """By the codes alone, and after one and two passes."""
        codes = self.encoded(pictures)
        rows, deltas = [self.generator.synthesis(codes, "const")], None
        for _ in range(2):
            deltas = summed(deltas, network(pictures, rows[-1]))
            rows.append(drawn_with(self.generator, codes, deltas))
        return rows


def summed(before: list[Tensor] | None, more: list[Tensor]) -> list[Tensor]:
    """Δ of a pass and of those before it."""
    return more if before is None else [a + b for a, b in zip(before, more, strict=True)]
