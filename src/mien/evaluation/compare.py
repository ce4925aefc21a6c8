"""Any number of candidates against one or more references, in one table (after StudioGAN's benchmark)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mien._version import __version__
from mien.evaluation.candidates import Candidate
from mien.evaluation.estimate import Interval
from mien.evaluation.features import FeatureSpace
from mien.evaluation.manifold import manifold_scores
from mien.evaluation.sets import Figure, set_metrics
from mien.types import Float32

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many pictures of it are done, and how many there are."""

Row = dict[str, Any]
"""One figure, ready for JSON and CSV."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What to measure, and how.

    Attributes:
        size: side in pixels to which all pictures are brought first.
        distributions: spaces for the distances, U-IDS, and the manifold's figures.
        manifolds: further spaces, for precision, recall, density and coverage only.
        k: nearest neighbors of the manifold's figures.
        interval: of all figures.
    """

    size: int
    distributions: Sequence[FeatureSpace]
    manifolds: Sequence[FeatureSpace] = ()
    k: int = 5
    interval: Interval = field(default_factory=Interval)

    @property
    def spaces(self) -> tuple[FeatureSpace, ...]:
        """All of them; a file that was given twice counts once."""
        found: dict[str, FeatureSpace] = {}
        for space in (*self.distributions, *self.manifolds):
            found.setdefault(space.sha256, space)
        return tuple(found.values())


def compare(
    candidates: Sequence[Candidate],
    references: Sequence[Candidate],
    settings: Comparison,
    progress: Progress = lambda what, done, total: None,
) -> dict[str, Any]:
    """Every metric of every candidate against every reference, and how it was measured: a report, ready for JSON.

    Raises:
        DataError: a set is too small for k, or holds a file that is no picture.
    """
    seconds: dict[str, float] = {}
    rows: list[Row] = []
    known = {reference.name: embed(reference, settings, progress, seconds) for reference in references}
    for candidate in candidates:
        features = embed(candidate, settings, progress, seconds)
        started = time.perf_counter()
        for reference in references:
            sides = {"candidate": candidate.name, "pictures": candidate.count}
            sides |= {"reference": reference.name, "reference_pictures": reference.count}
            for space in settings.spaces:
                vectors = features[space.sha256], known[reference.name][space.sha256]
                for metric, estimate, remark in _metrics(*vectors, settings, space):
                    figures = settings.interval.figures(estimate)
                    source = {"network": space.label, "resize": space.resize}
                    rows.append({**sides, "metric": space.name(metric), **figures, **source, "remark": remark})
        seconds[f"{candidate.name}: metrics"] = time.perf_counter() - started
    return {
        "kind": "mien-comparison",
        "version": __version__,
        "size": settings.size,
        "resize": f"cut to a square, then Lanczos (Pillow, anti-aliased) to {settings.size} px",
        "k": settings.k,
        "interval": settings.interval.facts(),
        "networks": [space.facts() for space in settings.spaces],
        "candidates": [candidate.facts() for candidate in candidates],
        "references": [reference.facts() for reference in references],
        "results": rows,
        "timings": {what: round(spent, 3) for what, spent in seconds.items()},
    }


def embed(
    pictures: Candidate, settings: Comparison, progress: Progress, seconds: dict[str, float]
) -> dict[str, Float32]:
    """Features by the space's checksum; the pictures are gone through once."""
    started = time.perf_counter()
    parts: dict[str, list[Float32]] = {space.sha256: [] for space in settings.spaces}
    done = 0
    for batch in pictures.batches(settings.size):
        for space in settings.spaces:
            parts[space.sha256].append(space.features([batch]))
        done += len(batch)
        progress(pictures.name, done, pictures.count)
    seconds[f"{pictures.name}: features"] = time.perf_counter() - started
    return {key: np.concatenate(vectors) for key, vectors in parts.items()}


def _metrics(features: Float32, reference: Float32, settings: Comparison, space: FeatureSpace) -> Iterator[Figure]:
    if space in settings.distributions:
        yield from set_metrics(features, reference)
    for metric, estimate in manifold_scores(features, reference, settings.k).items():
        yield metric, estimate, ""
