"""Teeth: those that are seen already made even, those of another photo under this one's light.

Convention:
    Pictures are (h, w, 3) float32 over a box of the photo; areas (h, w) bool, weights (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.compose.blurring import gaussian
from mien.compose.border import wide_blur
from mien.errors import LayerError
from mien.guides.guide import Box
from mien.guides.laid import blurred
from mien.guides.tint import SAME, brighter, linear, no_redder, srgb, teeth_among, teeth_color, whitest
from mien.types import Bool, Float32, Float64

CLOSED = 0.014
"""Eye distances of dark between teeth that counts as teeth."""

COARSE = 0.03
"""Eye distances over which light on teeth is light, not form."""

GUMS = (0.66, 0.78)
"""Share of the green over red of the paler teeth below which something is gums, and from which on it is teeth."""

GAPS, STAINS = 0.65, 0.75
"""Exponent for what is darker than around it, and how much of the differences of color is taken away."""

GAIN = (1.04, 1.35)
"""Least and most by which teeth become lighter."""

RED = (0.68, 0.82)
"""Green over red, over that of teeth, at which something is lips or gums, and at which it is teeth."""

BALANCE = (0.75, 1.33)
"""Factors by which the other photo's channels may be balanced, so that its skin has this skin's hue."""

LOCAL = 0.08
"""Eye distances within which teeth have one light."""

BRIGHT = 0.35
"""By how much that counts as more where it is as light as teeth: some are seen in warmer light."""

EVEN = 0.92
"""How much of the differences of color among the other's teeth is taken away."""

NARROW, WIDE = (0.34, 0.82), (0.45, 1.0)
"""Most light of what is no tooth, over that of the lips, and light of teeth before they are shaded, over that of most
teeth that are seen in photos: in a mouth that was shut, and in one that was open."""

DEEPER, ROUND = 0.6, (0.45, 0.02)
"""Exponent by which what is darker on teeth than around becomes darker still; and the share of light that teeth lose at
their ends, and over which distance that fades, in eye distances."""

FALLS, SIDE = 0.9, 0.12
"""Exponent with which light from a side falls on teeth, over that on the skin around, and how near that skin lies, in
eye distances."""

CORNERS = (0.0, 0.05, 0.125, 0.2, 0.3), (1.3, 1.0, 0.5, 0.25, 0.0)
"""Shares of the mouth's width from its corners, and the logarithms of light that teeth of a wider mouth lose there:
what they lack of the fall in 335 smiles of the wide portraits' training split whose lips are 0.06 to 0.14 eye
distances apart (0.27 at 0.28, 0.51 at 0.2, 0.9 at 0.125)."""

SHADE = (0.48, 0.024)
"""Share of the light that the upper lip keeps from teeth at its edge, and over which distance that fades, in eye
distances: of 450 open mouths of the wide portraits' training split."""

DARKEST, REDDER = 0.04, 1.3
"""Least light of what is between the lips and no tooth, over that of the lips, and the exponent of their hue there."""

DIM = 0.35
"""Least light of another's teeth over that of the brighter skin: of 335 smiles 3 have less."""

SUREST = 5.0
"""How far a whole row of teeth that is seen is believed, where a few of them count 1."""

FEW = 0.08
"""Share of another's open mouth that must be teeth for their light to be known."""

SHINE = 0.012
"""Half the thickness, in eye distances, up to which what is white between lips is no tooth."""

DULLER = 0.9
"""Least light of teeth over that of the other's, where a few of this face's are seen in the shade of its lips."""

HOLLOW, WET = 0.4, 0.02
"""Share of that light that is left deep in a mouth, and over which distance from lips it falls, in eye distances."""

HEALTHY = 0.1
"""Logarithm of light by which healthy teeth are lighter than those of most people."""


def evened(lower: Float32, white: Bool, skin: Bool, unit: float) -> tuple[Float32, Float32]:
    """Teeth without stains, as light as healthy ones are in this light.

    Args:
        lower: sRGB of the photo.
        white: teeth.
        skin: around the mouth.
        unit: distance of the outer corners of the eyes.

    Returns:
        sRGB, and how much of it shows.
    """
    light = linear(lower)
    green = np.asarray(light[..., 1] / np.maximum(light[..., 0], 1e-4), np.float32)
    pale = gaussian(green, max(0.6, 0.006 * unit)) / np.quantile(green[white], 0.75)
    firm = np.clip((pale - GUMS[0]) / (GUMS[1] - GUMS[0]), 0, 1)
    white = white & (firm == 1) if (white & (firm == 1)).any() else white
    area, seen = _closed(white.astype(np.float32), unit) > 0.5, whitest(lower, white)
    told = teeth_color(brighter(lower, skin, 0.2), seen, (0.6, 0.03))
    gain = np.clip(np.exp(HEALTHY) * teeth_color(brighter(lower, skin, 0.2)).mean() / seen.mean(), *GAIN)
    gray = light.mean(2)
    coarse = _mean_on(gray, area, COARSE * unit)
    form = np.minimum(gray / coarse, 1) ** GAPS * np.maximum(gray / coarse, 1)
    hue = light / np.maximum(gray, 1e-4)[..., None]
    hue = hue + STAINS * (told / told.mean() - hue)
    made = gain * (coarse * form)[..., None] * hue / (1 + (gain - 1) * coarse)[..., None]  # white stays white
    return srgb(np.asarray(made, np.float32)), np.asarray(
        blurred(area, 0.005 * unit) * _toothed(light, white, unit) * firm, np.float32
    )


def _mean_on(light: Float32, area: Bool, sigma: float) -> Float32:
    """Mean of light (h, w) on an area around each pixel."""
    weight = area.astype(np.float32)
    total = gaussian(light * weight, sigma)
    return np.asarray((total + 1e-5) / (gaussian(weight, sigma) + 1e-5), np.float32)


@dataclass(frozen=True, eq=False)
class Areas:
    """Attributes:
    inner, outer: (h, w) within this photo's lips, and with them.
    theirs: (h, w) within the other's lips, where they are shown.
    unit: distance of the outer corners of the eyes.
    """

    inner: Bool
    outer: Bool
    theirs: Bool
    unit: float


def lit_teeth(
    lower: Float32,
    taken: Float32,
    areas: Areas,
    native: tuple[Float64, float] | None,
    depth: Float32,
    *,
    smiles: bool,
) -> Float32:
    """What is between the other's lips under this photo's light, sRGB.

    Args:
        lower, taken: sRGB of both photos.
        areas: of both mouths.
        native: (3,) linear light of this face's teeth, and how far that is believed, 1 for few of them; None where
            none were seen.
        depth: (h, w) share of the light that reaches a place.
        smiles: whether a shut mouth opens in a smile: a narrow gap is dark; lips that open wide shade less.
    """
    near, close = (widened(areas.outer, reach * areas.unit) for reach in (0.1, 0.025))
    skin, others = near & ~areas.outer, near & ~widened(areas.theirs, 0.06 * areas.unit)
    lips = brighter(lower, close & ~areas.inner, 1.0)
    if not (skin.any() and areas.theirs.any()):
        return no_redder(taken, lips)
    here, there = (brighter(one, skin, 0.2) for one in (lower, taken))
    cast = np.clip(here / here.mean() / np.maximum(there / there.mean(), 1e-3), *BALANCE)
    taken, there = srgb(np.asarray(linear(taken) * cast, np.float32)), there * cast
    white = _thick(teeth_among(taken, areas.theirs), areas.unit)
    if white.sum() < FEW * areas.theirs.sum():  # none, or in shade but for some
        return no_redder(srgb(np.asarray(linear(taken) * (here.mean() / there.mean()), np.float32)), lips)
    light, found = linear(taken), np.maximum(whitest(taken, white), 1e-3)
    if found.mean() < DIM * there.mean():
        raise LayerError("The teeth of the other photo lie in deep shade; choose a photo in which light falls on them.")
    told = teeth_color(here, found * here / np.maximum(there, 1e-3))
    if native is not None:
        sure = min(native[1], SUREST)
        least = DULLER * (1 - min(sure / 2, 1)) * told
        told = np.maximum(least, teeth_color(here, native[0], (sure * SAME[0], sure * SAME[1])))
    tooth = _closed(_toothed(light, white, areas.unit) * blurred(widened(areas.theirs, 2.0), 1.0), areas.unit)
    gray = light.mean(2, keepdims=True) / found.mean() * found  # stains and colored light of the other photo
    light = light + EVEN * tooth[..., None] * (gray - light)
    lit = linear(no_redder(srgb(np.asarray(light * (told / found), np.float32)), lips))
    if others.any():
        lit = _lateral(lit, linear(lower), linear(taken), skin, others, areas.inner, SIDE * areas.unit)
    shown = white & (tooth > 0.5) & areas.inner
    if shown.sum() > 20:
        flesh, gain = NARROW if smiles else WIDE
        lit = lit * _formed(lit, tooth, areas.unit)[..., None] if smiles else lit
        lit = lit * np.float32(np.clip(gain * told.mean() / whitest(srgb(lit), shown).mean(), 0.5, 2.0))
        gray = np.clip(lit.mean(2), DARKEST * lips.mean(), _hollow(areas, flesh) * lips.mean())
        hue = (lips / lips.mean()) ** REDDER
        lit = lit + (1 - tooth)[..., None] * (gray[..., None] * hue - lit)
    return srgb(np.asarray(lit * depth[..., None], np.float32))


def _formed(light: Float32, tooth: Float32, unit: float) -> Float32:
    """(h, w): factors that make gaps between teeth deeper and teeth darker towards their ends, which are round."""
    gray = light.mean(2)
    form = np.clip(gray / _mean_on(gray, tooth > 0.5, COARSE * unit), 0.05, 1) ** DEEPER
    ends = gaussian(tooth, ROUND[1] * unit)
    return np.asarray(1 + tooth * (form * (1 - ROUND[0] + ROUND[0] * np.clip(2 * ends - 0.8, 0, 1)) - 1), np.float32)


def _hollow(areas: Areas, flesh: float) -> Float32:
    """(h, w) most light of what is no tooth, over that of the lips: less away from them, and where nothing is known."""
    away = cv2.distanceTransform(areas.inner.astype(np.uint8), cv2.DIST_L2, 3) / areas.unit
    known = blurred(areas.theirs, 0.01 * areas.unit)
    return np.asarray(flesh * (HOLLOW + (1 - HOLLOW) * np.exp(-away / WET)) * (HOLLOW + (1 - HOLLOW) * known))


def _thick(white: Bool, unit: float) -> Bool:
    """Teeth (h, w) without lines as thin as the shine of a lip, unless most of them are."""
    side = 2 * max(1, round(SHINE * unit)) + 1
    kernel = np.ones((side, side), np.uint8)
    kept = cv2.morphologyEx(white.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    kept = cv2.dilate(kept, kernel)
    return white & (kept > 0) if kept.any() and 2 * (white & (kept > 0)).sum() > white.sum() else white


def _closed(likely: Float32, unit: float) -> Float32:
    """Teeth (h, w) with the narrow gaps between them."""
    reach = max(1, round(CLOSED * unit))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    whole = cv2.morphologyEx(np.pad(likely, 2 * reach), cv2.MORPH_CLOSE, kernel)
    return np.asarray(whole[2 * reach : -2 * reach, 2 * reach : -2 * reach], np.float32)


def _toothed(light: Float32, white: Bool, unit: float) -> Float32:
    """How likely pixels of linear light are teeth, (h, w), not lips or gums, by what is white near them."""
    near = np.dstack([_mean_on(light[..., i], white, LOCAL * unit) for i in range(3)])
    green = light[..., 1] * near[..., 0] / np.maximum(light[..., 0] * near[..., 1], 1e-5)
    green = green + BRIGHT * (np.minimum(light.mean(2) / near.mean(2), 1.2) - 0.5)
    return np.asarray(np.clip((cv2.GaussianBlur(green, (0, 0), 1.0) - RED[0]) / (RED[1] - RED[0]), 0, 1), np.float32)


def depth_of(upper: Float64, box: Box, unit: float, lip: bool) -> Float32:
    """(h, w): how dark the corners of a mouth are, which lie deep, and teeth below the upper lip, which shades them.

    Args:
        upper: (N, 2) its upper lip's lower edge, from corner to corner.
        box: of the photo.
        unit: distance of the outer corners of the eyes.
        lip: whether the lip's shade is wanted.
    """
    left, right = upper[0] - box[:2], upper[-1] - box[:2]
    width = max(float(np.linalg.norm(right - left)), 1e-9)
    ys, xs = np.mgrid[0.5 : box[3] - box[1], 0.5 : box[2] - box[0]]
    along = ((xs - left[0]) * (right - left)[0] + (ys - left[1]) * (right - left)[1]) / width**2
    corners = np.exp(-np.interp(np.minimum(along, 1 - along), *CORNERS))
    if not lip:  # teeth in a mouth about as wide
        return np.asarray(corners**0.2, np.float32)
    edge = np.ones(corners.shape, np.uint8)
    cv2.polylines(edge, [np.round(upper - box[:2]).astype(np.int32)], False, 0, 1)
    away = cv2.distanceTransform(edge, cv2.DIST_L2, 5) / unit
    return np.asarray(corners * (1 - SHADE[0] * np.exp(-away / SHADE[1])), np.float32)


def _lateral(
    lit: Float32, lower: Float32, taken: Float32, skin: Bool, other: Bool, inner: Bool, reach: float
) -> Float32:
    """Light that falls from a side on the skin (h, w) falls on what is between the lips, too; all linear."""
    here, there = (_local(one.mean(2), area, reach) for one, area in ((lower, skin), (taken, other)))
    factor = np.clip((here + 0.02) / (there + 0.02), 0.1, 2) ** FALLS
    factor /= max(float(factor[inner].mean()), 1e-3) if inner.any() else 1.0
    return np.asarray(lit * factor[..., None], np.float32)


def _local(light: Float32, area: Bool, reach: float) -> Float32:
    """Mean light (h, w) of an area near each pixel, over that of all of it."""
    weight = area.astype(np.float32)
    planes = wide_blur(np.dstack([light * weight, weight]), reach)
    mean = max(float(light[area].mean()), 1e-3)
    return np.asarray((planes[..., 0] + 1e-3 * mean) / (planes[..., 1] + 1e-3) / mean, np.float32)


def widened(area: Bool, reach: float) -> Bool:
    """An area (h, w) and what lies within some pixels of it, at least one, at a cost that does not grow with them."""
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(away <= max(1.0, reach))
