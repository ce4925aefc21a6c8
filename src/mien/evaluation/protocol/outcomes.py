"""The protocol: every model edits every item of the list under every configuration; means, sets, groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from mien.evaluation.estimate import Interval
from mien.evaluation.metrics import INSIDE
from mien.evaluation.protocol.configurations import TEXT, Configuration
from mien.evaluation.protocol.edits import Edit, EditStore, Figures, case_of
from mien.evaluation.protocol.groups import groups_of, typology_angle
from mien.evaluation.protocol.lists import Item, ItemList
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.rows import Cell, Row, mean_rows
from mien.evaluation.protocol.sets import SetDistances

POOLED = "all"
"""The family that stands for all of them."""

NO_TEXT = "not available: text needs a CLIP, and none was given"
GROUPED = ("SSIM" + INSIDE, "ΔE2000" + INSIDE)
"""What groups are compared by, besides the networks' figures."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What is run.

    Attributes:
        models: each under all configurations whose modalities it supports.
        configurations: see :mod:`mien.evaluation.protocol.configurations`.
        items: the fixed list.
        interval: of all figures.
    """

    models: Sequence[Model]
    configurations: Sequence[Configuration]
    items: ItemList
    interval: Interval = field(default_factory=Interval)

    def of(self, model: Model) -> list[Configuration]:
        """The configurations that a model is run with."""
        return [one for one in self.configurations if one.modalities <= model.supports]


@dataclass(frozen=True, eq=False)
class Outcome:
    """One edit of the protocol with its figures."""

    item: Item
    model: str
    edit: Edit
    figures: Figures


def all_edits(store: EditStore, plan: Plan, items: Sequence[Item] | None = None) -> list[Outcome]:
    """Makes and measures every edit of the plan that is not in the journal yet.

    Args:
        store: where edits are made.
        plan: what is run.
        items: of the plan's list; None for all of them.

    Raises:
        MienError: a model cannot edit, a mask is missing, or the folder cannot be written.
    """
    outcomes: list[Outcome] = []
    chosen = plan.items.items if items is None else items
    total = sum(len(chosen) * len(plan.of(model)) for model in plan.models)
    for model in plan.models:
        for item in chosen:
            mask = plan.items.mask(item)
            for configuration in plan.of(model):
                edit = store.edit(model, case_of(plan.items, item, configuration, mask))
                outcomes.append(Outcome(item, model.name, edit, store.figures(edit)))
                store.progress("edits", len(outcomes), total)
    return outcomes


def table(store: EditStore, plan: Plan, outcomes: Sequence[Outcome]) -> list[Row]:
    """The rows: every family, all of them pooled, groups, and what is not available."""
    sets, distances = list(store.faces.sets), SetDistances(store, plan.interval)
    families = list(dict.fromkeys(item.family for item in plan.items.items))
    groups = _groups(store, plan.items)
    cells = [
        Cell(set_name, model.name, family, configuration.name)
        for set_name in sets
        for model in plan.models
        for family in (*families, POOLED)
        for configuration in plan.of(model)
    ]
    rows: list[Row] = []
    for done, cell in enumerate(cells, 1):
        members = [one for one in outcomes if _belongs(one, cell)]
        rows += mean_rows(cell, _figures(members), store, plan.interval)
        if members and cell.family != POOLED:
            rows += _set_rows(cell, members, distances)
        elif members:
            rows += _group_rows(store, plan, cell, members, groups)
        store.progress("tables", done, len(cells))
    return rows + list(_missing(plan, store.size))


def _belongs(one: Outcome, cell: Cell) -> bool:
    same = (one.item.set, one.model, one.edit.case.configuration.name) == (cell.set, cell.model, cell.configuration)
    return same and cell.family in (one.item.family, POOLED)


def _figures(members: Sequence[Outcome]) -> list[tuple[str, Figures]]:
    return [(one.item.picture, one.figures) for one in members]


def _set_rows(cell: Cell, members: Sequence[Outcome], distances: SetDistances) -> Iterator[Row]:
    counts = {"pictures": len(members), "edits": len(members), "size": distances.store.size}
    for row in distances.rows([one.edit for one in members]):
        yield {**asdict(cell), **counts, **row}


def _groups(store: EditStore, items: ItemList) -> dict[str, tuple[str, ...]]:
    """The groups of each picture, as it was before all edits."""
    found = {}
    for name in dict.fromkeys(item.picture for item in items.items):
        face = store.faces.face(name, store.size)
        angle = typology_angle(face.image, face.labels)
        found[name] = groups_of(store.faces.pictures[name].fields, angle)
    return found


def _group_rows(
    store: EditStore, plan: Plan, cell: Cell, members: Sequence[Outcome], groups: dict[str, tuple[str, ...]]
) -> Iterator[Row]:
    only = [name for name, metric in store.metrics.items() if metric.judge]
    for group in sorted({group for one in members for group in groups[one.item.picture]}):
        inside = [one for one in members if group in groups[one.item.picture]]
        here = Cell(**{**asdict(cell), "group": group})
        yield from mean_rows(here, _figures(inside), store, plan.interval, (*only, *GROUPED))


def _missing(plan: Plan, size: int) -> Iterator[Row]:
    """What was asked for and cannot be had: text, of editors without a CLIP."""
    empty = {"metric": "", "value": None, "low": None, "high": None, "pictures": 0, "edits": 0, "size": size}
    for model in plan.models:
        for configuration in plan.configurations:
            lacking = configuration.modalities - model.supports
            if lacking == {TEXT} and model.supports:
                cell = Cell(POOLED, model.name, POOLED, configuration.name)
                yield {**asdict(cell), **empty, "network": "", "resize": "", "remark": NO_TEXT}
