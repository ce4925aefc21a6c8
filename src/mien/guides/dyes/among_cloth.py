"""Clothes between and below long hair that the parser takes for hair: told by the colors of this hair and of these.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.morphology import disc
from mien.types import Bool, Float32, Float64, UInt8

MOUTH, CHIN = 13, 152
"""Landmarks above which there is hair to compare with, and below which there are clothes."""

CLOTH, HAIR, NONE = 0.5, 0.95, 0.05
"""What the parser must give for clothes, mattes that are hair, and mattes below which there is none."""

NEARBY = 14.0
"""Units from hair within which clothes are looked at."""

FEW = 20.0
"""Square units of either below which nothing is told."""

LIKELIER = (3.0, 9.0)
"""How many times as many of the clothes as of the hair have a color from which on it is the clothes', and surely."""

BIN, BINS, SOFT = 4.0, 30, 1.2
"""L*, a* and b* of one bin of colors, bins of each, and bins over which they are counted."""

FINE, SOME, GAPS, WIDE = 0.25, 0.4, 1.0, 1.5
"""Units over which colors are told; how surely a place is clothes for others to go on from it; half the units of gaps
between such places that are strands over clothes, and half those of places that lie apart from all clothes."""


def without_cloth(picture: UInt8, matte: Float32, cloth: Float32, points: Float64, unit: float) -> Float32:
    """A matte (h, w) of hair without clothes below the chin.

    Args:
        picture: (h, w, 3).
        matte: of its hair.
        cloth: what the parser takes for clothes.
        points: (478, 2) landmarks, or more columns.
        unit: in pixels.
    """
    up = points[10, :2] - points[CHIN, :2]
    up = up / max(float(np.linalg.norm(up)), 1e-6)
    ys, xs = np.mgrid[: matte.shape[0], : matte.shape[1]].astype(np.float32)
    height = ((xs - points[CHIN, 0]) * up[0] + (ys - points[CHIN, 1]) * up[1]).astype(np.float32)
    below = np.clip(-height / np.float32(2 * unit), 0, 1)
    if not ((matte > HAIR) & (below > 0)).any():
        return matte
    near = cv2.distanceTransform((matte < 0.5).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3) < NEARBY * unit
    worn = (cloth > CLOTH) & (matte < NONE) & near & (below > 0)
    hair = (matte > HAIR) & (height > float((points[MOUTH, :2] - points[CHIN, :2]) @ up))
    if min(int(worn.sum()), int(hair.sum())) < FEW * unit**2:
        return matte
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), max(0.6, FINE * unit))
    told = _told(lab, hair, worn) * below * (matte > NONE)
    if not told.any():
        return matte
    gone = told * _going_on(told, worn, unit)
    return np.asarray(matte * (1 - cv2.GaussianBlur(gone, (0, 0), max(0.6, FINE * unit))), np.float32)


def _told(lab: Float32, hair: Bool, worn: Bool) -> Float32:
    """How surely a color (h, w, 3) is that of clothes and not of hair, by how many of either have it."""
    index = np.clip((lab + np.array([0, 60, 60], np.float32)) / np.float32(BIN), 0, BINS - 1).astype(np.int32)
    flat = np.ravel_multi_index(tuple(index.reshape(-1, 3).T), (BINS,) * 3).reshape(index.shape[:2])
    shares = [_counted(flat[area]) for area in (worn, hair)]
    ratio = (shares[0] / (shares[1] + 1e-4))[flat]
    low, high = np.log(LIKELIER)
    told = np.clip((np.log(np.maximum(ratio, 1e-3)) - low) / (high - low), 0, 1)
    return np.asarray(told, np.float32)


def _counted(bins: Any) -> Any:
    """Share (``BINS``³,) of colors, by their bins (n,), in each bin and those around it."""
    counts = np.bincount(bins, minlength=BINS**3).reshape((BINS,) * 3).astype(np.float32)
    for axis in range(3):
        turned = np.moveaxis(counts, axis, 0)
        soft = cv2.GaussianBlur(
            turned.reshape(BINS, BINS**2), (1, 9), sigmaX=0.1, sigmaY=SOFT, borderType=cv2.BORDER_CONSTANT
        )
        counts = np.moveaxis(soft.reshape((BINS,) * 3), 0, axis)
    return counts.ravel() / max(float(counts.sum()), 1.0)


def _going_on(told: Float32, worn: Bool, unit: float) -> Float32:
    """1 where what is told (h, w) goes on from clothes or is wide, over single strands."""
    some = ((told > SOME) | worn).astype(np.uint8)
    closed = cv2.morphologyEx(some, cv2.MORPH_CLOSE, disc(GAPS * unit))
    _, index = cv2.connectedComponents(closed, connectivity=8)
    start = worn | (cv2.morphologyEx(some, cv2.MORPH_OPEN, disc(WIDE * unit)) > 0)
    kept = np.isin(index, np.unique(index[start])) & (closed > 0)
    return np.asarray(cv2.GaussianBlur(kept.astype(np.float32), (0, 0), max(0.6, FINE * unit)), np.float32)
