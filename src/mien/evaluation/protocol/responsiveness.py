"""Whether edits follow what they are told: each modality alone, inside the mask, against the same edit without it.

Layers come from the edited picture itself, as everywhere in the protocol, and once more from another face: what the
surroundings already tell cannot help there. Letters: S side, K classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mien.conditions.labels import COUNT, UNKNOWN
from mien.conditions.lines import sketch_of
from mien.conditions.types import Conditions
from mien.editing.cache import digest
from mien.evaluation.color import region_delta_e
from mien.evaluation.estimate import Estimate, mean
from mien.evaluation.parsing import ParsingAgreement, parsing_agreement
from mien.evaluation.protocol.bench import Bench, Case, case_of
from mien.evaluation.protocol.configurations import TEXT, Configuration, configuration
from mien.evaluation.protocol.goals import Exam, Goal
from mien.evaluation.protocol.journal import Values
from mien.evaluation.protocol.rows import Row
from mien.evaluation.report import rounded
from mien.evaluation.sketches import sketch_agreement
from mien.evaluation.text_image import score
from mien.pixels import to_tensor
from mien.types import Bool, UInt8

SMALLEST = 0.001
"""Regions that cover less of the picture have no colour of their own."""

Response = Callable[[Bench, UInt8, Conditions, Bool, UInt8], Values]
"""Bench, edited picture (S, S, 3), conditions, mask (S, S), labels (S, S) of the layers' picture -> figures; none where
there is nothing to follow."""


def sketch_response(bench: Bench, made: UInt8, given: Conditions, mask: Bool, labels: UInt8) -> Values:
    """F1 of the lines that are extracted again."""
    if given.sketch is None or not (given.sketch & mask).any():
        return {}
    return {"f1": rounded(sketch_agreement(sketch_of(to_tensor(made)), given.sketch, mask=mask).f1)}


def semantic_response(bench: Bench, made: UInt8, given: Conditions, mask: Bool, labels: UInt8) -> Values:
    """Pixel counts by class: agreeing, in either map, painted."""
    assert given.semantic is not None
    counts = parsing_agreement(bench.studio.parser.parse_crop(made)[None], given.semantic[None], mask[None])
    painted = np.bincount(given.semantic[mask & (given.semantic != UNKNOWN)], minlength=COUNT)
    return {"both": counts.both[0].tolist(), "either": counts.either[0].tolist(), "painted": painted.tolist()}


def color_response(bench: Bench, made: UInt8, given: Conditions, mask: Bool, labels: UInt8) -> Values:
    """ΔE2000 between the mean colours of the result and of the map, mean over regions."""
    assert given.color is not None
    inside = np.where(mask & (given.color[..., 3] > 0), labels, UNKNOWN).astype(np.uint8)
    for label in np.unique(inside):
        if (inside == label).mean() < SMALLEST:
            inside[inside == label] = UNKNOWN
    errors = region_delta_e(made, np.ascontiguousarray(given.color[..., :3]), inside)
    return {"delta_e": rounded(float(np.mean(list(errors.values()))))} if errors else {}


def text_response(bench: Bench, made: UInt8, given: Conditions, mask: Bool, labels: UInt8) -> Values:
    """How well the picture goes with the sentence, by the CLIP that guided the edit: whether it obeys, not how well."""
    clip = bench.gauge.clip
    return {} if clip is None or not given.text else {"score": rounded(score(clip, made, given.text))}


@dataclass(frozen=True, eq=False)
class Trial:
    """How the response to a modality is judged.

    Attributes:
        given: the configuration with that modality.
        response: measures one edit.
        summary: figures of the edits with the modality, and of those without -> metric, estimate, goal.
    """

    given: Configuration
    response: Response
    summary: Callable[[Sequence[Values], Sequence[Values]], Iterator[tuple[str, Estimate, Goal | None]]]


def _sketches(told: Sequence[Values], untold: Sequence[Values]) -> Iterator[tuple[str, Estimate, Goal | None]]:
    after, before = (np.array([one["f1"] for one in side]) for side in (told, untold))
    yield "rise of sketch F1", mean(after - before), Goal("≥", 0.2)
    yield "sketch F1", mean(after), None
    yield "sketch F1 without it", mean(before), None


def _maps(told: Sequence[Values], untold: Sequence[Values]) -> Iterator[tuple[str, Estimate, Goal | None]]:
    yield "mIoU over the painted classes", _mean_iou(told), Goal("≥", 0.6)
    yield "mIoU without it", _mean_iou(untold), None


def _mean_iou(found: Sequence[Values]) -> Estimate:
    """Sums over all pictures before dividing, as :mod:`mien.evaluation.parsing` does."""
    both, either, painted = (np.array([one[name] for one in found], float) for name in ("both", "either", "painted"))
    present = painted.sum(0) > 0
    nothing = np.zeros(len(found))
    return ParsingAgreement(both[:, present], either[:, present], nothing, nothing).mean_iou()


def _colors(told: Sequence[Values], untold: Sequence[Values]) -> Iterator[tuple[str, Estimate, Goal | None]]:
    after, before = (np.array([one["delta_e"] for one in side]) for side in (told, untold))
    yield "ΔE2000 of region means", mean(after), Goal("≤", 10)
    yield "ΔE2000 of region means without it", mean(before), None


def _texts(told: Sequence[Values], untold: Sequence[Values]) -> Iterator[tuple[str, Estimate, Goal | None]]:
    after, before = (np.array([one["score"] for one in side]) for side in (told, untold))
    yield "rise of the image-text score", mean(after - before), None


TRIALS: Mapping[str, Trial] = {
    "sketch": Trial(configuration("+Sk"), sketch_response, _sketches),
    "semantic": Trial(configuration("+Se"), semantic_response, _maps),
    "color": Trial(configuration("+Co"), color_response, _colors),
    "text": Trial(configuration("+Te"), text_response, _texts),
}


def response_bars(exam: Exam, family: str) -> list[Row]:
    """Sketch, semantics, colour and text; the bar is that of the picture's own layers.

    Args:
        exam: what is examined.
        family: of the masks.

    Raises:
        MienError: see :meth:`Bench.edit`.
    """
    rows: list[Row] = []
    for name, trial in TRIALS.items():
        for foreign in (False, True):
            rows += _rows(exam, name, trial, family, foreign)
    return rows


def _rows(exam: Exam, name: str, trial: Trial, family: str, foreign: bool) -> Iterator[Row]:
    bar = f"response to {name}" + (", layer of another face" if foreign else "")
    facts = {"family": family, "configuration": trial.given.name}
    pairs = list(_pairs(exam, trial, family, foreign, bar)) if name in exam.model.heeds else []
    if not pairs:
        yield exam.row(
            bar, "", None, {**facts, "remark": "not available: no such input, or no picture to measure it on"}
        )
        return
    told, untold = zip(*pairs, strict=True)
    for metric, estimate, goal in trial.summary(told, untold):
        where = "" if name == TEXT else ", inside the mask"
        yield exam.row(bar, metric + where, estimate, facts, None if foreign else goal)


def _pairs(exam: Exam, trial: Trial, family: str, foreign: bool, what: str) -> Iterator[tuple[Values, Values]]:
    """Figures with and without the modality, of every picture that has both."""
    chosen = exam.items.of_family(exam.set, family)
    for done, item in enumerate(chosen, 1):
        if item.other or not foreign:
            case = replace(case_of(exam.items, item, trial.given), layers=item.other if foreign else "")
            told, untold = (_response(exam, case, trial, silent) for silent in (False, True))
            if told and untold:
                yield told, untold
        exam.bench.progress(what, done, len(chosen))


def _response(exam: Exam, case: Case, trial: Trial, silent: bool) -> Values:
    """Of the edit, or of the one without the modality; both are held against what was painted."""
    bench, given = exam.bench, exam.bench.given(case)
    edit = bench.edit(exam.model, replace(case, configuration=Configuration()) if silent else case)
    labels = bench.studio.material(case.layers or case.picture, bench.size).labels
    judge = bench.gauge.clip.sha256 if given.text and bench.gauge.clip else ""
    painted = digest(given.sketch, given.semantic, given.color, given.text, judge, labels).hex()
    return bench.once(
        "response",
        edit,
        {"to": trial.given.name, "painted": painted},
        lambda: trial.response(bench, edit.pixels(), given, case.mask, labels),
    )
