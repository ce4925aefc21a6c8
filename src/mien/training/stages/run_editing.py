"""An editing run from files: what ``mien train encoder | warping | editor`` and the recipes call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from mien.checkpoints.editor import PARTS, load_editor
from mien.checkpoints.generator import load_generator
from mien.conditions.modalities import channels
from mien.conditions.parser import FaceParser
from mien.data import Feed
from mien.errors import ConfigError, DataError
from mien.models.editing import PRESETS, EditorConfig, EditorNetworks, with_modalities
from mien.models.editing.growth import take_over
from mien.models.stylegan2 import DiscriminatorConfig
from mien.pixels import to_tensor
from mien.training.devices import Devices
from mien.training.loop import Loop
from mien.training.phases import Step
from mien.training.report import Listener
from mien.training.stages.discriminators import build_discriminator
from mien.training.stages.editing import EditingConfig, EditingStage
from mien.training.stages.encoder import EncoderConfig, EncoderStage
from mien.training.stages.feeds import DataConfig, build_feed
from mien.training.stages.painter import PainterConfig, PainterStage
from mien.training.stages.running import Run, train
from mien.training.stages.warping import WarpingConfig, WarpingStage
from mien.training.teachers import load_teachers

DEFAULT = "portrait-128"
"""The preset where nothing says another."""

SHOWN = 12
"""Held-out pictures in a preview."""


@dataclass(frozen=True)
class EditingRun(Run):
    """A whole run, as data.

    Attributes:
        data: what to train on; previews take its ``val`` split where there is one.
        stage: which stage, and its settings.
        loop: see :class:`mien.training.stages.running.Run`.
        perceptual: TorchScript distance of two batches.
        identity: TorchScript face embedding; None to do without.
        pyramid: TorchScript features for a projected critic.
        preset: a name of :data:`mien.models.editing.PRESETS`; None: as ``editor`` is, or portrait-128. An ``editor`` of
            another resolution gives what it can; a painter grows to twice its side.
        generator: a saved generator, for a first stage, or instead of the one in ``editor``.
        editor: a saved editor with the stages before, or this stage's network to go on from.
        codes: a saved editor whose networks for codes (generator, encoder, warping) take the place of those in
            ``editor``: they may have been trained further since.
        fusion, bank: of the refinement network, for the ablations of Table VI; None for the preset's.
    """

    stage: EditingConfig
    perceptual: Path
    identity: Path | None = None
    pyramid: Path | None = None
    preset: str | None = None
    generator: Path | None = None
    editor: Path | None = None
    codes: Path | None = None
    fusion: str | None = None
    bank: bool | None = None


def train_editing(
    run: EditingRun, out: Path, *, device: str = "auto", resume: bool = False, listener: Listener | None = None
) -> tuple[Loop, str]:
    """Trains one stage, and returns the finished loop and why it stopped; arguments as in :func:`running.train`.

    Raises:
        ConfigError: settings contradict each other, or ``out`` holds a run and ``resume`` is not set.
        DataError: the set is unusable.
        CheckpointError: a network to start from, or one to judge by, cannot be read.
    """

    def build(devices: Devices) -> tuple[Feed, EditingStage]:
        networks, trained = build_networks(run)
        size, parser = networks.config.resolution, FaceParser.bundled()
        feed = build_feed(run.data, size, run.stage.batch, devices, seed=run.stage.seed, parser=parser)
        shown = held_out(run.data, size, devices, parser)
        return feed, build_stage(run, networks, trained, devices, feed, shown)

    return train(run, build, out, device=device, resume=resume, listener=listener)


def build_networks(run: EditingRun) -> tuple[EditorNetworks, tuple[str, ...]]:
    """All networks, with the weights there are; and the names of those that have some.

    Raises:
        ConfigError: the preset is unknown, there is no generator, or it has other sizes.
        CheckpointError: weights cannot be read.
    """
    if run.preset is not None and run.preset not in PRESETS:
        raise ConfigError(f"There is no preset {run.preset!r}; choose one of {', '.join(PRESETS)}.")
    earlier, trained = (None, ()) if run.editor is None else load_editor(run.editor)
    if run.generator is None and "generator" not in trained:
        raise ConfigError("An editor is built around a generator; give one as --generator.")
    config = (
        earlier.config
        if earlier is not None and run.preset is None
        else with_modalities(PRESETS[run.preset or DEFAULT](), channels())
    )
    networks = EditorNetworks(_ablated(config, run))
    trained = trained if earlier is None else take_over(networks, earlier, trained)
    if run.codes is not None:
        newer, parts = load_editor(run.codes)
        trained += take_over(networks, newer, [part for part in parts if part != "painter"])
    if run.generator is not None:
        generator = load_generator(run.generator)
        if generator.config != config.generator:
            raise ConfigError(f"The generator in {run.generator} is not the one of {run.preset or DEFAULT}.")
        networks.generator.load_state_dict(generator.state_dict())
    elif "generator" not in trained:
        raise ConfigError(f"Preset {run.preset} is built around another generator; give one as --generator.")
    if "encoder" not in trained:
        networks.centre()
    return networks, tuple(part for part in PARTS if part in {*trained, "generator"})


def _ablated(config: EditorConfig, run: EditingRun) -> EditorConfig:
    changes = {name: value for name in ("fusion", "bank") if (value := getattr(run, name)) is not None}
    return replace(config, refinement=replace(config.refinement, **changes))


def held_out(data: DataConfig, size: int, devices: Devices, parser: FaceParser) -> Step:
    """The first pictures of the validation split, or else of the set itself."""
    for split in ("val", data.split):
        try:
            feed = build_feed(replace(data, split=split, balance=(), mirror=False), size, SHOWN, devices, parser=parser)
            break
        except DataError:
            if split == data.split:
                raise
    indices = [i % len(feed.images) for i in range(SHOWN)]
    assert feed.labels is not None
    labels = torch.from_numpy(feed.labels.maps[indices]).to(devices.device)
    return Step(0, 0, SHOWN, to_tensor(feed.images.batch(indices)).to(devices.device), labels)


def build_stage(
    run: EditingRun, networks: EditorNetworks, trained: Sequence[str], devices: Devices, feed: Feed, shown: Step
) -> EditingStage:
    """The stage that ``run.stage`` is the configuration of.

    Raises:
        ConfigError: the stages before it are missing.
        CheckpointError: a network to judge by cannot be read.
    """
    config = run.stage
    if not isinstance(config, EncoderConfig) and "encoder" not in trained:
        raise ConfigError("This stage needs a trained style encoder; give its run's editor folder as --editor.")
    dtype = torch.bfloat16 if run.loop.autocast else torch.float32
    teachers = load_teachers(run.perceptual, run.identity, devices.device, dtype)
    if isinstance(config, EncoderConfig):
        return EncoderStage(networks, config, teachers, devices, shown, trained)
    if isinstance(config, WarpingConfig):
        return WarpingStage(networks, config, teachers, devices, shown, trained)
    if isinstance(config, PainterConfig):
        shape = DiscriminatorConfig(networks.config.resolution, channel_base=2048, channel_max=128)
        critics = [
            build_discriminator(critic, shape, run.pyramid, devices, feed, autocast=run.loop.autocast)
            for critic in config.critics
        ]
        return PainterStage(networks, config, teachers, devices, shown, trained, critics)
    raise TypeError(f"no stage has a configuration of {type(config)}")
