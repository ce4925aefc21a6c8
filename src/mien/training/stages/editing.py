"""What the three editing stages have in common: one network of an editor learns, with an average, the others are fixed.

Legend: B batch, S side.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor, nn

from mien.checkpoints.editor import save_editor
from mien.conditions.layers import Layers
from mien.data.sheets import contact_sheet
from mien.pixels import to_bytes
from mien.training.editing.sample import step_rng
from mien.training.editing.variation import varied
from mien.training.ema import Ema
from mien.training.phases import Phase, Step, lazy_adam
from mien.training.report import Progress, duration
from mien.training.stages.editing_settings import EditingConfig, Ingredients
from mien.training.state import Stateful
from mien.types import UInt8

VARIATION = 1000
"""Added to the seed, so that variations and edits draw different numbers."""


class EditingStage:
    """Implements most of :class:`mien.training.loop.Stage`; a subclass adds its loss and its preview.

    Args:
        settings: see there.
        given: networks, teachers, pictures.

    Attributes:
        part: name of the network that learns, one of :data:`mien.checkpoints.editor.PARTS`.
    """

    part: ClassVar[str]

    def __init__(self, settings: EditingConfig, given: Ingredients) -> None:
        self.settings, self.teachers, self.devices, self.shown = settings, given.teachers, given.devices, given.shown
        self.networks = self.devices.place(given.networks).eval().requires_grad_(False)
        self.trained = (*(name for name in given.trained if name != self.part), self.part)
        self.learner: nn.Module = getattr(self.networks, self.part)
        self.learner.train().requires_grad_(True)
        self.ema = Ema(self.learner, settings.ema_half_life)
        self.optimiser = lazy_adam(self.learner, settings.adam)
        self._rng = torch.Generator(self.devices.device)
        self._rng.manual_seed(settings.seed * 1000 + self.devices.rank)
        self.devices.broadcast(self.learner)

    @property
    def phases(self) -> list[Phase]:
        """One: that of the network."""
        return [Phase(self.part, self.learner, self.optimiser, 1, lambda step: self.loss(self._varied(step)))]

    @property
    def parts(self) -> dict[str, Stateful]:
        """Network, optimizer and average; the fixed networks are in the export."""
        return {self.part: self.learner, f"{self.part}.optimiser": self.optimiser, f"{self.part}.ema": self.ema}

    @property
    def rng(self) -> torch.Generator:
        """Noise draws from it; edits follow from the step's number instead."""
        return self._rng

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See :class:`mien.training.phases.Loss`."""
        raise NotImplementedError

    def stack(self, layers: Layers) -> Tensor:
        """(B, I, S, S): the channels that these networks know."""
        return layers.stack(self.networks.config.modalities)

    def _varied(self, step: Step) -> Step:
        c = self.settings
        return varied(step, step_rng(c.seed + VARIATION, step.index, self.devices.rank), c.variation)

    def rows(self, step: Step, learner: nn.Module) -> list[Tensor]:
        """What a preview shows, row by row, each (B, 3, S, S) in [-1, 1]: the edits of ``step`` by ``learner``."""
        raise NotImplementedError

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Moves the average."""
        self.ema.update(self.learner, step.batch, step.images + step.batch)
        return {}

    @torch.no_grad()
    def preview(self) -> dict[str, UInt8]:
        """A column per held-out picture, by the average."""
        with self.devices.autocast(self.devices.device.type != "mps"):
            rows = self.rows(self.shown, self.ema.network)
        return {self.part: contact_sheet(to_bytes(torch.cat(rows).float()), columns=len(rows[0]))}

    def export(self, run: Path, progress: Progress) -> None:
        """All networks trained so far, this one as its average, as ``editor/`` in the run's folder."""
        setattr(self.networks, self.part, self.ema.network)
        facts = {"progress": {"stage": self.part, "images": progress.images}}
        save_editor(run / "editor", self.networks, _card(self, progress), self.trained, facts=facts)
        setattr(self.networks, self.part, self.learner)


def masked(picture: Tensor, mask: Tensor) -> Tensor:
    """What is left of a picture (B, 3, S, S) outside of a mask (B, 1, S, S), gray inside."""
    return picture * (1.0 - mask)


def composite(edited: Tensor, picture: Tensor, mask: Tensor) -> Tensor:
    """I_out ⊙ M + I_gt ⊙ (1 − M), equation 1: what is shown, judged and saved."""
    return edited * mask + picture * (1.0 - mask)


def _card(stage: EditingStage, progress: Progress) -> str:
    config = stage.networks.config
    sizes = [
        f"- {name}: {sum(p.numel() for p in getattr(stage.networks, name).parameters()):,} parameters"
        for name in stage.trained
    ]
    lines = [
        f"# Editor, {config.resolution} px",
        "",
        f"Written while its {stage.part} was trained: {progress.images:,} pictures in {duration(progress.elapsed)}.",
        "",
        *sizes,
    ]
    return "\n".join(lines) + "\n"
