"""Codes by descent, with noise that must stay noise: StyleGAN2's projector (Karras et al., 2020, appendix D) in W+.

    L = d(G(w, n), x) + λ_w·‖w − w_0‖² + λ_n·L_noise(n)        d of :mod:`mien.inversion.likeness`

w_0 is the encoder's code, where the descent starts, or the mean code. Legend: L W+ codes, C length of a code, R side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from mien.inversion.base import Means, Report, silent
from mien.inversion.likeness import likeness, noise_penalty
from mien.models.inversion import Inverted


@dataclass(frozen=True)
class Descent:
    """Attributes:
    steps: at most.
    rate: of Adam; it rises over the first 5 % of the steps, and falls over the last 25 %.
    near: λ_w, on the mean over all numbers.
    noise: λ_n.
    jitter: deviation of what is added to w at first, in parts of the deviation of w; it is gone after 3/4 of the steps.
    patience: the descent ends when the best loss has not fallen by 1 % over so many steps.
    """

    steps: int = 300
    rate: float = 0.05
    near: float = 0.01
    noise: float = 10.0
    jitter: float = 0.02
    patience: int = 60

    def rate_at(self, step: int) -> float:
        """Of one step, counted from 0."""
        done = step / self.steps
        return self.rate * min(1.0, (1.0 - done) / 0.25, (done + 1.0 / self.steps) / 0.05)


@dataclass(frozen=True)
class Stop:
    """Tells when a loss does not fall any more.

    Attributes:
        patience: steps.
    """

    patience: int
    losses: list[float] = field(default_factory=list)

    def __call__(self, loss: float) -> bool:
        """Whether to end after this loss."""
        self.losses.append(loss)
        if len(self.losses) <= self.patience:
            return False
        return min(self.losses[-self.patience :]) > 0.99 * min(self.losses[: -self.patience])


@dataclass(frozen=True)
class Projector:
    """Implements :class:`mien.inversion.base.Inverter`. Randomness comes from one fixed seed."""

    means: Means
    descent: Descent = Descent()

    def invert(self, picture: Tensor, report: Report = silent) -> Inverted:
        """See the base class."""
        start = self.means.start(picture)
        codes, noises = self.descend(picture, start, report)
        return self.means.found(codes, "optimise", weights=noises)

    def descend(self, picture: Tensor, start: Tensor, report: Report) -> tuple[Tensor, dict[str, Tensor]]:
        """Codes (L, C), and the noise maps by their names in ``generator.synthesis``."""
        d, synthesis = self.descent, self.means.generator.synthesis
        distance = self.means.distance
        rng, stop, deviation = torch.Generator().manual_seed(0), Stop(d.patience), self._deviation()
        with torch.inference_mode(False), torch.enable_grad():
            wanted, first = picture.detach().clone(), start.detach().clone()
            w = first.clone().requires_grad_(True)
            noises = {name: one.clone().requires_grad_(True) for name, one in noise_maps(synthesis)}
            adam = torch.optim.Adam([w, *noises.values()], lr=d.rate)
            for step in range(d.steps):
                adam.param_groups[0]["lr"] = d.rate_at(step)
                spread = d.jitter * max(0.0, 1.0 - step / (0.75 * d.steps)) ** 2
                moved = w + spread * deviation * torch.randn(w.shape, generator=rng).to(w)
                made = torch.func.functional_call(synthesis, noises, (moved[None], "const"))
                loss = likeness(made, wanted, distance)
                total = loss + d.near * (w - first).square().mean() + d.noise * noise_penalty(list(noises.values()))
                value = float(loss.detach())
                _step(adam, total, [w, *noises.values()])
                normalise(noises.values())
                report(step + 1, d.steps, value)
                if stop(value):
                    break
        return w.detach(), {name: one.detach() for name, one in noises.items()}

    @torch.no_grad()
    def _deviation(self) -> float:
        """Root mean square of w about its mean, among random faces."""
        config, rng = self.means.generator.config, torch.Generator().manual_seed(0)
        w = self.means.generator.mapping(torch.randn(1000, config.z_dim, generator=rng).to(self.means.device))
        return math.sqrt(float((w - w.mean(0)).square().mean()))


def noise_maps(synthesis: torch.nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Stored noise by name, the 4 px map and those that have no strength aside."""
    strengths = dict(synthesis.named_parameters())
    for name, one in synthesis.named_buffers():
        strength = strengths.get(name.replace("noise_const", "noise_strength"))
        if strength is not None and bool(strength != 0) and one.shape[-1] > 4:
            yield name, one


@torch.no_grad()
def normalise(noises: object) -> None:
    """Maps of mean 0 and deviation 1, in place."""
    for one in noises:  # type: ignore[attr-defined]
        one.sub_(one.mean()).mul_(one.square().mean().clamp_min(1e-8).rsqrt())


def _step(adam: torch.optim.Optimizer, loss: Tensor, what: list[Tensor]) -> None:
    for one, gradient in zip(what, torch.autograd.grad(loss, what), strict=True):
        one.grad = gradient
    adam.step()


def by_descent(means: Means) -> Projector:
    """With the means' settings, the fields of :class:`Descent`."""
    return Projector(means, Descent(**means.settings))
