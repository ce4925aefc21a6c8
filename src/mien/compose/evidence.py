"""What a photo's own colours say about a region: a prior from the parser, weighed against what lies around.

Convention:
    Pictures are (h, w, 3) uint8 sRGB; probabilities (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.types import Bool, Float32, UInt8

SAMPLES, GROUPS = 3000, 5
"""Pixels of which a mixture of colours is made, and its groups."""

FLOOR = 9.0
"""Least variance of a group in L*, a* and b*: photos have noise."""

TRUST = 4.0
"""Largest logarithm of a likelihood ratio that colours count."""

LOW, HIGH = 0.003, 0.993
"""Probabilities between which the prior is kept: the parser is never surer than that."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Groups of colours with diagonal variances, in CIE L*a*b*: shares (k,), means and variances (k, 3)."""

    shares: Float32
    means: Float32
    variances: Float32

    @classmethod
    def of(cls, lab: Float32, where: Bool) -> Mixture | None:
        """None where there are too few pixels to tell."""
        colors = lab[where]
        if len(colors) < 20 * GROUPS:
            return None
        colors = np.ascontiguousarray(colors[:: max(1, len(colors) // SAMPLES)])
        cv2.setRNGSeed(0)
        stop = (cv2.TERM_CRITERIA_COUNT, 8, 0.0)
        _, index, means = cv2.kmeans(colors, GROUPS, np.empty(0, np.int32), stop, 1, cv2.KMEANS_PP_CENTERS)
        index = index[:, 0]
        spread = [colors[index == k].var(0) if (index == k).any() else np.ones(3) for k in range(GROUPS)]
        shares = np.bincount(index, minlength=GROUPS) / len(index)
        return cls(shares.astype(np.float32), means, (np.array(spread) + FLOOR).astype(np.float32))

    def log_likelihood(self, lab: Float32) -> Float32:
        """(h, w) for each colour; heavy tails, so that nothing is out of the question."""
        total = np.full(lab.shape[:2], 1e-6, np.float32)
        for share, mean, variance in zip(self.shares, self.means, self.variances, strict=True):
            away = ((lab - mean) ** 2 / variance).sum(2)
            total += share / np.sqrt(np.float32(variance.prod())) * np.exp(-away / 2)
        return np.log(total)


def weighed(picture: UInt8, likely: Float32, skin: Float32, oval: Bool, unit: float) -> Float32:
    """How likely each pixel is of a region once its colour is known.

    Args:
        picture: as large as the probabilities, at most some 600 pixels.
        likely: of the region, by the parser.
        skin: of facial skin, by the parser.
        oval: of the face, forehead included: what has the skin's colours there is skin, whatever the parser says.
        unit: 1/100 of the FFHQ crop's side, in pixels of the picture.
    """
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    prior = np.clip(likely, LOW, HIGH)
    logit = np.log(prior / (1 - prior))
    seen = _dilated(likely > 0.15, unit)
    face = Mixture.of(lab, (skin > 0.9) & ~seen)
    back = Mixture.of(lab, _dilated(likely > 0.1, 8 * unit) & ~_dilated(likely > 0.1, unit) & (skin < 0.3))
    inner = _eroded(likely > 0.9, unit)
    front = Mixture.of(lab, inner)
    if front is None:
        return likely
    here = front.log_likelihood(lab)
    ratio = np.zeros_like(likely) if back is None else here - back.log_likelihood(lab)
    ratio = np.clip(ratio, -TRUST, TRUST)
    if face is not None:
        bare = face.log_likelihood(lab)
        hair = inner & (bare < here + 1)
        if hair.sum() > 0.6 * inner.sum():  # skin between strands is no hair
            front = Mixture.of(lab, hair) or front
            here = front.log_likelihood(lab)
        reach = cv2.GaussianBlur(_dilated(oval, 5 * unit).astype(np.float32), (0, 0), 2 * unit)
        ratio = ratio + reach * (np.clip(here - bare, -TRUST - 1, TRUST) - ratio)
    return np.asarray(1 / (1 + np.exp(-(logit + ratio))), np.float32)


def _eroded(where: Bool, radius: float) -> Bool:
    return cv2.erode(where.astype(np.uint8), _disc(radius)) > 0


def _dilated(where: Bool, radius: float) -> Bool:
    return cv2.dilate(where.astype(np.uint8), _disc(radius)) > 0


def _disc(radius: float) -> UInt8:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(radius)) + 1,) * 2).astype(np.uint8)
