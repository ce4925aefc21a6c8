"""Whether every subset of the modalities runs and matters, and whether an edit depends on what was edited before it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from benchmarks.bars.base import Subject, Threshold
from mien.evaluation.estimate import mean
from mien.evaluation.protocol.configurations import ALL, Configuration
from mien.evaluation.protocol.edits import case_of
from mien.evaluation.protocol.outcomes import Outcome, Plan, all_edits
from mien.evaluation.protocol.rows import Row

BAR = "subsets"
FEW = 4
"""Pictures on which all subsets are tried."""


def supported(subject: Subject) -> list[Configuration]:
    """The subsets that a model can be given."""
    return [one for one in ALL if one.modalities <= subject.model.supports]


def subset_edits(subject: Subject, family: str) -> list[Outcome]:
    """Some pictures under all subsets.

    Raises:
        MienError: see :meth:`EditStore.edit`.
    """
    plan = Plan([subject.model], supported(subject), subject.items, subject.interval)
    return all_edits(subject.store, plan, subject.items.of_family(subject.set, family)[:FEW])


def subset_bars(subject: Subject, family: str) -> Iterator[Row]:
    """All subsets that the model supports, on a few pictures; the first is edited again behind all others.

    Args:
        subject: what is measured.
        family: of the masks.

    Raises:
        MienError: see :meth:`EditStore.edit`.
    """
    store = subject.store
    subsets = supported(subject)
    closest, again = [], []
    for item in subject.items.of_family(subject.set, family)[: FEW if len(subsets) > 1 else 0]:
        cases = [case_of(subject.items, item, one) for one in subsets]
        first = store.make(subject.model, cases[0])
        made = []
        for done, case in enumerate(cases, 1):
            made.append(store.edit(subject.model, case).pixels().astype(np.int16))
            store.progress(f"{BAR} of {item.picture}", done, len(cases))
        closest.append(min(float(np.abs(a - b)[cases[0].mask].mean()) for a, b in combinations(made, 2)))
        again.append(float(np.abs(first.astype(np.int16) - store.make(subject.model, cases[0])).max()))
    if not closest:
        yield subject.row(BAR, "", None, {"remark": "not available: no picture, or no modality, to measure it on"})
        return
    lacking = len(ALL) - len(subsets)
    facts = {"family": family, "configuration": f"{len(subsets)} of {len(ALL)} subsets"}
    remark = f"{lacking} subsets are not available: text needs a CLIP, and none was given" if lacking else ""
    metric = "mean difference inside the mask of the two closest results, levels"
    yield subject.row(BAR, metric, mean(np.array(closest)), {**facts, "remark": remark}, Threshold(">", 0))
    metric = "largest difference of an edit that is made again after others, levels"
    yield subject.row(BAR, metric, mean(np.array(again)), facts, Threshold("=", 0))
