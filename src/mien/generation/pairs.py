"""Pairs sampled from a generator: codes, and what the bundled networks see in the pictures that it makes of them.

No photo is needed. Legend: N pairs, S side of maps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.align.measure import head_pose
from mien.conditions.lines import pencil, thin_pencil
from mien.conditions.parser import FaceParser
from mien.data.pairs import FACTS, Pairs, differ, load_facts, save_facts
from mien.engine import Network, load_landmarks
from mien.engine.faces import FaceMaker
from mien.errors import DataError
from mien.finding.face_reader import FaceReader
from mien.models.perception.config import LandmarkConfig
from mien.pixels import to_planes
from mien.types import Bool, Float32, UInt8

SIDE = 128
"""Of maps and drawings, pixels."""

BATCH = 16
CANNY_SIDE, CANNY = 256, (100, 200)
"""Side of the crop that Canny sees, and its thresholds (MM2Latent's)."""

Embed = Callable[[UInt8], Float32]
"""Pictures (N, S, S, 3) -> unit vectors (N, D), by a model of pictures and words."""


def resized(pictures: UInt8, side: int) -> UInt8:
    """(N, S, S, 3) at another side."""
    if pictures.shape[1] == side:
        return pictures
    how = cv2.INTER_AREA if pictures.shape[1] > side else cv2.INTER_LINEAR
    return np.stack([cv2.resize(one, (side, side), interpolation=how) for one in pictures])


def canny(picture: UInt8, side: int = SIDE) -> Bool:
    """Canny's lines of an aligned face (S, S, 3), with the L2 norm of the gradient; a pixel is a line if a part is."""
    gray = cv2.cvtColor(resized(picture[None], CANNY_SIDE)[0], cv2.COLOR_RGB2GRAY)
    lines = cv2.Canny(gray, *CANNY, L2gradient=True)
    step = CANNY_SIDE // side
    return np.asarray(lines.reshape(side, step, side, step).max((1, 3)) > 0)


@dataclass(frozen=True, eq=False)
class Looker:
    """What the bundled networks see in aligned faces."""

    parser: FaceParser = field(default_factory=FaceParser.bundled)
    landmarks: Network[LandmarkConfig] = field(default_factory=load_landmarks)
    reader: FaceReader = field(default_factory=FaceReader.bundled)
    embed: Embed | None = None

    def points(self, pictures: UInt8) -> Float32:
        """(N, S, S, 3) -> (N, 478, 3), see :class:`mien.data.pairs.Pairs`."""
        relative = self.landmarks(to_planes(resized(pictures, self.landmarks.config.size)))[0]
        return np.asarray((relative + np.array([1, 1, 0])) / 2, np.float32)

    def numbers(self, pictures: UInt8) -> Float32:
        """(N, S, S, 3) -> (N, K)."""
        numbers: Float32 = self.reader.network(to_planes(resized(pictures, self.reader.network.config.size)))[0]
        return numbers

    def pose(self, points: Float32) -> Float32:
        """(N, 478, 3) -> (N, 2) yaw and pitch in degrees."""
        mean = self.landmarks.weight("mean")
        found = [head_pose(one, mean) for one in points]
        return np.array([(pose.yaw, pose.pitch) for pose in found], np.float32).reshape(-1, 2)

    def __call__(self, w: Float32, pictures: UInt8) -> Pairs:
        """Codes (N, C) and their pictures (N, S, S, 3) as pairs."""
        small = resized(pictures, SIDE)
        planes, points = to_planes(small), self.points(small)
        lines = [np.asarray(how(planes))[:, 0] for how in (pencil, thin_pencil)]
        drawings = np.stack([*lines, np.stack([canny(one) for one in small])], 1)
        none = np.zeros((len(w), 0), np.float32)
        return Pairs(
            w=w,
            labels=self.parser.parse(small),
            sketches=np.packbits(drawings, axis=-1),
            points=points.astype(np.float32),
            numbers=self.numbers(small),
            pose=self.pose(points),
            embedding=none if self.embed is None else self.embed(pictures),
        )


def sample_pairs(
    maker: FaceMaker, look: Looker, seeds: Sequence[int], psi: tuple[float, float]
) -> tuple[Pairs, list[UInt8]]:
    """Pairs of seeds.

    Args:
        maker: the generator.
        look: what is to be seen.
        seeds: of z; the same seed and range of psi always give the same pair.
        psi: truncation is drawn between these two for every seed.

    Returns:
        the pairs, and the pictures (R, R, 3) that belong to them.
    """
    parts: list[Pairs] = []
    pictures: list[UInt8] = []
    for start in range(0, len(seeds), BATCH):
        some = seeds[start : start + BATCH]
        strength = [np.random.default_rng([seed, 7]).uniform(*psi) for seed in some]
        codes = np.concatenate([maker.codes([seed], one) for seed, one in zip(some, strength, strict=True)])
        made = maker.pictures(codes)
        parts.append(look(codes[:, 0], made))
        pictures += list(made)
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in parts]) for name in Pairs.__dataclass_fields__
    }
    return Pairs(**joined), pictures


def write_pairs(
    maker: FaceMaker,
    look: Looker,
    folder: Path,
    count: int,
    *,
    generator: str,
    sha256: str = "",
    first: int = 1_000_000,
    psi: tuple[float, float] = (0.6, 1.0),
    per_file: int = 1000,
    done: Callable[[int], None] = lambda _: None,
) -> None:
    """Samples files of pairs into a folder; those that are there already are kept, so that it can go on.

    Args:
        maker, look, psi: see :func:`sample_pairs`.
        folder: made if it is missing.
        count: pairs in all.
        generator, sha256: its name and that of its weights, for the record.
        first: seed of the first; what is tested shall have others.
        per_file: pairs of a file.
        done: called with the number of pairs after every file.

    Raises:
        DataError: the folder holds pairs of another generator.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / FACTS).exists() and differ(load_facts(folder)["sha256"], sha256):
        raise DataError(f"{folder} holds pairs of another generator than {generator}; choose another folder.")
    save_facts(folder, look.reader.names, generator, sha256)
    for start in range(0, count, per_file):
        path = folder / f"pairs-{first + start:09d}.npz"
        size = min(per_file, count - start)
        if not path.exists():
            seeds = range(first + start, first + start + size)
            sample_pairs(maker, look, seeds, psi)[0].save(path)
        done(start + size)


def clip_embedding(name: str) -> Embed:
    """A CLIP's vectors of pictures; errors as of :func:`mien.checkpoints.clip.load_clip`."""
    from mien.checkpoints.clip import load_clip
    from mien.pixels import to_tensor

    clip = load_clip(name)

    def embed(pictures: UInt8) -> Float32:
        vectors: Float32 = clip.of_pictures(to_tensor(pictures)).detach().float().numpy()
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    return embed
