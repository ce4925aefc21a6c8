"""Tables: figures of edits become rows with counts, intervals, networks and sizes, ready for JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mien.evaluation.estimate import Estimate, mean
from mien.evaluation.protocol.gauge import Figures, Gauge
from mien.evaluation.report import rounded
from mien.types import Float64

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """What the figures of a row were measured on.

    Attributes:
        set, model, family, configuration: their names; "all" for a family means all of them pooled.
        group: of people, or empty for everybody.
    """

    set: str
    model: str
    family: str
    configuration: str
    group: str = ""


@dataclass(frozen=True)
class Interval:
    """How intervals are drawn.

    Attributes:
        resamples, seed: see :meth:`Estimate.interval`.
    """

    resamples: int = 1000
    seed: int = 0

    def figures(self, estimate: Estimate) -> Row:
        """Value, low and high."""
        low, high = estimate.interval(resamples=self.resamples, seed=self.seed)
        return {"value": rounded(estimate.value), "low": rounded(low), "high": rounded(high)}


def by_picture(found: Iterable[tuple[str, Figures]], metric: str) -> dict[str, float]:
    """One value for each picture, the mean over its edits: edits of one picture are not independent.

    Args:
        found: picture and figures of each edit.
        metric: edits without a finite value of it are left out.
    """
    values: dict[str, list[float]] = {}
    for picture, figures in found:
        value = figures.get(metric)
        if value is not None:
            values.setdefault(picture, []).append(value)
    return {picture: float(np.mean(one)) for picture, one in values.items()}


def mean_rows(
    cell: Cell,
    found: Sequence[tuple[str, Figures]],
    gauge: Gauge,
    size: int,
    interval: Interval,
    only: Sequence[str] = (),
) -> Iterator[Row]:
    """The mean of every metric over the pictures of a cell, or of those named in ``only``."""
    metrics = dict.fromkeys(metric for _, figures in found for metric in figures)
    for metric in metrics:
        values = by_picture(found, metric)
        if (only and metric not in only) or not values:
            continue
        equal = sum(figures.get(metric, 0.0) is None for _, figures in found)
        remark = f"without {equal} edits that equal the original" if equal else ""
        yield {
            **cell.__dict__,
            "metric": metric,
            **interval.figures(mean(np.array(list(values.values())))),
            "pictures": len(values),
            "edits": len(found) - equal,
            "size": size,
            **gauge.source(metric),
            "remark": remark,
        }


def differences(
    first: Iterable[tuple[str, Figures]], second: Iterable[tuple[str, Figures]], metric: str
) -> tuple[Float64, Float64]:
    """Values of a metric on the pictures that both have, in one order: (N,) each."""
    a, b = by_picture(first, metric), by_picture(second, metric)
    common = sorted(a.keys() & b.keys())
    return np.array([a[name] for name in common]), np.array([b[name] for name in common])


def facts_of(rows: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    """The different values of a column, in the order of their first row."""
    return list(dict.fromkeys(str(row[name]) for row in rows if row.get(name)))
