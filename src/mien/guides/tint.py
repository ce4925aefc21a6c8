"""Colors of borrowed pixels under this photo's light: teeth, lips, the white of eyes.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] or linear light in [0, 1], as told; areas (h, w) bool.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np

from mien.compose.morphology import grown
from mien.types import Bool, Float32, Float64, UInt8

LIGHT, CAST = (0.545, -0.06), ((0.39, 0.395, 0.44), (-0.01, 0.027, -0.017))
"""Slope and offset of the logarithm of the light of teeth over that of the brighter skin around the mouth, and of what
the logarithm of each channel is off their mean: least squares over 505 open mouths of photographs of the wide
portraits' training split, a little darker. Standard deviations of the rest: 0.20, and 0.09, 0.04, 0.09."""

OTHERS, SAME = (0.15, 0.015), (0.12, 0.05)
"""By how much teeth may be off that in light and in cast: those seen in another photo, and those seen in this one."""


DIM = 0.3
"""Share of the brightest level around that teeth have in the shade of a lip, beside sunlit skin."""

WARM = 0.55
"""Blue over red of teeth, linear light, up to which they are seen in warm light."""


def linear(picture: Float32 | UInt8) -> Float32:
    """sRGB in [0, 255] -> linear light in [0, 1]."""
    if picture.dtype == np.uint8 and picture.size:
        return np.asarray(cv2.LUT(picture, _levels()), np.float32)
    x = picture.astype(np.float32) / np.float32(255)
    return np.where(x <= 0.04045, x / 12.92, ((np.maximum(x, 0) + 0.055) / 1.055) ** 2.4).astype(np.float32)


@cache
def _levels() -> Float32:
    """(256,) of all bytes."""
    return linear(np.arange(256, dtype=np.float32))


def srgb(light: Float32) -> Float32:
    """Linear light in [0, 1] -> sRGB in [0, 255]."""
    x: Any = np.clip(light, 0, 1)
    coded = np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055)
    return np.asarray(255 * coded, np.float32)


def teeth_among(picture: Float32 | UInt8, inside: Bool, least: float = 0.45) -> Bool:
    """(h, w): what is bright and hardly colored between the lips, of an sRGB picture.

    ``least`` is the share of the brightest level around from which on something is bright.
    """
    if not inside.any():
        return inside
    hsv = cv2.cvtColor(np.clip(picture, 0, 255).astype(np.uint8), cv2.COLOR_RGB2HSV)
    brightest = float(np.percentile(hsv[..., 2], 99))
    return np.asarray(inside & (hsv[..., 2] > least * brightest) & (hsv[..., 1] < 110))


def hardly_seen(picture: Float32 | UInt8, inside: Bool, lips: Bool, unit: float, enough: float) -> Bool:
    """(h, w): teeth in the shade of a lip or, where that finds no more than enough pixels, in warm light, too.

    Args:
        picture: (h, w, 3) sRGB in [0, 255].
        inside: (h, w) between the lips.
        lips: (h, w) with all between them.
        unit: distance of the outer corners of the eyes, pixels.
        enough: pixels.
    """
    white = teeth_among(picture, inside, DIM)
    if white.sum() > enough:
        return white
    return white | teeth_in_warm_light(picture, inside, grown(lips, 0.1 * unit) & ~lips)


def teeth_in_warm_light(picture: Float32 | UInt8, inside: Bool, around: Bool) -> Bool:
    """(h, w): as :func:`teeth_among` of a picture in whose light teeth are yellow or orange; none where it is not so.

    Args:
        picture: (h, w, 3) sRGB in [0, 255].
        inside: (h, w) between the lips.
        around: (h, w) skin.
    """
    if not around.any():
        return np.zeros_like(inside)
    usual = teeth_color(brighter(picture, around, 0.2))
    if usual[2] > WARM * usual[0]:
        return np.zeros_like(inside)
    return teeth_among(srgb(np.asarray(linear(picture) * (usual.mean() / usual), np.float32)), inside)


def brighter(picture: Float32 | UInt8, area: Bool, share: float = 0.5) -> Float64:
    """(3,) median linear light of the brighter share of an area; of an sRGB picture."""
    light = linear(picture[area]).astype(np.float64)
    order = np.argsort(light.sum(1))
    return np.asarray(np.median(light[order[int((1 - share) * (len(order) - 1)) :]], axis=0))


def whitest(picture: Float32 | UInt8, white: Bool) -> Float64:
    """(3,) linear light of the brighter among the less red pixels of an area: teeth, not lips; eyes, not lids."""
    light = linear(picture[white])
    gray = light[:, 1] / np.maximum(light[:, 0], 1e-6)  # in the same order under any light
    kept = white.copy()
    kept[white] = gray >= np.median(gray)
    return brighter(picture, kept)


def teeth_color(skin: Float64, seen: Float64 | None = None, likely: tuple[float, float] = OTHERS) -> Float64:
    """(3,) linear light that teeth have in a photo.

    Args:
        skin: (3,) of the brighter fifth of the skin around the mouth.
        seen: (3,) of teeth that were seen under the same light; None where nothing is known.
        likely: how far those are believed, in logarithms of light and of cast.
    """
    logs = np.log(np.maximum(skin, 1e-3))
    light, cast = logs.mean(), logs - logs.mean()
    light, cast = LIGHT[0] * light + LIGHT[1], np.array(CAST[0]) * cast + np.array(CAST[1])
    if seen is not None:
        told = np.log(np.maximum(seen, 1e-3))
        light += float(np.clip(told.mean() - light, -likely[0], likely[0]))
        cast = cast + np.clip(told - told.mean() - cast, -likely[1], likely[1])
    return np.asarray(np.exp(light + cast))


def no_redder(picture: Float32, lips: Float64) -> Float32:
    """An sRGB picture in which nothing is redder than some lips, (3,) linear light: gums and lips of a warmer photo."""
    light = linear(picture)
    redder = light[..., 0] * lips[1] / np.maximum(light[..., 1] * lips[0], 1e-6) - 1.0
    share = np.clip(redder / 0.3, 0, 1)[..., None]
    alike = light.mean(2, keepdims=True) / max(float(lips.mean()), 1e-3) * lips
    return srgb(np.asarray(light + share * (alike - light), np.float32))
