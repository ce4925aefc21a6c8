"""What a metric of pairs is, and what it is measured with."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.clip import Clip
from mien.errors import DataError
from mien.evaluation.estimate import Estimate, mean
from mien.evaluation.features import FeatureSpace
from mien.evaluation.perceptual import PerceptualDistance
from mien.pixels import to_tensor
from mien.types import Float32, Float64, UInt8

INSIDE = " inside the mask"
Value = TypeVar("Value")


@dataclass(frozen=True)
class Judges:
    """Networks that measure pictures.

    Attributes:
        perceptual: distances of two pictures.
        identity: spaces whose cosine is the identity similarity.
        features: spaces for the distances of sets.
        clip: for how well a picture fits its sentence.
        faces: whether the pictures are aligned faces, for the bundled parser and landmarks.
    """

    perceptual: Sequence[PerceptualDistance] = ()
    identity: Sequence[FeatureSpace] = ()
    features: Sequence[FeatureSpace] = ()
    clip: Clip | None = None
    faces: bool = False


@dataclass(frozen=True, eq=False)
class Pair:
    """A picture and what it should be.

    Attributes:
        name: unique among the pairs.
        made, wanted: (H, W, 3) uint8 sRGB.
        mask: (H, W) in [0, 1], where the pair is also measured alone; None for no such figures.
        text: what ``made`` should show, in words; empty if there is none.
    """

    name: str
    made: UInt8
    wanted: UInt8
    mask: Float32 | None = None
    text: str = ""
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False)

    @cached_property
    def tensors(self) -> tuple[Tensor, Tensor]:
        """Both as (1, 3, H, W) in [-1, 1]."""
        return to_tensor(self.made), to_tensor(self.wanted)

    def once(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """What several metrics need, computed once."""
        if key not in self._kept:
            self._kept[key] = compute()
        found: Value = self._kept[key]
        return found


@dataclass(frozen=True, eq=False)
class Metric:
    """A metric of pairs.

    Attributes:
        name: as printed.
        measure: pair and mask (H, W) in [0, 1], None for everywhere -> the value, or what ``summary`` takes;
            None where it cannot be measured.
        masked: whether it can be measured inside a mask, too.
        lower_is_better: as distances are.
        judge: what a report says about its network: "label", "resize" and more; empty without a network.
        summary: what was measured of N pairs, stacked, (N, ...) -> the figure; the mean unless told.
        remark: about the summary; a sentence or empty.
        in_protocol: whether the protocol measures it, too.
    """

    name: str
    measure: Callable[[Pair, Float32 | None], float | Float64 | None]
    masked: bool = False
    lower_is_better: bool = False
    judge: Mapping[str, str] = field(default_factory=dict)
    summary: Callable[[Float64], Estimate] = mean
    remark: str = ""
    in_protocol: bool = True

    @property
    def source(self) -> dict[str, str]:
        """Columns of a report: the network, and how it resizes."""
        return {"network": self.judge.get("label", ""), "resize": self.judge.get("resize", "")}


def measure_pair(metrics: Sequence[Metric], pair: Pair) -> dict[str, float | Float64]:
    """What every metric measures of a pair, by its name; with ``INSIDE`` at the end, inside the mask.

    Raises:
        MienError: see the metrics.
    """
    found: dict[str, float | Float64] = {}
    for metric in metrics:
        for suffix, mask in (("", None), (INSIDE, pair.mask)):
            if suffix and (mask is None or not metric.masked):
                continue
            value = metric.measure(pair, mask)
            if value is not None:
                found[metric.name + suffix] = value
    return found


def scalar(metric: Metric, value: float | Float64) -> float:
    """What was measured of one pair, as a number."""
    return float(value) if np.ndim(value) == 0 else metric.summary(np.asarray(value)[None]).value


def summarize(metric: Metric, values: Sequence[float | Float64]) -> tuple[Estimate | None, str]:
    """The figure over all pairs, and a remark; pairs of infinite value (PSNR of equal pictures) are left out."""
    stacked = np.array(values, np.float64)
    finite = np.isfinite(stacked.reshape(len(stacked), -1)).all(1)
    equal = len(stacked) - int(finite.sum())
    remark = f"without {equal} equal pairs" if equal else metric.remark
    return (metric.summary(stacked[finite]) if finite.any() else None), remark


def masked_mean(values: Tensor, mask: Tensor | None) -> Tensor:
    """(B, C, H, W) -> (B,): the mean over channels and pixels.

    Args:
        values: one for each channel and pixel.
        mask: (B, 1, H, W) in [0, 1], how much each pixel counts; None for all alike.

    Raises:
        DataError: a mask is empty.
    """
    if mask is None:
        return values.mean((1, 2, 3))
    if mask.shape[-2:] != values.shape[-2:] or mask.shape[1] != 1:
        raise ValueError(f"a mask of {tuple(mask.shape)} does not fit values of {tuple(values.shape)}")
    weight = mask.to(values)
    total = weight.sum((1, 2, 3))
    if not (total > 0).all():
        raise DataError("A mask marks nothing to measure; leave the pair out, or paint the mask.")
    return (values.mean(1, keepdim=True) * weight).sum((1, 2, 3)) / total


def as_weight(mask: Float32 | None) -> Tensor | None:
    """(H, W) -> (1, 1, H, W)."""
    return None if mask is None else torch.from_numpy(mask)[None, None]
