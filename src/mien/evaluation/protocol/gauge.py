"""What is measured of one edit, against the picture that was edited.

Letters: S side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import torch

from mien.checkpoints.clip import Clip
from mien.errors import DataError
from mien.evaluation.color import mean_delta_e
from mien.evaluation.features import FeatureSpace
from mien.evaluation.identity import identity_similarity
from mien.evaluation.meters import INSIDE, Pair
from mien.evaluation.perceptual import PerceptualDistance
from mien.evaluation.psnr import psnr
from mien.evaluation.report import rounded
from mien.evaluation.ssim import inner, ssim_map
from mien.evaluation.text_image import score
from mien.evaluation.weighting import masked_mean
from mien.types import Bool, Float32, UInt8

Figures = dict[str, float | None]
"""By the name of the metric; None where it is infinite. Six digits."""

OUTSIDE = "largest difference outside the mask"
"""In levels of 255."""


@dataclass(eq=False)
class Gauge:
    """Networks that measure; what they say about originals is kept.

    LPIPS inside the mask would be the same number as LPIPS of the composite, since both pictures agree outside.

    Attributes:
        perceptual: distances of two pictures.
        identity: spaces whose cosine is the identity similarity.
        features: spaces for the distances of sets.
        clip: for how well a picture goes with its sentence.
    """

    perceptual: Sequence[PerceptualDistance] = ()
    identity: Sequence[FeatureSpace] = ()
    features: Sequence[FeatureSpace] = ()
    clip: Clip | None = None
    _known: dict[tuple[str, bytes], Float32] = field(default_factory=dict, init=False)

    @property
    def digest(self) -> str:
        """Of all that figures of pairs depend on besides the pictures."""
        parts = [*(one.sha256 for one in self.perceptual), *(one.sha256 for one in self.identity)]
        parts += [self.clip.sha256, self.clip.score_name] if self.clip else []
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()

    def facts(self) -> list[dict[str, str]]:
        """What a report says about the networks, each once."""
        networks: list[PerceptualDistance | FeatureSpace | Clip]
        networks = [*self.perceptual, *self.identity, *self.features, *([self.clip] if self.clip else [])]
        found = {one.sha256: one.facts() for one in networks}
        return list(found.values())

    def source(self, metric: str) -> dict[str, str]:
        """Label of the network of a metric, and how it resizes; empty strings where there is none."""
        spaces: Mapping[str, PerceptualDistance | FeatureSpace] = {
            **{one.label: one for one in self.perceptual},
            **{one.name("identity"): one for one in self.identity},
        }
        if self.clip and metric == self.clip.score_name:
            return {"network": self.clip.name, "resize": self.clip.resize}
        found = spaces.get(metric)
        return {"network": found.label, "resize": found.resize} if found else {"network": "", "resize": ""}

    def falls(self, metric: str) -> bool:
        """Whether smaller is better."""
        return metric.startswith(("FD", "FID", "KID", "ΔE")) or metric in {one.label for one in self.perceptual}

    def figures(self, made: UInt8, wanted: UInt8, mask: Bool, text: str | None = None) -> Figures:
        """Of the composite, and inside the mask.

        Args:
            made: (S, S, 3) uint8, the edited crop.
            wanted: (S, S, 3) uint8, what it was.
            mask: (S, S), True where it was edited.
            text: what ``wanted`` shows, in words.

        Raises:
            DataError: the mask is empty.
        """
        pair = Pair("edit", made, wanted, mask.astype(np.float32))
        a, b = pair.tensors()
        values: dict[str, float] = {}
        similarity = ssim_map(a, b)
        for suffix, weight in pair.weights():
            values["PSNR" + suffix] = float(psnr(a, b, weight))
            with suppress(DataError):  # the whole mask lies within 5 px of the border
                values["SSIM" + suffix] = float(masked_mean(similarity, inner(weight)))
        values["ΔE2000" + INSIDE] = mean_delta_e(made, wanted, mask)
        for distance in self.perceptual:
            values[distance.label] = float(distance(a, b))
        for space in self.identity:
            values[space.name("identity")] = self.similarity(space, made, wanted)
        if self.clip and text:
            values[self.clip.score_name] = score(self.clip, made, text)
        values[OUTSIDE] = largest_outside(made, wanted, mask)
        return {metric: rounded(value) if np.isfinite(value) else None for metric, value in values.items()}

    def similarity(self, space: FeatureSpace, made: UInt8, wanted: UInt8) -> float:
        """The cosine of two pictures' vectors; that of ``wanted`` is kept."""
        key = space.sha256, hashlib.sha256(wanted.tobytes()).digest()
        if key not in self._known:
            self._known[key] = space.features([wanted[None]])
        vectors = space.features([made[None]]), self._known[key]
        return float(identity_similarity(*(torch.from_numpy(one) for one in vectors)))


def largest_outside(made: UInt8, wanted: UInt8, mask: Bool) -> float:
    """In levels of 255; 0 where the mask covers everything."""
    difference = np.abs(made.astype(np.int16) - wanted)[~mask]
    return float(difference.max(initial=0))
