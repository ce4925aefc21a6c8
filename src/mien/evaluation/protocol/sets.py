"""What is measured of many edits together: distances of the set of composites from the set of originals.

Letters: N edits, D features.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from mien.evaluation.estimate import Estimate
from mien.evaluation.features import FeatureSpace, in_batches
from mien.evaluation.frechet import frechet_distance
from mien.evaluation.kernel import kernel_distance
from mien.evaluation.protocol.bench import Bench, Edit
from mien.evaluation.protocol.journal import Values
from mien.evaluation.report import rounded
from mien.evaluation.separability import is_informative, separate
from mien.types import Float32, UInt8


@dataclass(eq=False)
class SetMeter:
    """Measures sets of edits against the pictures that were edited; features are computed once.

    Attributes:
        bench: where the edits are.
        resamples, seed: of the intervals.
    """

    bench: Bench
    resamples: int = 1000
    seed: int = 0
    _vectors: dict[tuple[str, str], Float32] = field(default_factory=dict, init=False)

    def rows(self, edits: Sequence[Edit]) -> Iterator[Values]:
        """FD, KID, U-IDS and P-IDS in every space, each with its interval, network and resize."""
        for space in self.bench.gauge.features:
            yield from self._space(edits, space)

    def _space(self, edits: Sequence[Edit], space: FeatureSpace) -> list[Values]:
        pictures = sorted({edit.case.picture for edit in edits})

        def compute() -> Values:
            found = _metrics(*self.vectors(edits, space))
            return {"figures": {name: self._figures(estimate, why) for name, estimate, why in found}}

        members = hashlib.sha256(" ".join(edit.key for edit in edits).encode()).hexdigest()
        what = {"edits": members, "space": space.sha256, "resamples": self.resamples, "seed": self.seed}
        figures = self.bench.journal.once("set", what, compute)["figures"]
        said = {"reference_pictures": len(pictures), "network": space.label, "resize": space.resize}
        return [{"metric": space.name(name), **found, **said} for name, found in figures.items()]

    def vectors(self, edits: Sequence[Edit], space: FeatureSpace) -> tuple[Float32, Float32, Float32]:
        """(N, D) of the edits, (N, D) of the picture that each was made from, (M, D) of these pictures, each once."""
        pictures = sorted({edit.case.picture for edit in edits})
        self._embed([(edit.key, edit) for edit in edits], space)
        self._embed([(name, name) for name in pictures], space)
        keys = [edit.key for edit in edits], [edit.case.picture for edit in edits], pictures
        made, wanted, reference = (np.stack([self._vectors[space.sha256, key] for key in one]) for one in keys)
        return made, wanted, reference

    def _figures(self, estimate: Estimate | None, remark: str) -> Values:
        if estimate is None:
            return {"value": None, "low": None, "high": None, "remark": remark}
        low, high = estimate.interval(resamples=self.resamples, seed=self.seed)
        return {"value": rounded(estimate.value), "low": rounded(low), "high": rounded(high), "remark": remark}

    def _embed(self, wanted: Sequence[tuple[str, Edit | str]], space: FeatureSpace) -> None:
        missing = [(key, one) for key, one in wanted if (space.sha256, key) not in self._vectors]
        if not missing:
            return
        pictures: list[UInt8] = [
            self.bench.original(one) if isinstance(one, str) else one.pixels() for _, one in missing
        ]
        vectors = space.features(in_batches(np.stack(pictures)))
        self._vectors.update({(space.sha256, key): vector for (key, _), vector in zip(missing, vectors, strict=True)})


def _metrics(made: Float32, wanted: Float32, reference: Float32) -> Iterator[tuple[str, Estimate | None, str]]:
    """See :meth:`SetMeter.vectors`."""
    if min(len(made), len(reference)) < 2:
        for name in ("FD", "KID"):
            yield name, None, "needs two pictures"
        return
    yield "FD", frechet_distance(made, reference), ""
    yield "KID", kernel_distance(made, reference), ""
    if is_informative(len(made), len(wanted), made.shape[1]):
        machine = separate(made, wanted)
        yield "U-IDS", machine.unpaired(), ""
        yield "P-IDS", machine.paired(), ""
        return
    fewest = 2 * made.shape[1]
    for name in ("U-IDS", "P-IDS"):
        yield name, None, f"any {fewest} pictures or fewer can be separated with {made.shape[1]} features"
