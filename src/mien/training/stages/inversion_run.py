"""Runs of the networks that help to rebuild a photo with a fixed generator: their settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.training.options import nested, option
from mien.training.settings import AdamConfig, Run

if TYPE_CHECKING:
    from mien.data import Feed
    from mien.training.devices import Devices
    from mien.training.stages.inversion import InversionStage


@dataclass(frozen=True)
class InversionConfig:
    """What the stages share.

    Attributes:
        batch: pictures per step, over all processes.
        adam: of the network that learns.
        ema_half_life: of its average, in pictures.
        l2, perceptual, identity: weights of the losses.
        seed: of weights, order and edits.
    """

    batch: int = option(8, "Pictures per step.", least=1)
    adam: AdamConfig = nested(AdamConfig(0.001, (0.9, 0.99)))
    ema_half_life: float = option(5_000.0, "Half-life of the averaged network, in pictures.", name="ema", least=0)
    l2: float = 1.0
    perceptual: float = 0.8
    identity: float = 0.5
    seed: int = option(0, "Of weights, order and edits.")


@dataclass(frozen=True)
class HyperStageConfig(InversionConfig):
    """Attributes:
    second: fraction of the steps that train a second pass, which sees what the first one made.
    """

    second: float = option(0.5, "Fraction of steps that train a second pass.", least=0, most=1)


@dataclass(frozen=True)
class FeaturesStageConfig(InversionConfig):
    """Attributes:
    edited: weight of the loss on edits, whose truth is sampled from the generator.
    reach: an edit goes so far, at most, from one random face towards another.
    """

    edited: float = option(1.0, "Weight of the loss on edited faces of the generator.", least=0)
    reach: float = option(0.6, "How far edits go from one random face towards another.", least=0, most=1)


@dataclass(frozen=True)
class InversionRun(Run):
    """A whole run, as data.

    Attributes:
        data: faces to rebuild.
        stage, loop: see :class:`mien.training.settings.Run`.
        perceptual: file of a distance of two batches.
        identity: file of a face embedding; None to do without.
        editor: whose generator and encoder are used; they stay as they are.
    """

    stage: InversionConfig = nested(InversionConfig)
    perceptual: Path = option(help="Distance of two batches, such as LPIPS.")
    identity: Path | None = option(None, "Face embedding; none: do without.")
    editor: str = option("portrait-editor", "Editor or generator with an encoder: folder, bundled name or id.")

    def build(self, devices: Devices) -> tuple[Feed, InversionStage]:
        """See the base class."""

        from mien.checkpoints.hub import find_folder
        from mien.checkpoints.shapes import load_pair
        from mien.errors import ConfigError
        from mien.training.stages.feeds import build_feed
        from mien.training.stages.inversion import stage_of
        from mien.training.teachers import load_teachers

        pair = load_pair(find_folder(self.editor))
        if pair.encoder is None:
            raise ConfigError(f"{self.editor} has no encoder of photos; train one first: mien train encoder.")
        size = pair.generator.config.resolution
        dtype = devices.dtype(self.loop.autocast)
        feed = build_feed(self.data, size, self.stage.batch, devices, seed=self.stage.seed)
        teachers = load_teachers(self.perceptual, self.identity, devices.device, dtype, trust_code=self.trust_code)
        return feed, stage_of(self.stage, pair, teachers, devices)
