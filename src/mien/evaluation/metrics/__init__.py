"""Metrics of a pair of pictures, one file each; ``METRICS`` is the list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mien.evaluation.metrics.base import INSIDE, Judges, Metric, Pair, masked_mean, measure_pair, summarize
from mien.evaluation.metrics.color import DELTA_E, REGION_DELTA_E
from mien.evaluation.metrics.identity import identity_metric
from mien.evaluation.metrics.outside import OUTSIDE
from mien.evaluation.metrics.parsing import ACCURACY, MEAN_IOU
from mien.evaluation.metrics.perceptual import perceptual_metric
from mien.evaluation.metrics.pose import POSE
from mien.evaluation.metrics.psnr import PSNR
from mien.evaluation.metrics.sketch import SKETCH_F1
from mien.evaluation.metrics.ssim import MS_SSIM, SSIM
from mien.evaluation.metrics.text import text_metrics

METRICS: Mapping[str, Callable[[Judges], Iterable[Metric]]] = {
    "psnr": lambda judges: [PSNR],
    "ssim": lambda judges: [SSIM],
    "ms-ssim": lambda judges: [MS_SSIM],
    "delta-e": lambda judges: [DELTA_E],
    "perceptual": lambda judges: map(perceptual_metric, judges.perceptual),
    "identity": lambda judges: map(identity_metric, judges.identity),
    "parsing": lambda judges: [MEAN_IOU, ACCURACY] if judges.faces else [],
    "region-colors": lambda judges: [REGION_DELTA_E] if judges.faces else [],
    "sketch": lambda judges: [SKETCH_F1] if judges.faces else [],
    "pose": lambda judges: POSE if judges.faces else [],
    "text": lambda judges: text_metrics(judges.clip) if judges.clip else [],
    "outside": lambda judges: [OUTSIDE],
}
"""Every metric of pairs: networks at hand -> metrics; none where a network is lacking. ``mien evaluate pairs`` and the
protocol measure all of them. A further metric is one file here and one line above."""


def metrics_of(judges: Judges) -> list[Metric]:
    """All metrics that can be measured with these networks."""
    return [metric for make in METRICS.values() for metric in make(judges)]


__all__ = ["INSIDE", "METRICS", "Judges", "Metric", "Pair", "masked_mean", "measure_pair", "metrics_of", "summarize"]
