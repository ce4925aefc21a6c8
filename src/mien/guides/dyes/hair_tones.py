"""Hair's own way from its colors to a wished one: what dark hair comes to, and the colors of each lightness.

Convention:
    That of :mod:`mien.guides.dyes.coloring`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import cv2
import numpy as np

from mien.guides.dyes.cloth import kept_within
from mien.guides.dyes.lift import Lift, deepened, detail
from mien.guides.dyes.rim import shaded
from mien.guides.hair.shades import at, brown, locks, shades
from mien.threads import side_by_side
from mien.types import Float32

VIVID = 0.8
"""How much deeper vivid colors stay on dark hair, as a share of ``HELD``."""

HELD = np.array([0.08, 0.12, 0.12])
"""Share of the wish that very dark hair does not come to: no bleach takes all of it, and the photo's light is dark."""

ALIKE = (3.0, 11.0)
"""Distance in Lab of a wish from hair up to which all that is seen in hair stays, and from which nothing has to."""

BLACK = 15.0
"""L* below which a wish for hair is black."""

OTHER = (3.0, 15.0)
"""L* by which hair becomes lighter or darker from which on light of what is behind shows at its rim, and fully."""

STEPS = 4001
"""Levels for which hair's colors are told."""

DEEP = 9.0
"""L* below which colors fade: real hair keeps its chroma down to about 15."""


def opened_up(lab: Float32, alpha: Float32, weight: Any, wanted: Any, mean: Any, rim: bool) -> tuple[Any, Float32]:
    """What hair comes to of a wish in Lab, and its maps (h, w, 5): base, broad and drawn light, gain, hues of locks.

    A rim is as dark as what is inside.
    """
    if mean[0] < wanted[0] < BLACK:  # what is as dark as black dye does not become lighter by it
        wanted = np.array([mean[0], *(mean[1:] + 0.3 * (wanted[1:] - mean[1:]))])
    raised = float(np.clip((wanted[0] - mean[0] - 25) / 25, 0, 1))
    vivid = raised * float(np.clip((np.hypot(*wanted[1:]) - 30) / 10, 0, 1))
    more = float(wanted[0] - mean[0]), float(np.hypot(*wanted[1:]))
    wanted = wanted * (1 - HELD * np.array([raised + VIVID * vivid, raised, raised]))

    def lifted() -> Float32:
        maps = Lift.of(lab[..., 0], weight, float(wanted[0])).maps
        deepened(maps, *more)
        if rim:
            shaded(maps, alpha, lab[..., 0], float(np.interp(abs(more[0]), OTHER, (0, 1))))
        return maps

    maps, hues = side_by_side(lifted, partial(locks, lab, weight, wanted))
    return wanted, np.dstack([maps[..., 0], maps[..., 1] + maps[..., 3], maps[..., 2], hues])


def _shifted(lab: Float32, mean: Any, aim: Any) -> Float32:
    """Hair (..., 3) of nearly the wished color already, in Lab: all that is seen in it stays."""
    light, change = lab[..., 0], (aim - mean).astype(np.float32)
    if change[0] < 0:
        change_of = light * (change[0] / max(float(mean[0]), 1.0))
    else:
        change_of = change[0] * np.clip((100 - light) / max(100 - float(mean[0]), 1.0), 0, 1)
    deep = np.clip(light / max(float(mean[0]), 1.0), 0, 1)[..., None]
    return np.dstack([light + change_of, lab[..., 1:] + deep * change[1:]]).astype(np.float32)


def hair_toned(lab: Float32, maps: Sequence[Float32], aim: Any, mean: Any) -> Float32:
    """Hair (..., 3) in Lab with its maps around an aim (3,), from a mean (3,).

    It has the colors that real hair has at each lightness, as far as the wish is another color.
    """
    other = float(np.interp(np.linalg.norm(aim - mean), ALIKE, (0, 1)))
    full = _tabled(detail(maps, cv2.extractChannel(lab, 0)), maps[3:], aim, brown(mean))
    return full if other == 1 else np.asarray(other * full + (1 - other) * _shifted(lab, mean, aim), np.float32)


def _tabled(detail: Float32, hues: Sequence[Float32], aim: Float32, pigment: float) -> Float32:
    """Hair's colors, read from a table over ``detail``, light around the aim."""
    table = _table(pigment, *(float(one) for one in aim))
    index = ((detail + np.float32(100)) * np.float32((STEPS - 1) / 200) + np.float32(0.5)).astype(np.int32)
    light, red, yellow, deep = cv2.split(table.take(index, axis=0, mode="clip"))
    return np.asarray(cv2.merge([light, red + hues[0] * deep, yellow + hues[1] * deep]), np.float32)


@lru_cache(maxsize=8)
def _table(pigment: float, *aim: float) -> Float32:
    """(``STEPS``, 4) Lab of hair around an aim, and how deep its locks' hues are; the parts of a picture share it."""
    middle = np.array(aim)
    light = kept_within(np.linspace(-100, 100, STEPS, dtype=np.float32), middle)
    return np.column_stack([light, at(shades(middle, pigment), light), deep_at(light, middle)]).astype(np.float32)


def deep_at(light: Float32, aim: Float32) -> Float32:
    """How much of their chroma colors have where they are as dark, over that at the aim."""
    faded = (1 - np.exp(-np.maximum(light, 0) / DEEP)) / (1 - np.exp(-max(float(aim[0]), 1) / DEEP))
    return np.asarray(faded, np.float32)
