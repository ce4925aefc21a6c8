"""What a photo's own colours say about a region: a prior from the parser, weighed against what lies around.

Convention:
    Pictures are (h, w, 3) uint8 sRGB; probabilities (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.compose.border import local_colors
from mien.compose.morphology import grown, shrunk
from mien.types import Bool, Float32, UInt8

SAMPLES, GROUPS = 3000, 5
"""Pixels of which a mixture of colours is made, and its groups."""

FLOOR = 9.0
"""Least variance of a group in L*, a* and b*: photos have noise."""

TRUST = 4.0
"""Largest logarithm of a likelihood ratio that colours count."""

LOW, HIGH = 0.003, 0.993
"""Probabilities between which the prior is kept: the parser is never surer than that."""


OVER_SKIN = 0.93
"""The same within the face: the parser takes a fringe as a whole."""

WISP, HANGING, APART, CLEAR = 2.0, 20.0, 2.0, 0.3
"""Half of the width of a fringe's thin ends, how far below hair they reach, how far from brows and glasses they are, in
units; and how much darkness spreads where they are (standard deviation): shades of skin are softer."""


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
        shares = (np.bincount(index, minlength=GROUPS) + 1e-3) / len(index)
        return cls(shares.astype(np.float32), means, (np.array(spread) + FLOOR).astype(np.float32))

    def log_likelihood(self, lab: Float32) -> Float32:
        """(h, w) for each colour; heavy tails, so that nothing is out of the question."""
        flat = lab.reshape(-1, 3)
        known = np.hstack([flat * flat, flat])  # the squares are multiplied out, which is one product of matrices
        scaled = self.means / self.variances
        constant = np.log(self.shares / np.sqrt(self.variances.prod(1))) - 0.5 * (self.means * scaled).sum(1)
        powers = known @ np.hstack([-0.5 / self.variances, scaled]).T.astype(np.float32) + constant.astype(np.float32)
        total = cv2.exp(np.maximum(powers, np.float32(-40))) @ np.ones((len(scaled), 1), np.float32) + np.float32(1e-6)
        total = total.reshape(lab.shape[:2])
        return np.asarray(cv2.log(total), np.float32)


def weighed(picture: UInt8, likely: Float32, skin: Float32, others: Float32, oval: Bool, unit: float) -> Float32:
    """How likely each pixel is of a region once its colour is known.

    Args:
        picture: as large as the probabilities, at most some 600 pixels.
        likely: of the region, by the parser.
        skin: of facial skin, by the parser.
        others: of what is neither and has colours like the region's: clothes, glasses, brows. There, colours only
            speak against it.
        oval: of the face, forehead included: what has the skin's colours there is skin, whatever the parser says.
        unit: 1/100 of the FFHQ crop's side, in pixels of the picture.
    """
    calm = cv2.GaussianBlur(picture, (0, 0), max(0.3, 0.08 * unit)).astype(np.float32) / np.float32(255)
    lab = cv2.cvtColor(calm, cv2.COLOR_RGB2LAB)
    prior = np.clip(likely, LOW, HIGH)
    logit = np.log(prior / (1 - prior))
    seen = grown(likely > 0.15, unit)
    faces = (skin > 0.9) & ~seen
    face = Mixture.of(lab, faces)
    back = Mixture.of(lab, grown(likely > 0.1, 8 * unit) & ~grown(likely > 0.1, unit) & (skin < 0.3))
    inner = shrunk(likely > 0.9, unit)
    front = Mixture.of(lab, inner)
    if front is None:
        return likely
    here, hair = front.log_likelihood(lab), inner
    ratio = np.zeros_like(likely) if back is None else here - back.log_likelihood(lab)
    rim = cv2.GaussianBlur(grown(likely < 0.8, 4 * unit).astype(np.float32), (0, 0), unit)
    ratio = np.clip(ratio, -TRUST * rim, TRUST)  # what shines deep inside is no backdrop
    if face is not None:
        bare = face.log_likelihood(lab)
        kept = inner & (bare < np.percentile(bare[faces], 12))
        if kept.sum() > 0.5 * inner.sum():  # skin between strands is no hair
            front, hair = Mixture.of(lab, kept) or front, kept
            here = front.log_likelihood(lab)
        reach = cv2.GaussianBlur(grown(oval, 4 * unit).astype(np.float32), (0, 0), 2 * unit)
        logit = np.minimum(logit, np.log(OVER_SKIN / (1 - OVER_SKIN)) * reach + 9 * (1 - reach))
        ratio = ratio + reach * (np.clip(here - bare, -TRUST - 2, TRUST) - ratio)
    ratio = np.minimum(ratio, TRUST * (1 - np.clip(2.5 * others / np.maximum(likely + others, 0.05), 0, 1.6)))
    told = 1 / (1 + np.exp(-(logit + ratio)))
    if face is not None:
        clear, dark = _between(picture, hair & (told > 0.9), faces, 7 * unit)
        told = told * (1 - reach * (1 - clear))
        spread = cv2.GaussianBlur(dark * dark, (0, 0), unit) - cv2.GaussianBlur(dark, (0, 0), unit) ** 2
        bare_skin = oval & (_away(others < 0.3) > APART * unit) & (spread > CLEAR**2)
        told = np.maximum(told, 0.9 * dark * wisps(told > 0.5, bare_skin & (dark > 0.5), unit))
    return np.asarray(told, np.float32)


def wisps(hair: Bool, dark: Bool, unit: float) -> Bool:
    """Thin pieces (h, w), as dark as hair, that hang on hair: the ends of a fringe, which the parser misses."""
    wide = _away(~(_away(dark) > WISP * unit)) < 1.5 * WISP * unit
    close = ((dark & ~wide) | hair) & (_away(~hair) < HANGING * unit)
    count, pieces = cv2.connectedComponents(close.astype(np.uint8))
    hanging = np.zeros(count, bool)
    hanging[pieces[hair & close]] = True
    return np.asarray(hanging[pieces] & close & ~hair)


def _away(area: Bool) -> Float32:
    """How far (h, w) a pixel of an area lies from its outside."""
    return np.asarray(cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3), np.float32)


def _between(picture: UInt8, hair: Bool, skin: Bool, reach: float) -> tuple[Float32, Float32]:
    """Where each colour lies from skin, 0, to hair, 1: what is between strands is a mixture of both.

    1 everywhere where hair and skin look much the same. Second comes how surely a colour is hair's: 0 there.
    """
    seen = picture.astype(np.float32)
    (front, _), (back, _) = (local_colors(seen, area.astype(np.float32), reach) for area in (hair, skin))
    way = front - back
    apart = (way**2).sum(2)
    place = ((seen - back) * way).sum(2) / (apart + 1)
    sure = np.clip((np.sqrt(apart) - 70) / 50, 0, 1)
    kept = 1 - sure * (1 - np.clip((place - 0.1) / 0.65, 0, 1))
    return np.asarray(kept, np.float32), np.asarray(sure * np.clip((place - 0.3) / 0.35, 0, 1), np.float32)
