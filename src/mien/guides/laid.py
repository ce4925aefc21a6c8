"""Pixels of one photo laid over another: looked up along a field, in its colors, its light and its grain.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; weights (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from mien.compose.blend import blend, membrane, ring
from mien.compose.blurring import gaussian
from mien.compose.grain import with_grain_of
from mien.errors import LayerError
from mien.guides.guide import Box, Guide, changed
from mien.photos.color import to_srgb
from mien.types import Bool, Float32, Float64, Photo, UInt8

LIMIT = 28.0
"""Levels by which a borrowed part may be lightened or darkened at its border."""

SHOWN = 0.004
"""Weight from which something is seen: one of 8 bits' levels."""


def lay(photo: Photo, box: Box, upper: Float32, weight: Float32, unit: float, notes: tuple[str, ...]) -> Guide:
    """A picture over a part of a photo, with its grain, as a guide."""
    lower = to_srgb(photo, box).astype(np.float32)
    grained = with_grain_of(lower, upper, weight > 0.5)
    return as_guide(photo, box, blend(lower, grained, weight), weight, unit, notes)


def as_guide(photo: Photo, box: Box, mixed: Float32, weight: Float32, unit: float, notes: tuple[str, ...]) -> Guide:
    """A picture that replaces a part of a photo wherever its weight is not 0."""
    lower = to_srgb(photo, box).astype(np.float32)
    reach = cv2.dilate((weight > SHOWN).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    fade = np.where(reach, np.float32(1), np.float32(0)) * _smooth_edge(reach, 0.02 * unit)
    return Guide(box, changed(photo, box, lower, mixed), fade.astype(np.float32), notes)


def over_moved(moved: Guide, laid: Photo, pieces: Sequence[tuple[Box, Float32]], notes: tuple[str, ...]) -> Guide:
    """A guide of moved pixels, over which others were laid.

    Args:
        moved: the photo's pixels, displaced.
        laid: the photo with that guide and all pieces.
        pieces: where in the photo each lies, and its weight (h, w).
        notes: for the user.
    """
    x0, y0, x1, y1 = moved.box
    confidence = moved.confidence.copy()
    for box, weight in pieces:
        confidence[box[1] - y0 : box[3] - y0, box[0] - x0 : box[2] - x0][weight > SHOWN] = 1
    return Guide(moved.box, laid.pixels[y0:y1, x0:x1], confidence, notes)


def looked_up(other: Photo, blocked: Bool | None, offsets: Float32, box: Box) -> tuple[Float32, Float32]:
    """The other photo's pixels (h, w, 3) in [0, 255] at the field's places, and where it shows them, (h, w)."""
    return _looked_up(lambda part: to_srgb(other, part), (other.width, other.height), blocked, offsets, box)


def values_at(values: UInt8, offsets: Float32, box: Box) -> tuple[Float32, Float32]:
    """As :func:`looked_up`, of one value for each pixel of the other photo: (h, w) both."""
    return _looked_up(lambda part: values[part[1] : part[3], part[0] : part[2]], values.shape[::-1], None, offsets, box)


def _looked_up(
    seen: Callable[[Box], UInt8], size: tuple[int, int], blocked: Bool | None, offsets: Float32, box: Box
) -> tuple[Float32, Float32]:
    height, width = offsets.shape[:2]
    xs = np.arange(width, dtype=np.float32)[None] + np.float32(box[0]) + offsets[..., 0]
    ys = np.arange(height, dtype=np.float32)[:, None] + np.float32(box[1]) + offsets[..., 1]
    left, top = max(0, int(xs.min()) - 8), max(0, int(ys.min()) - 8)
    right, bottom = min(size[0], int(xs.max()) + 8), min(size[1], int(ys.max()) + 8)
    if right - left < 2 or bottom - top < 2:
        raise LayerError("The part of the other face lies outside its photo; choose another photo.")
    source = seen((left, top, right, bottom))
    step = max(1.0, float(np.hypot(np.diff(xs, axis=1), np.diff(ys, axis=1)).mean()))
    if step > 1.3:  # the other photo is larger: without this its detail turns into noise
        source = cv2.GaussianBlur(source, (0, 0), 0.45 * np.sqrt(step**2 - 1))
    taken = cv2.remap(
        source.astype(np.float32), xs - left, ys - top, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    within = ((xs > 0) & (ys > 0) & (xs < size[0] - 1) & (ys < size[1] - 1)).astype(np.float32)
    if blocked is not None:
        hidden = cv2.remap(blocked[top:bottom, left:right].astype(np.float32), xs - left, ys - top, cv2.INTER_LINEAR)
        within *= np.clip(1 - 2 * cv2.GaussianBlur(hidden, (0, 0), 2.0), 0, 1)
    return np.clip(taken, 0, 255).astype(np.float32), within


def coarse_beside(picture: Float32, hidden: Bool, sigma: float) -> Float32:
    """(h, w, 3): a picture blurred without what is hidden; that lends no color to what is beside it."""
    seen = (~hidden).astype(np.float32)
    total = gaussian(picture * seen[..., None], sigma)
    weight = gaussian(seen, sigma)
    return np.asarray(total / np.maximum(weight, 1e-3)[..., None], np.float32)


def soft(area: Bool, unit: float) -> Float32:
    """(h, w): 1 in the area, with a soft border inside of it."""
    inside = cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, 5)
    t: Any = np.clip(inside / max(2.0, 0.06 * unit), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _smooth_edge(reach: Bool, width: float) -> Float32:
    inside = cv2.distanceTransform(reach.astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.clip(inside / max(2.0, width), 0, 1), np.float32)


def matched(
    lower: Float32, taken: Float32, area: Bool, unit: float, known: Float32 | None = None, width: float = 0.1
) -> Float32:
    """The taken pixels with this photo's colors along the border, spread inside; ``known`` (h, w) weighs it."""
    around = ring(area, width * unit)
    around = around if known is None else around * known
    inner = cv2.erode(area.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    difference = gaussian(lower - taken, max(1.0, 0.02 * unit))
    return taken + membrane(difference, around * inner, LIMIT)


def filled(points: Float64, box: Box) -> Bool:
    """(h, w): the inside of a polygon (N, 2)."""
    area = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
    cv2.fillPoly(area, [np.round((points - box[:2]) * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    return area > 0


def blurred(area: Bool, sigma: float) -> Float32:
    """(h, w) in [0, 1]: an area with a soft border."""
    return gaussian(area.astype(np.float32), max(0.6, sigma))
