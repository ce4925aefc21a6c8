"""Whether edits take after their exemplar: in how many pairs its colors and its person come closer than without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.bars.base import Subject, Threshold
from benchmarks.bars.responses import SMALLEST
from mien.conditions.labels import COUNT
from mien.evaluation.estimate import mean
from mien.evaluation.metrics.color import delta_e
from mien.evaluation.metrics.identity import picture_similarity
from mien.evaluation.protocol.configurations import Configuration, configuration
from mien.evaluation.protocol.edits import Case, Edit, EditStore, case_of
from mien.evaluation.protocol.journal import Values
from mien.evaluation.protocol.rows import Row
from mien.evaluation.report import rounded
from mien.types import Float64, UInt8

BAR = "response to exemplar"
SHARE = Threshold("≥", 0.75)
COLOR = "color"


def region_colors(image: UInt8, labels: UInt8) -> dict[int, Float64]:
    """Mean colors (3,) in [0, 1] of the regions that are large enough, by label.

    Args:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8; what is no class does not count.
    """
    areas = {label: labels == label for label in range(COUNT)}
    return {label: image[area].mean(0) / 255 for label, area in areas.items() if area.mean() >= SMALLEST}


def color_distance(first: Mapping[int, Float64], second: Mapping[int, Float64]) -> float | None:
    """Mean ΔE2000 over the regions that both have; None where they have none in common."""
    common = sorted(first.keys() & second.keys())
    if not common:
        return None
    return float(delta_e(*(np.stack([side[label] for label in common]) for side in (first, second))).mean())


def exemplar_cases(subject: Subject, family: str) -> list[Case]:
    """Every item after another person's picture; none where the model cannot use one."""
    if "exemplar" not in subject.model.supports:
        return []
    chosen = [item for item in subject.items.of_family(subject.set, family) if item.other]
    cases = [case_of(subject.items, item, configuration("+Ex")) for item in chosen]
    return [replace(case, exemplar=item.other, mirrored=False) for case, item in zip(cases, chosen, strict=True)]


def without(case: Case) -> Case:
    """The same edit, given nothing."""
    return replace(case, configuration=Configuration())


def exemplar_bars(subject: Subject, family: str) -> list[Row]:
    """Edits after another person's picture, against the same edits without it.

    Args:
        subject: what is measured.
        family: of the masks; it should hold the face.

    Raises:
        MienError: see :meth:`EditStore.edit`.
    """
    store, found = subject.store, []
    chosen = exemplar_cases(subject, family)
    for done, case in enumerate(chosen, 1):
        with_it, without_it = store.edit(subject.model, case), store.edit(subject.model, without(case))
        found.append((_distances(store, with_it, case), _distances(store, without_it, case)))
        store.progress(BAR, done, len(chosen))
    labels = {COLOR: COLOR, **{one.sha256: one.name("identity") for one in store.judges.identity}}
    return [row for name, label in labels.items() for row in _rows(subject, family, name, label, found)]


def _rows(
    subject: Subject, family: str, name: str, label: str, found: Sequence[tuple[Values, Values]]
) -> Iterator[Row]:
    pairs = [(a[name], b[name]) for a, b in found if a[name] is not None and b[name] is not None]
    facts = {"family": family, "configuration": "+Ex", **subject.store.source(label)}
    metric = f"share of pairs whose distance in {label} falls"
    if not pairs:
        yield subject.row(BAR, metric, None, {**facts, "remark": "not available: no pair to measure it on"}, SHARE)
        return
    after, before = np.array(pairs).T
    yield subject.row(BAR, metric, mean((after < before).astype(float)), facts, SHARE)
    yield subject.row(BAR, f"distance in {label}", mean(after), facts)
    yield subject.row(BAR, f"distance in {label} without it", mean(before), facts)


def _distances(store: EditStore, edit: Edit, case: Case) -> Values:
    """Of an edit from the exemplar: in color, by region inside the mask, and in every identity space."""

    def measure() -> Values:
        made, exemplar = edit.pixels(), store.faces.face(case.exemplar, store.size)
        labels = np.where(case.mask, store.faces.face(case.picture, store.size).labels, np.uint8(255))
        away = color_distance(region_colors(made, labels), region_colors(exemplar.image, exemplar.labels))
        values: Values = {COLOR: None if away is None else rounded(away)}
        for space in store.judges.identity:
            values[space.sha256] = rounded(1 - picture_similarity(space, made, exemplar.image))
        return values

    networks = [store.judged_by, store.faces.digest(case.exemplar)]
    return store.once("exemplar", edit, {"networks": networks}, measure)
