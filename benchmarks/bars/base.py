"""Bars: rows that say what was wanted, what was measured, and whether it is met."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mien.evaluation.estimate import Estimate, Interval
from mien.evaluation.protocol.edits import EditStore
from mien.evaluation.protocol.lists import ItemList
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.rows import Row

COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "≥": operator.ge,
    "≤": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


@dataclass(frozen=True)
class Threshold:
    """What a figure should be.

    Attributes:
        sense: a sign out of :data:`COMPARE`.
        limit: the number behind it.
    """

    sense: str
    limit: float

    def __str__(self) -> str:
        return f"{self.sense} {self.limit:g}"

    def met(self, value: float) -> bool:
        """Whether a figure, not its interval, is where it should be."""
        return COMPARE[self.sense](value, self.limit)


@dataclass(frozen=True, eq=False)
class Subject:
    """One editor, and what it is measured on.

    Attributes:
        store: where edits are made and measured.
        model: the editor.
        items: the fixed list.
        set: name of the set whose items are taken.
        interval: of all figures.
    """

    store: EditStore
    model: Model
    items: ItemList
    set: str
    interval: Interval

    def row(
        self,
        bar: str,
        metric: str,
        estimate: Estimate | None,
        facts: Mapping[str, Any],
        threshold: Threshold | None = None,
    ) -> Row:
        """One row of the table of bars.

        Args:
            bar: what it belongs to.
            metric: what was measured.
            estimate: one contribution for each picture or pair; None where nothing could be measured: say why.
            facts: set, family, configuration, size, network, resize, remark, where they are not the subject's or empty.
            threshold: None for a figure that is there for comparison.
        """
        return {
            "bar": bar,
            "metric": metric,
            "wanted": "" if threshold is None else str(threshold),
            **self.interval.figures(estimate),
            "met": None if threshold is None or estimate is None else threshold.met(estimate.value),
            "pictures": 0 if estimate is None else len(estimate.contributions),
            **{"set": self.set, "model": self.model.name, "family": "", "configuration": "", "size": self.store.size},
            **{"network": "", "resize": "", "remark": "", **facts},
        }
