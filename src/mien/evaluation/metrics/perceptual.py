"""LPIPS (Zhang et al., 2018), or another distance that a network computes."""

from __future__ import annotations

from mien.evaluation.metrics.base import Metric, Pair, as_weight
from mien.evaluation.perceptual import PerceptualDistance
from mien.types import Float32


def perceptual_metric(distance: PerceptualDistance) -> Metric:
    """Inside a mask, everything outside is replaced by the wanted picture."""

    def measure(pair: Pair, mask: Float32 | None) -> float:
        return float(distance(*pair.tensors, as_weight(mask)))

    return Metric(distance.label, measure, masked=True, lower_is_better=True, judge=distance.facts())
