"""Whether the editor fills masks better than inpainting without a model, and than itself without the feature bank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from benchmarks.bars.base import Subject, Threshold
from mien.evaluation.estimate import Estimate, mean
from mien.evaluation.frechet import frechet_distance
from mien.evaluation.metrics import INSIDE
from mien.evaluation.protocol.configurations import Configuration
from mien.evaluation.protocol.edits import Figures
from mien.evaluation.protocol.families import IRREGULAR, STROKES
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.outcomes import Outcome, Plan, all_edits
from mien.evaluation.protocol.rows import Row, by_picture
from mien.evaluation.protocol.sets import SetDistances
from mien.types import Float64

BAR = "reconstruction"
SSIM = "SSIM" + INSIDE
MASKS: Mapping[str, tuple[str, ...]] = {"centre": ("centre",), f"{IRREGULAR}-20-60": tuple(STROKES)}
"""Families by the name under which they are pooled."""


def reconstruction_bars(subject: Subject, others: Sequence[Model]) -> Iterator[Row]:
    """Nothing is given but the masked picture; differences are taken picture by picture.

    Args:
        subject: what is measured; its list has the families of :data:`MASKS`.
        others: that it should do better than.

    Raises:
        MienError: see :meth:`EditStore.edit`.
    """
    models = (subject.model, *others)
    families = {family for pooled in MASKS.values() for family in pooled}
    items = [item for item in subject.items.items if item.set == subject.set and item.family in families]
    outcomes = all_edits(subject.store, Plan(models, (Configuration(),), subject.items, subject.interval), items)
    distances = SetDistances(subject.store, subject.interval)
    for pooled, members in MASKS.items():
        inside = [one for one in outcomes if one.item.family in members]
        by_model = {model.name: [one for one in inside if one.model == model.name] for model in models}
        for other in others:
            sides = by_model[subject.model.name], by_model[other.name]
            for metric, estimate, source in _against(subject, *sides, distances):
                measured = subject.store.metric(metric)
                lower = measured.lower_is_better if measured else True  # distances of sets
                threshold = Threshold("<" if lower else ">", 0)
                facts = {"family": pooled, "configuration": "none", "remark": f"against {other.name}", **source}
                yield subject.row(BAR, f"{metric}, difference", estimate, facts, threshold)


def _against(
    subject: Subject, own: Sequence[Outcome], other: Sequence[Outcome], distances: SetDistances
) -> Iterator[tuple[str, Estimate | None, dict[str, str]]]:
    """Metric, difference (own less the other's), network."""
    store = subject.store
    ours, theirs = ([(one.item.picture, one.figures) for one in side] for side in (own, other))
    metrics = [SSIM, *(name for name, metric in store.metrics.items() if metric.judge)]
    for metric in metrics:
        a, b = differences(ours, theirs, metric)
        yield metric, mean(a - b) if len(a) else None, store.source(metric)
    for space in store.judges.features if len(own) > 1 else ():
        found = []
        for side in (own, other):
            made, _, reference = distances.vectors([one.edit for one in side], space)
            found.append(frechet_distance(made, reference))
        value = found[0].value - found[1].value
        # Both are linearised around the same originals, edit by edit.
        difference = Estimate(value, found[0].contributions - found[1].contributions)
        yield space.name("FD"), difference, {"network": space.label, "resize": space.resize}


def differences(
    first: Iterable[tuple[str, Figures]], second: Iterable[tuple[str, Figures]], metric: str
) -> tuple[Float64, Float64]:
    """Values of a metric on the pictures that both have, in one order: (N,) each."""
    a, b = by_picture(first, metric), by_picture(second, metric)
    common = sorted(a.keys() & b.keys())
    return np.array([a[name] for name in common]), np.array([b[name] for name in common])
