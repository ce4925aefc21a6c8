"""Discriminators as runs ask for them by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from mien.data import Feed
from mien.errors import ConfigError
from mien.models.projected import ProjectedConfig, ProjectedDiscriminator
from mien.models.stylegan2 import Discriminator, DiscriminatorConfig
from mien.pixels import to_tensor
from mien.training.critics import CriticConfig
from mien.training.devices import Devices
from mien.training.frozen import load_frozen


def build_discriminator(
    critic: CriticConfig,
    shape: DiscriminatorConfig,
    pyramid: Path | None,
    devices: Devices,
    feed: Feed,
    *,
    autocast: bool,
    trust_code: bool = False,
) -> nn.Module:
    """The network of one critic.

    Args:
        critic: whose ``kind`` and ``channel_base`` count.
        shape: of a "stylegan2" one, where ``critic`` does not say otherwise.
        pyramid: file of a network with maps of features, for a "projected" one.
        devices: where it is going to run.
        feed: some of whose pictures calibrate a projected one.
        autocast: whether features are computed in bfloat16.
        trust_code: whether the pyramid may be TorchScript, which runs as code.

    Raises:
        ConfigError: the kind is unknown, or a projected one lacks its pyramid.
        CheckpointError: the pyramid cannot be read.
    """
    if critic.kind == "stylegan2":
        return Discriminator(replace(shape, channel_base=critic.channel_base or shape.channel_base))
    if critic.kind != "projected":
        raise ConfigError(f"There is no discriminator {critic.kind!r}; choose stylegan2 or projected.")
    if pyramid is None:
        raise ConfigError("A projected discriminator needs pretrained features; give a file of one as --pyramid.")
    dtype = torch.bfloat16 if autocast else torch.float32
    features = load_frozen(pyramid, devices.device, dtype, trust_code=trust_code)
    some = to_tensor(feed.images.batch(range(min(64, len(feed.images))))).to(devices.device)
    network = ProjectedDiscriminator(features, ProjectedConfig(channels=tuple(x.shape[1] for x in features(some[:1]))))
    devices.place(network).calibrate(some)
    return network
