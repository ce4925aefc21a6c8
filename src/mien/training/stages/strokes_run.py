"""Runs of the network that reads unfinished drawings: their settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mien.training.options import nested, option
from mien.training.settings import AdamConfig, Run

if TYPE_CHECKING:
    from mien.training.devices import Devices
    from mien.training.stages.strokes import SeedFeed, StrokesStage


@dataclass(frozen=True)
class StrokesConfig:
    """Attributes:
    faces: random ones that are drawn at the start, and kept in memory; at every step other strokes of them are there.
    batch: drawings per step, over all processes.
    adam: of the network.
    ema_half_life: of its average, in drawings.
    psi: truncation of the faces.
    ridge: of the linear map that training starts from, in parts of ``faces``.
    seed: of weights and drawings.
    """

    faces: int = option(6000, "Random faces that are drawn at the start, a hundredth of a second each.", least=2)
    batch: int = option(128, "Drawings per step.", least=1)
    adam: AdamConfig = nested(AdamConfig(0.0005, (0.9, 0.99)))
    ema_half_life: float = option(20_000.0, "Half-life of the averaged network, in drawings.", name="ema", least=0)
    psi: float = option(0.8, "Truncation of the faces that are drawn.", least=0, most=1)
    ridge: float = 0.1
    seed: int = option(0, "Of weights and drawings.")


@dataclass(frozen=True)
class StrokesRun(Run):
    """A whole run, as data. Faces and their drawings come from the generator: no photos are needed.

    Attributes:
        data: none.
        stage, loop: see :class:`mien.training.settings.Run`.
        editor: whose generator is drawn from.
    """

    data: Any = field(default=None, kw_only=True)
    stage: StrokesConfig = nested(StrokesConfig)
    editor: str = option("portrait-editor", "Editor or generator: folder, bundled name or id.")

    def build(self, devices: Devices) -> tuple[SeedFeed, StrokesStage]:  # type: ignore[override]
        """See the base class."""
        from mien.checkpoints.hub import find_folder
        from mien.checkpoints.shapes import load_pair
        from mien.training.stages.strokes import SeedFeed, StrokesStage

        generator = load_pair(find_folder(self.editor)).generator
        return SeedFeed(self.stage.batch), StrokesStage(self.stage, generator, devices)
