"""A generator run from files: data, networks, folder; what ``mien train generator`` and the recipes call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from mien.data import Feed, ImageSet, Sampler, balanced_weights, find_pictures
from mien.data.sources import read_names
from mien.errors import ConfigError
from mien.files import atomic_path
from mien.models.projected import ProjectedConfig, ProjectedDiscriminator
from mien.models.stylegan2 import Discriminator, Generator, discriminator_for
from mien.pixels import to_tensor
from mien.training.critics import CriticConfig
from mien.training.devices import Devices
from mien.training.frozen import load_frozen
from mien.training.loop import Loop, LoopConfig
from mien.training.report import Listener, RunReport
from mien.training.stages.generator import GeneratorStage, GeneratorStageConfig
from mien.training.stages.initial import CONFIG, initialise


@dataclass(frozen=True)
class DataConfig:
    """What to train on.

    Attributes:
        path: see :func:`mien.data.find_pictures`.
        split: of a prepared set.
        balance: columns whose groups are shown more equally; none for the set as it is.
        balance_strength: 0 for the set as it is, 1 for equal groups.
        mirror: flip left and right half of the time.
        drop: a text file with names to leave out, one per line (``mien data filter`` writes one).
    """

    path: Path
    split: str = "train"
    balance: tuple[str, ...] = ()
    balance_strength: float = 0.5
    mirror: bool = True
    drop: Path | None = None


@dataclass(frozen=True)
class GeneratorRun:
    """A whole run, as data; a recipe derives one from another with ``dataclasses.replace``.

    Attributes:
        data: what to train on.
        stage: networks and their training.
        loop: when to stop, save and report.
        pyramid: TorchScript features for a projected critic.
        init: a folder to start from: a saved generator, or another run (see :mod:`mien.training.stages.initial`).
    """

    data: DataConfig
    stage: GeneratorStageConfig
    loop: LoopConfig
    pyramid: Path | None = None
    init: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain


def train_generator(
    run: GeneratorRun, out: Path, *, device: str = "auto", resume: bool = False, listener: Listener | None = None
) -> tuple[Loop, str]:
    """Trains, and returns the finished loop and why it stopped.

    Args:
        run: what to do.
        out: the run's folder; made if it is missing.
        device: see :class:`mien.training.devices.Devices`.
        resume: continue from the newest snapshot in ``out``, if there is one.
        listener: is told of the progress.

    Raises:
        ConfigError: settings contradict each other, or ``out`` holds a run and ``resume`` is not set.
        DataError: the set is unusable.
        CheckpointError: the pyramid, the folder to start from, or all snapshots cannot be read.
    """
    if not resume and (out / CONFIG).exists():
        raise ConfigError(f"{out} holds a run already; add --resume to continue it, or choose another folder.")
    devices = Devices(device)
    torch.manual_seed(run.stage.seed)
    feed = build_feed(run.data, run.stage, devices)
    stage = build_stage(run, devices, feed)
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


def write_config(config: Mapping[str, Any], out: Path) -> None:
    """The run's settings as ``run.json``, for people and for runs that start from this one."""
    with atomic_path(out / CONFIG) as path:
        path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def build_feed(data: DataConfig, stage: GeneratorStageConfig, devices: Devices) -> Feed:
    """The pictures in memory, and their order.

    Raises:
        ConfigError: the batch cannot be shared by the processes.
        DataError: the set is unusable.
    """
    if stage.batch % devices.world:
        raise ConfigError(f"A batch of {stage.batch} cannot be shared by {devices.world} processes; change --batch.")
    pictures = find_pictures(data.path, split=data.split, drop=read_names(data.drop))
    weights = balanced_weights(pictures, data.balance, data.balance_strength) if data.balance else None
    sampler = Sampler(np.ones(len(pictures)) if weights is None else weights, stage.seed)
    images = ImageSet(pictures, stage.generator.resolution)
    return Feed(images, sampler, stage.batch, mirror=data.mirror, rank=devices.rank, world=devices.world)


def build_stage(run: GeneratorRun, devices: Devices, feed: Feed) -> GeneratorStage:
    """All networks on their device, started afresh or from ``run.init``.

    Raises:
        ConfigError: a critic is unknown or lacks its pyramid.
        CheckpointError: the pyramid, or the folder to start from, cannot be read.
    """
    generator = Generator(run.stage.generator)
    critics = [build_critic(critic, run, devices, feed) for critic in run.stage.critics]
    average = None
    if run.init is not None:
        generator, average, critics = initialise(run.init, generator, critics)
    return GeneratorStage(generator, critics, run.stage, devices, average)


def build_critic(critic: CriticConfig, run: GeneratorRun, devices: Devices, feed: Feed) -> nn.Module:
    """One discriminator, on its device.

    Raises:
        ConfigError: the kind is unknown, or a projected one lacks its pyramid.
    """
    if critic.kind == "stylegan2":
        shape = discriminator_for(run.stage.generator)
        return Discriminator(replace(shape, channel_base=critic.channel_base or shape.channel_base))
    if critic.kind != "projected":
        raise ConfigError(f"There is no discriminator {critic.kind!r}; choose stylegan2 or projected.")
    if run.pyramid is None:
        raise ConfigError("A projected discriminator needs pretrained features; give a TorchScript file as --pyramid.")
    pyramid = load_frozen(run.pyramid, devices.device, torch.bfloat16 if run.loop.autocast else torch.float32)
    some = to_tensor(feed.images.batch(range(min(64, len(feed.images))))).to(devices.device)
    network = ProjectedDiscriminator(pyramid, ProjectedConfig(channels=tuple(x.shape[1] for x in pyramid(some[:1]))))
    devices.place(network).calibrate(some)
    return network
