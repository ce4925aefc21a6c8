"""Where hair ends: what of a photo is looked at for it, where it grows out of skin, and where it does not grow.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side, in pixels of the matte.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.guides.guide import Box
from mien.types import Bool, Face, Float32, Float64

ROOM = 0.12
"""Sides of the crop around hair that are looked at for what lies behind it."""

TOP, FOREHEAD = (10, 109, 338, 67, 297, 103, 332), 0.17
"""Highest landmarks, and how far above them a forehead may reach, in lengths of the face: hairlines lie there."""

NEAR = 11.0
"""Units from the skin within which it may be seen through hair."""

HOLES = 0.7
"""Half of the side of holes that are filled, in units."""

ROOTS = 3.0
"""Units from the skin over which roots show."""


def close(seen: list[Float32], box: Box, face: Face) -> tuple[list[Float32], Box]:
    """What was looked at, cut to the first map's region and some room around it."""
    rows, columns = (np.flatnonzero((seen[0] > 0.1).any(axis)) for axis in (1, 0))
    if not rows.size:
        return seen, box
    scale = seen[0].shape[1] / (box[2] - box[0])
    room = ROOM * float(np.linalg.norm(face.quad[3] - face.quad[0]))
    x0, y0 = (max(low, int(low + ends[0] / scale - room)) for low, ends in zip(box[:2], (columns, rows), strict=True))
    x1, y1 = (
        min(high, int(low + ends[-1] / scale + room))
        for low, high, ends in zip(box[:2], box[2:], (columns, rows), strict=True)
    )
    size = (max(8, round((x1 - x0) * scale)), max(8, round((y1 - y0) * scale)))
    x, y = round((x0 - box[0]) * scale), round((y0 - box[1]) * scale)
    parts = [one[y : y + size[1], x : x + size[0]] for one in seen]
    height, width = parts[0].shape
    return parts, (x0, y0, min(x1, x0 + round(width / scale)), min(y1, y0 + round(height / scale)))


def oval(points: Float64, shape: tuple[int, ...]) -> Bool:
    """The face with a forehead as high as any, (h, w)."""
    up = FOREHEAD * (points[10, :2] - points[152, :2])
    outline = np.round(np.concatenate([points[:, :2], points[list(TOP), :2] + up])).astype(np.int32)
    filled = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(filled, cv2.convexHull(outline), 1)
    return filled > 0


def below(points: Float64, shape: tuple[int, ...]) -> Float32:
    """1 within the face's outline below the bridge of the nose, (h, w)."""
    ahead = points[:, :2]
    lower = ahead[(ahead - ahead[168]) @ (ahead[152] - ahead[10]) > 0]
    filled = np.zeros(shape, np.float32)
    cv2.fillConvexPoly(filled, cv2.convexHull(np.round(lower).astype(np.int32)), 1)
    return filled


def bared(part: Float32, skin: Float32, face: Bool, unit: float) -> Float32:
    """1 within hair that skin is near, and 0 from ``NEAR`` on: hair is thin there, and skin seen through it.

    Args:
        part: (H, W) the hair's matte.
        skin: (h, w) of the same part, as the parser sees it.
        face: (h, w) the face's outline with a forehead.
        unit: in pixels of the smaller maps.
    """
    hair = cv2.resize(part, skin.shape[::-1], interpolation=cv2.INTER_AREA)
    covered = ((skin < 0.5) & ~face) | (hair > 0.4)
    away = cv2.distanceTransform(covered.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.clip(2 - 2 * away / (NEAR * unit), 0, 1), np.float32)


def filled(part: Float32, bare: Float32, unit: float) -> Float32:
    """A matte (H, W) without small holes where it is dense and no skin is near (h, w): highlights are no backdrop."""
    side = 2 * max(1, round(HOLES * unit)) + 1
    levels = np.rint(255 * np.clip(part, 0, 1)).astype(np.uint8)
    closed = cv2.morphologyEx(levels, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)).astype(np.float32) / 255
    wide = 2 * side + 1
    dense = np.clip((cv2.blur(part, (wide, wide)) - 0.75) / 0.15, 0, 1)
    dense *= 1 - cv2.resize(bare, part.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(part + dense * np.maximum(closed - part, 0), np.float32)


def rooted(part: Float32, skin: Float32, face: Any, unit: float) -> Float32:
    """A matte (h, w) that is a little thinner where hair grows out of skin: a dye leaves roots, and the skin clean.

    Inside of the face's outline hair ends and does not grow.
    """
    shrink = skin.shape[1] / part.shape[1]
    away = cv2.distanceTransform((skin < 0.5).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / (unit * shrink)
    grows = np.ones(skin.shape, np.float32)
    cv2.fillConvexPoly(grows, np.round(face).astype(np.int32), 0)
    grows = cv2.GaussianBlur(grows, (0, 0), 2 * unit * shrink)
    near = np.maximum(grows * np.exp(-away / ROOTS) - 0.02, 0)
    near = cv2.resize(near, part.shape[::-1], interpolation=cv2.INTER_LINEAR)
    part = np.clip(part, 0, 1)
    return np.asarray(part ** (1 + 0.35 * near) * (1 - 0.3 * near), np.float32)
