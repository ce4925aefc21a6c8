"""The largest change outside the mask: 0 for an edit that keeps its promise."""

from __future__ import annotations

import numpy as np

from mien.evaluation.metrics.base import Metric, Pair
from mien.types import Bool, Float32, UInt8


def largest_outside(made: UInt8, wanted: UInt8, mask: Bool) -> float:
    """In levels of 255; 0 where the mask (H, W) covers everything."""
    difference = np.abs(made.astype(np.int16) - wanted)[~mask]
    return float(difference.max(initial=0))


def _measure(pair: Pair, mask: Float32 | None) -> float | None:
    return None if pair.mask is None else largest_outside(pair.made, pair.wanted, pair.mask > 0)


OUTSIDE = Metric("largest difference outside the mask", _measure, lower_is_better=True)
