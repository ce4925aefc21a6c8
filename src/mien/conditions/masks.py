"""Masks: where the face may change. Painted files, boxes and polygons, grown and feathered.

Convention:
    Masks are (H, W) float32 in [0, 1], 1 = edit. Feathering never reaches beyond the mask: what is 0 stays 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from mien.conditions.pictures import check_size, save_png
from mien.errors import LayerError
from mien.photos.mask import read_levels
from mien.types import Bool, Float32, UInt8


def read_mask(path: Path, size: int) -> Float32:
    """A painted mask for a crop: brightness, or opacity where the picture has transparency.

    Returns:
        (size, size) float32 in [0, 1]; 8-bit levels survive exactly.

    Raises:
        LayerError: unreadable, wrong size, or empty.
    """
    levels = read_levels(path)
    check_size(path.name, levels, size)
    return levels


def write_mask(mask: Float32, path: Path) -> None:
    """Writes (H, W) in [0, 1] as an 8-bit gray PNG."""
    save_png(to_gray(mask), path)


def to_gray(mask: Float32) -> UInt8:
    """(H, W) in [0, 1] -> uint8."""
    gray: UInt8 = np.round(mask * 255).astype(np.uint8)
    return gray


def box_mask(size: tuple[int, int], box: tuple[float, float, float, float]) -> Float32:
    """A filled rectangle.

    Args:
        size: (width, height) of the mask.
        box: left, top, right, bottom in pixels; may reach outside.

    Raises:
        LayerError: no pixel lies inside.
    """
    x0, y0, x1, y1 = box
    x, y = np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5
    inside = ((y >= y0) & (y < y1))[:, None] & ((x >= x0) & (x < x1))[None]
    if not inside.any():
        raise LayerError(
            f"The box {x0:g},{y0:g},{x1:g},{y1:g} holds no pixel of {size[0]} x {size[1]}; give left,top,right,bottom."
        )
    return inside.astype(np.float32)


def polygon_mask(size: tuple[int, int], points: Sequence[tuple[float, float]]) -> Float32:
    """A filled polygon through at least three (x, y) points in continuous pixels.

    Raises:
        LayerError: fewer than three points, or no pixel inside.
    """
    corners = np.asarray(points, np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or not np.isfinite(corners).all():
        raise LayerError("A polygon needs at least three points x,y; give them in order around the area.")
    canvas = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(canvas, [np.round((corners - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    if not canvas.any():
        raise LayerError(f"The polygon holds no pixel of {size[0]} x {size[1]}; give its points in pixels.")
    return (canvas > 0).astype(np.float32)


def grow(area: Bool, pixels: float) -> Bool:
    """Every pixel within so many pixels of the area; a negative number shrinks it."""
    if pixels == 0:
        return area
    outside = (~area if pixels > 0 else area).astype(np.uint8)
    if outside.all() or not outside.any():
        return area
    away = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    grown: Bool = away <= pixels if pixels > 0 else away > -pixels
    return grown


def feather(area: Bool, pixels: float) -> Float32:
    """A soft edge that lies inside the area: 0 outside, rising over so many pixels to 1."""
    if pixels <= 0:
        return area.astype(np.float32)
    padded = np.pad(area.astype(np.uint8), 1, mode="edge")
    if padded.all():
        return np.ones(area.shape, np.float32)
    away = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    soft: Float32 = np.clip(away / np.float32(pixels + 1), 0, 1)
    return soft


def draw_mask(image: UInt8, mask: Float32) -> UInt8:
    """(S, S, 3) picture with the area to edit tinted, for people to look at."""
    tint = np.array([255, 40, 90], np.float32)
    weight = 0.6 * mask[..., None]
    drawn: UInt8 = np.round(image * (1 - weight) + tint * weight).astype(np.uint8)
    return drawn
