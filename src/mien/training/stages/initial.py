"""Starting from other weights: the same networks at the same or at a lower resolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from mien.checkpoints.generator import load_generator
from mien.errors import ConfigError, UnknownCheckpointError
from mien.models.projected import ProjectedDiscriminator
from mien.models.stylegan2 import (
    Discriminator,
    DiscriminatorConfig,
    Generator,
    GeneratorConfig,
    grow_discriminator,
    grow_generator,
)
from mien.models.stylegan2.growth import grow_posterior
from mien.models.stylegan2.posterior import Posterior
from mien.training.folder import CONFIG, read_settings
from mien.training.snapshots import Snapshots


def initialise(
    folder: Path, generator: Generator, critics: Sequence[nn.Module]
) -> tuple[Generator, Generator, list[nn.Module]]:
    """Generator, its average and critics with the weights of ``folder``, grown to the resolution asked for.

    Args:
        folder: another run (its newest snapshot is used, critics included), or a generator saved in our store.
        generator, critics: freshly made; a critic that ``folder`` does not have is returned as it is.

    Raises:
        UnknownCheckpointError: the folder is neither.
        ConfigError: the generator there cannot grow into this one.
    """
    if not (folder / CONFIG).is_file():
        return _grown(load_generator(folder), generator), _grown(load_generator(folder), generator), list(critics)
    state = Snapshots(folder).latest()
    if state is None:
        raise UnknownCheckpointError(f"{folder} has no snapshot yet; give a run that has saved one.")
    small = GeneratorConfig.from_dict(read_settings(folder, "generator"))
    parts = state["parts"]
    grown = [_initial_critic(critic, parts, small.resolution) for critic in critics]
    current, average = Generator(small), Generator(small)
    current.load_state_dict(parts["generator"])
    average.load_state_dict(parts["generator.ema"])
    return _grown(current, generator), _grown(average, generator), grown


def initial_posterior(folder: Path, posterior: Posterior) -> Posterior:
    """The posterior of the run in ``folder``, grown to the resolution asked for; the one given if there is none there.

    Raises:
        ConfigError: it has other widths.
    """
    state = Snapshots(folder).latest() if (folder / CONFIG).is_file() else None
    if state is None or "posterior" not in state["parts"]:
        return posterior
    before = GeneratorConfig.from_dict(read_settings(folder, "generator")).resolution
    network = Posterior(replace(posterior.config, resolution=before), posterior.z_dim)
    try:
        network.load_state_dict(state["parts"]["posterior"])
    except RuntimeError as error:
        raise ConfigError("The posterior of the run to start from has other widths; use the same settings.") from error
    while network.config.resolution < posterior.config.resolution:
        network = grow_posterior(network)
    return network


def _grown(network: Generator, wanted: Generator) -> Generator:
    small = network.config
    while network.config.resolution < wanted.config.resolution:
        network = grow_generator(network)
    if network.config != wanted.config:
        raise ConfigError(
            f"The {small.resolution} px generator to start from has other widths than the one asked for; "
            "use the preset it was trained with, at the same or twice the resolution."
        )
    return network.train().requires_grad_(True)


def _initial_critic(critic: nn.Module, parts: Mapping[str, Any], resolution: int) -> nn.Module:
    try:
        return _with_weights(critic, parts, resolution)
    except RuntimeError as error:
        raise ConfigError(
            "A discriminator of the run to start from has other widths than the one asked for; "
            "use the same settings, or start from that run's generator folder."
        ) from error


def _with_weights(critic: nn.Module, parts: Mapping[str, Any], resolution: int) -> nn.Module:
    if isinstance(critic, ProjectedDiscriminator) and "projected" in parts:
        critic.load_state_dict(parts["projected"])
    if isinstance(critic, Discriminator) and "stylegan2" in parts:
        config = DiscriminatorConfig.from_dict({**critic.config.to_dict(), "resolution": resolution})
        network = Discriminator(config)
        network.load_state_dict(parts["stylegan2"])
        while network.config.resolution < critic.config.resolution:
            network = grow_discriminator(network)
        return network
    return critic
