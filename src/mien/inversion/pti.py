"""Pivotal tuning (PTI: Roich et al., 2022): codes by descent, then the generator's weights for this picture alone.

    L   = d(G'(w_p), x) + λ_R·L_R
    L_R = d(G'(w_r), G(w_r)),    w_r = w_p + α·(w_z − w_p) / ‖w_z − w_p‖        d of :mod:`mien.inversion.likeness`

G' is tuned, G is not; w_z is the code of a random face, so that other faces near the pivot w_p stay as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from mien.inversion.base import Means, Report, silent
from mien.inversion.likeness import likeness
from mien.inversion.optimise import Descent, Projector, Stop
from mien.models.inversion import Inverted


@dataclass(frozen=True)
class Tuning:
    """Attributes:
    steps: of tuning, at most.
    rate: of Adam.
    region: λ_R.
    interval: steps from one L_R to the next.
    reach: α, in parts of the mean distance of two random codes.
    enough: tuning ends when the loss is below this.
    patience: or when its best has not fallen by 1 % over so many steps.
    pivot: how the pivot is found, more briefly than where codes are the result.
    """

    steps: int = 200
    rate: float = 0.002
    region: float = 0.5
    interval: int = 4
    reach: float = 0.3
    enough: float = 0.02
    patience: int = 60
    pivot: Descent = field(default_factory=lambda: Descent(steps=120))


@dataclass(frozen=True)
class PivotalTuner:
    """Implements :class:`mien.inversion.base.Inverter`. Randomness comes from one fixed seed."""

    means: Means
    tuning: Tuning = Tuning()

    def invert(self, picture: Tensor, report: Report = silent) -> Inverted:
        """See the base class."""
        t = self.tuning
        steps = t.pivot.steps + t.steps
        projector = Projector(self.means, t.pivot)
        pivot, noises = projector.descend(
            picture, self.means.start(picture), lambda step, _, loss: report(step, steps, loss)
        )
        weights = self.tuned(picture, pivot, noises, lambda step, _, loss: report(t.pivot.steps + step, steps, loss))
        return self.means.found(pivot, "pti", weights={**noises, **weights})

    def tuned(self, picture: Tensor, pivot: Tensor, noises: Mapping[str, Tensor], report: Report) -> dict[str, Tensor]:
        """Parameters of ``generator.synthesis`` by name, all but the strengths of noise."""
        t, synthesis = self.tuning, self.means.generator.synthesis
        distance, stop = self.means.distance, Stop(t.patience)
        rng = torch.Generator().manual_seed(1)
        with torch.inference_mode(False), torch.enable_grad():
            wanted, w = picture.detach().clone(), pivot.detach().clone()
            weights = {
                name: one.detach().clone().requires_grad_(True)
                for name, one in synthesis.named_parameters()
                if not name.endswith("noise_strength")
            }
            adam = torch.optim.Adam(list(weights.values()), lr=t.rate)
            for step in range(t.steps):
                made = torch.func.functional_call(synthesis, {**noises, **weights}, (w[None], "const"))
                loss = likeness(made, wanted, distance)
                total, value = loss, float(loss.detach())
                if t.region and step % t.interval == 0:
                    near = self._near(w, rng)
                    with torch.no_grad():
                        before = torch.func.functional_call(synthesis, dict(noises), (near[None], "const"))
                    after = torch.func.functional_call(synthesis, {**noises, **weights}, (near[None], "const"))
                    total = loss + t.region * likeness(after, before, distance)
                adam.zero_grad()
                total.backward()  # type: ignore[no-untyped-call]
                adam.step()
                report(step + 1, t.steps, value)
                if value < t.enough or stop(value):
                    break
        return {name: one.detach() for name, one in weights.items()}

    @torch.no_grad()
    def _near(self, pivot: Tensor, rng: torch.Generator) -> Tensor:
        """w_r (L, C): a part of the way from the pivot to a random face."""
        generator = self.means.generator
        z = torch.randn(2, generator.config.z_dim, generator=rng).to(pivot)
        random, other = generator.truncated(z)
        away = random - pivot
        length = self.tuning.reach * (other - random).norm()
        near: Tensor = pivot + away * (length / away.norm().clamp_min(1e-8))
        return near


def by_tuning(means: Means) -> PivotalTuner:
    """With the means' settings, the fields of :class:`Tuning`."""
    return PivotalTuner(means, Tuning(**means.settings))
