"""Runs of the text-conditioned mapper: their settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.training.options import nested, option
from mien.training.settings import AdamConfig, Run

if TYPE_CHECKING:
    from mien.training.devices import Devices
    from mien.training.stages.strokes import SeedFeed
    from mien.training.stages.words import WordsStage


@dataclass(frozen=True)
class WordsConfig:
    """Attributes:
    batch: faces per step, over all processes.
    adam: of the mapper.
    decay: faces after which the rate has fallen to a hundredth, along a cosine; 0 for no fall.
    ema_half_life: of its average, in faces.
    hidden: width of its networks.
    psi: truncation of the faces.
    strongest: largest degree that is asked for.
    held, small, same: weights of what else changes, of the codes' length, and of identity.
    seed: of weights, faces and wishes.
    """

    batch: int = option(16, "Faces per step.", least=1)
    adam: AdamConfig = nested(AdamConfig(0.001, (0.9, 0.99)))
    decay: int = option(0, "Faces over which the rate falls to a hundredth; 0: it stays.", least=0)
    ema_half_life: float = option(1_000.0, "Half-life of the averaged network, in faces.", name="ema", least=0)
    hidden: int = option(128, "Width of the networks.", least=1)
    psi: float = option(0.7, "Truncation of the faces.", least=0, most=1)
    strongest: float = option(2.0, "Largest degree that is asked for.", least=0.3)
    held: float = option(0.3, "Weight of what was not asked for.", least=0)
    small: float = option(0.1, "Weight of the length of what is added.", least=0)
    same: float = option(0.3, "Weight of identity, with a network of it.", least=0)
    seed: int = option(0, "Of weights, faces and wishes.")


@dataclass(frozen=True)
class WordsRun(Run):
    """A whole run, as data. Faces come from the generator, wishes from chance: no photos and no texts are needed.

    Attributes:
        data: none.
        stage, loop: see :class:`mien.training.settings.Run`.
        editor: whose generator is learned for.
        reader: tells what pictures look like.
        identity: file of a face embedding.
    """

    data: Any = field(default=None, kw_only=True)
    stage: WordsConfig = nested(WordsConfig)
    editor: str = option("portrait-generator", "Editor or generator: folder, bundled name or id.")
    reader: str = option("face-reader", "What tells numbers of a face: folder, bundled name or id.")
    identity: Path | None = option(None, "Face embedding; none: do without.")

    def build(self, devices: Devices) -> tuple[SeedFeed, WordsStage]:  # type: ignore[override]
        """See the base class."""
        import torch

        from mien.checkpoints.hub import find_folder
        from mien.checkpoints.judges import load_script
        from mien.checkpoints.perception import load_reader
        from mien.checkpoints.shapes import load_pair
        from mien.checkpoints.store import load_config
        from mien.training.stages.strokes import SeedFeed
        from mien.training.stages.words import WordsStage

        generator, folder = load_pair(find_folder(self.editor)).generator, find_folder(self.reader)
        names = list(load_config(folder, "face-reader")["names"])
        identity, cpu = None, torch.device("cpu")
        if self.identity is not None:
            identity = load_script(self.identity, cpu, trust_code=self.trust_code)
        stage = WordsStage(self.stage, generator, load_reader(folder), names, identity, devices)
        return SeedFeed(self.stage.batch), stage
