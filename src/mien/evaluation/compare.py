"""Any number of candidates against one or more references, in one table (after StudioGAN's benchmark)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mien._version import __version__
from mien.evaluation.candidates import Candidate
from mien.evaluation.estimate import Estimate
from mien.evaluation.features import FeatureSpace
from mien.evaluation.frechet import frechet_distance
from mien.evaluation.kernel import kernel_distance
from mien.evaluation.manifold import manifold_scores
from mien.evaluation.report import rounded
from mien.evaluation.separability import is_informative, separate
from mien.types import Float32

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many pictures of it are done, and how many there are."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What to measure, and how.

    Attributes:
        size: side in pixels to which all pictures are brought first.
        distributions: spaces for the distances, U-IDS, and the manifold's figures.
        manifolds: further spaces, for precision, recall, density and coverage only.
        k: nearest neighbours of the manifold's figures.
        resamples: of the intervals.
        seed: of the intervals.
    """

    size: int
    distributions: Sequence[FeatureSpace]
    manifolds: Sequence[FeatureSpace] = ()
    k: int = 5
    resamples: int = 1000
    seed: int = 0

    @property
    def spaces(self) -> tuple[FeatureSpace, ...]:
        """All of them; a file that was given twice counts once."""
        found: dict[str, FeatureSpace] = {}
        for space in (*self.distributions, *self.manifolds):
            found.setdefault(space.sha256, space)
        return tuple(found.values())


@dataclass(frozen=True, eq=False)
class Row:
    """One figure.

    Attributes:
        candidate, reference: their names.
        pictures, reference_pictures: how many.
        metric: its honest name.
        space: where it was measured.
        estimate: None where the metric says nothing; ``remark`` tells why.
        remark: one sentence, or empty.
    """

    candidate: str
    reference: str
    pictures: int
    reference_pictures: int
    metric: str
    space: FeatureSpace
    estimate: Estimate | None
    remark: str = ""

    def as_dict(self, settings: Comparison) -> dict[str, Any]:
        """Ready for JSON and CSV."""
        figures: dict[str, float | None] = {"value": None, "low": None, "high": None}
        if self.estimate is not None:
            interval = self.estimate.interval(resamples=settings.resamples, seed=settings.seed)
            values = (self.estimate.value, *interval)
            figures = dict(zip(figures, map(rounded, values), strict=True))
        return {
            "candidate": self.candidate,
            "pictures": self.pictures,
            "reference": self.reference,
            "reference_pictures": self.reference_pictures,
            "metric": self.metric,
            **figures,
            "network": self.space.label,
            "resize": self.space.resize,
            "remark": self.remark,
        }


@dataclass
class Table:
    """The result of :func:`compare`."""

    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def compare(
    candidates: Sequence[Candidate],
    references: Sequence[Candidate],
    settings: Comparison,
    progress: Progress = lambda what, done, total: None,
) -> Table:
    """Every metric of every candidate against every reference.

    Raises:
        DataError: a set is too small for k, or holds a file that is no picture.
    """
    table = Table()
    known = {reference.name: _embed(reference, settings, progress, table) for reference in references}
    for candidate in candidates:
        features = _embed(candidate, settings, progress, table)
        started = time.perf_counter()
        for reference in references:
            for space in settings.spaces:
                sides = features[space.sha256], known[reference.name][space.sha256]
                for metric, estimate, remark in _metrics(*sides, settings, space):
                    counts = candidate.count, reference.count
                    row = Row(candidate.name, reference.name, *counts, space.name(metric), space, estimate, remark)
                    table.rows.append(row)
        table.seconds[f"{candidate.name}: metrics"] = time.perf_counter() - started
    return table


def _embed(pictures: Candidate, settings: Comparison, progress: Progress, table: Table) -> Mapping[str, Float32]:
    """Features by the space's checksum; the pictures are gone through once."""
    started = time.perf_counter()
    parts: dict[str, list[Float32]] = {space.sha256: [] for space in settings.spaces}
    done = 0
    for batch in pictures.batches(settings.size):
        for space in settings.spaces:
            parts[space.sha256].append(space.features([batch]))
        done += len(batch)
        progress(pictures.name, done, pictures.count)
    table.seconds[f"{pictures.name}: features"] = time.perf_counter() - started
    return {key: np.concatenate(vectors) for key, vectors in parts.items()}


def _metrics(
    features: Float32, reference: Float32, settings: Comparison, space: FeatureSpace
) -> Iterator[tuple[str, Estimate | None, str]]:
    if space in settings.distributions:
        yield "FD", frechet_distance(features, reference), ""
        yield "KID", kernel_distance(features, reference), ""
        if is_informative(len(features), len(reference), features.shape[1]):
            yield "U-IDS", separate(features, reference).unpaired(), ""
        else:
            fewest = 2 * features.shape[1]
            yield "U-IDS", None, f"any {fewest} pictures or fewer can be separated with {features.shape[1]} features"
    scores = manifold_scores(features, reference, settings.k)
    for metric in ("precision", "recall", "density", "coverage"):
        yield metric, getattr(scores, metric), ""


def report(
    table: Table, settings: Comparison, candidates: Sequence[Candidate], references: Sequence[Candidate]
) -> dict[str, Any]:
    """The table, and how it was measured, ready for JSON."""
    return {
        "kind": "mien-comparison",
        "version": __version__,
        "size": settings.size,
        "resize": f"cut to a square, then Lanczos (Pillow, anti-aliased) to {settings.size} px",
        "k": settings.k,
        "interval": {"level": 0.95, "resamples": settings.resamples, "seed": settings.seed},
        "networks": [space.facts() for space in settings.spaces],
        "candidates": [candidate.facts() for candidate in candidates],
        "references": [reference.facts() for reference in references],
        "results": [row.as_dict(settings) for row in table.rows],
        "timings": {what: round(seconds, 3) for what, seconds in table.seconds.items()},
    }
