"""Two reports of a benchmark side by side.

    python -m benchmarks.compare A.json B.json

Rows of both (benchmarks/pipeline.py, benchmarks/cost.py) are matched by their labels; the ratio says how much faster B
is, and a change counts when it is larger than the noise of both measurements together, and than 3 %. The peak of the
machine is compared, too: where it differs, the machine does.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LABELS = ("preset", "stage", "batch", "dtype", "mode")
MEASURES = {"ms": -1, "images_per_s": 1, "gflop_per_s": 1}
"""What is compared, and whether more is better (1) or worse (-1)."""

LEAST = 0.03
"""The smallest relative change that is worth a word."""


@dataclass(frozen=True)
class Change:
    """Attributes:
    name: labels of the row.
    before, after: the figures.
    faster: how many times faster B is; below 1 it is slower.
    noise: relative, of both together.
    """

    name: str
    before: float
    after: float
    faster: float
    noise: float

    @property
    def verdict(self) -> str:
        """ "faster", "slower" or nothing."""
        if abs(math.log(self.faster)) <= math.log1p(max(self.noise, LEAST)):
            return ""
        return "faster" if self.faster > 1 else "slower"


def compare(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[list[Change], list[str]]:
    """Changes of all rows that both have, in B's order, and the names of rows that only one has."""
    before, after = dict(_figures(a)), dict(_figures(b))
    changes = []
    for name, (measure, value, noise) in after.items():
        if name in before and before[name][0] == measure:
            _, old, old_noise = before[name]
            changes.append(Change(name, old, value, (value / old) ** MEASURES[measure], noise + old_noise))
    return changes, sorted(before.keys() ^ after.keys())


def _figures(report: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, float, float]]]:
    """Name -> measure, value, noise."""
    for row in report.get("rows", []):
        for measure in MEASURES:
            if row.get(measure):
                name = " ".join(str(row[label]) for label in LABELS if label in row)
                yield name, (measure, float(row[measure]), float(row.get("noise", 0.0)))
    for dtype, value in report.get("peaks", {}).items():
        yield f"peak of convolutions, {dtype}", ("gflop_per_s", float(value), 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a", type=Path)
    parser.add_argument("b", type=Path)
    options = parser.parse_args()
    a, b = (json.loads(path.read_text(encoding="utf-8")) for path in (options.a, options.b))
    for setting in ("machine", "threads", "clock", "allocator"):
        if a.get(setting) != b.get(setting):
            print(f"{setting} differs: {a.get(setting)} and {b.get(setting)}")
    changes, alone = compare(a, b)
    width = max((len(change.name) for change in changes), default=0) + 2
    print(f"{'':{width}}{'A':>10}{'B':>10}{'B faster':>10}{'noise':>8}")
    for c in changes:
        print(f"{c.name:{width}}{c.before:10.2f}{c.after:10.2f}{c.faster:9.2f}x{c.noise:8.0%}  {c.verdict}".rstrip())
    for name in alone:
        print(f"only in one of them: {name}")


if __name__ == "__main__":
    main()
