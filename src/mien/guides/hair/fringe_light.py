"""A lent fringe without the broad light of the room in which it was seen.

    F' = F · exp(mean(B) - B)      B: logarithm of how light hair is, blurred across the forehead and hardly down it

A shine on smooth hair is a band across all strands. In other light, and on hair of another shape, such a band is the
border of a block; strands and locks are narrow across, and stay.

Convention:
    That of :mod:`mien.guides.hair.strands`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, Float32

ACROSS, DOWN = 0.17, 0.025
"""Units over which light is blurred across a forehead, and down it."""

TAKEN = 0.9
"""Share of bands that is taken off."""

MOST, LIGHTEST = (-1.2, 0.8), 2.0
"""Logarithms by which bands are made darker and lighter at most; and times the usual difference of strands by which
one is lighter than the others: what is more is skin between them."""

DARK = 24
"""Level below which light and dark count less."""


def without_bands(front: Float32, alpha: Float32, unit: float) -> Float32:
    """Colors (h, w, 3) of hair without bands of light and dark across it.

    Args:
        front, alpha: (h, w, 3) and (h, w) the hair and its matte.
        unit: in pixels.
    """
    sure: Bool = np.asarray(alpha > 0.95)
    if int(sure.sum()) < 50:
        return front
    light = np.log(cv2.cvtColor(np.clip(front, 0, 255), cv2.COLOR_RGB2GRAY) + np.float32(DARK))
    share = sure.astype(np.float32)
    total, weight = (
        cv2.GaussianBlur(one, (0, 0), sigmaX=ACROSS * unit, sigmaY=max(0.6, DOWN * unit))
        for one in (light * share, share)
    )
    bands = np.where(weight > 0.02, total / np.maximum(weight, 1e-3), light)
    mean, rest = float(light[sure].mean()), light - bands
    most = LIGHTEST * float(np.median(np.abs(rest[sure])))
    gain = TAKEN * np.clip(mean - bands, *MOST) - np.maximum(rest - most, 0)
    return np.asarray(np.clip((front + DARK) * np.exp(gain)[..., None] - DARK, 0, 255), np.float32)
