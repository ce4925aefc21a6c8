"""What stages have in common in which one network learns, with an average."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from mien.training.devices import Devices
from mien.training.ema import Ema
from mien.training.phases import Phase, Step, lazy_adam
from mien.training.settings import AdamConfig
from mien.training.state import Stateful


class OneNetwork:
    """Implements a part of :class:`mien.training.loop.Stage`; a subclass adds its loss, preview and export.

    Attributes:
        name: of the phase, and of the network in snapshots.
        devices: where to run; set before :meth:`learns`.
    """

    name: ClassVar[str]
    devices: Devices

    def learns(self, network: nn.Module, adam: AdamConfig, half_life: float, seed: int | None = None) -> None:
        """Sets up what learns.

        Args:
            network: on its device already; the first process's weights are everybody's.
            adam: settings of its optimizer.
            half_life: of the average, pictures.
            seed: of the run's generator; None where nothing draws from it.
        """
        self.learner: Any = network.train()
        self.ema: Ema[Any] = Ema(self.learner, half_life)
        self.optimiser = lazy_adam(self.learner, adam)
        self._rng = torch.Generator(self.devices.device)
        if seed is not None:
            self._rng.manual_seed(seed)
        self.devices.broadcast(self.learner)

    @property
    def phases(self) -> list[Phase]:
        """One."""
        return [Phase(self.name, self.learner, self.optimiser, 1, self.loss)]

    @property
    def parts(self) -> dict[str, Stateful]:
        """Network, optimizer and average."""
        return {self.name: self.learner, f"{self.name}.optimiser": self.optimiser, f"{self.name}.ema": self.ema}

    @property
    def rng(self) -> torch.Generator:
        """The run's own; where nothing draws from it, all follows from the step's number."""
        return self._rng

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See :class:`mien.training.phases.Loss`."""
        raise NotImplementedError

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Moves the average."""
        self.ema.update(self.learner, step.batch, step.images + step.batch)
        return {}
