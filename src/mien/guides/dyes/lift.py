"""Light and dark of hair of another lightness: what is hidden in black is seen in blond, and blond has black depths.

How light is spread within hair was measured on 415 portraits (see ``TONES``): the fairer, the further apart its depths
and lights are, and over all widths alike, so that one curve makes black hair's few levels into those of fair hair.

Convention:
    L is CIE L*, 0 to 100. Maps are (h, w) float32 over a region, reduced if it is large.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.guides.dyes.drawn_strands import drawn_strands
from mien.interrupt import checkpoint
from mien.types import Float32

LIGHTNESS = (6.0, 12.0, 20.0, 30.0, 40.0, 52.0, 62.0, 72.0, 84.0)
PARTS = (0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99)
TONES = (
    (-4, -4, -4, -3, -2, 2, 7, 15, 25),
    (-11, -10, -8, -6, -3, 3, 9, 19, 30),
    (-16, -15, -12, -8, -3, 4, 13, 25, 37),
    (-23, -20, -15, -10, -2, 6, 16, 28, 39),
    (-30, -25, -18, -10, -1, 9, 19, 29, 38),
    (-37, -29, -20, -11, 0, 11, 21, 29, 35),
    (-39, -29, -18, -8, 2, 10, 17, 23, 27),
    (-37, -26, -15, -6, 2, 8, 14, 18, 21),
    (-34, -23, -12, -4, 3, 7, 11, 13, 15),
)
"""L* of the parts of real hair, from its darkest to its lightest, less the mean: a row for each mean."""

LEVELS = np.linspace(0, 100, 401)
"""For which a curve is made."""

ALIKE = 7.0
"""L* by which hair changes with its tones as they are; from twice that on, they are those of other hair."""

KEPT = 0.6
"""How much of what this hair has beyond what is usual for its lightness stays."""

SLOPE, FINE, RAISED = (0.25, 4.0), 2.0, 25.0
"""Least and most rise of the curve, and most for single strands and noise where hair becomes so much lighter; where it
becomes darker, 1."""

MOST = 9.0
"""L* from which single strands are lighter or darker by ever less more; a bound would make plateaus of one tone."""

ALMOST = 1.5
"""L* within which dark levels are one."""

BLACK, VEILED = 8.0, 0.5
"""L* below which hair is nearly black, so that light around a place tells its light, too; and by how much."""

UNSEEN, RARE = 0.2, 1e-3
"""L* of drawn strands that nobody sees, and the share of the picture in which they must be seen to be drawn."""

LEAST = 0.05
"""Part of real hair whose L* over the mean is the least that hair gets: thin locks before a shadow would stay black."""

SHADE, SHADED = 6.0, (0.06, 4.0, 0.5)
"""L* by which wide black parts of hair stay darker, as hair in deep shade does; sides of the hair (and pixels, least)
over which they are wide, and L* over the mean below which they are black."""

CLOSE = 1.5
"""Pixels over which single strands are seen."""

LIGHTS, SINGLE = 0.3, 0.15
"""How much weaker the lights of dark hair are in vivid colors, and its strands: gloss of black curls would be white."""

DEPTHS, DYED, COLORED = 0.5, (8.0, 20.0), (12.0, 22.0)
"""How much further the depths of dark hair stay below the mean of vivid colors; L* by which it becomes lighter, and
chroma, from which on they begin to, and fully."""

STRANDS = ((8.0, 16.0, 27.0, 40.0, 70.0), (1.6, 2.8, 3.4, 3.5, 2.9))
"""L* by which single strands of real hair of these means vary (medians of 112 heads)."""

WIDER = 0.2
"""How much more strands vary with each doubling of the width below which they are fine."""

CLEARER = ((-30.0, 0.0), (1.8, 1.0))
"""How many times as clear strands become that are fainter than these, by L* that hair becomes lighter."""

CALMED = 0.5
"""Power by which strands that are stronger than these become weaker: noise and blocks of black hair are no texture."""

GLOSS = ((0.035, 3.0, 20.0), 4.0, 11.0)
"""Sides of the hair (and pixels, least and most) over which locks are told from single lights and depths, and L* from
which these are lighter, and darker, by ever less more: lights of black hair are gloss."""

LOCKS, PATCHED = 0.12, 0.45
"""Sides of the hair over which light is its form, and how much weaker what is narrower becomes in hair of other tones:
whole, gloss and shadows of dark hair became blotches of blond and brown."""

FORMED = 1.3
"""How much stronger what is left becomes at most, so that hair has lights and depths as before: it would be flat."""

FAIRER = ((28.0, 45.0), (1.0, 0.6))
"""How much of that is done by L* that hair has: locks of fair hair are no gloss."""

WIDE = (0.1, 0.6, 15.0, 30.0)
"""Sides of the hair over which what is lighter than the mean is gloss of black hair, which fair hair has less of; how
much of it goes; and L* by which hair becomes lighter from which on some goes, and all of that."""

NOISE = 0.27
"""L* of one of 8 bits' levels in black: what is raised is dithered by as much."""


@dataclass(frozen=True, eq=False)
class Lift:
    """What gives hair other tones, with L' = broad + gain · (L − base) + drawn, what is fine softly limited.

    Attributes:
        base: lightness without the finest strands.
        broad: the same in the new hair, less its mean.
        gain: for what is finer.
        drawn: strands where the photo is too black to show any.
    """

    base: Float32
    broad: Float32
    gain: Float32
    drawn: Float32

    @classmethod
    def of(cls, light: Float32, weight: Float32, wanted: float) -> Lift:
        """Of hair.

        Args:
            light: (h, w) L of the hair alone.
            weight: (h, w) how much of each pixel counts, its sum 1.
            wanted: mean L that the hair shall have.
        """
        inside = (weight > 0).astype(np.float32)
        side = float(np.sqrt(inside.sum()))
        sigma = float(np.clip(0.012 * side, 1, 6))
        base, local = _smooth(light, inside, side, sigma)
        mean = float(base[weight > 0].mean())
        other = float(np.clip((abs(wanted - mean) - ALIKE) / ALIKE, 0, 1))
        raised, spread = tones(base[weight > 0], wanted)
        curve = other * raised + (1 - other) * (LEVELS - mean)
        steep = float(np.interp(wanted - mean, (0, RAISED), (1, FINE)))
        slope = np.minimum(np.gradient(curve, LEVELS), steep)
        broad, gain = (np.interp(base, LEVELS, one).astype(np.float32) for one in (curve, slope))
        broad = _softer(broad, inside, side, other * float(np.interp(mean, *FAIRER)))
        wide = within(broad, inside, WIDE[0] * side, wide_blur)
        broad -= WIDE[1] * float(np.interp(wanted - mean, WIDE[2:], (0, 1))) * np.maximum(wide, 0)
        least = float(_usual(wanted, LEAST))
        broad = np.where(broad < least, least + (1 - other) * (broad - least), broad).astype(np.float32)
        broad -= SHADE * other * _shade(light, inside, side, mean)
        plain = float(np.interp(wanted, STRANDS[0], STRANDS[1]))
        wider = 1 + WIDER * float(np.log2(sigma))
        strong = float((gain * (light - base))[inside > 0].std()) / wider
        gain *= np.float32(1 + other * (min(1.0, plain / max(strong, 1e-3)) ** CALMED - 1))
        most = float(np.interp(wanted - mean, CLEARER[0], CLEARER[1]))
        shown = other * np.clip(plain * wider / np.maximum(local, np.float32(0.1)), 0, most)
        gain = np.maximum(gain, shown * np.clip(mean / BLACK - 1.5, 0, 1)).astype(np.float32)
        usual = other * np.interp(base, LEVELS, spread).astype(np.float32)
        single = _spread(light, within(light, inside, CLOSE), inside, CLOSE)
        lacking = np.maximum(_less(usual, gain * local), _less(other * plain, gain * single))
        lacking = lacking * np.clip(2 - base / BLACK, 0, 1)
        drawn = np.zeros_like(lacking)
        bare = (lacking > UNSEEN) & (inside > 0)
        if bare.mean() > RARE:
            drawn = lacking * drawn_strands(light, inside, bare, 5 * sigma)
        return cls(base, broad, gain, drawn)

    @property
    def maps(self) -> Float32:
        """(h, w, 4), to be enlarged."""
        return np.dstack([self.base, self.broad, self.gain, self.drawn])


def _smooth(light: Float32, inside: Float32, side: float, sigma: float) -> tuple[Float32, Float32]:
    """L (h, w) without the finest strands, and how far these vary around it, L* (standard deviation)."""
    base = within(light, inside, sigma)
    local = _spread(light, base, inside, sigma)
    around = within(light, inside, float(np.clip(0.03 * side, 2, 16)))
    return base + VEILED * np.clip(1 - base / BLACK, 0, 1) * (around - base), local


def _spread(light: Float32, smooth: Float32, inside: Float32, sigma: float) -> Float32:
    """How far L (h, w) varies around what is smooth over ``sigma`` pixels, L* (standard deviation)."""
    return np.asarray(np.sqrt(within((light - smooth) ** 2, inside, 1.5 * sigma)), np.float32)


def _less(usual: Float32 | float, shown: Float32) -> Float32:
    """What standard deviations (h, w) lack of usual ones: variances add up."""
    return np.asarray(np.sqrt(np.maximum(usual**2 - shown**2, 0)), np.float32)


def _shade(light: Float32, inside: Float32, side: float, mean: float) -> Float32:
    """From 0 to 1, how far hair lies in deep shade, (h, w)."""
    reach, least, black = SHADED
    around = within(light, inside, max(least, reach * side), wide_blur)
    return np.asarray(np.clip(1 - around / np.float32(black * max(mean, 4.0)), 0, 1), np.float32)


def _softer(broad: Float32, inside: Float32, side: float, other: float) -> Float32:
    """Broad light (h, w) whose single lights are soft, as in hair that is lighter as a whole."""
    (share, least, most), lighter, darker = GLOSS
    apart = broad - within(broad, inside, float(np.clip(share * side, least, most)), wide_blur)
    bound = np.where(apart > 0, np.float32(lighter), np.float32(darker))
    soft = broad + other * (bound * np.arcsinh(apart / bound) - apart)
    form = within(soft, inside, LOCKS * side, wide_blur)
    soft = soft - other * PATCHED * (soft - form)
    before, after = broad[inside > 0], soft[inside > 0]
    more = float(np.clip(before.std() / max(float(after.std()), 1e-3), 1, FORMED))
    return np.asarray(after.mean() + more * (soft - after.mean()), np.float32)


def tones(light: Float32, wanted: float) -> tuple[Float32, Float32]:
    """New L less its mean, for ``LEVELS``, of hair with these L (n,) that shall have the mean ``wanted``.

    Second comes how far apart tones are (standard deviation) that one level stands for: much of black hair is one.
    """
    parts = np.linspace(0.005, 0.995, 67)
    source, mean = np.quantile(light, parts), float(light.mean())
    usual, aimed = (_usual(one, parts) for one in (mean, wanted))
    ratio = KEPT * min(1.0, float(aimed.std() / usual.std()))
    target = np.maximum.accumulate(aimed + ratio * (source - mean - usual))
    near = np.abs(source[None] - LEVELS[:, None]) < ALMOST
    count = np.maximum(near.sum(1), 1)
    middle = (near * target).sum(1) / count
    spread = np.sqrt((near * (target[None] - middle[:, None]) ** 2).sum(1) / count)
    levels, place = np.unique(np.round(source, 1), return_inverse=True)
    target = np.bincount(place, target) / np.bincount(place)
    slope = np.diff(np.interp(LEVELS, levels, target), prepend=target[0]) / (LEVELS[1] - LEVELS[0])
    slope[levels[-1] < LEVELS] = 1
    slope = np.clip(cv2.GaussianBlur(slope[None].astype(np.float32), (0, 0), 6)[0], *SLOPE)
    curve = np.cumsum(slope) * (LEVELS[1] - LEVELS[0])
    return np.asarray(curve - np.interp(light, LEVELS, curve).mean(), np.float32), np.minimum(spread, 9)


def deepened(maps: Float32, lighter: float, chroma: float) -> None:
    """Vivid hair (h, w, 4) that becomes lighter by so many L*, and has such a chroma: deeper, with weaker lights."""
    share = float(np.interp(lighter, DYED, (0, 1)) * np.interp(chroma, COLORED, (0, 1)))
    maps[..., 1] *= np.where(maps[..., 1] < 0, np.float32(1 + DEPTHS * share), np.float32(1 - LIGHTS * share))
    maps[..., 2] *= np.float32(1 - SINGLE * share)


def detail(maps: Sequence[Float32], light: Float32) -> Float32:
    """Lightness around the new mean, (h, w), of L and maps, three or more: base, broad and drawn, gain; all (h, w)."""
    base, broad, gain = maps[:3]
    noise = np.random.default_rng(0).random(light.shape, np.float32) - np.float32(0.5)
    steps = NOISE * noise * np.clip(2 - light / 8, 0, 1)
    fine = gain * (light + steps - base) / MOST
    return np.asarray(broad + MOST * np.log(fine + np.sqrt(fine * fine + 1)), np.float32)  # arcsinh, which is slow


def _usual(mean: float, parts: Any) -> Float32:
    """L less its mean, for the parts of real hair of a mean."""
    row = [float(np.interp(mean, LIGHTNESS, column)) for column in zip(*TONES, strict=True)]
    return np.asarray(np.interp(parts, PARTS, row), np.float32)


def _blur(picture: Float32, sigma: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def within(
    values: Float32, inside: Float32, sigma: float, blur: Callable[[Float32, float], Float32] = _blur
) -> Float32:
    """Maps (h, w) blurred over a region (h, w) alone, by ``sigma`` pixels; far from it, as they are."""
    checkpoint()
    total, share = (blur(one, sigma) for one in (values * inside, inside))
    return np.where(share > 1e-3, total / np.maximum(share, 1e-3), values).astype(np.float32)
