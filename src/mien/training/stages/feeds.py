"""From a set on disk to batches: what every stage is fed with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from mien.conditions.labels import mirror_table
from mien.conditions.parser import FaceParser
from mien.data import Feed, ImageSet, LabelMaps, Sampler, balanced_weights, find_pictures
from mien.data.sources import read_names
from mien.errors import ConfigError, DataError
from mien.pixels import to_tensor
from mien.training.devices import Devices, quick_autocast
from mien.training.phases import Step
from mien.training.settings import DataConfig


def build_feed(
    data: DataConfig, size: int, batch: int, devices: Devices, *, seed: int = 0, parser: FaceParser | None = None
) -> Feed:
    """The pictures in memory, and their order.

    Args:
        data: what to train on.
        size: side in pixels.
        batch: pictures per step, over all processes.
        devices: the processes.
        seed: of the order.
        parser: finds the semantic maps of all pictures, once; None where the stage needs none.

    Raises:
        ConfigError: the batch cannot be shared by the processes.
        DataError: the set is unusable.
    """
    if batch % devices.world:
        raise ConfigError(f"A batch of {batch} cannot be shared by {devices.world} processes; change --batch.")
    pictures = find_pictures(data.path, split=data.split, drop=read_names(data.drop))
    weights = balanced_weights(pictures, data.balance, data.balance_strength) if data.balance else None
    sampler = Sampler(np.ones(len(pictures)) if weights is None else weights, seed)
    images = ImageSet(pictures, size)
    labels = None if parser is None else parse_all(images, parser)
    return Feed(images, sampler, batch, mirror=data.mirror, rank=devices.rank, world=devices.world, labels=labels)


def parse_all(images: ImageSet, parser: FaceParser, batch: int = 32) -> LabelMaps:
    """Semantic maps of a whole set, on the CPU (about ten milliseconds a picture)."""
    maps = np.empty((len(images), images.size, images.size), np.uint8)
    for start in range(0, len(images), batch):
        indices = range(start, min(start + batch, len(images)))
        with quick_autocast():
            maps[indices.start : indices.stop] = parser.parse(images.batch(indices))
    return LabelMaps(maps, mirror_table())


def held_out(data: DataConfig, size: int, count: int, devices: Devices, parser: FaceParser) -> Step:
    """The first pictures of the validation split, or else of the set itself."""
    for split in ("val", data.split):
        try:
            feed = build_feed(replace(data, split=split, balance=(), mirror=False), size, count, devices, parser=parser)
            break
        except DataError:
            if split == data.split:
                raise
    indices = [i % len(feed.images) for i in range(count)]
    assert feed.labels is not None
    labels = torch.from_numpy(feed.labels.maps[indices]).to(devices.device)
    return Step(0, 0, count, to_tensor(feed.images.batch(indices)).to(devices.device), labels)
