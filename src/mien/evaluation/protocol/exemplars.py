"""Whether edits take after their exemplar: in how many pairs its colours and its person come closer than without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from mien.conditions.labels import COUNT
from mien.evaluation.color import delta_e
from mien.evaluation.estimate import mean
from mien.evaluation.protocol.bench import Bench, Case, Edit, case_of
from mien.evaluation.protocol.configurations import Configuration, configuration
from mien.evaluation.protocol.goals import Exam, Goal
from mien.evaluation.protocol.journal import Values
from mien.evaluation.protocol.responsiveness import SMALLEST
from mien.evaluation.protocol.rows import Row
from mien.evaluation.report import rounded
from mien.types import Float64, UInt8

BAR = "response to exemplar"
SHARE = Goal("≥", 0.75)
COLOR = "color"


def region_colors(image: UInt8, labels: UInt8) -> dict[int, Float64]:
    """Mean colours (3,) in [0, 1] of the regions that are large enough, by label.

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


def exemplar_cases(exam: Exam, family: str) -> list[Case]:
    """Every item after another person's picture; none where the model heeds no exemplar."""
    if "exemplar" not in exam.model.heeds:
        return []
    chosen = [item for item in exam.items.of_family(exam.set, family) if item.other]
    cases = [case_of(exam.items, item, configuration("+Ex")) for item in chosen]
    return [replace(case, exemplar=item.other, mirrored=False) for case, item in zip(cases, chosen, strict=True)]


def without(case: Case) -> Case:
    """The same edit, given nothing."""
    return replace(case, configuration=Configuration())


def exemplar_bars(exam: Exam, family: str) -> list[Row]:
    """Edits after another person's picture, against the same edits without it.

    Args:
        exam: what is examined.
        family: of the masks; it should hold the face.

    Raises:
        MienError: see :meth:`Bench.edit`.
    """
    bench, found = exam.bench, []
    chosen = exemplar_cases(exam, family)
    for done, case in enumerate(chosen, 1):
        told, untold = bench.edit(exam.model, case), bench.edit(exam.model, without(case))
        found.append((_distances(bench, told, case), _distances(bench, untold, case)))
        bench.progress(BAR, done, len(chosen))
    labels = {COLOR: COLOR, **{one.sha256: one.name("identity") for one in bench.gauge.identity}}
    return [row for name, label in labels.items() for row in _rows(exam, family, name, label, found)]


def _rows(exam: Exam, family: str, name: str, label: str, found: Sequence[tuple[Values, Values]]) -> Iterator[Row]:
    pairs = [(a[name], b[name]) for a, b in found if a[name] is not None and b[name] is not None]
    facts = {"family": family, "configuration": "+Ex", **exam.bench.gauge.source(label)}
    metric = f"share of pairs whose distance in {label} falls"
    if not pairs:
        yield exam.row(BAR, metric, None, {**facts, "remark": "not available: no pair to measure it on"}, SHARE)
        return
    after, before = np.array(pairs).T
    yield exam.row(BAR, metric, mean((after < before).astype(float)), facts, SHARE)
    yield exam.row(BAR, f"distance in {label}", mean(after), facts)
    yield exam.row(BAR, f"distance in {label} without it", mean(before), facts)


def _distances(bench: Bench, edit: Edit, case: Case) -> Values:
    """Of an edit from the exemplar: in colour, by region inside the mask, and in every identity space."""

    def measure() -> Values:
        made, exemplar = edit.pixels(), bench.studio.material(case.exemplar, bench.size)
        labels = np.where(case.mask, bench.studio.material(case.picture, bench.size).labels, np.uint8(255))
        away = color_distance(region_colors(made, labels), region_colors(exemplar.image, exemplar.labels))
        values: Values = {COLOR: None if away is None else rounded(away)}
        for space in bench.gauge.identity:
            values[space.sha256] = rounded(1 - bench.gauge.similarity(space, made, exemplar.image))
        return values

    networks = [bench.gauge.digest, bench.studio.digest(case.exemplar)]
    return bench.once("exemplar", edit, {"networks": networks}, measure)
