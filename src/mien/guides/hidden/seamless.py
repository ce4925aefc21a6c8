"""What is made of a hidden part of a face, in the light that is right beside it: no step is left at its border.

Skin, lips and what lies between lips are each lit by what is seen of themselves: a lip in the light of the cheek
beside it is brown, teeth are gray.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; areas (h, w) bool.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import ring
from mien.compose.blurring import gaussian
from mien.compose.harmonic import harmonic
from mien.compose.morphology import grown
from mien.guides.continued import nearest
from mien.guides.glasses.surround import BROWS
from mien.guides.guide import Box, Doubt
from mien.guides.laid import blurred, coarse_beside, filled
from mien.types import Bool, Float32, Float64

BESIDE = 0.05
"""Units beside what is hidden in which its light is told."""

SMOOTH = 0.015
"""Units over which light is told at the border, so that single wrinkles do not run on."""

SOFT = 0.01
"""Units over which lips pass into skin."""

FADED, STEP = 0.015, 40.0
"""Units over which a step that is finer than light goes, and levels of it at most."""

FEW = 0.0006
"""Square units of something that must be seen of it beside what is hidden, to tell its light."""

BROAD, MOST, HUE = 0.05, 12.0, 3.0
"""Units over which the shading of a cheek is told, how many levels of it may be another light's or another face's, and
how many of its color."""

APART = 50.0
"""Standard deviation of the light along the border of what is hidden, levels, from which on it is told."""

UNEVEN = Doubt("light and shadow meet where the face is hidden, so that their border is not where it was")
"""What is told then."""

FEATURES = (mesh.OUTER_LIPS, mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR, (168, 48, 64, 98, 2, 327, 294, 278), *BROWS)
"""Outlines of what has a shading of its own."""

FROM_FEATURES = 0.07
"""Units from them in which skin has it, too."""


def kinds_of(points: Float64, box: Box) -> list[Bool]:
    """Skin, lips, and what lies between them, (h, w) each.

    Args:
        points: (478, 2) landmarks, pixels of the photo.
        box: of the photo.
    """
    lips, inner = (filled(points[list(one)], box) for one in (mesh.OUTER_LIPS, mesh.INNER_LIPS_CONTOUR))
    return [~lips, lips & ~inner, inner]


def in_light_of(lower: Float32, upper: Float32, here: Bool, known: Bool, kinds: Sequence[Bool], unit: float) -> Float32:
    """What is made (h, w, 3), in the light that is seen beside what is hidden; continuous at its border.

    Args:
        lower: the photo.
        upper: what is made, beside what is hidden, too.
        here: where it shows.
        known: where both show the same of the face.
        kinds: of :func:`kinds_of`.
        unit: eye distance.
    """
    close = known & (ring(here, BESIDE * unit) > 0) & ~here
    apart = lower - upper
    total, weights = np.zeros_like(lower), np.zeros(here.shape, np.float32)
    skin = None
    for kind in kinds:
        seen = close & kind & ~grown(~kind, SOFT * unit)
        light = skin
        if seen.sum() > FEW * unit**2:
            light = harmonic(coarse_beside(apart, ~seen, max(0.8, SMOOTH * unit)), seen, here)
        if light is None:
            return upper
        skin = light if skin is None else skin
        weight = blurred(kind, SOFT * unit)
        total, weights = total + weight[..., None] * light, weights + weight
    lit = np.asarray(upper + total / np.maximum(weights, np.float32(1e-3))[..., None], np.float32)
    return joined(lower, lit, here, close, unit)


def joined(lower: Float32, upper: Float32, here: Bool, close: Bool, unit: float) -> Float32:
    """What is made (h, w, 3) where it meets what is right beside it, ``close`` (h, w): a step there goes at once.

    Args:
        lower: the photo.
        upper: what is made.
        here: where it shows.
        close: where both are compared; nothing is done where there is no such place.
        unit: eye distance.
    """
    if not close.any():
        return upper
    sigma = max(0.7, 0.004 * unit)
    columns, rows = nearest(close)
    found = gaussian(coarse_beside(lower - upper, ~close, sigma)[rows, columns], sigma)
    depth = cv2.distanceTransform(here.astype(np.uint8), cv2.DIST_L2, 5) / np.float32(FADED * unit)
    return np.asarray(upper + np.clip(found, -STEP, STEP) * np.exp(-depth)[..., None], np.float32)


def calmed(lower: Float32, upper: Float32, here: Bool, known: Bool, share: Float32, unit: float) -> Float32:
    """What is made of skin (h, w, 3), whose shading and hue differ little from how the skin around it goes on smoothly.

    Args:
        lower: the photo.
        upper: what is made, in its light.
        here: where it shows.
        known: skin that is seen.
        share: (h, w) in [0, 1]: how far from lips, nose and eyes; these have shades of their own.
        unit: eye distance.
    """
    close = known & (ring(here, BESIDE * unit) > 0) & ~here
    if not close.any():
        return upper
    smooth = harmonic(coarse_beside(lower, ~close, max(0.8, SMOOTH * unit)), close, here)
    off = coarse_beside(upper - smooth, ~here, BROAD * unit)
    gray = off.mean(2, keepdims=True)
    held = [np.float32(most) * np.tanh(one / np.float32(most)) for one, most in ((gray, MOST), (off - gray, HUE))]
    less = held[0] + held[1] - off
    return np.asarray(upper + (share * here)[..., None] * less, np.float32)


def doubts_of(lower: Float32, here: Bool, known: Bool, unit: float) -> tuple[Doubt, ...]:
    """What is to be told of the light around what is hidden: whether light and shadow meet below it, nobody knows how.

    Args:
        lower: the photo.
        here: what is hidden.
        known: skin that is seen.
        unit: eye distance.
    """
    close = known & (ring(here, BESIDE * unit) > 0) & ~here
    if not close.any():
        return ()
    light = coarse_beside(lower, ~close, max(1.0, 0.03 * unit))[close].mean(1)
    return (UNEVEN,) if float(light.std()) > APART else ()


def extended(upper: Float32, valid: Bool, here: Bool, unit: float) -> Float32:
    """What is made (h, w, 3), spread smoothly over where it shows nothing, close to what is hidden.

    Args:
        upper: what is made.
        valid: where it shows something.
        here: what is hidden.
        unit: eye distance.
    """
    free = ~valid & grown(here, 2 * BESIDE * unit)
    edge = valid & grown(free, BESIDE * unit)
    if not free.any() or not edge.any():
        return upper
    smooth = harmonic(coarse_beside(upper, ~edge, max(0.8, SMOOTH * unit)), edge, free)
    return np.where(valid[..., None], upper, smooth).astype(np.float32)


def away_from_features(points: Float64, box: Box, unit: float) -> Float32:
    """(h, w): 0 at lips, eyes, brows and nose, 1 well away from them.

    Args:
        points: (478, 2) landmarks, pixels of the photo.
        box: of the photo.
        unit: eye distance.
    """
    features = np.logical_or.reduce([filled(points[list(one)], box) for one in FEATURES])
    away = cv2.distanceTransform((~features).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(FROM_FEATURES * unit)
    return np.asarray(np.clip(away - 0.5, 0, 1), np.float32)
