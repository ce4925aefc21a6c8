"""What is compared: folders of pictures, prepared sets, and saved generators, all as batches of one size."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image

from mien.checkpoints.generator import load_generator
from mien.checkpoints.store import WEIGHTS
from mien.data import Picture, find_pictures
from mien.data.sources import INDEX
from mien.errors import DataError
from mien.models.stylegan2 import Generator, codes_of_seeds
from mien.pixels import to_bytes
from mien.types import UInt8

BATCH = 32
SYNTHESIS_BATCH = 8


class Candidate(Protocol):
    """A set of pictures that can be gone through at any size.

    Attributes:
        name: as printed.
        count: number of pictures.
    """

    name: str
    count: int

    @property
    def size(self) -> int:
        """Side of its own pictures in pixels."""

    def batches(self, size: int) -> Iterator[UInt8]:
        """(B, size, size, 3) uint8, in a fixed order."""

    def facts(self) -> dict[str, Any]:
        """What a report says about it."""


@dataclass(eq=False)
class PictureSet:
    """Pictures from files, cut to squares and resized with Lanczos's filter (anti-aliased).

    Attributes:
        name: as printed.
        pictures: at least one.
    """

    name: str
    pictures: Sequence[Picture]
    count: int = field(init=False)

    def __post_init__(self) -> None:
        self.count = len(self.pictures)

    @property
    def size(self) -> int:
        """The shorter side of the first picture."""
        try:
            with Image.open(io.BytesIO(self.pictures[0].read())) as image:
                return min(image.size)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            name = self.pictures[0].name
            raise DataError(f"{name} cannot be read as a picture; remove it from {self.name}.") from error

    def batches(self, size: int) -> Iterator[UInt8]:
        """(B, size, size, 3) uint8, in the order of the names."""
        with ThreadPoolExecutor() as pool:
            for start in range(0, self.count, BATCH):
                yield np.stack(list(pool.map(lambda p: p.pixels(size), self.pictures[start : start + BATCH])))

    def facts(self) -> dict[str, Any]:
        """Kind and number."""
        return {"name": self.name, "kind": "pictures", "pictures": self.count}


@dataclass(eq=False)
class GeneratedSet:
    """Pictures of consecutive seeds, with the noise that is stored in the network, rounded to bytes.

    Attributes:
        name: as printed.
        generator: in evaluation mode.
        count: number of pictures.
        psi: truncation, 1 for none.
        seed: of the first picture.
    """

    name: str
    generator: Generator
    count: int
    psi: float = 1.0
    seed: int = 0

    @property
    def size(self) -> int:
        """The generator's resolution."""
        return self.generator.config.resolution

    def batches(self, size: int) -> Iterator[UInt8]:
        """(B, size, size, 3) uint8, by seed; resized like pictures from files."""
        self.generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        for start in range(self.seed, self.seed + self.count, SYNTHESIS_BATCH):
            seeds = range(start, min(start + SYNTHESIS_BATCH, self.seed + self.count))
            with torch.inference_mode():
                z = codes_of_seeds(seeds, self.generator.config.z_dim)
                pixels = to_bytes(self.generator(z, psi=self.psi, noise="const"))
            yield pixels if size == self.size else np.stack([_resized(one, size) for one in pixels])

    def facts(self) -> dict[str, Any]:
        """Kind, number, and what makes the pictures."""
        return {
            "name": self.name,
            "kind": "generator",
            "pictures": self.count,
            "resolution": self.size,
            "psi": self.psi,
            "seeds": [self.seed, self.seed + self.count - 1],
            "noise": "const",
        }


def open_candidate(path: str, *, samples: int, psi: float = 1.0, seed: int = 0, split: str = "train") -> Candidate:
    """A generator's folder or name, or pictures: a folder, a prepared set, shards, a packed set.

    Args:
        path: as the user gives it; printed as the name.
        samples: pictures to make, of a generator.
        psi: truncation, of a generator.
        seed: of the first picture, of a generator.
        split: of a prepared set.

    Raises:
        DataError: no pictures there.
        CheckpointError: neither pictures nor a generator.
    """
    place = Path(path)
    if not place.exists() or (place / WEIGHTS).is_file():
        return GeneratedSet(path, load_generator(path), samples, psi, seed)
    return open_pictures(place, split)


def open_pictures(path: Path, split: str) -> PictureSet:
    """Pictures from files; a prepared set's name tells the split.

    Raises:
        DataError: no pictures there.
    """
    name = f"{path} ({split})" if (path / INDEX).is_file() else str(path)
    return PictureSet(name, find_pictures(path, split=split))


def common_size(candidates: Sequence[Candidate]) -> int:
    """The smallest side among them: nothing is enlarged but what is smaller in the reference."""
    return min(candidate.size for candidate in candidates)


def _resized(pixels: UInt8, size: int) -> UInt8:
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS))
