"""What is kept of a batch beside its results."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mien._version import __version__
from mien.batch.places import Place
from mien.batch.plan import REPORT, Plan
from mien.batch.work import Done


@dataclass
class Report:
    """Attributes:
    total: photos of the folder.
    kept: results that were there before.
    made: results of this run.
    failed: reasons, by the photo's name.
    seconds: of each result.
    """

    total: int
    kept: int
    made: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def add(self, done: Done) -> None:
        """Counts an item."""
        if done.reason:
            self.failed[done.item.source] = done.reason
        else:
            self.made += 1
            self.seconds.append(done.seconds)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        told = asdict(self)
        spent = told.pop("seconds")
        return {**told, "seconds_per_photo": round(sum(spent) / len(spent), 3) if spent else None}


def collect(plan: Plan, report: Report, done: Iterable[Done], told: Callable[[Done], object]) -> Report:
    """Counts, and writes the report when the batch begins and when it ends, also by an error or Ctrl-C.

    Raises:
        SaveError: the folder of results cannot be written.
    """
    _write(plan, report)
    try:
        for one in done:
            report.add(one)
            told(one)
    finally:
        _write(plan, report)
    return report


def _write(plan: Plan, report: Report) -> None:
    told = {"mien": __version__, "recipe": plan.digest, **report.as_dict()}
    with TemporaryDirectory(prefix="mien-") as scratch:
        Place(plan.out).write(REPORT, (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode(), Path(scratch))
