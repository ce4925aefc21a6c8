"""Diffusion-GAN's noise (Wang et al., 2022): critics compare pictures on the way to pure noise.

y = √ᾱ_t·x + √(1 − ᾱ_t)·σ·ε, equation 3; ᾱ_t = Π_{s ≤ t} (1 − β_s), β linear.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor


@dataclass(frozen=True)
class DiffusionNoise:
    """Half of the pictures stay clean; the others get t ≤ T(p) with probability proportional to t ("priority").

    The critics here are not told t: which step a picture is at, they have to see.

    Attributes:
        shortest, longest: T at p = 0 and at p = 1, in steps.
        sigma: standard deviation of the noise that a picture ends in.
        first, last: β at the first and at the last step of ``longest``.
    """

    shortest: int = 10
    longest: int = 1000
    sigma: float = 0.05
    first: float = 1e-4
    last: float = 2e-2
    kept: tuple[float, ...] = field(init=False, repr=False)
    adaptive = True

    def __post_init__(self) -> None:
        beta = torch.linspace(self.first, self.last, self.longest, dtype=torch.float64)
        object.__setattr__(self, "kept", (1.0, *torch.cumprod(1.0 - beta, 0).tolist()))

    def __call__(self, pictures: Tensor, p: float, rng: Generator) -> Tensor:
        """See :class:`mien.training.augment.base.Augmentation`."""
        t = self.draw_steps(len(pictures), p, rng)
        kept = torch.tensor(self.kept, device=rng.device)[t].reshape(-1, 1, 1, 1)
        noise = torch.randn(pictures.shape, generator=rng, device=rng.device)
        return kept.sqrt() * pictures + (1.0 - kept).sqrt() * self.sigma * noise

    def draw_steps(self, batch: int, p: float, rng: Generator) -> Tensor:
        """(batch,) steps in [0, T(p)], half of them 0 in the mean."""
        steps = self.shortest + round(p * (self.longest - self.shortest))
        # P(t) proportional to t on 1..T, by inversion: the sum up to t is t·(t + 1) / 2.
        total = torch.rand(batch, generator=rng, device=rng.device) * (steps * (steps + 1) / 2)
        t = ((torch.sqrt(8.0 * total + 1.0) - 1.0) / 2.0).floor().long() + 1
        noisy = torch.rand(batch, generator=rng, device=rng.device) < 0.5
        return torch.where(noisy, t.clamp(max=steps), torch.zeros_like(t))
