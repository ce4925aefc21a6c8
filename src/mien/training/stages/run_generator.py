"""A generator run from files: data, networks, folder; what ``mien train generator`` and the recipes call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mien.data import Feed
from mien.errors import ConfigError
from mien.files import atomic_path
from mien.models.projected import ProjectedConfig, ProjectedDiscriminator
from mien.models.stylegan2 import Discriminator, Generator, discriminator_for
from mien.models.stylegan2.posterior import Posterior
from mien.pixels import to_tensor
from mien.training.critics import CriticConfig
from mien.training.devices import Devices
from mien.training.frozen import load_by_shape, load_frozen
from mien.training.loop import Loop, LoopConfig
from mien.training.report import Listener, RunReport
from mien.training.stages.feeds import DataConfig, build_feed
from mien.training.stages.generator import GeneratorStage, GeneratorStageConfig
from mien.training.stages.initial import CONFIG, initial_posterior, initialise
from mien.training.teachers import Distance


@dataclass(frozen=True)
class GeneratorRun:
    """A whole run, as data; a recipe derives one from another with ``dataclasses.replace``.

    Attributes:
        data: what to train on.
        stage: networks and their training.
        loop: when to stop, save and report.
        pyramid: TorchScript features for a projected critic.
        perceptual: a TorchScript distance between pictures, for the anchor.
        init: a folder to start from: a saved generator, or another run (see :mod:`mien.training.stages.initial`).
    """

    data: DataConfig
    stage: GeneratorStageConfig
    loop: LoopConfig
    pyramid: Path | None = None
    init: Path | None = None
    perceptual: Path | None = None

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
    feed = generator_feed(run, devices)
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


def generator_feed(run: GeneratorRun, devices: Devices) -> Feed:
    """The run's pictures at the generator's resolution; see :func:`mien.training.stages.feeds.build_feed`."""
    stage = run.stage
    return build_feed(run.data, stage.generator.resolution, stage.batch, devices, seed=stage.seed)


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
    return GeneratorStage(generator, critics, run.stage, devices, average, build_posterior(run, devices))


def build_posterior(run: GeneratorRun, devices: Devices) -> tuple[Posterior, Distance] | None:
    """What ``run.stage.anchor`` needs; None if there is no anchor.

    Raises:
        ConfigError: there is no distance.
        CheckpointError: it cannot be read.
    """
    anchor = run.stage.anchor
    if anchor is None:
        return None
    if run.perceptual is None:
        raise ConfigError("An anchor needs a perceptual distance; give a TorchScript file as --perceptual.")
    dtype = torch.bfloat16 if run.loop.autocast else torch.float32
    distance = load_by_shape(run.perceptual, devices.device, dtype)
    trunk = replace(discriminator_for(run.stage.generator), channel_base=anchor.channel_base)
    posterior = Posterior(trunk, run.stage.generator.z_dim)
    if run.init is not None:
        posterior = initial_posterior(run.init, posterior)
    return posterior, lambda a, b: distance(a, b)[0]


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
    return projected_critic(run.pyramid, devices, feed, autocast=run.loop.autocast)


def projected_critic(pyramid: Path | None, devices: Devices, feed: Feed, *, autocast: bool) -> ProjectedDiscriminator:
    """A discriminator over pretrained features, calibrated on some of the feed's pictures, on its device.

    Raises:
        ConfigError: no features are given.
        CheckpointError: they cannot be read.
    """
    if pyramid is None:
        raise ConfigError("A projected discriminator needs pretrained features; give a TorchScript file as --pyramid.")
    features = load_frozen(pyramid, devices.device, torch.bfloat16 if autocast else torch.float32)
    some = to_tensor(feed.images.batch(range(min(64, len(feed.images))))).to(devices.device)
    network = ProjectedDiscriminator(features, ProjectedConfig(channels=tuple(x.shape[1] for x in features(some[:1]))))
    devices.place(network).calibrate(some)
    return network
