"""Which pictures of a set do not belong: self-filtering (Mokady et al., 2022, "Self-Distilled StyleGAN").

A picture's score is its mean perceptual distance to its k nearest neighbors in the set. The paper scores by how well a
generator trained on everything reconstructs the picture; the neighbors need no training first, and find the same
kind of picture: wrong crops, drawings, occlusions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mien.data.pictures import Picture
from mien.data.sheets import contact_sheet
from mien.errors import ConfigError, DataError
from mien.types import Float32, UInt8

Features = Callable[[UInt8], Float32]
"""(B, S, S, 3) uint8 -> (B, D) float32, one vector per picture."""


@dataclass(frozen=True)
class Verdict:
    """What to drop.

    Attributes:
        scores: (N,) mean distance to the nearest neighbors, in units of the features' typical distance (median 1).
        dropped: indices, worst first.
        threshold: the score from which on pictures are dropped.
    """

    scores: Float32
    dropped: NDArray[np.int64]
    threshold: float


def collect_features(pictures: Sequence[Picture], features: Features, size: int, batch: int = 32) -> Float32:
    """(N, D): the features of every picture at ``size`` pixels.

    Raises:
        DataError: a picture cannot be read.
    """
    chunks = (pictures[start : start + batch] for start in range(0, len(pictures), batch))
    return np.concatenate([features(np.stack([picture.pixels(size) for picture in chunk])) for chunk in chunks])


def neighbour_distances(features: Float32, neighbours: int) -> Float32:
    """(N, D) -> (N,): mean Euclidean distance of each L2-normalised vector to its nearest others.

    Raises:
        DataError: the set has no more pictures than ``neighbours``.
    """
    if len(features) <= neighbours:
        raise DataError(f"{len(features)} pictures are too few for {neighbours} neighbours; lower --neighbours.")
    unit = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    scores = np.empty(len(unit), np.float32)
    for start in range(0, len(unit), 1024):
        squared = np.maximum(2.0 - 2.0 * unit[start : start + 1024] @ unit.T, 0.0)
        squared[np.arange(len(squared)), np.arange(start, start + len(squared))] = np.inf
        nearest = np.partition(squared, neighbours - 1, axis=1)[:, :neighbours]
        scores[start : start + len(squared)] = np.sqrt(nearest).mean(axis=1)
    return scores


def find_outliers(features: Float32, *, neighbours: int = 8, deviations: float = 4.0, most: float = 0.1) -> Verdict:
    """Drops what lies far above the typical score.

    Args:
        features: (N, D).
        neighbours: k.
        deviations: how far above the median, in robust standard deviations (1.4826 × median absolute deviation).
        most: never drop more than this fraction of the set.

    Raises:
        ConfigError: ``most`` is not in [0, 1).
        DataError: the set is too small.
    """
    if not 0.0 <= most < 1.0:
        raise ConfigError(f"{most} is not a fraction of the set that may be dropped; give a number from 0 to below 1.")
    distances = neighbour_distances(features, neighbours)
    scores = (distances / np.median(distances)).astype(np.float32)
    spread = 1.4826 * float(np.median(np.abs(scores - np.median(scores))))
    threshold = float(np.median(scores)) + deviations * spread
    worst = np.argsort(-scores, kind="stable")[: int(most * len(scores))]
    return Verdict(scores, worst[scores[worst] > threshold], threshold)


def write_verdict(pictures: Sequence[Picture], verdict: Verdict, folder: Path) -> None:
    """``drop.txt`` (a name per line), ``scores.csv`` (all pictures, worst first) and the sheet ``dropped.png``.

    Raises:
        SaveError: the folder cannot be written.
    """
    from PIL import Image

    from mien.files import atomic_path

    folder.mkdir(parents=True, exist_ok=True)
    dropped = [pictures[i] for i in verdict.dropped]
    with atomic_path(folder / "drop.txt") as path:
        path.write_text("".join(f"{picture.name}\n" for picture in dropped), encoding="utf-8")
    order = np.argsort(-verdict.scores, kind="stable")
    rows = "".join(f'"{pictures[i].name}",{verdict.scores[i]:.4f}\n' for i in order)
    with atomic_path(folder / "scores.csv") as path:
        path.write_text("name,score\n" + rows, encoding="utf-8")
    if dropped:
        sheet = contact_sheet(np.stack([picture.pixels(128) for picture in dropped]), gap=4)
        with atomic_path(folder / "dropped.png") as path:
            Image.fromarray(sheet).save(path, "PNG")
