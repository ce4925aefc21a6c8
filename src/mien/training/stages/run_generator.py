"""A generator run from files: data, networks, folder; what ``mien train generator`` and the recipes call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from mien.data import Feed
from mien.errors import ConfigError
from mien.models.stylegan2 import Generator, discriminator_for
from mien.models.stylegan2.posterior import Posterior
from mien.training.devices import Devices
from mien.training.frozen import load_by_shape
from mien.training.loop import Loop
from mien.training.report import Listener
from mien.training.stages.discriminators import build_discriminator
from mien.training.stages.feeds import build_feed
from mien.training.stages.generator import GeneratorStage, GeneratorStageConfig
from mien.training.stages.initial import initial_posterior, initialise
from mien.training.stages.running import Run, train
from mien.training.teachers import Distance


@dataclass(frozen=True)
class GeneratorRun(Run):
    """A whole run, as data.

    Attributes:
        data, stage, loop: see :class:`mien.training.stages.running.Run`.
        pyramid: file of a network with maps of features, for a projected critic.
        init: a folder to start from: a saved generator, or another run (see :mod:`mien.training.stages.initial`).
        perceptual: file of a distance between pictures, for the anchor.
        trust_code: whether those files may be TorchScript, which runs as code.
    """

    stage: GeneratorStageConfig
    pyramid: Path | None = None
    init: Path | None = None
    perceptual: Path | None = None
    trust_code: bool = False


def train_generator(
    run: GeneratorRun, out: Path, *, device: str = "auto", resume: bool = False, listener: Listener | None = None
) -> tuple[Loop, str]:
    """Trains, and returns the finished loop and why it stopped; arguments as in :func:`running.train`.

    Raises:
        ConfigError: settings contradict each other, or ``out`` holds a run and ``resume`` is not set.
        DataError: the set is unusable.
        CheckpointError: the pyramid, the folder to start from, or all snapshots cannot be read.
    """

    def build(devices: Devices) -> tuple[Feed, GeneratorStage]:
        feed = generator_feed(run, devices)
        return feed, build_stage(run, devices, feed)

    return train(run, build, out, device=device, resume=resume, listener=listener)


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
    generator, shape = Generator(run.stage.generator), discriminator_for(run.stage.generator)
    critics = [
        build_discriminator(
            critic, shape, run.pyramid, devices, feed, autocast=run.loop.autocast, trust_code=run.trust_code
        )
        for critic in run.stage.critics
    ]
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
        raise ConfigError("An anchor needs a perceptual distance; give a file of one as --perceptual.")
    dtype = torch.bfloat16 if run.loop.autocast else torch.float32
    distance = load_by_shape(run.perceptual, devices.device, dtype, use="distance", trust_code=run.trust_code)
    trunk = replace(discriminator_for(run.stage.generator), channel_base=anchor.channel_base)
    posterior = Posterior(trunk, run.stage.generator.z_dim)
    if run.init is not None:
        posterior = initial_posterior(run.init, posterior)
    return posterior, lambda a, b: distance(a, b)[0]
