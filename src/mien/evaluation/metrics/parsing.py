"""How far two semantic maps agree: mean intersection over union, and accuracy.

    IoU_c = Σ |A_c ∩ B_c| / Σ |A_c ∪ B_c|, summed over all pairs first; mIoU its mean over the classes that occur

Letters: B pairs, K = 19 classes.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from mien.conditions.labels import COUNT, UNKNOWN
from mien.conditions.parser import FaceParser
from mien.errors import DataError
from mien.evaluation.estimate import Estimate
from mien.evaluation.metrics.base import Metric, Pair
from mien.types import Bool, Float32, Float64, UInt8


def parsing_counts(labels: UInt8, wanted: UInt8, mask: Bool | None = None) -> Float64:
    """Pixels of each class in both maps, and in at least one: (2, K). ``UNKNOWN`` pixels do not count.

    Args:
        labels, wanted: (H, W) in the order of :mod:`mien.conditions.labels`.
        mask: (H, W), True where pixels count; None for everywhere.

    Raises:
        DataError: no pixel counts.
    """
    known = (labels != UNKNOWN) & (wanted != UNKNOWN)
    known = known if mask is None else known & mask
    if not known.any():
        raise DataError("A pair of semantic maps has no pixel that both know; leave it out.")
    first, second = (np.bincount(one[known], minlength=COUNT) for one in (labels, wanted))
    both = np.bincount(labels[known & (labels == wanted)], minlength=COUNT)
    return np.stack([both, first + second - both]).astype(np.float64)


def accuracy_counts(labels: UInt8, wanted: UInt8) -> Float64:
    """Pixels on which two maps (H, W) agree, and all that both know: (2, 1)."""
    both, either = parsing_counts(labels, wanted).sum(1)
    return np.array([[both], [(both + either) / 2]])  # a pixel of disagreement is in two unions


def mean_ratio(counts: Float64) -> Estimate:
    """(N, 2, K) parts and wholes -> the mean over K of the ratios of their sums; the interval linearises the ratios.

    Where a whole is 0, K is left out.
    """
    parts, wholes = counts[:, 0], counts[:, 1]
    total = wholes.sum(0)
    seen = total > 0
    ratio = parts.sum(0)[seen] / total[seen]
    influence = (parts[:, seen] - ratio * wholes[:, seen]) / total[seen]
    return Estimate(float(ratio.mean()), influence.mean(1) * len(counts))


@cache
def _parser() -> FaceParser:
    return FaceParser.bundled()


def labels_of(pair: Pair) -> tuple[UInt8, UInt8]:
    """The bundled parser's labels (S, S) of both pictures, which are aligned faces."""
    made, wanted = pair.once("labels", lambda: [_parser().parse_crop(one) for one in (pair.made, pair.wanted)])
    return made, wanted


def _measure_iou(pair: Pair, mask: Float32 | None) -> Float64:
    return parsing_counts(*labels_of(pair))


def _measure_accuracy(pair: Pair, mask: Float32 | None) -> Float64:
    return accuracy_counts(*labels_of(pair))


JUDGE = {"label": "bundled parser", "resize": "bilinear, anti-aliased, to the parser's size"}
SUMMED = "summed over all pairs before dividing"
MEAN_IOU = Metric("mIoU", _measure_iou, judge=JUDGE, summary=mean_ratio, remark=SUMMED)
ACCURACY = Metric("parsing accuracy", _measure_accuracy, judge=JUDGE, summary=mean_ratio)
