"""Skin in the shade of hair: between strands of a fringe and along a hairline it is dark, and no hair.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import both_colors
from mien.compose.morphology import disc
from mien.photos.color import LUMA as BT601
from mien.types import Float32, UInt8

GAP = 1.6
"""Units: gaps between strands that are wider show skin in its shade."""

SHADE = (0.35, 0.6)
"""Of the way from skin to hair: what is in a gap is shaded skin up to the first, and hair from the second on."""

DARK, DARKER = 95.0, 25.0
"""Level of light of hair below which it is told from shaded skin, and by how much darker hair is told fully."""

LUMA = BT601.astype(np.float32)
"""The same as for photos, in the precision of maps."""

APART = (60.0, 100.0)
"""Levels between hair and skin from which on they are told, and fully."""


def dark_hair(color: Float32) -> Float32:
    """From 0 to 1, (h, w), how surely hair of a color (h, w, 3) is dark: fair hair is as light as shaded skin."""
    return np.asarray(np.clip((DARK - color @ LUMA) / DARKER, 0, 1), np.float32)


def without_shade(picture: UInt8, matte: Float32, skin: Float32, near: Float32, unit: float) -> Float32:
    """A matte (h, w) of hair without the shade on skin beside it.

    Args:
        picture: (h, w, 3).
        matte: of its hair.
        skin: what the parser takes for skin.
        near: where skin may be seen through hair.
        unit: in pixels.
    """
    hair, bare = matte > 0.95, (skin > 0.9) & (matte < 0.03)
    if not hair.any() or not bare.any():
        return matte
    seen = picture.astype(np.float32)
    (front, _), (face, _) = both_colors(seen, (hair, bare), 8 * unit)
    way = front - face
    apart = np.sqrt(np.einsum("ijk,ijk->ij", way, way)) + 1
    placed = np.einsum("ijk,ijk->ij", seen - face, way) / apart**2
    least = cv2.morphologyEx(placed.astype(np.float32), cv2.MORPH_OPEN, disc(0.5 * GAP * unit))
    least = cv2.GaussianBlur(least, (0, 0), 0.3 * unit)
    shade = np.clip(least, 0, 1) * np.clip((SHADE[1] - least) / (SHADE[1] - SHADE[0]), 0, 1)
    told = np.clip((placed - shade) / (0.9 - shade), 0, 1)
    sure = near * dark_hair(front) * np.clip((apart - APART[0]) / (APART[1] - APART[0]), 0, 1)
    return np.asarray(matte + sure * (np.minimum(told, matte) - matte), np.float32)
