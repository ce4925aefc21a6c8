"""How much of an edited crop goes into each pixel of a photo: 0 at the border of mask and crop, 1 further inside.

Convention:
    As in :mod:`mien.align.paste`. A box is (x0, y0, x1, y1), whole pixels of the photo.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from mien.align.crop import inverse, pixel_scale
from mien.photos.color import Box
from mien.types import Bool, Float32, Float64

FEATHER = 2.0
"""Default width of the transition, in crop pixels: two pixels of a 256 crop are 16 in a face 2 000 pixels wide."""

TILE = 512

_Mask = Bool | Float32 | Float64


def weights(mask: _Mask, box: Box, matrix: Float64, size: int, feather: float | None) -> Float32:
    """(h, w) in [0, 1] for a box of the photo: how much of the crop goes in.

    Args:
        mask: (H, W), of the photo.
        box: where it is looked at.
        matrix: (2, 3), from a crop of ``size`` pixels to the photo.
        feather: photo pixels; see :func:`mien.align.paste.paste_face`.
    """
    x0, y0, x1, y1 = box
    width = FEATHER * pixel_scale(matrix) if feather is None else feather
    inside: Any = np.nan_to_num(mask[y0:y1, x0:x1]).clip(0, 1)
    corners = [(x, y, x + 1, y + 1) for x in (x0, x1 - 1) for y in (y0, y1 - 1)]
    nearest = min(float(border_distance(matrix, size, one)[0, 0]) for one in corners)  # of all pixels of the box
    if mask.dtype != np.bool_ and feather is None:
        if nearest >= width:
            return inside.astype(np.float32)  # type: ignore[no-any-return]
        ramp = _ramp(np.maximum(_border(box, matrix, size), 0), width)
    else:
        distance = _depth(mask, box)
        if distance.max() > nearest:
            distance = np.minimum(distance, _border(box, matrix, size))
        ramp = _ramp(np.maximum(distance, 0), _limited(width, distance))
    return (inside * ramp).astype(np.float32)  # type: ignore[no-any-return]


def _border(box: Box, matrix: Float64, size: int) -> Float32:
    """(h, w) how far each pixel of a box lies inside the crop's border."""
    x0, y0, x1, y1 = box
    border = np.empty((y1 - y0, x1 - x0), np.float32)
    for tile in tiles(box):
        part = np.s_[tile[1] - y0 : tile[3] - y0, tile[0] - x0 : tile[2] - x0]
        border[part] = border_distance(matrix, size, tile)
    return border


def _limited(feather: float, distance: Float32) -> Float32 | float:
    """(h, w) the feather, nowhere wider than the deepest point of the connected part around; one number for all."""
    inside = distance > 0
    count, labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=8)
    if count <= 2:
        return min(float(distance.max()), float(np.float32(feather)))
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, labels[inside], distance[inside])
    if deepest[1:].min() >= np.float32(feather):
        return float(np.float32(feather))
    widths: Float32 = np.minimum(deepest, np.float32(feather))[labels]
    return widths


def _depth(mask: _Mask, box: Box) -> Float32:
    """How far each pixel's center lies inside the mask, photo pixels. The photo's own edge is no border."""
    height, width = mask.shape
    x0, y0, x1, y1 = max(box[0] - 1, 0), max(box[1] - 1, 0), min(box[2] + 1, width), min(box[3] + 1, height)
    distance = cv2.distanceTransform((mask[y0:y1, x0:x1] > 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    inner: Any = distance[box[1] - y0 : box[3] - y0, box[0] - x0 : box[2] - x0] - 0.5  # from center to the pixel's edge
    return inner  # type: ignore[no-any-return]


def _ramp(distance: Float32, feather: float | Float32) -> Float32:
    """0 at the border, 1 from ``feather`` on, smooth at both ends; a step where ``feather`` is 0."""
    width: Float32 = np.maximum(np.asarray(feather, np.float32), np.float32(1e-6))
    t: Float32 = np.clip(distance / width, 0, 1)
    smooth: Float32 = t * t * (3 - 2 * t)
    return smooth


def border_distance(matrix: Float64, size: int, tile: Box) -> Float32:
    """How far each pixel's center lies inside the crop's border, photo pixels; negative outside."""
    back = inverse(matrix).astype(np.float32)
    x = np.arange(tile[0], tile[2], dtype=np.float32)[None, :] + 0.5
    y = np.arange(tile[1], tile[3], dtype=np.float32)[:, None] + 0.5
    u = back[0, 0] * x + back[0, 1] * y + back[0, 2]
    v = back[1, 0] * x + back[1, 1] * y + back[1, 2]
    nearest = np.minimum(np.minimum(u, size - u), np.minimum(v, size - v))
    distance: Float32 = (nearest * pixel_scale(matrix)).astype(np.float32)
    return distance


def tiles(box: Box, side: int = TILE) -> Iterator[Box]:
    """Squares of a side that cover a box, those at its end cut."""
    for y in range(box[1], box[3], side):
        for x in range(box[0], box[2], side):
            yield x, y, min(x + side, box[2]), min(y + side, box[3])
