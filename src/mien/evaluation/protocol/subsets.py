"""Whether every subset of the modalities runs and matters, and whether an edit depends on what was edited before it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from mien.evaluation.estimate import mean
from mien.evaluation.protocol.bench import case_of
from mien.evaluation.protocol.configurations import ALL, Configuration
from mien.evaluation.protocol.goals import Exam, Goal
from mien.evaluation.protocol.outcomes import Outcome, Plan, all_edits
from mien.evaluation.protocol.rows import Row

BAR = "subsets"
FEW = 4
"""Pictures on which all subsets are tried."""


def heeded(exam: Exam) -> list[Configuration]:
    """The subsets that a model can be given."""
    return [one for one in ALL if one.modalities <= exam.model.heeds]


def subset_edits(exam: Exam, family: str) -> list[Outcome]:
    """Some pictures under all subsets.

    Raises:
        MienError: see :meth:`Bench.edit`.
    """
    plan = Plan([exam.model], heeded(exam), exam.items, exam.interval)
    return all_edits(exam.bench, plan, exam.items.of_family(exam.set, family)[:FEW])


def subset_bars(exam: Exam, family: str) -> Iterator[Row]:
    """All subsets that the model heeds, on a few pictures; the first is edited again behind all others.

    Args:
        exam: what is examined.
        family: of the masks.

    Raises:
        MienError: see :meth:`Bench.edit`.
    """
    bench = exam.bench
    subsets = heeded(exam)
    closest, again = [], []
    for item in exam.items.of_family(exam.set, family)[: FEW if len(subsets) > 1 else 0]:
        cases = [case_of(exam.items, item, one) for one in subsets]
        first = bench.make(exam.model, cases[0])
        made = []
        for done, case in enumerate(cases, 1):
            made.append(bench.edit(exam.model, case).pixels().astype(np.int16))
            bench.progress(f"{BAR} of {item.picture}", done, len(cases))
        closest.append(min(float(np.abs(a - b)[cases[0].mask].mean()) for a, b in combinations(made, 2)))
        again.append(float(np.abs(first.astype(np.int16) - bench.make(exam.model, cases[0])).max()))
    if not closest:
        yield exam.row(BAR, "", None, {"remark": "not available: no picture, or no modality, to measure it on"})
        return
    lacking = len(ALL) - len(subsets)
    facts = {"family": family, "configuration": f"{len(subsets)} of {len(ALL)} subsets"}
    remark = f"{lacking} subsets are not available: text needs a CLIP, and none was given" if lacking else ""
    metric = "mean difference inside the mask of the two closest results, levels"
    yield exam.row(BAR, metric, mean(np.array(closest)), {**facts, "remark": remark}, Goal(">", 0))
    metric = "largest difference of an edit that is made again after others, levels"
    yield exam.row(BAR, metric, mean(np.array(again)), facts, Goal("=", 0))
