"""A training schedule as data: who is updated, how often, and by which loss (as in StyleGAN3's training loop)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from mien.training.devices import Devices
from mien.training.settings import AdamConfig


@dataclass
class Step:
    """What one step trains on.

    Attributes:
        index: steps done before this one, over all sittings.
        images: real pictures shown before this step, over all processes and sittings.
        batch: pictures per step, over all processes.
        reals: (B, 3, S, S) float32 in [-1, 1], this process's share, on its device.
        labels: (B, S, S) uint8, their semantic maps, where the stage asked for them.
        others: what else the feed gives, (B, ...) by name.
    """

    index: int
    images: int
    batch: int
    reals: Tensor
    labels: Tensor | None = None
    others: Mapping[str, Tensor] = field(default_factory=dict)


class Loss(Protocol):
    """Computes what a phase minimizes."""

    def __call__(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Returns the scalar to minimize, and scalars to report."""
        ...


@dataclass
class Phase:
    """One update of one network.

    Attributes:
        name: for reports.
        module: the network whose parameters move; all others are held fixed meanwhile.
        optimiser: over the parameters of ``module``; two phases may share one.
        interval: the phase runs at every step whose index is a multiple of it.
        loss: see :class:`Loss`; called under autocast.
    """

    name: str
    module: nn.Module
    optimiser: Optimizer
    interval: int
    loss: Loss


def lazy_adam(module: nn.Module, config: AdamConfig, interval: int | None = None) -> Adam:
    """Adam, corrected for a regularizer that adds a step every ``interval`` steps (Karras et al., 2020, appendix B).

    c = k / (k + 1); learning rate c·λ, betas β^c.
    """
    c = 1.0 if interval is None else interval / (interval + 1.0)
    beta1, beta2 = config.betas
    return Adam(module.parameters(), lr=config.lr * c, betas=(beta1**c, beta2**c), eps=1e-8, fused=True)


def run_phases(phases: Sequence[Phase], step: Step, devices: Devices, *, autocast: bool) -> dict[str, Tensor]:
    """Runs the phases that are due, in order; returns what they report, detached."""
    report: dict[str, Tensor] = {}
    for phase in phases:
        if step.index % phase.interval:
            continue
        for other in phases:
            other.module.requires_grad_(other.module is phase.module)
        phase.optimiser.zero_grad(set_to_none=True)
        with devices.autocast(autocast):
            total, scalars = phase.loss(step)
        total.backward()  # type: ignore[no-untyped-call]
        devices.average_gradients(phase.module)
        _replace_non_finite(phase.module)
        phase.optimiser.step()
        report |= {name: value.detach() for name, value in scalars.items()}
    return report


def _replace_non_finite(module: nn.Module) -> None:
    """A single overflow in bfloat16 must not end a run of hours: it costs one step's direction instead."""
    for parameter in module.parameters():
        if parameter.grad is not None:
            torch.nan_to_num(parameter.grad, nan=0.0, posinf=1e5, neginf=-1e5, out=parameter.grad)
