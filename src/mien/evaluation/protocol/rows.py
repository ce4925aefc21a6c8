"""Tables: figures of edits become rows with counts, intervals, networks and sizes, ready for JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mien.evaluation.estimate import Interval, mean
from mien.evaluation.protocol.edits import EditStore, Figures

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
    store: EditStore,
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
        yield {
            **asdict(cell),
            "metric": metric,
            **interval.figures(mean(np.array(list(values.values())))),
            "pictures": len(values),
            "edits": len(found) - equal,
            "size": store.size,
            **store.source(metric),
            "remark": f"without {equal} edits that equal the original" if equal else "",
        }
