"""Whether the editor fills masks better than inpainting without a model, and than itself without the feature bank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mien.evaluation.estimate import Estimate, mean
from mien.evaluation.frechet import frechet_distance
from mien.evaluation.meters import INSIDE
from mien.evaluation.protocol.configurations import Configuration
from mien.evaluation.protocol.families import IRREGULAR, STROKES
from mien.evaluation.protocol.goals import Exam, Goal
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.outcomes import Outcome, Plan, all_edits
from mien.evaluation.protocol.rows import Row, differences
from mien.evaluation.protocol.sets import SetMeter

BAR = "reconstruction"
SSIM = "SSIM" + INSIDE
MASKS: Mapping[str, tuple[str, ...]] = {"centre": ("centre",), f"{IRREGULAR}-20-60": tuple(STROKES)}
"""Families by the name under which they are pooled."""


def reconstruction_bars(exam: Exam, rivals: Sequence[Model]) -> Iterator[Row]:
    """Nothing is given but the masked picture; differences are taken picture by picture.

    Args:
        exam: what is examined; its list has the families of :data:`MASKS`.
        rivals: whom to beat.

    Raises:
        MienError: see :meth:`Bench.edit`.
    """
    models = (exam.model, *rivals)
    families = {family for pooled in MASKS.values() for family in pooled}
    items = [item for item in exam.items.items if item.set == exam.set and item.family in families]
    outcomes = all_edits(exam.bench, Plan(models, (Configuration(),), exam.items, exam.interval), items)
    meter = SetMeter(exam.bench, exam.interval.resamples, exam.interval.seed)
    for pooled, members in MASKS.items():
        inside = [one for one in outcomes if one.item.family in members]
        own, *others = ([one for one in inside if one.model == model.name] for model in models)
        for rival, other in zip(rivals, others, strict=True):
            for metric, estimate, source in _against(exam, own, other, meter):
                goal = Goal("<" if exam.bench.gauge.falls(metric) else ">", 0)
                facts = {"family": pooled, "configuration": "none", "remark": f"against {rival.name}", **source}
                yield exam.row(BAR, f"{metric}, difference", estimate, facts, goal)


def _against(
    exam: Exam, own: Sequence[Outcome], rival: Sequence[Outcome], meter: SetMeter
) -> Iterator[tuple[str, Estimate | None, dict[str, str]]]:
    """Metric, difference (own less the rival's), network."""
    gauge = exam.bench.gauge
    ours, theirs = ([(one.item.picture, one.figures) for one in side] for side in (own, rival))
    metrics = [SSIM, *(one.label for one in gauge.perceptual), *(one.name("identity") for one in gauge.identity)]
    for metric in metrics:
        a, b = differences(ours, theirs, metric)
        yield metric, mean(a - b) if len(a) else None, gauge.source(metric)
    for space in gauge.features if len(own) > 1 else ():
        distances = []
        for side in (own, rival):
            made, _, reference = meter.vectors([one.edit for one in side], space)
            distances.append(frechet_distance(made, reference))
        value = distances[0].value - distances[1].value
        # Both are linearised around the same originals, edit by edit.
        difference = Estimate(value, distances[0].contributions - distances[1].contributions)
        yield space.name("FD"), difference, {"network": space.label, "resize": space.resize}
