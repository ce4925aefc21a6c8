"""What is measured of many edits together: distances of the set of composites from the set of originals.

Letters: N edits, M pictures, D features.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from mien.evaluation.estimate import Interval
from mien.evaluation.features import BATCH, FeatureSpace
from mien.evaluation.protocol.edits import Edit, EditStore
from mien.evaluation.protocol.journal import Values
from mien.evaluation.sets import set_metrics
from mien.types import Float32, UInt8


@dataclass(eq=False)
class SetDistances:
    """Measures sets of edits against the pictures that were edited; features are computed once.

    Attributes:
        store: where the edits are.
        interval: of the figures.
    """

    store: EditStore
    interval: Interval
    _vectors: dict[tuple[str, str], Float32] = field(default_factory=dict, init=False)

    def rows(self, edits: Sequence[Edit]) -> Iterator[Values]:
        """FD, KID, U-IDS and P-IDS in every space, each with its interval, network and resize."""
        for space in self.store.judges.features:
            yield from self._space(edits, space)

    def _space(self, edits: Sequence[Edit], space: FeatureSpace) -> Iterator[Values]:
        pictures = sorted({edit.case.picture for edit in edits})

        def compute() -> Values:
            made, wanted, reference = self.vectors(edits, space)
            found = set_metrics(made, reference, wanted)
            return {name: {**self.interval.figures(estimate), "remark": why} for name, estimate, why in found}

        members = hashlib.sha256(" ".join(edit.key for edit in edits).encode()).hexdigest()
        what = {"edits": members, "space": space.sha256, **self.interval.facts()}
        source = {"reference_pictures": len(pictures), "network": space.label, "resize": space.resize}
        for name, found in self.store.journal.once("set", what, compute).items():
            yield {"metric": space.name(name), **found, **source}

    def vectors(self, edits: Sequence[Edit], space: FeatureSpace) -> tuple[Float32, Float32, Float32]:
        """(N, D) of the edits, (N, D) of the picture that each was made from, (M, D) of these pictures, each once."""
        pictures = sorted({edit.case.picture for edit in edits})
        self._embed([(edit.key, edit) for edit in edits], space)
        self._embed([(name, name) for name in pictures], space)
        keys = [edit.key for edit in edits], [edit.case.picture for edit in edits], pictures
        made, wanted, reference = (np.stack([self._vectors[space.sha256, key] for key in one]) for one in keys)
        return made, wanted, reference

    def _embed(self, wanted: Sequence[tuple[str, Edit | str]], space: FeatureSpace) -> None:
        missing = [(key, one) for key, one in wanted if (space.sha256, key) not in self._vectors]
        if missing:
            pictures: list[UInt8] = [self._pixels(one) for _, one in missing]
            vectors = space.features(np.stack(pictures[i : i + BATCH]) for i in range(0, len(pictures), BATCH))
            keys = [(space.sha256, key) for key, _ in missing]
            self._vectors.update(zip(keys, vectors, strict=True))

    def _pixels(self, one: Edit | str) -> UInt8:
        return self.store.original(one) if isinstance(one, str) else one.pixels()
