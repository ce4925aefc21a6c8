"""How far two line drawings agree, with a tolerance (as the boundary measure of Martin et al., 2004, without matching).

precision  share of the drawn lines that lie within t pixels of a wanted one
recall     share of the wanted lines that lie within t pixels of a drawn one
F1         their harmonic mean
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.conditions.lines import sketch_of
from mien.evaluation.metrics.base import Metric, Pair
from mien.types import Bool, Float32

REFERENCE = 256


@dataclass(frozen=True)
class SketchAgreement:
    """All in [0, 1]; 1 for two empty drawings."""

    precision: float
    recall: float
    f1: float


def tolerance_at(size: int) -> float:
    """The default tolerance in pixels at a side of the crop: 2 at 256 px, Euclidean."""
    return 2.0 * size / REFERENCE


def sketch_agreement(
    lines: Bool, wanted: Bool, tolerance: float | None = None, mask: Bool | None = None
) -> SketchAgreement:
    """Compares one pair of drawings.

    Args:
        lines, wanted: (S, S), True on lines.
        tolerance: pixels; None for :func:`tolerance_at`.
        mask: (S, S), True where lines count; those outside may still be matched to.
    """
    reach = tolerance_at(lines.shape[0]) if tolerance is None else tolerance
    precision, recall = _share(lines, wanted, reach, mask), _share(wanted, lines, reach, mask)
    total = precision + recall
    return SketchAgreement(precision, recall, 2 * precision * recall / total if total else 0.0)


def _share(lines: Bool, near: Bool, tolerance: float, mask: Bool | None) -> float:
    counted = lines if mask is None else lines & mask
    if not counted.any():
        return 1.0
    if not near.any():
        return 0.0
    away = cv2.distanceTransform(np.where(near, 0, 255).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float((away[counted] <= tolerance + 1e-4).mean())


def _measure(pair: Pair, mask: Float32 | None) -> float:
    """Of the drawings that :func:`mien.conditions.lines.sketch_of` extracts; square crops."""
    lines, wanted = pair.once("sketch", lambda: [sketch_of(one) for one in pair.tensors])
    return sketch_agreement(lines, wanted, mask=None if mask is None else mask > 0.5).f1


SKETCH_F1 = Metric("sketch F1", _measure, masked=True)
