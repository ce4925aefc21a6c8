"""Which picture comes next: a function of (seed, number drawn so far), so that resuming needs two integers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from mien.data.pictures import Picture
from mien.errors import DataError
from mien.types import Float64


class Sampler:
    """An endless sequence of indices, epoch after epoch of N draws.

    Within an epoch index i appears N·w_i / Σw times, rounded up or down at random (systematic resampling), in random
    order; with equal weights that is a permutation.

    Args:
        weights: (N,) positive, any scale.
        seed: of the whole sequence.
    """

    def __init__(self, weights: Float64, seed: int = 0) -> None:
        if weights.ndim != 1 or not len(weights) or not (weights > 0).all():
            raise ValueError("weights must be (N,) and positive")
        self.weights = weights / weights.sum()
        self.seed = seed
        self.drawn = 0
        self._epoch = -1
        self._order = np.empty(0, np.int64)

    def draw(self, count: int) -> list[int]:
        """The next ``count`` indices."""
        indices = [self._at(self.drawn + i) for i in range(count)]
        self.drawn += count
        return indices

    def state_dict(self) -> dict[str, int]:
        """Seed and position."""
        return {"seed": self.seed, "drawn": self.drawn}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continues where :meth:`state_dict` was taken."""
        self.seed, self.drawn, self._epoch = state["seed"], state["drawn"], -1

    def _at(self, position: int) -> int:
        epoch, offset = divmod(position, len(self.weights))
        if epoch != self._epoch:
            self._epoch, self._order = epoch, self._shuffled(epoch)
        return int(self._order[offset])

    def _shuffled(self, epoch: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        rng = np.random.default_rng([self.seed, epoch])
        n = len(self.weights)
        candidates = rng.permutation(n)
        # Rounding keeps the running sum of equal weights on whole numbers, so that none is drawn twice.
        edges = np.round(np.cumsum(self.weights[candidates]) * n, 6)
        edges[-1] = n
        counts = np.diff(np.floor(edges + rng.random()), prepend=0.0).astype(np.int64)
        order: np.ndarray[tuple[int], np.dtype[np.int64]] = np.repeat(candidates, counts)
        rng.shuffle(order)
        return order


def balanced_weights(pictures: Sequence[Picture], columns: Sequence[str], strength: float = 1.0) -> Float64:
    """Sampling weights that make groups more equal: w = n_group^(−strength).

    Args:
        pictures: the set.
        columns: fields that together name a picture's group; none for equal weights.
        strength: 0 leaves the set as it is, 1 shows every group equally often.

    Raises:
        DataError: a picture lacks a column.
    """
    if missing := [c for c in columns if any(c not in picture.fields for picture in pictures)]:
        known = ", ".join(pictures[0].fields) or "none"
        raise DataError(f"The set has no column {missing[0]!r} to balance by; its columns are: {known}.")
    groups = [tuple(picture.fields[column] for column in columns) for picture in pictures]
    sizes = Counter(groups)
    return np.array([float(sizes[group]) ** -strength for group in groups])
