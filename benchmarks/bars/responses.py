"""Whether edits follow their layers: each modality alone, inside the mask, against the same edit without it.

Layers come from the edited picture itself, as everywhere in the protocol, and once more from another face: what the
surroundings already tell cannot help there. Letters: S side, K classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.bars.base import Subject, Threshold
from mien.conditions.labels import COUNT, UNKNOWN
from mien.conditions.lines import sketch_of
from mien.conditions.types import Conditions
from mien.editing.cache import digest
from mien.evaluation.estimate import Estimate, mean
from mien.evaluation.metrics.color import region_delta_e
from mien.evaluation.metrics.parsing import mean_ratio, parsing_counts
from mien.evaluation.metrics.sketch import sketch_agreement
from mien.evaluation.metrics.text import score
from mien.evaluation.protocol.configurations import TEXT, Configuration, configuration
from mien.evaluation.protocol.edits import Case, EditStore, case_of
from mien.evaluation.protocol.journal import Values
from mien.evaluation.protocol.rows import Row
from mien.evaluation.report import rounded
from mien.pixels import to_tensor
from mien.types import Bool, UInt8

SMALLEST = 0.001
"""Regions that cover less of the picture have no color of their own."""

Summary = Iterator[tuple[str, Estimate, Threshold | None]]
"""Metric, figure, and what it should be."""


def sketch_values(store: EditStore, made: UInt8, given: Conditions, mask: Bool, labels: UInt8) -> Values:
    """F1 of the lines that are extracted again."""
    if given.sketch is None or not (given.sketch & mask).any():
        return {}
    return {"f1": rounded(sketch_agreement(sketch_of(to_tensor(made)), given.sketch, mask=mask).f1)}


def semantic_values(store: EditStore, made: UInt8, given: Conditions, mask: Bool, labels: UInt8) -> Values:
    """Pixel counts by class: (2, K) agreeing and in either map; (K,) painted."""
    assert given.semantic is not None
    counts = parsing_counts(store.faces.parser.parse_crop(made), given.semantic, mask)
    painted = np.bincount(given.semantic[mask & (given.semantic != UNKNOWN)], minlength=COUNT)
    return {"counts": counts.tolist(), "painted": painted.tolist()}


def color_values(store: EditStore, made: UInt8, given: Conditions, mask: Bool, labels: UInt8) -> Values:
    """ΔE2000 between the mean colors of the result and of the map, mean over regions."""
    assert given.color is not None
    inside = np.where(mask & (given.color[..., 3] > 0), labels, UNKNOWN).astype(np.uint8)
    for label in np.unique(inside):
        if (inside == label).mean() < SMALLEST:
            inside[inside == label] = UNKNOWN
    errors = region_delta_e(made, np.ascontiguousarray(given.color[..., :3]), inside)
    return {"delta_e": rounded(float(np.mean(list(errors.values()))))} if errors else {}


def text_values(store: EditStore, made: UInt8, given: Conditions, mask: Bool, labels: UInt8) -> Values:
    """How well the picture fits the sentence, by the CLIP that guided the edit: whether it obeys, not how well."""
    clip = store.judges.clip
    return {} if clip is None or not given.text else {"score": rounded(score(clip, made, given.text))}


@dataclass(frozen=True, eq=False)
class Response:
    """How the response to a modality is measured.

    Attributes:
        given: the configuration with that modality.
        measure: store, edited picture (S, S, 3), conditions, mask (S, S), labels (S, S) of the layers' picture ->
            values of one edit; none where there is nothing to follow.
        summary: values of the edits with the modality, and of those without.
    """

    given: Configuration
    measure: Callable[[EditStore, UInt8, Conditions, Bool, UInt8], Values]
    summary: Callable[[Sequence[Values], Sequence[Values]], Summary]


def _sketches(with_it: Sequence[Values], without: Sequence[Values]) -> Summary:
    after, before = (np.array([one["f1"] for one in side]) for side in (with_it, without))
    yield "rise of sketch F1", mean(after - before), Threshold("≥", 0.2)
    yield "sketch F1", mean(after), None
    yield "sketch F1 without it", mean(before), None


def _maps(with_it: Sequence[Values], without: Sequence[Values]) -> Summary:
    yield "mIoU over the painted classes", _mean_iou(with_it), Threshold("≥", 0.6)
    yield "mIoU without it", _mean_iou(without), None


def _mean_iou(found: Sequence[Values]) -> Estimate:
    """Sums over all pictures before dividing."""
    painted = np.array([one["painted"] for one in found]).sum(0) > 0
    return mean_ratio(np.array([one["counts"] for one in found])[:, :, painted])


def _colors(with_it: Sequence[Values], without: Sequence[Values]) -> Summary:
    after, before = (np.array([one["delta_e"] for one in side]) for side in (with_it, without))
    yield "ΔE2000 of region means", mean(after), Threshold("≤", 10)
    yield "ΔE2000 of region means without it", mean(before), None


def _texts(with_it: Sequence[Values], without: Sequence[Values]) -> Summary:
    after, before = (np.array([one["score"] for one in side]) for side in (with_it, without))
    yield "rise of the image-text score", mean(after - before), None


RESPONSES: Mapping[str, Response] = {
    "sketch": Response(configuration("+Sk"), sketch_values, _sketches),
    "semantic": Response(configuration("+Se"), semantic_values, _maps),
    "color": Response(configuration("+Co"), color_values, _colors),
    "text": Response(configuration("+Te"), text_values, _texts),
}


def response_bars(subject: Subject, family: str) -> list[Row]:
    """Sketch, semantics, color and text; the bar is that of the picture's own layers.

    Args:
        subject: what is measured.
        family: of the masks.

    Raises:
        MienError: see :meth:`EditStore.edit`.
    """
    rows: list[Row] = []
    for name, response in RESPONSES.items():
        for foreign in (False, True):
            rows += _rows(subject, name, response, family, foreign)
    return rows


def _rows(subject: Subject, name: str, response: Response, family: str, foreign: bool) -> Iterator[Row]:
    bar = f"response to {name}" + (", layer of another face" if foreign else "")
    facts = {"family": family, "configuration": response.given.name}
    pairs = list(_pairs(subject, response, family, foreign, bar)) if name in subject.model.supports else []
    if not pairs:
        remark = "not available: no such input, or no picture to measure it on"
        yield subject.row(bar, "", None, {**facts, "remark": remark})
        return
    with_it, without = zip(*pairs, strict=True)
    for metric, estimate, threshold in response.summary(with_it, without):
        where = "" if name == TEXT else ", inside the mask"
        yield subject.row(bar, metric + where, estimate, facts, None if foreign else threshold)


def _pairs(
    subject: Subject, response: Response, family: str, foreign: bool, what: str
) -> Iterator[tuple[Values, Values]]:
    """Values with and without the modality, of every picture that has both."""
    chosen, faces = subject.items.of_family(subject.set, family), subject.store.faces
    for done, item in enumerate(chosen, 1):
        if item.other or not foreign:
            source = item.other if foreign else item.picture
            case = replace(
                case_of(subject.items, item, response.given),
                layers=lambda side, source=source: faces.face(source, side).layers,
            )
            with_it, without = (_values(subject, case, source, response, silent) for silent in (False, True))
            if with_it and without:
                yield with_it, without
        subject.store.progress(what, done, len(chosen))


def _values(subject: Subject, case: Case, source: str, response: Response, silent: bool) -> Values:
    """Of the edit, or of the one without the modality; both are compared with what was painted."""
    store, given = subject.store, subject.store.given(case)
    edit = store.edit(subject.model, replace(case, configuration=Configuration()) if silent else case)
    labels = store.faces.face(source, store.size).labels
    judge = store.judges.clip.sha256 if given.text and store.judges.clip else ""
    painted = digest(given.sketch, given.semantic, given.color, given.text, judge, labels).hex()
    what = {"to": response.given.name, "painted": painted}
    return store.once(
        "response", edit, what, lambda: response.measure(store, edit.pixels(), given, edit.case.mask, labels)
    )
