"""How far two semantic maps agree: mean intersection over union, and accuracy.

    IoU_c = Σ |A_c ∩ B_c| / Σ |A_c ∪ B_c|, summed over all pairs first; mIoU its mean over the classes that occur

Letters: B pairs, K = 19 classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.conditions.labels import CLASSES, COUNT, UNKNOWN
from mien.errors import DataError
from mien.evaluation.estimate import Estimate
from mien.types import Bool, Float64, UInt8


@dataclass(frozen=True, eq=False)
class ParsingAgreement:
    """Pixel counts for each pair and class.

    Attributes:
        both: (B, K) pixels of that class in both maps.
        either: (B, K) pixels of that class in at least one.
        right: (B,) pixels on which both agree.
        all: (B,) pixels that both maps know.
    """

    both: Float64
    either: Float64
    right: Float64
    all: Float64

    def iou(self) -> dict[str, float]:
        """By the name of the class; those that occur nowhere are left out."""
        both, either = self.both.sum(0), self.either.sum(0)
        return {name: float(both[c] / either[c]) for c, name in enumerate(CLASSES) if either[c]}

    def mean_iou(self) -> Estimate:
        """mIoU in [0, 1]; the interval linearises the ratios."""
        both, either = self.both.sum(0), self.either.sum(0)
        seen = either > 0
        ratio = both[seen] / either[seen]
        influence = (self.both[:, seen] - ratio * self.either[:, seen]) / either[seen]
        return Estimate(float(ratio.mean()), influence.mean(1) * len(self.both))

    def accuracy(self) -> Estimate:
        """Share of the pixels on which both agree, in [0, 1]."""
        value = self.right.sum() / self.all.sum()
        return Estimate(float(value), (self.right - value * self.all) / self.all.mean())


def parsing_agreement(labels: UInt8, wanted: UInt8, mask: Bool | None = None) -> ParsingAgreement:
    """Counts; pixels that are ``UNKNOWN`` in either map do not count.

    Args:
        labels, wanted: (B, H, W) in the order of :mod:`mien.conditions.labels`.
        mask: (B, H, W), True where pixels count; None for everywhere.

    Raises:
        DataError: a pair has no pixel that counts.
    """
    if labels.shape != wanted.shape or labels.ndim != 3:
        raise ValueError(f"expected two (B, H, W), got {labels.shape} and {wanted.shape}")
    known = (labels != UNKNOWN) & (wanted != UNKNOWN)
    if mask is not None:
        known &= mask
    if not known.any((1, 2)).all():
        raise DataError("A pair of semantic maps has no pixel that both know; leave it out.")
    both, either = np.empty((len(labels), COUNT)), np.empty((len(labels), COUNT))
    for c in range(COUNT):
        first, second = (labels == c) & known, (wanted == c) & known
        both[:, c], either[:, c] = (first & second).sum((1, 2)), (first | second).sum((1, 2))
    return ParsingAgreement(both, either, both.sum(1), known.sum((1, 2)).astype(np.float64))
