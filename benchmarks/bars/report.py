"""The report of the bars: one table, and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.bars.all_bars import FACE, FAMILIES, AllBars
from benchmarks.bars.base import Subject
from benchmarks.bars.exemplars import exemplar_cases, without
from benchmarks.bars.incremental import STEPS, Chain, run_chains
from benchmarks.bars.subsets import subset_edits
from mien.data import contact_sheet
from mien.evaluation.protocol.edits import EditStore
from mien.evaluation.protocol.families import MIXED
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.page import figures, heading, table
from mien.evaluation.protocol.report import report_of, write_all
from mien.evaluation.protocol.rows import Row
from mien.evaluation.protocol.run import Setup
from mien.evaluation.protocol.samples import SHOWN, given_and_made
from mien.evaluation.report import as_text
from mien.types import UInt8

CHAINS = 2
"""Pictures whose ten edits are shown."""

HEAD = ("bar", "metric", "wanted", "measured", "met", "pictures", "set", "masks", "given", "px", "remark")
TEXTS = ("bar", "metric", "set", "masks", "given", "remark")
YES, NO = "yes", "no"


def run_bars(
    setup: Setup,
    model: Model,
    others: Sequence[Model],
    without_bank: Model | None = None,
    pairs_set: str | None = None,
    chains: int = 12,
    command: str = "",
) -> dict[str, Any]:
    """Every bar of one editor on the first set; writes the report.

    Args:
        setup: what to work with.
        model: the editor.
        others, without_bank, pairs_set, chains: see :class:`AllBars`.
        command: is printed in the report.

    Returns:
        The report, as in ``report.json``.

    Raises:
        MienError: something cannot be read, edited or written.
    """
    models = [model, *others, *([without_bank] if without_bank else [])]
    store = setup.store(models)
    first = next(iter(setup.sets))
    items = setup.items(store, FAMILIES, [first])
    subject = Subject(store, model, items, first, setup.interval)
    rows = AllBars(subject, others, without_bank, pairs_set, setup.limit, chains).rows()
    report = report_of("mien-bars", store, items, models, setup.interval, rows, command)
    shown = [heading("Subsets"), *given_and_made(store, items, subset_edits(subject, MIXED))]
    shown += [heading("After another person"), *exemplar_rows(subject, FACE)]
    shown += [heading("Ten edits in a row"), *in_a_row(store, run_chains(store, model, first, chains))]
    write_all(report, setup.folder, f"The bars of {model.name}", [*bar_tables(rows), *shown])
    return report


def bar_tables(rows: Sequence[Row]) -> Iterator[str]:
    """One table for all bars, in HTML."""
    judged = [row for row in rows if row["met"] is not None]
    yield heading(f"{sum(row['met'] for row in judged)} of {len(judged)} bars are met")
    yield table(HEAD, bar_lines(rows), texts=TEXTS, marks={YES: "good", NO: "bad"})


def bar_lines(rows: Sequence[Row]) -> list[list[str]]:
    """Cells for :data:`HEAD`."""
    names = ("pictures", "set", "family", "configuration", "size", "remark")
    met = {None: "", True: YES, False: NO}
    return [
        [row["bar"], row["metric"], row["wanted"], as_text(row), met[row["met"]], *(str(row[name]) for name in names)]
        for row in rows
    ]


def exemplar_rows(subject: Subject, family: str) -> Iterator[str]:
    """Some edits after another person's picture, and the same without it."""
    store = subject.store
    tiles: list[tuple[str, UInt8]] = []
    for case in exemplar_cases(subject, family)[:SHOWN]:
        with_it, without_it = (store.edit(subject.model, one).pixels() for one in (case, without(case)))
        given = store.given(case).exemplar
        assert given is not None
        pictures = np.stack([store.original(case.picture), given, without_it, with_it])
        tiles.append((f"{case.picture}: original, exemplar, edited without and with it", contact_sheet(pictures, 4)))
    yield figures(tiles)


def in_a_row(store: EditStore, chains: Sequence[Chain]) -> Iterator[str]:
    """The first chains, step by step."""
    for chain in chains[:CHAINS]:
        steps = [f"{place} {region} {given}" for place, (region, given) in enumerate(STEPS, 1)]
        tiles = [(step, edit.pixels()) for step, edit in zip(steps, chain.edits, strict=True)]
        yield heading(chain.picture, 3)
        yield figures([("original", store.original(chain.picture)), *tiles])
