"""The training pictures as an endless, resumable sequence of batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mien.data.pictures import Picture
from mien.data.sampler import Sampler
from mien.types import UInt8

if TYPE_CHECKING:
    from torch import Tensor


class ImageSet:
    """Pictures of one size; decoded once if they fit into memory, at every use otherwise.

    Args:
        pictures: see :func:`mien.data.sources.find_pictures`.
        size: side in pixels.
        memory: bytes that the decoded set may take.
    """

    def __init__(self, pictures: Sequence[Picture], size: int, *, memory: int = 4 << 30) -> None:
        self.pictures = list(pictures)
        self.size = size
        self._cache: UInt8 | None = None
        if len(self.pictures) * size * size * 3 <= memory:
            self._cache = self._decode(range(len(self.pictures)))

    def __len__(self) -> int:
        return len(self.pictures)

    def batch(self, indices: Sequence[int]) -> UInt8:
        """(B, size, size, 3) uint8.

        Raises:
            DataError: a picture cannot be read.
        """
        return self._cache[list(indices)] if self._cache is not None else self._decode(indices)

    def _decode(self, indices: Sequence[int]) -> UInt8:
        out = np.empty((len(indices), self.size, self.size, 3), np.uint8)
        with ThreadPoolExecutor() as pool:  # made anew: threads do not survive a fork, and a pool waits for them
            decoded = pool.map(lambda index: self.pictures[index].pixels(self.size), indices)
            for row, pixels in zip(out, decoded, strict=True):
                row[:] = pixels
        return out


@dataclass(frozen=True)
class Batch:
    """What a process trains on at one step, on the CPU.

    Attributes:
        pictures: (B, 3, S, S) uint8.
        labels: (B, S, S) uint8, a semantic map of each; None when the feed has none.
        others: what else a stage asks of its feed, (B, ...) by name.
    """

    pictures: Tensor
    labels: Tensor | None = None
    others: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class LabelMaps:
    """Semantic maps of a whole set.

    Attributes:
        maps: (N, S, S) uint8, in the order of the set.
        swap: (256,) uint8 lookup that renames labels when a map is mirrored: left becomes right.
    """

    maps: UInt8
    swap: UInt8


class Feed:
    """Batches of real pictures, mirrored half of the time.

    What comes next depends on the sampler's position alone, whatever the number of processes: each of ``world``
    processes takes every ``world``-th picture of the global batch.

    Args:
        images: the set.
        sampler: over the indices of ``images``.
        batch: pictures per global batch; a multiple of ``world``.
        mirror: flip left and right with probability one half.
        rank, world: this process among all.
        labels: maps of the same pictures, mirrored with them.
    """

    def __init__(
        self,
        images: ImageSet,
        sampler: Sampler,
        batch: int,
        *,
        mirror: bool = True,
        rank: int = 0,
        world: int = 1,
        labels: LabelMaps | None = None,
    ) -> None:
        if batch % world:
            raise ValueError(f"a batch of {batch} cannot be shared by {world} processes")
        self.images, self.sampler, self.batch = images, sampler, batch
        self.mirror, self.rank, self.world = mirror, rank, world
        self.labels = labels

    def next(self) -> Batch:
        """This process's share, B = batch / world."""
        import torch

        flips = np.random.default_rng([self.sampler.seed, 1, self.sampler.drawn]).random(self.batch) < 0.5
        mine = slice(self.rank, None, self.world)
        flipped = flips[mine] & self.mirror
        indices = self.sampler.draw(self.batch)[mine]
        pixels = self.images.batch(indices)
        pixels = np.where(flipped[:, None, None, None], pixels[:, :, ::-1], pixels)
        pictures = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2)
        if self.labels is None:
            return Batch(pictures)
        maps = self.labels.maps[indices]
        maps = np.where(flipped[:, None, None], self.labels.swap[maps[:, :, ::-1]], maps)
        return Batch(pictures, torch.from_numpy(maps))

    def state_dict(self) -> dict[str, int]:
        """The sampler's position; everything else follows from it."""
        return self.sampler.state_dict()

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continues where :meth:`state_dict` was taken."""
        self.sampler.load_state_dict(state)
