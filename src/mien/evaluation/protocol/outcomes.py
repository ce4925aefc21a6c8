"""The protocol: every model edits every item of the list under every configuration; means, sets, groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mien.evaluation.meters import INSIDE
from mien.evaluation.protocol.bench import Bench, Edit, case_of
from mien.evaluation.protocol.configurations import TEXT, Configuration
from mien.evaluation.protocol.gauge import Figures
from mien.evaluation.protocol.groups import groups_of, typology_angle
from mien.evaluation.protocol.lists import Item, ItemList
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.rows import Cell, Interval, Row, mean_rows
from mien.evaluation.protocol.sets import SetMeter
from mien.types import Bool

POOLED = "all"
"""The family that stands for all of them."""

NO_TEXT = "not available: text needs a CLIP, and none was given"
GROUPED = ("SSIM" + INSIDE, "ΔE2000" + INSIDE)
"""What groups are compared by, besides the networks' figures."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What is run.

    Attributes:
        models: each under all configurations whose modalities it heeds.
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
        return [one for one in self.configurations if one.modalities <= model.heeds]


@dataclass(frozen=True, eq=False)
class Outcome:
    """One edit of the protocol with its figures."""

    item: Item
    model: str
    edit: Edit
    figures: Figures


def all_edits(bench: Bench, plan: Plan, items: Sequence[Item] | None = None) -> list[Outcome]:
    """Makes and measures every edit of the plan that is not in the journal yet.

    Args:
        bench: where edits are made.
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
                outcomes.append(_outcome(bench, plan, model, item, configuration, mask))
                bench.progress("edits", len(outcomes), total)
    return outcomes


def _outcome(bench: Bench, plan: Plan, model: Model, item: Item, configuration: Configuration, mask: Bool) -> Outcome:
    edit = bench.edit(model, case_of(plan.items, item, configuration, mask))
    return Outcome(item, model.name, edit, bench.figures(edit))


def table(bench: Bench, plan: Plan, outcomes: Sequence[Outcome]) -> list[Row]:
    """The rows: every family, all of them pooled, groups, and what is not available."""
    sets, meter = list(bench.studio.sets), SetMeter(bench, plan.interval.resamples, plan.interval.seed)
    families = list(dict.fromkeys(item.family for item in plan.items.items))
    groups = _groups(bench, plan.items)
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
        rows += mean_rows(cell, _figures(members), bench.gauge, bench.size, plan.interval)
        if members and cell.family != POOLED:
            rows += _set_rows(cell, members, meter, bench.size)
        elif members:
            rows += _group_rows(bench, plan, cell, members, groups)
        bench.progress("tables", done, len(cells))
    return rows + list(_missing(plan, bench.size))


def _belongs(one: Outcome, cell: Cell) -> bool:
    same = (one.item.set, one.model, one.edit.case.configuration.name) == (cell.set, cell.model, cell.configuration)
    return same and cell.family in (one.item.family, POOLED)


def _figures(members: Sequence[Outcome]) -> list[tuple[str, Figures]]:
    return [(one.item.picture, one.figures) for one in members]


def _set_rows(cell: Cell, members: Sequence[Outcome], meter: SetMeter, size: int) -> Iterator[Row]:
    for row in meter.rows([one.edit for one in members]):
        yield {**cell.__dict__, "pictures": len(members), "edits": len(members), "size": size, **row}


def _groups(bench: Bench, items: ItemList) -> dict[str, tuple[str, ...]]:
    """The groups of each picture, as it was before all edits."""
    found = {}
    for name in dict.fromkeys(item.picture for item in items.items):
        material = bench.studio.material(name, bench.size)
        angle = typology_angle(material.image, material.labels)
        found[name] = groups_of(bench.studio.pictures[name].fields, angle)
    return found


def _group_rows(
    bench: Bench, plan: Plan, cell: Cell, members: Sequence[Outcome], groups: dict[str, tuple[str, ...]]
) -> Iterator[Row]:
    only = [one.label for one in bench.gauge.perceptual] + [one.name("identity") for one in bench.gauge.identity]
    for group in sorted({group for one in members for group in groups[one.item.picture]}):
        inside = [one for one in members if group in groups[one.item.picture]]
        here = Cell(**{**cell.__dict__, "group": group})
        yield from mean_rows(here, _figures(inside), bench.gauge, bench.size, plan.interval, (*only, *GROUPED))


def _missing(plan: Plan, size: int) -> Iterator[Row]:
    """What was asked for and cannot be had: text, of editors without a CLIP."""
    empty = {"metric": "", "value": None, "low": None, "high": None, "pictures": 0, "edits": 0, "size": size}
    for model in plan.models:
        for configuration in plan.configurations:
            lacking = configuration.modalities - model.heeds
            if lacking == {TEXT} and model.facts()["kind"] == "editor":
                cell = Cell(POOLED, model.name, POOLED, configuration.name)
                yield {**cell.__dict__, **empty, "network": "", "resize": "", "remark": NO_TEXT}
