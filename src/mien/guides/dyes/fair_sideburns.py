"""Sideburns beside hair that becomes as light as skin: thin and gray as they were, for a pale one is a blotch.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255], maps (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.guides.dyes.sideburns import SIDES, sideburn
from mien.types import Float32, Float64

SOLID, BARE = 0.9, 0.9
"""Mattes, and shares of skin, from which on there is nothing else."""

LIGHTER, BESIDE = (6.0, 16.0), (-14.0, -4.0)
"""L* by which hair becomes lighter, and how much lighter than the skin it is then, from which on sideburns stay as they
were, and nearly wholly."""

MOST = 0.85
"""How much of them stays at most."""


def kept_sideburns(
    photo: Float32, dyed: Float32, matte: Float32, skin: Float32, points: Float64, unit: float
) -> Float32:
    """A dyed picture (h, w, 3) whose sideburns are what they were, where the new hair is as light as skin.

    Args:
        photo, dyed: before, and after.
        matte, skin: of the hair, and what the parser takes for skin.
        points: (478, 2) landmarks.
        unit: in pixels.
    """
    hair, bare = matte > SOLID, (skin > BARE) & (matte < 0.03)
    if not hair.any() or not bare.any():
        return dyed
    old, new, face = (_light(one) for one in (photo[hair], dyed[hair], photo[bare]))
    fair = float(np.interp(new - old, LIGHTER, (0, MOST)) * np.interp(new - face, BESIDE, (0, 1)))
    if not fair:
        return dyed
    places: list[Any] = [sideburn(points, side, matte.shape, unit) for side in SIDES]
    share = fair * np.maximum(*places) * np.clip(2 * skin - 0.4, 0, 1)
    share = cv2.GaussianBlur(share.astype(np.float32), (0, 0), max(0.6, 0.3 * unit))
    return np.asarray(dyed + share[..., None] * (photo - dyed), np.float32)


def _light(colors: Float32) -> float:
    """Mean L* of colors (n, 3)."""
    return float(cv2.cvtColor(colors[None] / np.float32(255), cv2.COLOR_RGB2LAB)[..., 0].mean())
