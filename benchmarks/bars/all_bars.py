"""All bars of an editor in one table: subsets, responses, warping, reconstruction, 48 faces, ten edits in a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.bars.base import Subject, Threshold
from benchmarks.bars.exemplars import exemplar_bars
from benchmarks.bars.faces48 import unet_bars
from benchmarks.bars.incremental import FAMILY, STEPS, UNION, run_chains
from benchmarks.bars.reconstruction import BAR as RECONSTRUCTION
from benchmarks.bars.reconstruction import reconstruction_bars
from benchmarks.bars.responses import response_bars
from benchmarks.bars.subsets import subset_bars
from benchmarks.bars.yaw import warping_bars
from mien.evaluation.estimate import mean
from mien.evaluation.protocol.families import MIXED, STROKES
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.rows import Row

FACE = "face"
FAMILIES = (MIXED, FACE, *STROKES, "centre")
"""Of the list that the bars need."""


@dataclass(frozen=True, eq=False)
class AllBars:
    """What all bars need.

    Attributes:
        subject: the editor and its list, with the families of :data:`FAMILIES`.
        others: models that the reconstruction is compared with.
        without_bank: the same editor trained without the feature bank, or None.
        pairs_set: set with pairs of one person, or None.
        limit: of the 48 faces and of the pairs, take so many only.
        chains: pictures that are edited ten times in a row.
    """

    subject: Subject
    others: Sequence[Model]
    without_bank: Model | None = None
    pairs_set: str | None = None
    limit: int | None = None
    chains: int = 12

    def rows(self) -> list[Row]:
        """Every bar, one after the other; what was computed before is taken from the journal.

        Raises:
            MienError: the editor cannot edit, or the folder cannot be written.
        """
        subject = self.subject
        rows = [*subset_bars(subject, MIXED), *response_bars(subject, MIXED), *exemplar_bars(subject, FACE)]
        rows += [*warping_bars(subject, FACE), *self._reconstruction()]
        return [*rows, *unet_bars(subject, self.pairs_set, self.limit), *self.in_a_row()]

    def _reconstruction(self) -> Iterator[Row]:
        others = [*self.others, *([self.without_bank] if self.without_bank else [])]
        yield from reconstruction_bars(self.subject, others)
        if self.without_bank is None:
            remark = "not available: no editor without the feature bank was given"
            yield self.subject.row(RECONSTRUCTION, "", None, {"remark": remark})

    def in_a_row(self) -> Iterator[Row]:
        """How far a face is from where it began after ten edits, and that no sample outside of them changed."""
        subject = self.subject
        chains = run_chains(subject.store, subject.model, subject.set, self.chains)
        for metric in chains[0].figures[-1] if chains else ():
            values = [value for chain in chains if (value := chain.figures[-1][metric]) is not None]
            threshold = Threshold("=", 0) if metric == UNION else None
            facts = {"family": FAMILY, "configuration": f"after {len(STEPS)} edits"}
            estimate = mean(np.array(values)) if values else None
            facts |= subject.store.source(metric)
            yield subject.row("ten edits in a row", metric, estimate, facts, threshold)
