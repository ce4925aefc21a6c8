"""Reports: the same figures as JSON, CSV, and a table on the terminal.

Everything but ``timings`` depends on the inputs alone: figures are rounded to six digits, which hides the order in
which threads add up.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mien.files import atomic_path

Report = Mapping[str, Any]
"""Ready for JSON; ``results`` is a list of rows, ``timings`` is what differs from run to run."""

COLUMNS = (
    "bar",
    "set",
    "model",
    "family",
    "configuration",
    "group",
    "size",
    "candidate",
    "pictures",
    "reference",
    "reference_pictures",
    "metric",
    "wanted",
    "value",
    "low",
    "high",
    "met",
    "edits",
    "pairs",
    "network",
    "resize",
    "remark",
)


def rounded(value: float) -> float:
    """Six significant digits; what is below 10⁻⁸ is 0."""
    return float(f"{value:.6g}") if abs(value) >= 1e-8 else 0.0


def write_report(report: Report, path: Path) -> None:
    """``path`` as JSON and, beside it, the results as CSV; each whole or not at all.

    Raises:
        SaveError: the folder does not exist or cannot be written.
    """
    text = json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False)
    with atomic_path(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    with atomic_path(path.with_suffix(".csv")) as temporary:
        temporary.write_text(as_csv(report["results"]), encoding="utf-8")


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """One line for each figure."""
    stream = io.StringIO()
    columns = [column for column in COLUMNS if any(column in row for row in rows)]
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
