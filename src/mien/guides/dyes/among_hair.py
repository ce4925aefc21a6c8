"""What lies among hair and has a color that no hair of this head has: scarves, flowers, collars.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.morphology import disc
from mien.types import Float32, UInt8

OFF, APART = (4.5, 6.5), (15.0, 23.0)
"""Deviations (1.48 times the median one) from the hair's median a* and b*, and distance from it, from which on a color
is another one, and fully. Of 8 heads the scarf of one is 0.06 of the hair by these, all else at most 0.003."""

LEAST, MOST = 2.0, 0.2
"""a* and b* by which hair varies at least; and share of the hair from which on such a color is the hair's own."""

THICK, GAPS, FINE = 2.5, 0.8, 0.4
"""Half the units that such a thing is wide at least: thin hair takes the color of what is behind it; half of those of
gaps in it, and units over which its color is told."""

SOME = 0.3
"""How surely something has another color for it to count."""

SURE = 0.96
"""What the parser must give for hair, in the mean of a piece, for it to be dyed hair."""


def without_others(picture: UInt8, matte: Float32, likely: Float32, unit: float) -> Float32:
    """A matte (h, w) of hair without what has another color.

    Args:
        picture: (h, w, 3).
        matte: of its hair.
        likely: what the parser takes for hair.
        unit: in pixels.
    """
    sure = matte > 0.9
    if not sure.any():
        return matte
    seen = cv2.GaussianBlur(picture.astype(np.float32) / np.float32(255), (0, 0), max(0.6, FINE * unit))
    hue = cv2.cvtColor(seen, cv2.COLOR_RGB2LAB)[..., 1:]
    middle: Any = np.median(hue[sure], 0)
    spread = 1.48 * np.median(np.abs(hue[sure] - middle), 0) + LEAST
    away = (hue - middle).astype(np.float32)
    off = np.sqrt(away**2 @ (1 / spread**2).astype(np.float32))
    far = np.sqrt((away**2).sum(2))
    other = np.clip((off - OFF[0]) / (OFF[1] - OFF[0]), 0, 1) * np.clip((far - APART[0]) / (APART[1] - APART[0]), 0, 1)
    other = cv2.morphologyEx(other, cv2.MORPH_CLOSE, disc(GAPS * unit))
    other = other * (matte > 0.3)
    thick = cv2.morphologyEx(other, cv2.MORPH_OPEN, disc(THICK * unit))
    if not 0 < float(thick[sure].mean()) < MOST:
        return matte
    count, index = cv2.connectedComponents((thick > SOME).astype(np.uint8))
    size = np.maximum(np.bincount(index.ravel(), minlength=count), 1)
    kept = np.bincount(index.ravel(), likely.ravel(), count) / size < SURE
    kept[0] = False
    gone = other * cv2.dilate(kept[index].astype(np.uint8), disc(1.5 * THICK * unit))
    gone = cv2.dilate(np.asarray(gone, np.float32), disc(0.5 * GAPS * unit))
    return np.asarray(matte * (1 - cv2.GaussianBlur(gone, (0, 0), max(0.6, FINE * unit))), np.float32)
