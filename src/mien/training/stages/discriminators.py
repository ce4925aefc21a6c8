"""Discriminators as runs ask for them by name."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from mien.data import Feed
from mien.errors import ConfigError
from mien.models.projected import ProjectedConfig, ProjectedDiscriminator
from mien.models.stylegan2 import Discriminator, DiscriminatorConfig
from mien.pixels import to_tensor
from mien.training.devices import Devices
from mien.training.frozen import load_frozen
from mien.training.settings import CriticConfig, Run


def build_discriminator(
    critic: CriticConfig, shape: DiscriminatorConfig, run: Run, devices: Devices, feed: Feed
) -> nn.Module:
    """The network of one critic.

    Args:
        critic: whose ``kind`` and ``channel_base`` count.
        shape: of a "stylegan2" one, where ``critic`` does not say otherwise.
        run: what it is trained for.
        devices: where it is going to run.
        feed: some of whose pictures calibrate a projected one.

    Raises:
        ConfigError: a projected one lacks its pyramid.
        CheckpointError: the pyramid cannot be read.
    """
    if critic.kind == "stylegan2":
        return Discriminator(replace(shape, channel_base=critic.channel_base or shape.channel_base))
    if run.pyramid is None:
        raise ConfigError("A projected discriminator needs pretrained features; give a file of them as --pyramid.")
    dtype = devices.dtype(run.loop.autocast)
    features = load_frozen(run.pyramid, devices.device, dtype, trust_code=run.trust_code)
    some = to_tensor(feed.images.batch(range(min(64, len(feed.images))))).to(devices.device)
    network = ProjectedDiscriminator(features, ProjectedConfig(channels=tuple(x.shape[1] for x in features(some[:1]))))
    devices.place(network).calibrate(some)
    return network
