"""Roots that stay dark: dyed hair grows out of skin in its natural color, so that no hairline glows.

Convention:
    Maps are (H, W) float32 in [0, 1] over a whole photo. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.enlarging import reduced
from mien.guides.hair.matte import FOREHEAD, TOP
from mien.types import Bool, Face, Float32, Float64

WIDE = 3.5
"""Units over which roots fade."""

KEPT = 0.3
"""How much of the natural color they have at the hairline."""

FRINGE = (0.04, 0.16)
"""Shares of the forehead covered with hair between which roots vanish: what ends on a forehead is no root."""

SIDE = 400.0
"""Sides of the FFHQ crop, pixels, to which larger ones are reduced."""

BARE = 0.35
"""Matte below which there is skin."""

BROWS, EYES = (105, 334), (33, 263)
"""Landmarks above and below which there are all and no roots: what hangs beside cheeks does not grow there."""


def dark_roots(alpha: Float32, face: Face) -> Float32:
    """How much of its natural color hair keeps, (H, W), if it becomes much lighter or vivid.

    Args:
        alpha: (H, W) the hair's matte.
        face: whose hair it is.
    """
    roots = small_roots(alpha, face)
    return roots if roots.shape == alpha.shape else cv2.resize(roots, alpha.shape[::-1], interpolation=cv2.INTER_LINEAR)


def small_roots(alpha: Float32, face: Face) -> Float32:
    """The same over the same, (h, w): reduced where the face is large."""
    side = float(np.linalg.norm(face.quad[3] - face.quad[0]))
    shrink = min(1.0, SIDE / side)
    size = (max(1, round(alpha.shape[1] * shrink)), max(1, round(alpha.shape[0] * shrink)))
    small = alpha if shrink == 1 else reduced(alpha, size)
    return _roots(np.asarray(small, np.float32), face.landmarks[:, :2] * np.float64(shrink), 0.01 * side * shrink)


def _roots(alpha: Float32, points: Float64, unit: float) -> Float32:
    middle, top = points.mean(0), points[list(TOP)]
    higher = top + FOREHEAD * (points[10] - points[152])
    brows, eyes = (points[list(pair)].mean(0) for pair in (BROWS, EYES))
    forehead = _within(np.concatenate([points[list(BROWS)], top]), alpha.shape)
    covered = float((alpha[forehead] > 0.5).mean()) if forehead.any() else 1.0
    share = KEPT * float(np.clip((FRINGE[1] - covered) / (FRINGE[1] - FRINGE[0]), 0, 1))
    if not share:
        return np.zeros_like(alpha)
    whole = _within(middle + 1.06 * (np.concatenate([points, higher]) - middle), alpha.shape)
    bare = whole & (alpha < BARE) & ~_within(middle + 0.93 * (points - middle), alpha.shape)
    away = cv2.distanceTransform((~bare).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    near = np.clip(1 - away / np.float32(WIDE * unit), 0, 1)
    up = brows - eyes
    ys, xs = np.mgrid[: alpha.shape[0], : alpha.shape[1]].astype(np.float32)
    height = ((xs - eyes[0]) * up[0] + (ys - eyes[1]) * up[1]) / max(float(up @ up), 1e-6)
    return np.asarray(share * near * near * (3 - 2 * near) * np.clip(height, 0, 1), np.float32)


def _within(points: Float64, shape: tuple[int, ...]) -> Bool:
    area = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(area, cv2.convexHull(np.round(points).astype(np.int32)), 1)
    return area > 0
