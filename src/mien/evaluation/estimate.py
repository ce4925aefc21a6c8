"""A measured figure with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.errors import DataError
from mien.evaluation.report import rounded
from mien.types import Float32, Float64

LEVEL = 0.95
"""Probability of the intervals."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """A figure, and what each picture contributes to it.

    The interval resamples the contributions, not the metric: exact for means (precision, LPIPS); for Fréchet and kernel
    distances the contributions are those of the linearised metric (its influence function), since resampled pictures
    repeat themselves, which biases both distances upwards.

    Attributes:
        value: the metric on all pictures.
        contributions: (N,) one for each picture or pair; only their spread around their own mean counts.
    """

    value: float
    contributions: Float64

    def interval(self, *, level: float = LEVEL, resamples: int = 1000, seed: int = 0) -> tuple[float, float]:
        """Percentile bootstrap of the mean contribution (Efron, 1979), around ``value``.

        Args:
            level: probability, in (0, 1).
            resamples: how often the pictures are drawn again, with replacement.
            seed: same seed, same interval.
        """
        rng = np.random.default_rng(seed)
        spread = self.contributions - self.contributions.mean()
        count = len(spread)
        means = np.array([spread[rng.integers(0, count, count)].mean() for _ in range(resamples)])
        low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
        return self.value + float(low), self.value + float(high)


def mean(values: Float64) -> Estimate:
    """The mean of one value for each picture or pair, (N,)."""
    return Estimate(float(values.mean()), np.asarray(values, np.float64))


def need_two(features: Float32, reference: Float32, distance: str) -> None:
    """Refuses sets of features that a distance cannot be measured between.

    Raises:
        DataError: fewer than two pictures on either side.
    """
    if min(len(features), len(reference)) < 2:
        raise DataError(f"A {distance} distance needs at least two pictures on either side; give more.")


@dataclass(frozen=True)
class Interval:
    """How the intervals of a report are drawn.

    Attributes:
        resamples, seed: see :meth:`Estimate.interval`.
    """

    resamples: int = 1000
    seed: int = 0

    def figures(self, estimate: Estimate | None) -> dict[str, float | None]:
        """Value, low and high, rounded; None where nothing could be measured."""
        if estimate is None:
            return {"value": None, "low": None, "high": None}
        low, high = estimate.interval(resamples=self.resamples, seed=self.seed)
        return {"value": rounded(estimate.value), "low": rounded(low), "high": rounded(high)}

    def facts(self) -> dict[str, float]:
        """What a report says about the intervals."""
        return {"level": LEVEL, "resamples": self.resamples, "seed": self.seed}
