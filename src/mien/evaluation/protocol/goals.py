"""Bars: rows that say what was wanted, what was measured, and whether it is met."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mien.evaluation.estimate import Estimate
from mien.evaluation.protocol.bench import Bench
from mien.evaluation.protocol.lists import ItemList
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.rows import Interval, Row

COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "≥": operator.ge,
    "≤": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


@dataclass(frozen=True)
class Goal:
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
class Exam:
    """One editor, and what it is examined on.

    Attributes:
        bench: where edits are made and measured.
        model: the editor.
        items: the fixed list.
        set: name of the set whose items are taken.
        interval: of all figures.
    """

    bench: Bench
    model: Model
    items: ItemList
    set: str
    interval: Interval

    def row(
        self, bar: str, metric: str, estimate: Estimate | None, facts: Mapping[str, Any], goal: Goal | None = None
    ) -> Row:
        """One row of the table of bars.

        Args:
            bar: what it belongs to.
            metric: what was measured.
            estimate: one contribution for each picture or pair; None where nothing could be measured: say why.
            facts: set, family, configuration, size, network, resize, remark, where they are not the exam's or empty.
            goal: None for a figure that is there for comparison.
        """
        empty: Row = {"value": None, "low": None, "high": None}
        return {
            "bar": bar,
            "metric": metric,
            "wanted": "" if goal is None else str(goal),
            **(empty if estimate is None else self.interval.figures(estimate)),
            "met": None if goal is None or estimate is None else goal.met(estimate.value),
            "pictures": 0 if estimate is None else len(estimate.contributions),
            **{"set": self.set, "model": self.model.name, "family": "", "configuration": "", "size": self.bench.size},
            **{"network": "", "resize": "", "remark": "", **facts},
        }
