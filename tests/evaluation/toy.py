"""A metric that somebody adds: how much brighter a picture is than it should be, in levels of 255."""

from __future__ import annotations

from mien.evaluation.metrics.base import Metric, Pair
from mien.types import Float32


def _measure(pair: Pair, mask: Float32 | None) -> float:
    difference = pair.made.astype(float) - pair.wanted
    return float(difference.mean() if mask is None else difference[mask > 0].mean())


BRIGHTER = Metric("brighter", _measure, masked=True)
