"""The colors that hair of one color has in light and in shadow.

Measured on hair of 1,393 portraits (``recipes/hair_shades.py`` does it again), in seven parts of equal lightness each:
whatever the hue and the mean lightness, chroma at one lightness over that at another is the same, up to a twentieth; so
one table tells it. Hues turn alike for all that grows: shadows are redder, lights yellower. Pink and blue hair (25
heads) turns the other way.

Convention:
    L is CIE L*, 0 to 100; hues are angles in CIE L*a*b*, degrees.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.types import Float32

LIGHTNESS = (0.0, 3.0, 6.0, 10.0, 17.0, 23.0, 28.0, 35.0, 43.0, 52.0, 60.0, 68.0, 76.0, 83.0, 89.0, 94.0, 100.0)
CHROMA = (0.1, 0.33, 0.47, 0.6, 0.8, 0.91, 1.0, 1.07, 1.13, 1.18, 1.18, 1.13, 1.05, 0.95, 0.78, 0.6, 0.2)
"""Chroma of hair at these L*, over that at 28."""

FROM = 60.0
"""L* from which colors that hair does not grow in fade: by half at 88."""

LIGHTER = (-45.0, -35.0, -25.0, -15.0, -7.0, 0.0, 7.0, 15.0, 25.0, 35.0, 45.0)
TURNED = (-21.0, -15.0, -9.5, -4.5, -1.5, 0.0, 1.3, 3.0, 6.0, 10.0, 15.0)
"""L* over that of a color, and degrees by which natural hues turn there."""

NATURAL = (15.0, 30.0, 95.0, 115.0)
"""Hues at which that begins, is whole, and ends."""

LEAST = 0.3
"""Chroma at the color's lightness over that at 28, at least: none becomes more than four times as deep."""

LEVELS = 1001
"""For which a table is made."""

LOCK = 0.012
"""Sides of the hair over which locks of one hue are wide, at least."""

RIM = 0.03
"""Sides of the hair at its border whose hues are those of what shines through."""

APART, DEEPEST = (0.85, 0.08), 35.0
"""How far apart they are (root mean square of a* and of b* over that lightness has), and with each unit of chroma: 1.7
in gray, 3.3 in blond and brown hair (medians of 16 heads each), of which three quarters."""

GAIN = (0.25, 2.2)
"""Least and most by which this hair's are weakened or strengthened."""

FEWEST = 200
"""Pixels below which nothing is told."""

PIGMENT, LEFT, GRAYED = (5.0, 6.5), 0.7, (6.0, 14.0)
"""a* and b* at 20 L* of hair that does not become gray, how much of it is left in the depths of hair that does, and
chroma of a color up to which it is, and from which it is not."""

BROWN = ((10.0, 19.0, 29.0, 42.0), (4.2, 9.4, 16.6, 21.1))
"""Chroma of hair as it grows, by L*: what has a quarter of it has no brown in its depths, three quarters have all."""

COOL, PINK, BLUE = -0.45, -45.0, -130.0
"""Degrees for each L* by which blue hair turns, and hues between which it does; a third of it down to 10 degrees."""


def shades(color: Any, pigment: float = 1.0) -> Float32:
    """a* and b* (``LEVELS``, 2) that hair whose color is ``color`` (3,), in Lab, has from black to white.

    ``pigment`` is how much brown the depths of hair that becomes gray have: those of black or white hair have little.
    """
    light, hue = float(color[0]), color[1:]
    levels = np.linspace(0, 100, LEVELS)
    chroma = np.interp(levels, LIGHTNESS, CHROMA) / max(float(np.interp(light, LIGHTNESS, CHROMA)), LEAST)
    angle = float(np.degrees(np.arctan2(hue[1], hue[0])))
    natural = float(np.interp(angle, NATURAL, (0, 1, 1, 0)))
    cool = float(np.interp(angle, (BLUE - 30, BLUE, PINK, 10, 20), (0, 1, 0.33, 0.33, 0)))
    chroma *= 1 - (1 - natural) * np.clip((levels - FROM) / 56, 0, 1)
    lighter = levels - light
    turn = np.radians(natural * np.interp(lighter, LIGHTER, TURNED) + COOL * cool * np.clip(lighter, -30, 30))
    c, s = np.cos(turn), np.sin(turn)
    found = np.stack([c * hue[0] - s * hue[1], s * hue[0] + c * hue[1]], -1) * chroma[:, None]
    grayed = float(np.interp(np.hypot(*hue), GRAYED, (1, 0)))
    if grayed:  # white hair lies over hair that is still brown
        depth = np.interp(levels, (3, 14, 22), (0.3, 0.8, 1)) * np.interp(levels, (0.6 * light, 1.3 * light), (1, 0))
        found += pigment * LEFT * grayed * depth[:, None] * np.array(PIGMENT)
    return np.asarray(found, np.float32)


def brown(mean: Any) -> float:
    """From 0 to 1, how brown hair of a mean (3,) in Lab is: black, gray and white hair are not."""
    usual = float(np.interp(mean[0], *BROWN))
    return float(np.clip((float(np.hypot(*mean[1:])) - 0.25 * usual) / (0.5 * usual), 0, 1))


def locks(lab: Float32, weight: Any, color: Any) -> Float32:
    """How far the hues of parts of hair are off that of their lightness, (h, w, 2) in a* and b*.

    They are this hair's, as far apart as those of real hair of the wished color: dark hair shows little of its own.

    Args:
        lab: (h, w, 3) of the hair.
        weight: (h, w) how much of each pixel counts, its sum 1.
        color: (3,) wished mean, in Lab.
    """
    inside = (weight > 0).astype(np.float32)
    side = float(np.sqrt(inside.sum()))
    sure = cv2.erode(inside, disc(RIM * side), borderValue=1)
    counted = sure > 0
    if np.count_nonzero(counted) < FEWEST:
        return np.zeros((*inside.shape, 2), np.float32)
    powers = np.stack([np.ones_like(lab[..., 0]), lab[..., 0] / 50, (lab[..., 0] / 50) ** 2], -1)
    step = 1 + np.count_nonzero(counted) // 20000
    usual, *_ = np.linalg.lstsq(powers[counted][::step], lab[..., 1:][counted][::step], rcond=None)
    rest = (lab[..., 1:] - powers @ usual).astype(np.float32)
    broad = _spread(rest, sure, max(1.0, LOCK * side))
    apart = float(np.sqrt((broad[counted] ** 2).mean()))
    real = (APART[0] + APART[1] * min(float(np.hypot(*color[1:])), DEEPEST)) * float(np.clip(color[0] / 30, 0.4, 1))
    gain = float(np.clip(real / max(apart, 1e-3), *GAIN))
    scaled = gain * broad / np.float32(real)
    return np.asarray(real * scaled / np.sqrt(1 + (scaled / 2) ** 2), np.float32)


def _spread(values: Float32, sure: Float32, sigma: float) -> Float32:
    """(h, w, 2) blurred where it is sure, and going on beyond."""
    known = np.dstack([values * sure[..., None], sure])
    near, wide = (wide_blur(known, reach) for reach in (sigma, 4 * sigma))
    close = near[..., :2] / np.maximum(near[..., 2:], np.float32(1e-3))
    far = np.where(wide[..., 2:] > 1e-3, wide[..., :2] / np.maximum(wide[..., 2:], np.float32(1e-3)), 0)
    return np.asarray(far + np.clip(2 * near[..., 2:], 0, 1) * (close - far), np.float32)


def at(table: Float32, light: Float32) -> Float32:
    """What a table (n, C) over L* from 0 to 100 has at L* (...): (..., C)."""
    index = (light * np.float32((len(table) - 1) / 100) + np.float32(0.5)).astype(np.int32)
    return np.asarray(table[np.clip(index, 0, len(table) - 1)], np.float32)
