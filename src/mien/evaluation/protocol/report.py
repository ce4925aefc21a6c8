"""Reports: JSON, CSV, and a page to look at.

All but ``timings`` depends on the inputs alone; the page has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mien._version import __version__
from mien.evaluation.estimate import Interval
from mien.evaluation.metrics import metrics_of
from mien.evaluation.protocol.edits import EditStore
from mien.evaluation.protocol.lists import ItemList
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.outcomes import POOLED
from mien.evaluation.protocol.page import folded, heading, paragraph, table, write_page
from mien.evaluation.protocol.rows import Row
from mien.evaluation.report import as_text, write_report

NAME = "report"


def report_of(
    kind: str,
    store: EditStore,
    items: ItemList,
    models: Sequence[Model],
    interval: Interval,
    rows: Sequence[Row],
    command: str,
) -> dict[str, Any]:
    """Everything about a run, ready for JSON.

    Args:
        kind: of the report, such as "mien-protocol".
        store: where edits were made.
        items: the list.
        models: that edited.
        interval: of the figures.
        rows: the results.
        command: that made them.
    """
    return {
        "kind": kind,
        "version": __version__,
        "command": command,
        "size": store.size,
        "resize": f"cut to a square, then Lanczos (Pillow, anti-aliased) to {store.size} px",
        "interval": interval.facts(),
        "models": [model.facts() for model in models],
        "networks": _networks(store),
        "list": {"sha256": items.digest, "items": len(items.items), "made_of": dict(items.made_of)},
        "left_out": [dict(one) for one in items.left_out],
        "results": list(rows),
        "timings": timings(store),
    }


def _networks(store: EditStore) -> list[dict[str, str]]:
    """What a report says about the networks, each once."""
    judges = [dict(metric.judge) for metric in metrics_of(store.judges) if metric.judge]
    found = {one["sha256"]: one for one in [*judges, *(space.facts() for space in store.judges.features)]}
    return list(found.values())


def timings(store: EditStore) -> dict[str, float]:
    """Seconds for 100 results of each kind, whenever they were computed."""
    journal = store.journal
    return {
        f"100 results of '{kind}', seconds": round(journal.milliseconds[kind] / count / 10, 3)
        for kind, count in journal.counts.items()
    }


def write_all(report: Mapping[str, Any], folder: Path, title: str, body: Iterable[str]) -> None:
    """Writes ``report.json``, ``report.csv`` and ``report.html``, each whole or not at all.

    Raises:
        SaveError: the folder cannot be written.
    """
    write_report(report, folder / f"{NAME}.json")
    write_page(folder / f"{NAME}.html", title, [*_head(report), *body])


def protocol_tables(rows: Sequence[Row]) -> Iterator[str]:
    """A table for each set and family, the pooled one first; then the groups; then what there is not."""
    for set_name in dict.fromkeys(row["set"] for row in rows if row["metric"]):
        inside = [row for row in rows if row["set"] == set_name and row["metric"]]
        whole = [row for row in inside if not row["group"]]
        families = dict.fromkeys(row["family"] for row in whole)
        yield heading(set_name)
        for place, family in enumerate(sorted(families, key=lambda name: name != POOLED)):
            chosen = [row for row in whole if row["family"] == family]
            title = "all families" if family == POOLED else family
            yield folded(title, [_crossed(chosen, ("model", "configuration"))], shown=not place)
        grouped = [row for row in inside if row["group"]]
        if grouped:
            yield folded("groups of people, all families", [_crossed(grouped, ("model", "configuration", "group"))])
    missing: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if not row["metric"]:
            missing.setdefault((row["model"], row["remark"]), []).append(row["configuration"])
    for (model, remark), names in missing.items():
        yield paragraph(f"{model} {', '.join(names)}: {remark}.")


def crossed(rows: Sequence[Row], sides: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Head and lines of a table: metrics as columns, a line for every combination of the ``sides``."""
    metrics = list(dict.fromkeys(row["metric"] for row in rows))
    lines: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in rows:
        lines.setdefault(tuple(row[name] for name in sides), {})[row["metric"]] = row
    body = []
    for names, cells in lines.items():
        pictures = max(int(row["pictures"]) for row in cells.values())
        body.append([*names, str(pictures), *(as_text(cells[one]) if one in cells else "" for one in metrics)])
    return [*sides, "pictures", *metrics], body


def _crossed(rows: Sequence[Row], sides: Sequence[str]) -> str:
    head, body = crossed(rows, sides)
    return table(head, body, texts=sides)


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    settings = report["interval"]
    yield paragraph(report["command"], code=True)
    yield paragraph(
        f"At {report['size']} px unless a row says otherwise; {report['list']['items']} items; figure ± half of its "
        f"{settings['level']:.0%} interval (bootstrap, {settings['resamples']} resamples). mien {report['version']}."
    )
    for title, facts, columns in (
        ("models", report["models"], ("name", "kind", "size", "what", "sha256")),
        ("networks that measure", report["networks"], ("label", "file", "resize", "sha256")),
    ):
        lines = [[str(one.get(name, "")) for name in columns] for one in facts]
        yield folded(title, [table(columns, lines, texts=columns)])
