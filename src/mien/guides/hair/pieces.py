"""Which parts of a matte are hair of this head: no outline of a bald one, no scraps, none of what is shaven.

Convention:
    Maps are (h, w). A unit is 1/100 of the FFHQ crop's side, in pixels.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.morphology import disc
from mien.types import Bool, Float32, Float64

THICK = 1.5
"""Units that some of the hair must lie inside its border, for there to be any."""

OUTLINE = 3.0
"""Units from thick hair beyond which a thin line along skin is none."""

LEAST = 60.0
"""Square units of thick hair below which there is none: on a shaven head."""

PIECE, SMALL = 0.025, 0.004
"""Of the largest piece of hair that others must have, at least, and that those beside the face must have."""

TIPS, FAINTEST = 5.0, 0.06
"""Units over which thin ends go on from such a piece, and the least of a matte there."""


def of_this_head(
    matte: Float32, skin: Float32, behind: Bool, inside: Bool, face: Bool, sure: Bool, unit: float
) -> Float32:
    """A matte, in [0, 1], of what is hair of this head; 0 everywhere where the head is shaven.

    Args:
        matte: of all hair.
        skin: how much of it the parser takes for skin.
        behind: what is neither hair nor of a person.
        inside: within the square of the face.
        face: within the face and a forehead as high as any.
        sure: what the parser surely takes for hair.
        unit: in pixels.
    """
    matte = matte * no_outline(matte, skin, behind, sure, unit)
    matte = matte * pieces(matte, inside, face, unit)
    thick = cv2.erode((matte > 0.5).astype(np.uint8), disc(THICK * unit))
    if (matte > 0.8).sum() < LEAST * unit**2 or not thick.any():  # shaven
        matte = np.zeros_like(matte)
    return matte


def above_beard(matte: Float32, points: Float64, unit: float) -> Float32:
    """A matte (h, w) of a man with much of a beard without pieces that begin below his mouth: clothes beside it.

    Args:
        matte: of all hair but the beard.
        points: (478, 3) landmarks.
        unit: in pixels.
    """
    up, mouth = points[10, :2] - points[152, :2], points[[13, 14], :2].mean(0)
    ys, xs = np.mgrid[: matte.shape[0], : matte.shape[1]].astype(np.float32)
    above = (xs - mouth[0]) * up[0] + (ys - mouth[1]) * up[1] > 0
    count, index = cv2.connectedComponents((matte > FAINTEST).astype(np.uint8), connectivity=8)
    below = np.bincount(index[above], minlength=count) == 0
    below[0] = False
    gone = cv2.dilate(below[index].astype(np.uint8), disc(0.3 * unit)).astype(np.float32)
    return np.asarray(matte * (1 - cv2.GaussianBlur(gone, (0, 0), 0.15 * unit)), np.float32)


def no_outline(matte: Float32, skin: Float32, behind: Bool, sure: Bool, unit: float) -> Float32:
    """0 between skin and what lies behind (h, w) where hair is neither thick nearby nor sure: a bald head's outline."""
    thick = cv2.erode((matte > 0.5).astype(np.uint8), disc(THICK * unit / 2))
    near = cv2.dilate(thick, disc(OUTLINE * unit))
    beside = [cv2.dilate(one.astype(np.uint8), disc(1.5 * THICK * unit)) for one in (skin > 0.5, behind)]
    line = (beside[0] & beside[1] & (1 - near) & ~sure).astype(np.float32)
    return np.asarray(1 - cv2.GaussianBlur(line, (0, 0), 0.3 * unit), np.float32)


def pieces(matte: Float32, inside: Bool, face: Bool, unit: float) -> Float32:
    """1 around what is hair of this head, (h, w): large pieces that reach into the square of the face, and small ones
    beside the face in it; lashes are none."""
    count, index, stats, _ = cv2.connectedComponentsWithStats((matte > 0.3).astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    areas[0] = 0
    within, before = (np.bincount(index[area], minlength=count) for area in (inside, face))
    share = areas / max(float((areas * (within > 0)).max()), 1.0)
    kept = (within > 0) & ((share >= PIECE) | ((share >= SMALL) & (within > 0.5 * areas) & (before < 0.5 * areas)))
    kept[0] = False
    found = kept[index].astype(np.uint8)
    faint = ((matte > FAINTEST) & face).astype(np.uint8)
    grown = found
    for _ in range(max(1, round(TIPS * unit / 2))):  # thin ends go on from what is kept, before skin
        grown = cv2.dilate(grown, np.ones((5, 5), np.uint8)) & faint | grown
    around = np.maximum(cv2.dilate(found, np.ones((9, 9), np.uint8)), cv2.dilate(grown, np.ones((3, 3), np.uint8)))
    return np.asarray(cv2.GaussianBlur(around.astype(np.float32), (0, 0), 1.5), np.float32)
