"""Reports of ``mien evaluate protocol`` as tables for people: ``docs/results.md``.

    mien evaluate protocol --model bundled=FOLDER --model telea --model navier-stokes ... --out protocol
    python -m recipes.ablations ... > ablations.txt
    python -m recipes.results --report protocol/report.json [--ablations ablations.txt] --out docs/results.md

A table for each metric: a row for each model and what it was given, a column for each family of masks.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mien.evaluation.protocol.outcomes import POOLED
from recipes.release import portable

METRICS = ("LPIPS", "SSIM", "identity", "FD")
"""Beginnings of the metrics' names, in this order."""

INCREMENTAL = "incremental"
"""Ten edits in a row are no family of masks; the report has them."""

Rows = Sequence[Mapping[str, Any]]


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """The first line is the head."""
    head, *body = lines
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *body))


def metrics_of(rows: Rows) -> list[str]:
    """All that are shown."""
    names = list(dict.fromkeys(row["metric"] for row in rows))
    return [name for start in METRICS for name in names if name.startswith(start)]


def table(rows: Rows, metric: str) -> str:
    """One metric: models and configurations down, families of masks across."""
    chosen = [row for row in rows if row["metric"] == metric]
    families = sorted(dict.fromkeys(row["family"] for row in chosen), key=lambda name: name != POOLED)
    cells = {(row["model"], row["configuration"], row["family"]): row for row in chosen}
    lines = [["model", "given", *families]]
    for model, given in dict.fromkeys((row["model"], row["configuration"]) for row in chosen):
        found = [cells.get((model, given, family)) for family in families]
        lines.append([model, given, *("–" if row is None else f"{row['value']:.3g}" for row in found)])
    return markdown(lines)


def section(report: Mapping[str, Any]) -> Iterator[str]:
    """All tables of a report, a part for each set of pictures; its models are the heading."""
    rows = [row for row in report["results"] if row["metric"] and not row["group"] and row["family"] != INCREMENTAL]
    yield "## " + ", ".join(dict.fromkeys(row["model"] for row in rows))
    yield f"`{portable(report['command'])}`"
    yield f"Side {report['size']} px. Intervals, groups, best and worst cases: in the command's report."
    for name in dict.fromkeys(row["set"] for row in rows):
        inside = [row for row in rows if row["set"] == name]
        pictures = max(int(row["pictures"]) for row in inside)
        for metric in metrics_of(inside):
            yield f"### {metric}, {name}, {pictures} pictures"
            yield table(inside, metric)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, nargs="+", required=True, help="report.json of mien evaluate protocol")
    parser.add_argument("--ablations", type=Path, help="what recipes.ablations printed")
    parser.add_argument("--text", type=Path, help="Markdown that comes first")
    parser.add_argument("--out", type=Path, required=True)
    o = parser.parse_args()
    parts = ["# Results"] if o.text is None else [o.text.read_text(encoding="utf-8").strip()]
    for path in o.report:
        parts += section(json.loads(path.read_text(encoding="utf-8")))
    if o.ablations is not None:
        lines = [line for line in o.ablations.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        parts += ["## Ablations", markdown(cells)]
    o.out.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
