"""Pairs of a generator's code and what is to be seen in its picture: files of some thousand, and an endless feed.

Legend: N pairs, C length of w, S side of maps, K numbers, D length of an embedding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mien.data.feed import Batch
from mien.data.sampler import Sampler
from mien.errors import DataError
from mien.files import atomic_path
from mien.types import Float32, UInt8

PATTERN = "pairs-*.npz"
FACTS = "pairs.json"
"""What the numbers are called, and which generator they are of."""

SKETCHES = ("pencil", "thin", "canny")
"""Kinds of line drawings in a file, each packed to bits."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs in memory.

    Attributes:
        w: (N, C) codes.
        labels: (N, S, S) uint8 semantic maps.
        sketches: (N, 3, S, S / 8) uint8, bits, kinds in the order of :data:`SKETCHES`.
        points: (N, 478, 3) landmarks: x and y in sides of the crop, z in the same unit towards the back.
        numbers: (N, K) of the face reader.
        pose: (N, 2) yaw and pitch, degrees.
        embedding: (N, D) of a model of pictures and words, unit length; D is 0 where there was none.
    """

    w: Float32
    labels: UInt8
    sketches: UInt8
    points: Float32
    numbers: Float32
    pose: Float32
    embedding: Float32

    def __len__(self) -> int:
        return len(self.w)

    @property
    def side(self) -> int:
        """S."""
        return int(self.labels.shape[1])

    def part(self, rows: slice | Sequence[int]) -> Pairs:
        """Some of them."""
        return Pairs(**{name: value[rows] for name, value in vars(self).items()})

    def drawings(self, rows: Sequence[int], kinds: Sequence[int]) -> UInt8:
        """(B, S, S) in {0, 1}: of each row the drawing of a kind."""
        return np.unpackbits(self.sketches[rows, kinds], axis=-1)

    def save(self, path: Path) -> None:
        """As a file that :func:`load_pairs` finds; replaced whole or not at all."""
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **vars(self))


def load_pairs(folder: Path) -> Pairs:
    """All files of a folder, by name.

    Raises:
        DataError: there are none, one is damaged, or they do not belong together.
    """
    files = sorted(folder.glob(PATTERN))
    if not files:
        raise DataError(f"{folder} holds no pairs; make them with 'mien data sample --out {folder}'.")
    parts: list[dict[str, Any]] = []
    for file in files:
        try:
            with np.load(file) as stored:
                parts.append({name: stored[name] for name in Pairs.__dataclass_fields__})
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise DataError(f"{file} is damaged; delete it and make it again.") from error
        except Exception as error:  # zipfile has errors of its own
            raise DataError(f"{file} is damaged; delete it and make it again.") from error
    if any(value.shape[1:] != parts[0][name].shape[1:] for one in parts for name, value in one.items()):
        raise DataError(f"The pairs in {folder} are of different generators or sizes; keep those of one.")
    return Pairs(**{name: np.concatenate([one.pop(name) for one in parts]) for name in Pairs.__dataclass_fields__})


def load_facts(folder: Path) -> dict[str, Any]:
    """What is known of the pairs in a folder: ``numbers``, their names; ``generator``, its name; ``sha256`` of the
    generator's weights, or "" where nobody wrote it.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        made = {"numbers": [str(name) for name in facts["numbers"]], "generator": str(facts["generator"])}
        return made | {"sha256": str(facts.get("sha256", ""))}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{folder / FACTS} is missing or damaged; make the pairs with 'mien data sample'.") from error


def save_facts(folder: Path, numbers: Sequence[str], generator: str, sha256: str = "") -> None:
    """Writes what :func:`load_facts` reads."""
    facts = {"numbers": list(numbers), "generator": generator, "sha256": sha256}
    with atomic_path(folder / FACTS) as path:
        path.write_text(json.dumps(facts) + "\n", encoding="utf-8")


def differ(one: str, other: str) -> bool:
    """Whether two checksums of generators are known, and not the same."""
    return bool(one) and bool(other) and one != other


Render = Callable[[Float32], UInt8]
"""Meshes (B, 478, 3) -> maps of geometry (B, 5, G, G) as bytes, see :func:`mien.pixels.scale_bytes`."""


class PairFeed:
    """Batches of pairs; all follows from the sampler's position. Implements what the training loop asks of a feed.

    Args:
        pairs: to draw from.
        batch: pairs per step.
        render: of the meshes; each is rendered once.
        seed: of the order.
    """

    def __init__(self, pairs: Pairs, batch: int, render: Render, seed: int = 0) -> None:
        self.pairs, self.batch, self._render = pairs, batch, render
        self.sampler = Sampler(np.ones(len(pairs)), seed)
        self._rendered: UInt8 | None = None
        self._known = np.zeros(len(pairs), np.bool_)

    def next(self) -> Batch:
        """The next pairs."""
        rng = np.random.default_rng([self.sampler.seed, 3, self.sampler.drawn])
        return self.at(self.sampler.draw(self.batch), rng)

    def at(self, rows: Sequence[int], rng: np.random.Generator) -> Batch:
        """Pairs as a batch; drawings, of random kinds, are its pictures."""
        import torch

        drawings = self.pairs.drawings(rows, rng.integers(0, len(SKETCHES), len(rows)).tolist())
        names = ("w", "points", "numbers", "pose", "embedding")
        values: dict[str, Any] = {name: getattr(self.pairs, name)[rows] for name in names}
        values["geometry"] = self._geometry(np.asarray(rows))
        others = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in values.items()}
        return Batch(
            torch.from_numpy(drawings[:, None] * np.uint8(255)), torch.from_numpy(self.pairs.labels[rows]), others
        )

    def _geometry(self, rows: Any) -> UInt8:
        new = rows[~self._known[rows]]
        if len(new):
            maps = self._render(self.pairs.points[new])
            if self._rendered is None:
                self._rendered = np.zeros((len(self.pairs), *maps.shape[1:]), np.uint8)
            self._rendered[new], self._known[new] = maps, True
        assert self._rendered is not None
        found: UInt8 = self._rendered[rows]
        return found

    def state_dict(self) -> dict[str, int]:
        """The sampler's position."""
        return self.sampler.state_dict()

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continues where :meth:`state_dict` was taken."""
        self.sampler.load_state_dict(state)
