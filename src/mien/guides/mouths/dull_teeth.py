"""Teeth that are much darker than the skin beside them, as in over-exposed photos: they look gray, and that is told."""

from __future__ import annotations

import numpy as np

from mien.compose.difference import lab
from mien.guides.guide import Doubt
from mien.guides.mouths.teeth import widened
from mien.types import Bool, Float32

BRIGHT = 0.7
"""Quantile of what is between the lips that is teeth rather than gaps and shade."""

DARKER = 5.0
"""L* that teeth of a smile are darker than the skin around the lips from which that is told: in photos of the
validation split they are lighter by 2 to 24, at worst darker by 2; gray ones were darker by 8."""

DULL = "the teeth are darker than such bright skin has them (by L* {:.0f}) and look gray"


def dull(skin: Float32, made: Float32, weight: Float32, lips: Bool, unit: float) -> tuple[str, ...]:
    """A doubt where teeth are dull; nothing else.

    Args:
        skin, made: (h, w, 3) sRGB in [0, 255] around the mouth, without and with what is between the lips.
        weight: (h, w) where that shows.
        lips: (h, w) with all between them.
        unit: distance of the outer corners of the eyes, pixels.
    """
    ring, inside = widened(lips, 0.1 * unit) & ~lips, weight > 0.5
    if not ring.any() or not inside.any():
        return ()
    light, teeth = (lab(np.clip(one, 0, 255).astype(np.uint8))[..., 0] for one in (skin, made))
    away = float(np.median(light[ring]) - np.quantile(teeth[inside], BRIGHT))
    return (Doubt(DULL.format(away)),) if away > DARKER else ()
