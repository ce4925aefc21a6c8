"""Reports: the same figures as JSON and CSV; and reading JSON that somebody else may have written.

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

from mien.errors import SaveError
from mien.files import atomic_path

Report = Mapping[str, Any]
"""Ready for JSON; ``results`` is a list of rows, ``timings`` is what differs from run to run."""


def rounded(value: float) -> float:
    """Six significant digits; what is below 10⁻⁸ is 0."""
    return float(f"{value:.6g}") if abs(value) >= 1e-8 else 0.0


def as_text(row: Mapping[str, Any]) -> str:
    """The figure of a row and half the width of its interval, both of whose ends JSON and CSV have; or a dash."""
    if row["value"] is None:
        return "–"
    if row["low"] == row["high"]:
        return f"{row['value']:.4g}"
    return f"{row['value']:.4g} ± {(row['high'] - row['low']) / 2:.2g}"


def write_report(report: Report, path: Path) -> None:
    """``path`` as JSON and, beside it, the results as CSV; each whole or not at all.

    Raises:
        SaveError: the folder does not exist or cannot be written.
    """
    write_json(report, path)
    with atomic_path(path.with_suffix(".csv")) as temporary:
        temporary.write_text(as_csv(report["results"]), encoding="utf-8")


def write_json(content: Report, path: Path, indent: int = 2) -> None:
    """Whole or not at all.

    Raises:
        SaveError: the folder does not exist or cannot be written.
    """
    text = json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False)
    with atomic_path(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no JSON, or is nested too deeply.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """One line for each figure; a column for everything that some row has."""
    stream = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def make_folder(folder: Path) -> None:
    """With its parents.

    Raises:
        SaveError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"Cannot make the folder {folder}: {error.strerror}; choose another.") from error
