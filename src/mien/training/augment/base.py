"""The interface of an augmentation, and helpers to draw per-picture parameters.

Letters: B batch, H and W rows and columns.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Generator, Tensor


class Augmentation(Protocol):
    """Pictures (B, 3, H, W) in [-1, 1] -> the same shape, differentiable with respect to the pictures.

    Attributes:
        adaptive: whether its strength p is meant to follow :class:`AdaptiveStrength`; otherwise p stays 1.
    """

    @property
    def adaptive(self) -> bool:
        """See the class."""
        ...

    def __call__(self, pictures: Tensor, p: float, rng: Generator) -> Tensor:
        """Applies it with strength p in [0, 1]; ``rng`` lives on the device of the pictures."""
        ...


class NoAugmentation:
    """Pictures as they are."""

    adaptive = False

    def __call__(self, pictures: Tensor, p: float, rng: Generator) -> Tensor:
        """See :class:`Augmentation`."""
        return pictures


def uniform(batch: int, low: float, high: float, rng: Generator) -> Tensor:
    """(batch,) uniform in [low, high), on the generator's device."""
    return torch.rand(batch, generator=rng, device=rng.device) * (high - low) + low


def normal(batch: int, rng: Generator) -> Tensor:
    """(batch,) standard normal, on the generator's device."""
    return torch.randn(batch, generator=rng, device=rng.device)


def where_chosen(value: Tensor, neutral: float, p: float, rng: Generator) -> Tensor:
    """(B,) parameters, each kept with probability p and replaced by the one that does nothing otherwise."""
    chosen = torch.rand(len(value), generator=rng, device=rng.device) < p
    return torch.where(chosen, value, torch.full_like(value, neutral))
