"""What measures a pair of pictures: each meter takes pairs one by one and knows its means in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from mien.align.landmarker import locate
from mien.align.measure import head_pose
from mien.checkpoints.perception import load_landmarks
from mien.conditions.lines import sketch_of
from mien.conditions.parser import FaceParser
from mien.errors import DataError
from mien.evaluation.color import mean_delta_e, region_delta_e
from mien.evaluation.estimate import Estimate, mean
from mien.evaluation.features import FeatureSpace
from mien.evaluation.identity import identity_similarity
from mien.evaluation.parsing import ParsingAgreement, parsing_agreement
from mien.evaluation.perceptual import PerceptualDistance
from mien.evaluation.pose import pose_error
from mien.evaluation.psnr import psnr
from mien.evaluation.sketches import sketch_agreement
from mien.evaluation.ssim import ms_ssim, ssim
from mien.models.perception.landmarks import LandmarkNet
from mien.pixels import to_tensor
from mien.types import Bool, Float32, Pose, UInt8

INSIDE = " inside the mask"


@dataclass(frozen=True, eq=False)
class Pair:
    """A picture and what it should be.

    Attributes:
        name: unique among the pairs.
        made, wanted: (H, W, 3) uint8 sRGB.
        mask: (H, W) in [0, 1], where the pair also is measured alone; None for no such figures.
    """

    name: str
    made: UInt8
    wanted: UInt8
    mask: Float32 | None = None

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Both as (1, 3, H, W) in [-1, 1]."""
        return to_tensor(self.made), to_tensor(self.wanted)

    def weights(self) -> Iterator[tuple[str, Tensor | None]]:
        """(what to add to a metric's name, the mask as (1, 1, H, W)): everywhere, then inside."""
        yield "", None
        if self.mask is not None:
            yield INSIDE, torch.from_numpy(self.mask)[None, None]

    def hard_mask(self) -> Bool | None:
        """(H, W), True where the mask is above one half."""
        return None if self.mask is None else self.mask > 0.5


@dataclass(frozen=True, eq=False)
class Result:
    """One figure over all pairs; ``remark`` is a sentence or empty."""

    metric: str
    estimate: Estimate
    remark: str = ""


class Meter(Protocol):
    """Measures pairs.

    Attributes:
        network: its label, or empty.
        resize: what happens to the size of the pictures, in words.
    """

    network: str
    resize: str

    def add(self, pair: Pair) -> Mapping[str, float]:
        """Measures one pair and remembers it; returns its values by the name of the metric."""

    def results(self) -> Iterator[Result]:
        """The figures over all pairs so far."""

    def facts(self) -> list[dict[str, str]]:
        """What a report says about the networks."""


@dataclass(eq=False)
class MeanMeter:
    """Values of single pairs, averaged.

    Attributes:
        measure: a pair -> its values by the name of the metric; leaves out what cannot be measured.
        network, resize: see :class:`Meter`.
        described: see :meth:`Meter.facts`.
    """

    measure: Callable[[Pair], Mapping[str, float]]
    network: str = ""
    resize: str = "none"
    described: Mapping[str, str] = field(default_factory=dict)
    values: dict[str, list[float]] = field(default_factory=dict, init=False)

    def add(self, pair: Pair) -> Mapping[str, float]:
        """See :class:`Meter`."""
        found = self.measure(pair)
        for metric, value in found.items():
            self.values.setdefault(metric, []).append(value)
        return found

    def results(self) -> Iterator[Result]:
        """Means; pairs of infinite value (PSNR of equal pictures) are left out and counted in the remark."""
        for metric, values in self.values.items():
            array = np.array(values)
            finite = array[np.isfinite(array)]
            equal = len(array) - len(finite)
            if len(finite):
                yield Result(metric, mean(finite), f"without {equal} equal pairs" if equal else "")

    def facts(self) -> list[dict[str, str]]:
        """See :class:`Meter`."""
        return [dict(self.described)] if self.described else []


def pixel_meter() -> MeanMeter:
    """PSNR (dB), SSIM, MS-SSIM and the mean ΔE2000 of the pixels.

    SSIM and MS-SSIM are left out where no window fits into the picture or the mask.
    """

    def measure(pair: Pair) -> dict[str, float]:
        made, wanted = pair.tensors()
        values: dict[str, float] = {}
        for suffix, mask in pair.weights():
            values["PSNR" + suffix] = float(psnr(made, wanted, mask))
            for name, metric in (("SSIM", ssim), ("MS-SSIM", ms_ssim)):
                with suppress(DataError):  # too small a picture, or a mask too close to its border
                    values[name + suffix] = float(metric(made, wanted, mask))
        values["ΔE2000"] = mean_delta_e(pair.made, pair.wanted)
        chosen = pair.hard_mask()
        if chosen is not None and chosen.any():
            values["ΔE2000" + INSIDE] = mean_delta_e(pair.made, pair.wanted, chosen)
        return values

    return MeanMeter(measure)


def perceptual_meter(distance: PerceptualDistance) -> MeanMeter:
    """LPIPS or the like."""

    def measure(pair: Pair) -> dict[str, float]:
        made, wanted = pair.tensors()
        return {distance.label + suffix: float(distance(made, wanted, mask)) for suffix, mask in pair.weights()}

    return MeanMeter(measure, distance.label, distance.resize, distance.facts())


def identity_meter(space: FeatureSpace) -> MeanMeter:
    """The cosine of an identity network's embeddings, on aligned faces."""

    def measure(pair: Pair) -> dict[str, float]:
        made, wanted = (torch.from_numpy(space.features([one[None]])) for one in (pair.made, pair.wanted))
        return {space.name("identity"): float(identity_similarity(made, wanted))}

    return MeanMeter(measure, space.label, space.resize, space.facts())


def sketch_meter() -> MeanMeter:
    """F1 of the drawings that :func:`mien.conditions.lines.sketch_of` extracts, within 2 px of 256; square crops."""

    def measure(pair: Pair) -> dict[str, float]:
        lines, wanted = (sketch_of(one) for one in pair.tensors())
        values = {"sketch F1": sketch_agreement(lines, wanted).f1}
        if pair.mask is not None:
            values["sketch F1" + INSIDE] = sketch_agreement(lines, wanted, mask=pair.hard_mask()).f1
        return values

    return MeanMeter(measure)


def pose_of(network: LandmarkNet, pixels: UInt8) -> Pose:
    """The head pose in an aligned face (S, S, 3) uint8."""
    side = float(pixels.shape[0])
    quad = np.array([[[0, 0], [0, side], [side, side], [side, 0]]], np.float64)
    return head_pose(locate(network, pixels, quad)[0][0], network.mean.numpy())


def pose_meter(network: LandmarkNet) -> MeanMeter:
    """Differences of the head pose in degrees, from the bundled landmarks; aligned faces."""

    def measure(pair: Pair) -> dict[str, float]:
        error = pose_error(*(pose_of(network, one) for one in (pair.made, pair.wanted)))
        angles = {"yaw": error.yaw, "pitch": error.pitch, "roll": error.roll, "rotation": error.rotation}
        return {f"pose error, {name} (degrees)": angle for name, angle in angles.items()}

    resize = f"FFHQ crop, averaged to {network.config.size} px"
    return MeanMeter(measure, "bundled landmarks", resize, {"label": "bundled landmarks", "resize": resize})


def face_meters() -> list[Meter]:
    """Everything that needs aligned faces and only bundled networks: parsing and region colours, sketch, pose."""
    return [ParsingMeter(FaceParser.bundled()), sketch_meter(), pose_meter(load_landmarks())]


@dataclass(eq=False)
class ParsingMeter:
    """mIoU and accuracy of the parser's labels over all pairs, and the colour error of the wanted picture's regions.

    Attributes:
        parser: labels both pictures; aligned faces.
        network: its label.
    """

    parser: FaceParser
    network: str = "bundled parser"
    resize: str = field(default="", init=False)
    counts: list[ParsingAgreement] = field(default_factory=list, init=False)
    colors: list[float] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.resize = f"bilinear, anti-aliased, to {self.parser.network.config.size} px"

    def add(self, pair: Pair) -> Mapping[str, float]:
        """See :class:`Meter`."""
        made, wanted = (self.parser.parse_crop(one) for one in (pair.made, pair.wanted))
        agreement = parsing_agreement(made[None], wanted[None])
        self.counts.append(agreement)
        self.colors.append(float(np.mean(list(region_delta_e(pair.made, pair.wanted, wanted).values()))))
        return {
            "mIoU": agreement.mean_iou().value,
            "parsing accuracy": agreement.accuracy().value,
            "ΔE2000 of region means": self.colors[-1],
        }

    def results(self) -> Iterator[Result]:
        """See :class:`Meter`."""
        total = ParsingAgreement(
            *(
                np.concatenate([getattr(one, name) for one in self.counts])
                for name in ("both", "either", "right", "all")
            )
        )
        yield Result("mIoU", total.mean_iou(), "summed over all pairs before dividing")
        yield Result("parsing accuracy", total.accuracy())
        yield Result("ΔE2000 of region means", mean(np.array(self.colors)))

    def facts(self) -> list[dict[str, str]]:
        """See :class:`Meter`."""
        return [{"label": self.network, "resize": self.resize}]
