"""Exponential moving average of weights, with its half-life in pictures (Karras et al., 2018 and 2020)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


class Ema(Generic[Network]):
    """A slow copy of a network: parameters are averaged, buffers are copied.

    Args:
        network: copied as it is now.
        half_life: pictures after which an old weight counts half.
        ramp_up: the half-life is at most this fraction of the pictures shown so far, so that the first, bad weights
            are forgotten soon; None for no ramp-up.

    Attributes:
        network: the average, in evaluation mode, without gradients.
    """

    def __init__(self, network: Network, half_life: float, ramp_up: float | None = 0.05) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.half_life = half_life
        self.ramp_up = ramp_up

    def decay(self, batch: int, images: int) -> float:
        """β = 0.5^(batch / half-life) at the step that shows the pictures up to number ``images``."""
        half_life = self.half_life if self.ramp_up is None else min(self.half_life, images * self.ramp_up)
        return float(0.5 ** (batch / max(half_life, 1e-8)))

    @torch.no_grad()
    def update(self, network: Network, batch: int, images: int) -> None:
        """average ← β·average + (1 − β)·network."""
        slow: list[Tensor] = list(self.network.parameters())
        fast: list[Tensor] = list(network.parameters())
        torch._foreach_lerp_(slow, fast, 1.0 - self.decay(batch, images))
        for kept, current in zip(self.network.buffers(), network.buffers(), strict=True):
            kept.copy_(current)

    def state_dict(self) -> dict[str, Tensor]:
        """The average's weights."""
        return self.network.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The inverse of :meth:`state_dict`."""
        self.network.load_state_dict(state)
