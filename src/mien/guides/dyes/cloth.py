"""Light and dark of dyed cloth and backdrops: shadows are the same dye with less light, lights are bleached by it.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100. Colors are (..., 3) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np

from mien.guides.tint import linear, srgb
from mien.types import Float32


@dataclass(frozen=True)
class Cloth:
    """How much of light and dark is left.

    Attributes:
        room: L* above a dye, and more for each L* of it, over which lights go on as they are; brighter ones are held
            back: a white shirt that is dyed navy is no longer white.
        shadows: whether those are held back alike.
        spread: L* by which it varies at most (standard deviation).
    """

    room: tuple[float, float]
    shadows: bool
    spread: float


WORN = Cloth((4.0, 0.3), True, 16.0)
"""Clothes: a shirt below a dark jacket comes close to it."""

BEHIND = Cloth((10.0, 0.5), False, np.inf)
"""Backdrops have depth."""

PLAY = 10.0
"""a* and b* by which hues differ from each other from which on they do so by ever less more: a red tie in navy."""

GLOWS = 1.3
"""Times a dye's own light up to which it becomes more vivid, by a tenth; what is brighter is paler."""

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Of linear RGB."""


def calmed(light: Float32, weight: Any, mean: Any, kind: Cloth | None) -> float:
    """How much of light and dark of L* (h, w) around a mean Lab (3,) is left; None: all of it."""
    if kind is None:
        return 1.0
    varied = float(np.sqrt(np.tensordot(weight, (light - mean[0]) ** 2, 2)))
    return min(1.0, kind.spread / max(varied, 1e-6))


def held_back(detail: Float32, aim: float, kind: Cloth) -> Float32:
    """L* (...) around a dye of lightness ``aim``: the lights of dark dyes are few."""
    room = np.float32(kind.room[0] + kind.room[1] * max(aim, 0.0))
    less = np.sign(detail) * room * np.log1p(np.abs(detail) / room)
    return np.asarray(less if kind.shadows else np.where(detail > 0, less, detail), np.float32)


def kept_within(detail: Float32, aim: Any) -> Float32:
    """L* (...) of light and dark around the Lab ``aim``, softly kept between black and white."""
    room = np.where(detail > 0, 99 - aim[0], aim[0] - 1)
    away = detail / np.maximum(room, 1)
    return np.asarray(aim[0] + room * away / np.sqrt(np.sqrt(1 + away**4)), np.float32)


def cloth(kind: Cloth) -> Callable[[Float32, Float32, Any], Float32]:
    """What gives cloth its colors: see :func:`_laid_on`."""
    return partial(_laid_on, kind)


def _laid_on(kind: Cloth, detail: Float32, hues: Float32, aim: Any) -> Float32:
    """Lab (h, w, 3) of cloth around the Lab ``aim`` (3,), with light and dark (h, w) and hues (h, w, 2) that differ."""
    light = kept_within(held_back(detail, float(aim[0]), kind), aim)
    shown = cv2.cvtColor(np.asarray(aim, np.float32)[None, None], cv2.COLOR_LAB2RGB)[0, 0].clip(0, 1)
    base = np.maximum(linear(255 * shown), 1e-5)
    own = float(base @ LUMINANCE)
    times = luminance(light) / max(own, 1e-5)
    most = min(GLOWS, max(1.0, 1 / float(base.max())))
    made = np.minimum(times, most)[..., None] * base
    made = made + (own * np.maximum(times - most, 0))[..., None]
    lab = cv2.cvtColor(srgb(made.astype(np.float32)) / 255, cv2.COLOR_RGB2LAB)
    away = np.sqrt((hues**2).sum(-1, keepdims=True)) / np.float32(PLAY)
    hues = hues * np.log1p(away) / np.maximum(away, np.float32(1e-3))
    deep = np.clip(light / max(float(aim[0]), 10.0), 0, 1)[..., None]
    return np.dstack([light, lab[..., 1:] + hues * deep]).astype(np.float32)


def luminance(light: Float32) -> Float32:
    """In [0, 1], of L*."""
    third = (np.maximum(light, 0) + 16) / 116
    return np.asarray(np.where(light > 8, third**3, np.maximum(light, 0) / 903.3), np.float32)
