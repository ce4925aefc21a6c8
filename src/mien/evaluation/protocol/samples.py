"""The pictures of a report: layers and results, best and worst cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mien.conditions.folder import draw_sheet
from mien.data import contact_sheet
from mien.evaluation.metrics import INSIDE
from mien.evaluation.protocol.configurations import ALL
from mien.evaluation.protocol.edits import EditStore, case_of
from mien.evaluation.protocol.lists import ItemList
from mien.evaluation.protocol.outcomes import Outcome
from mien.evaluation.protocol.page import figures, heading
from mien.types import UInt8

EVERYTHING = ALL[-1]
SHOWN, CASES = 4, 4
"""Pictures of each set with all results; best and as many worst cases of each model and configuration."""


def given_and_made(store: EditStore, items: ItemList, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Some pictures under the first family of masks: all layers, then the result of every model and configuration."""
    for set_name in store.faces.sets:
        inside = [one for one in outcomes if one.item.set == set_name]
        if not inside:
            continue
        first = [one for one in inside if one.item.family == inside[0].item.family]
        pictures = list(dict.fromkeys(one.item.picture for one in first))
        places = np.linspace(0, len(pictures) - 1, min(SHOWN, len(pictures))).round().astype(int)
        for name in (pictures[place] for place in places):
            chosen = [one for one in first if one.item.picture == name]
            item = chosen[0].item
            yield heading(f"{name}, {item.family}, {item.coverage:.0%} masked", 3)
            given = store.given(case_of(items, item, EVERYTHING))
            yield figures([("", draw_sheet(store.original(name), given))])
            yield figures([(_caption(one, chosen), one.edit.pixels()) for one in chosen])


def deciding(store: EditStore) -> str:
    """The metric that tells best from worst."""
    return store.judges.perceptual[0].label if store.judges.perceptual else "SSIM" + INSIDE


def best_and_worst(store: EditStore, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Of every model under the smallest and the largest of its configurations, for its area."""
    metric = deciding(store)
    for model in dict.fromkeys(one.model for one in outcomes):
        own = [one for one in outcomes if one.model == model and one.figures.get(metric) is not None]
        names = sorted({one.edit.case.configuration for one in own}, key=lambda one: (len(one.modalities), one.name))
        for configuration in dict.fromkeys(names[:1] + names[-1:]):
            ranked = sorted(
                (one for one in own if one.edit.case.configuration == configuration),
                key=lambda one: (_error(store, one, metric), one.item.picture, one.item.family),
            )
            count = min(CASES, len(ranked) // 2)
            for which, some in (("best", ranked[:count]), ("worst", ranked[::-1][:count])):
                yield heading(f"{model}, {configuration.name}: {which} by {metric} for its area", 3)
                yield figures([_case(store, one, metric) for one in some])


def _caption(one: Outcome, beside: Sequence[Outcome]) -> str:
    """The configuration; and the model, where there are several."""
    name = one.edit.case.configuration.name
    return name if all(other.model == one.model for other in beside) else f"{one.model} {name}"


def _error(store: EditStore, one: Outcome, metric: str) -> float:
    """Large is bad; a distance of the whole grows with the mask, so that it is taken for the masked area."""
    value = one.figures[metric]
    assert value is not None
    measured = store.metric(metric)
    return value / one.item.coverage if measured and measured.lower_is_better else -value


def _case(store: EditStore, one: Outcome, metric: str) -> tuple[str, UInt8]:
    """Masked, edited and original picture, side by side."""
    original = store.original(one.item.picture)
    hidden = np.where(one.edit.case.mask[..., None], np.uint8(128), original)
    caption = f"{one.item.picture}, {one.item.family}, {one.item.coverage:.0%} masked: {one.figures[metric]:.3g}"
    return caption, contact_sheet(np.stack([hidden, one.edit.pixels(), original]), 3)
