"""The comparison with a plain U-Net: 48 faces, rows and columns 32 to 95 of 128 masked, composites against originals.

The U-Net of 2.7 million parameters (masked picture, mask, sketch, blurred colours; no prior, no encoder) reached what
:data:`FLOOR` says, on these faces at 128 px. Its colours were an 8 x 8 blur; ours are the means of the regions, which
say less, and once more 8 x 8 superpixels, which say about as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mien.conditions.freeform import centre_mask
from mien.data import Picture
from mien.evaluation.estimate import mean
from mien.evaluation.protocol.bench import Bench, Case
from mien.evaluation.protocol.configurations import Configuration, configuration
from mien.evaluation.protocol.gauge import Figures
from mien.evaluation.protocol.goals import Exam, Goal
from mien.evaluation.protocol.rows import Row

BAR = "48 faces"
COUNT = 48
SIDE = 128
LPIPS, IDENTITY = "LPIPS-alex", "identity (MobileFace)"

FLOOR: Mapping[str, tuple[float, float]] = {"none": (0.061, 0.18), "+Sk": (0.059, 0.28), "+Sk+Co": (0.045, 0.32)}
"""LPIPS-alex and identity similarity of the U-Net, by configuration."""

WANTED: Mapping[str, tuple[float, float]] = {
    "none": (0.050, 0.22),
    "+Sk": (0.045, 0.38),
    "+Sk+Co": (0.035, 0.45),
    "+Se+Ex": (0.030, 0.55),
}
"""LPIPS-alex at most, and identity similarity at least."""


@dataclass(frozen=True, eq=False)
class Contest:
    """Edits of one configuration.

    Attributes:
        set: of the pictures.
        configuration: of all cases.
        cases: to be edited; without any there is nothing to judge, which a row says.
        remark: what is particular about them.
        judged: whether the bar is measured on them.
    """

    set: str
    configuration: Configuration
    cases: Sequence[Case]
    remark: str
    judged: bool = True


def contests(bench: Bench, set_name: str, pairs_set: str | None, limit: int | None = None) -> Iterator[Contest]:
    """What is compared.

    Args:
        bench: with both sets.
        set_name: of the portraits; its first 48 by name are taken.
        pairs_set: of the pairs of one person, neutral and smiling; None where there is none.
        limit: take fewer.
    """
    mask = centre_mask(bench.size)
    pictures = sorted(bench.studio.sets[set_name], key=lambda one: one.name)[: min(limit or COUNT, COUNT)]
    for name, remark, coarse in (
        ("none", "", False),
        ("+Sk", "", False),
        ("+Sk+Co", "colours by region", False),
        ("+Sk+Co", "colours by 8 x 8 superpixels", True),
    ):
        given = configuration(name)
        cases = [Case(one.name, mask, given, coarse=coarse) for one in pictures]
        yield Contest(set_name, given, cases, remark, judged=not coarse)
    pairs = [] if pairs_set is None else same_person(bench.studio.sets[pairs_set])[:limit]
    given = configuration("+Se+Ex")
    cases = [Case(neutral, mask, given, exemplar=smiling) for neutral, smiling in pairs]
    yield Contest(pairs_set or "", given, cases, "neutral edited from smiling")


def same_person(pictures: Sequence[Picture]) -> list[tuple[str, str]]:
    """(neutral, smiling) of every person of whom the index knows both."""
    smiling = {one.fields.get("person"): one.name for one in pictures if one.fields.get("kind") == "smiling"}
    neutral = [one for one in pictures if one.fields.get("kind") == "neutral" and one.fields.get("person") in smiling]
    return [(one.name, smiling[one.fields["person"]]) for one in neutral]


def floor_bars(exam: Exam, pairs_set: str | None, limit: int | None = None) -> list[Row]:
    """Judged at 128 px, where the U-Net was measured; also shown at the size of the edits.

    Args:
        exam: what is examined; its set is that of the portraits.
        pairs_set, limit: see :func:`contests`.

    Raises:
        MienError: see :meth:`Bench.edit`.
    """
    bench = exam.bench
    rows: list[Row] = []
    for contest in contests(bench, exam.set, pairs_set, limit):
        if not contest.configuration.modalities <= exam.model.heeds:
            continue
        edits = []
        for done, case in enumerate(contest.cases, 1):
            edits.append(bench.edit(exam.model, case))
            bench.progress(f"{BAR} {contest.configuration.name} {contest.remark}".strip(), done, len(contest.cases))
        for size in dict.fromkeys((SIDE, bench.size)):
            rows += _rows(exam, contest, [bench.figures(edit, size) for edit in edits], size)
    return rows


def _rows(exam: Exam, contest: Contest, figures: Sequence[Figures], size: int) -> Iterator[Row]:
    given = contest.configuration.name
    for place, (metric, sense) in enumerate(((LPIPS, "≤"), (IDENTITY, "≥"))):
        values = [value for one in figures if (value := one.get(metric)) is not None]
        goal = Goal(sense, WANTED[given][place]) if contest.judged and size == SIDE else None
        floor = f"U-Net {FLOOR[given][place]:g}" if given in FLOOR else ""
        remark = ", ".join(
            filter(
                None,
                (contest.remark, floor, "" if values else f"not available: no {metric if contest.cases else 'pairs'}"),
            )
        )
        facts = {"set": contest.set, "family": "centre", "configuration": given, "size": size, "remark": remark}
        estimate = mean(np.array(values)) if values else None
        yield exam.row(BAR, metric, estimate, {**facts, **exam.bench.gauge.source(metric)}, goal)
