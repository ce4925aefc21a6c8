"""An editing run from files: what ``mien train encoder | warping | editor`` and the recipes call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mien.checkpoints.editor import PARTS, load_editor
from mien.checkpoints.generator import load_generator
from mien.conditions.parser import FaceParser
from mien.data import Feed
from mien.errors import ConfigError, DataError
from mien.models.editing import PRESETS, EditorConfig, EditorNetworks
from mien.models.stylegan2 import Discriminator, DiscriminatorConfig
from mien.pixels import to_tensor
from mien.training.critics import CriticConfig
from mien.training.devices import Devices
from mien.training.loop import Loop, LoopConfig
from mien.training.phases import Step
from mien.training.report import Listener, RunReport
from mien.training.stages.editing import EditingConfig, EditingStage
from mien.training.stages.encoder import EncoderConfig, EncoderStage
from mien.training.stages.feeds import DataConfig, build_feed
from mien.training.stages.initial import CONFIG
from mien.training.stages.painter import PainterConfig, PainterStage
from mien.training.stages.run_generator import projected_critic, write_config
from mien.training.stages.warping import WarpingConfig, WarpingStage
from mien.training.teachers import load_teachers

SHOWN = 12
"""Held-out pictures in a preview."""


@dataclass(frozen=True)
class EditingRun:
    """A whole run, as data.

    Attributes:
        data: what to train on; previews take its ``val`` split where there is one.
        stage: which stage, and its settings.
        loop: when to stop, save and report.
        perceptual: TorchScript distance of two batches.
        identity: TorchScript face embedding; None to do without.
        pyramid: TorchScript features for a projected critic.
        preset: a name of :data:`mien.models.editing.PRESETS`, where nothing else says the networks' sizes.
        generator: a saved generator, for a first stage, or instead of the one in ``editor``.
        editor: a saved editor with the stages before, or this stage's network to go on from.
        fusion, bank: of the refinement network, for the ablations of Table VI; None for the preset's.
    """

    data: DataConfig
    stage: EditingConfig
    loop: LoopConfig
    perceptual: Path
    identity: Path | None = None
    pyramid: Path | None = None
    preset: str = "portrait-128"
    generator: Path | None = None
    editor: Path | None = None
    fusion: str | None = None
    bank: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain


def train_editing(
    run: EditingRun, out: Path, *, device: str = "auto", resume: bool = False, listener: Listener | None = None
) -> tuple[Loop, str]:
    """Trains one stage, and returns the finished loop and why it stopped; arguments as in ``train_generator``.

    Raises:
        ConfigError: settings contradict each other, or ``out`` holds a run and ``resume`` is not set.
        DataError: the set is unusable.
        CheckpointError: a network to start from, or one to judge by, cannot be read.
    """
    if not resume and (out / CONFIG).exists():
        raise ConfigError(f"{out} holds a run already; add --resume to continue it, or choose another folder.")
    devices = Devices(device)
    torch.manual_seed(run.stage.seed)
    networks, trained = build_networks(run)
    size, parser = networks.config.resolution, FaceParser.bundled()
    feed = build_feed(run.data, size, run.stage.batch, devices, seed=run.stage.seed, parser=parser)
    stage = build_stage(run, networks, trained, devices, feed, held_out(run.data, size, devices, parser))
    out.mkdir(parents=True, exist_ok=True)
    if devices.main:
        write_config(run.to_dict(), out)
    report = RunReport(out, listener) if devices.main else None
    loop = Loop(out, stage, feed, devices, run.loop, report)
    if resume:
        loop.resume()
    reason = loop.run()
    if report is not None:
        report.close()
    return loop, reason


def build_networks(run: EditingRun) -> tuple[EditorNetworks, tuple[str, ...]]:
    """All networks, with the weights there are; and the names of those that have some.

    Raises:
        ConfigError: the preset is unknown, there is no generator, or it has other sizes.
        CheckpointError: weights cannot be read.
    """
    if run.preset not in PRESETS:
        raise ConfigError(f"There is no preset {run.preset!r}; choose one of {', '.join(PRESETS)}.")
    earlier, trained = (None, ()) if run.editor is None else load_editor(run.editor)
    if run.generator is None and "generator" not in trained:
        raise ConfigError("An editor is built around a generator; give one as --generator.")
    config = PRESETS[run.preset]() if earlier is None else earlier.config  # type: ignore[no-untyped-call]
    networks = EditorNetworks(_ablated(config, run))
    for part in trained:
        if part != "painter" or networks.config == config:
            getattr(networks, part).load_state_dict(getattr(earlier, part).state_dict())
    if run.generator is not None:
        generator = load_generator(run.generator)
        if generator.config != config.generator:
            raise ConfigError(f"The generator in {run.generator} is not the one that {run.preset} is built around.")
        networks.generator.load_state_dict(generator.state_dict())
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
        critics = [_critic(critic, run, networks.config.resolution, devices, feed) for critic in config.critics]
        return PainterStage(networks, config, teachers, devices, shown, trained, critics)
    raise TypeError(f"no stage has a configuration of {type(config)}")


def _critic(critic: CriticConfig, run: EditingRun, size: int, devices: Devices, feed: Feed) -> nn.Module:
    if critic.kind == "stylegan2":
        return Discriminator(DiscriminatorConfig(size, channel_base=critic.channel_base or 2048, channel_max=128))
    if critic.kind != "projected":
        raise ConfigError(f"There is no discriminator {critic.kind!r}; choose stylegan2 or projected.")
    return projected_critic(run.pyramid, devices, feed, autocast=run.loop.autocast)
