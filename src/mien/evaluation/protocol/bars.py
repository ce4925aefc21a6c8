"""All bars of an editor in one table: subsets, responses, warping, reconstruction, 48 faces, ten edits in a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mien.evaluation.estimate import mean
from mien.evaluation.protocol.exemplars import exemplar_bars
from mien.evaluation.protocol.families import MIXED, STROKES
from mien.evaluation.protocol.floor48 import floor_bars
from mien.evaluation.protocol.goals import Exam, Goal
from mien.evaluation.protocol.incremental import FAMILY, STEPS, UNION, Chain, run_chain
from mien.evaluation.protocol.lists import evenly
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.reconstruction import BAR as RECONSTRUCTION
from mien.evaluation.protocol.reconstruction import reconstruction_bars
from mien.evaluation.protocol.responsiveness import response_bars
from mien.evaluation.protocol.rows import Row
from mien.evaluation.protocol.subsets import subset_bars
from mien.evaluation.protocol.yaw import warping_bars

FACE = "face"
FAMILIES = (MIXED, FACE, *STROKES, "centre")
"""Of the list that the bars need."""


@dataclass(frozen=True, eq=False)
class Examination:
    """What all bars need.

    Attributes:
        exam: the editor and its list, with the families of :data:`FAMILIES`.
        rivals: models that the reconstruction is compared with.
        without_bank: the same editor trained without the feature bank, or None.
        pairs_set: set with pairs of one person, or None.
        limit: of the 48 faces and of the pairs, take so many only.
        chains: pictures that are edited ten times in a row.
    """

    exam: Exam
    rivals: Sequence[Model]
    without_bank: Model | None = None
    pairs_set: str | None = None
    limit: int | None = None
    chains: int = 12

    def rows(self) -> list[Row]:
        """Every bar, one after the other; what was computed before is taken from the journal.

        Raises:
            MienError: the editor cannot edit, or the folder cannot be written.
        """
        exam = self.exam
        rows = [*subset_bars(exam, MIXED), *response_bars(exam, MIXED), *exemplar_bars(exam, FACE)]
        rows += [*warping_bars(exam, FACE), *self._reconstruction()]
        return [*rows, *floor_bars(exam, self.pairs_set, self.limit), *self._in_a_row()]

    def _reconstruction(self) -> Iterator[Row]:
        rivals = [*self.rivals, *([self.without_bank] if self.without_bank else [])]
        yield from reconstruction_bars(self.exam, rivals)
        if self.without_bank is None:
            remark = "not available: no editor without the feature bank was given"
            yield self.exam.row(RECONSTRUCTION, "", None, {"remark": remark})

    def _in_a_row(self) -> Iterator[Row]:
        exam = self.exam
        chains = chains_of(exam, self.chains)
        for metric in chains[0].figures[-1] if chains else ():
            values = [value for chain in chains if (value := chain.figures[-1][metric]) is not None]
            goal = Goal("=", 0) if metric == UNION else None
            facts = {"family": FAMILY, "configuration": f"after {len(STEPS)} edits"}
            estimate = mean(np.array(values)) if values else None
            yield exam.row("ten edits in a row", metric, estimate, {**facts, **exam.bench.gauge.source(metric)}, goal)


def chains_of(exam: Exam, count: int) -> list[Chain]:
    """Ten edits in a row on so many pictures of the exam's set, evenly spaced.

    Raises:
        MienError: see :meth:`Bench.edit`.
    """
    pictures = evenly(exam.bench.studio.sets[exam.set], count)
    chains = []
    for done, picture in enumerate(pictures, 1):
        chains.append(run_chain(exam.bench, exam.model, picture.name))
        exam.bench.progress("ten edits in a row", done, len(pictures))
    return chains
