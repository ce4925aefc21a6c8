"""How far a face has come from the photo it started as: measured after every step, against the original."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.align.crop import crop_face
from mien.photos.receipt import compare_outside
from mien.photos.write import same_samples
from mien.sessions.tree import Node
from mien.types import Bool, Photo

if TYPE_CHECKING:
    from mien.evaluation.metrics import Metric

SIZE = 256
"""Side of the crops that are compared, pixels."""


@dataclass(frozen=True)
class Drift:
    """One step of a session against the original photo.

    Attributes:
        node: the step.
        largest: largest difference of a sample outside the union of all masks so far, in units of the photo's depth.
        mean: the mean of the same.
        changed: fraction of the photo's pixels that differ, in [0, 1].
        allowed: fraction of its pixels inside the union of the masks.
        face: figures of the crop of the step's face, each under its own name: "SSIM", "LPIPS-alex", "identity (...)".
    """

    node: int
    largest: int
    mean: float
    changed: float
    allowed: float
    face: Mapping[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON; the PSNR of equal pictures, which is infinite, becomes None."""
        face = {name: value if math.isfinite(value) else None for name, value in self.face.items()}
        return {**self.__dict__, "face": face}


def measure(original: Photo, node: Node, photo: Photo, mask: Bool, metrics: Sequence[Metric]) -> Drift:
    """How far one step is from the photo.

    Args:
        original: the photo before all edits.
        node: the step.
        photo: its result.
        mask: (H, W), union of the masks up to it.
        metrics: what compares the crops.
    """
    largest, mean = _outside(original, photo, mask)
    face: dict[str, float] = {}
    if metrics:
        from mien.evaluation.metrics import Pair, measure_pair
        from mien.evaluation.metrics.base import scalar

        made, wanted = (crop_face(one, np.asarray(node.quad), SIZE).pixels for one in (photo, original))
        pair = Pair(str(node.number), made, wanted)
        by_name = {metric.name: metric for metric in metrics}
        face = {name: scalar(by_name[name], value) for name, value in measure_pair(metrics, pair).items()}
    differs = original.pixels != photo.pixels
    changed = float(np.logical_or.reduce([differs[..., channel] for channel in range(differs.shape[2])]).mean())
    return Drift(node.number, largest, mean, changed, float(mask.mean()), face)


def _outside(original: Photo, photo: Photo, mask: Bool) -> tuple[int, float]:
    """Largest and mean difference outside the mask."""
    pixels = original.pixels.copy()
    np.copyto(pixels, photo.pixels, where=mask[..., None])
    if same_samples(original.with_pixels(pixels), photo):  # the rule, and quick to find out
        return 0, 0.0
    found = compare_outside(original, photo, mask)
    return found.largest, found.mean


def metrics_of(
    identity: Sequence[Path] = (), perceptual: Sequence[Path] = (), *, trust_code: bool = False
) -> list[Metric]:
    """PSNR in decibels and SSIM, and what networks the user has.

    Args:
        identity: files of identity networks, see :func:`mien.evaluation.features.load_features`.
        perceptual: files of perceptual distances, see :func:`mien.evaluation.perceptual.load_distance`.
        trust_code: whether those files may be TorchScript, which runs as code.

    Raises:
        CheckpointError: a file is none of these, or damaged.
    """
    from mien.evaluation.features import load_features
    from mien.evaluation.metrics.identity import identity_metric
    from mien.evaluation.metrics.perceptual import perceptual_metric
    from mien.evaluation.metrics.psnr import PSNR
    from mien.evaluation.metrics.ssim import SSIM
    from mien.evaluation.perceptual import load_distance

    chosen = [PSNR, SSIM, *(identity_metric(load_features(file, trust_code=trust_code)) for file in identity)]
    return [*chosen, *(perceptual_metric(load_distance(file, trust_code=trust_code)) for file in perceptual)]
