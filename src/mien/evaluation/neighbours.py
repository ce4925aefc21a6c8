"""Does a generator copy? The nearest training pictures of its samples, as figures and as a sheet to look at.

A sample counts as suspicious when it is closer to a training picture than ``CLOSE`` of the pictures that were held out
(the comparison of Meehan et al., 2020, "A Non-Parametric Test to Detect Data-Copying in Generative Models"); where none
were, than ``CLOSE`` of the training pictures are to one another, and near-duplicates among them make that lenient.
Letters: N samples, M training pictures, H held-out pictures, D features, K neighbors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mien.data import contact_sheet
from mien.errors import DataError
from mien.evaluation.candidates import Candidate, PictureSet
from mien.evaluation.distances import blocks_of_squared_distances, kth_nearest
from mien.evaluation.features import FeatureSpace
from mien.evaluation.report import rounded, write_json
from mien.files import atomic_path
from mien.types import Float32, Float64, UInt8

CLOSE = 0.01
CAPTION = 0.12
"""Height of the caption below a picture, in sides of the picture."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The result of :func:`nearest_neighbours`.

    Attributes:
        indices: (N, K) of training pictures, nearest first.
        distances: (N, K) Euclidean.
        usual: (H,) distance of each held-out picture to the nearest training picture; or (M,), of each training picture
            to its nearest other.
    """

    indices: NDArray[np.int64]
    distances: Float64
    usual: Float64

    @property
    def threshold(self) -> float:
        """The distance below which a sample is suspicious."""
        return float(np.quantile(self.usual, CLOSE))

    @property
    def suspicious(self) -> NDArray[np.int64]:
        """Indices of samples, closest first."""
        order = np.argsort(self.distances[:, 0], kind="stable")
        chosen: NDArray[np.int64] = order[self.distances[order, 0] < self.threshold]
        return chosen


def nearest_neighbours(
    features: Float32, training: Float32, count: int = 3, held_out: Float32 | None = None
) -> Neighbours:
    """The nearest training pictures of each sample, by Euclidean distance.

    Args:
        features: (N, D) of the samples.
        training: (M, D).
        count: K.
        held_out: (H, D), of pictures like those for training; None if there are none.

    Raises:
        DataError: no more training pictures than ``count``, or no samples.
    """
    if len(training) <= count or not len(features):
        raise DataError(f"{len(training)} training pictures are too few for {count} neighbours; give more.")
    indices, distances = _nearest(features, training, count)
    usual = np.sqrt(kth_nearest(training, 1)) if held_out is None else _nearest(held_out, training, 1)[1][:, 0]
    return Neighbours(indices, distances, usual)


def _nearest(features: Float32, training: Float32, count: int) -> tuple[NDArray[np.int64], Float64]:
    indices = np.empty((len(features), count), np.int64)
    distances = np.empty((len(features), count))
    for rows, squared in blocks_of_squared_distances(features, training):
        indices[rows] = np.argsort(squared, axis=1, kind="stable")[:, :count]
        distances[rows] = np.sqrt(np.take_along_axis(squared, indices[rows], 1))
    return indices, distances


def neighbour_sheet(samples: UInt8, neighbours: UInt8, distances: Float64, across: int = 2) -> UInt8:
    """Sample | its nearest training pictures, with the distances below them; the samples stand out by a frame.

    Args:
        samples: (N, S, S, 3).
        neighbours: (N, K, S, S, 3).
        distances: (N, K).
        across: groups side by side.

    Returns:
        (H, W, 3) uint8.
    """
    groups = []
    for sample, near, away in zip(samples, neighbours, distances, strict=True):
        tiles = [_captioned(sample, "sample", framed=True)]
        tiles += [_captioned(one, f"{distance:.3g}") for one, distance in zip(near, away, strict=True)]
        groups.append(contact_sheet(np.stack(tiles), len(tiles), gap=2))
    return contact_sheet(np.stack(groups), across, gap=12)


def _captioned(picture: UInt8, text: str, *, framed: bool = False) -> UInt8:
    side = picture.shape[0]
    strip = max(12, round(CAPTION * side))
    tile = Image.new("RGB", (side, side + strip), "white")
    tile.paste(Image.fromarray(picture))
    draw = ImageDraw.Draw(tile)
    if framed:
        draw.rectangle((0, 0, side - 1, side - 1), outline=(220, 30, 30), width=max(1, side // 64))
    font = ImageFont.load_default(0.8 * strip)
    draw.text((side / 2, side + strip / 2), text, fill="black", font=font, anchor="mm")
    return np.asarray(tile)


@dataclass(frozen=True, eq=False)
class CopyCheck:
    """Samples of a generator with their nearest training pictures.

    Attributes:
        samples: (N, S, S, 3) uint8.
        training: where the neighbours' pixels come from.
        found: the neighbors.
        space: in which they are near.
        size: side S at which all were compared.
        facts: of the generator.
        held_out: what ``found.usual`` was measured on; None for the training pictures themselves.
    """

    samples: UInt8
    training: PictureSet
    found: Neighbours
    space: FeatureSpace
    size: int
    facts: Mapping[str, Any]
    held_out: PictureSet | None = None

    def figures(self) -> dict[str, Any]:
        """How close samples come, against how close other pictures do; ready for JSON."""
        nearest = self.found.distances[:, 0]
        return {
            "candidate": dict(self.facts),
            "training": self.training.facts(),
            "network": self.space.facts(),
            "size": self.size,
            "median_distance_of_samples": rounded(float(np.median(nearest))),
            "smallest_distance_of_samples": rounded(float(nearest.min())),
            "compared_with": (self.held_out or self.training).facts(),
            "median_distance_of_those": rounded(float(np.median(self.found.usual))),
            "threshold": rounded(self.found.threshold),
            "suspicious": len(self.found.suspicious),
            "training_pictures_that_are_nearest_to_some_sample": len(np.unique(self.found.indices[:, 0])),
        }


def find_copies(
    candidate: Candidate,
    training: PictureSet,
    space: FeatureSpace,
    size: int,
    count: int = 3,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
    held_out: PictureSet | None = None,
) -> CopyCheck:
    """Compares every picture of a candidate with every training picture at ``size`` pixels.

    Args:
        candidate: the generator's samples.
        training: what it was trained on.
        space: where distances count.
        size: side.
        count: neighbors to name.
        progress: told what is looked at, how many are done, and of how many.
        held_out: what it was not trained on, to learn from how close such pictures usually come.

    Raises:
        DataError: too few training pictures, or a file that is no picture.
    """
    sides, kept = [], []
    for pictures in (candidate, training, *([] if held_out is None else [held_out])):
        vectors = []
        for batch in pictures.batches(size):
            vectors.append(space.features([batch]))
            if pictures is candidate:
                kept.append(batch)
            progress(pictures.name, sum(map(len, vectors)), pictures.count)
        sides.append(np.concatenate(vectors))
    found = nearest_neighbours(sides[0], sides[1], count, sides[2] if held_out is not None else None)
    return CopyCheck(np.concatenate(kept), training, found, space, size, candidate.facts(), held_out)


def write_sheet(check: CopyCheck, path: Path, *, shown: int = 32, command: str = "") -> None:
    """The samples that come closest, with their neighbors, as a PNG; beside it the figures as JSON.

    Raises:
        SaveError: the folder cannot be written.
    """
    closest = np.argsort(check.found.distances[:, 0], kind="stable")[:shown]
    indices, distances = check.found.indices[closest], check.found.distances[closest]
    near = [[check.training.pictures[i].pixels(check.size) for i in row] for row in indices]
    sheet = neighbour_sheet(check.samples[closest], np.array(near), distances)
    seeds = check.facts.get("seeds", [0])[0]
    rows = [
        {
            "sample": int(seeds + i),
            "neighbours": [check.training.pictures[j].name for j in row],
            "distances": [rounded(float(d)) for d in away],
        }
        for i, row, away in zip(closest, indices, distances, strict=True)
    ]
    with atomic_path(path) as temporary:
        Image.fromarray(sheet).save(temporary, "PNG")
    write_json({"command": command, **check.figures(), "closest": rows}, path.with_suffix(".json"))
