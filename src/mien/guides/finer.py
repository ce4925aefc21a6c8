"""Edits of large photos, made of the photo at a part of its size; what is finer than that is carried over.

    result = photo + up(made - small) + (up(gain) - 1) · (photo - up(small))

    small the reduced photo, made the same with the edit, gain how much steeper the edit makes light and dark nearby

Convention:
    A reduced pixel covers ``times`` x ``times`` pixels of the photo; beyond the photo its edge is repeated.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np

from mien.align.paste import Mask
from mien.guides.guide import Guide, box_of
from mien.interrupt import checkpoint
from mien.threads import side_by_side
from mien.types import Bool, Face, Float32, Photo

SIDE = 750.0
"""Side of the FFHQ crop, pixels, that a reduced photo keeps at least: all that tells a region from what is beside it
is looked at no closer."""

STRIP = 64
"""Rows that are made at a time."""

AROUND, CALM, STEEPEST = 5, 4.0, 2.5
"""Side, reduced pixels, of the windows in which the gain is told; squared levels of unevenness that count for nothing;
and the largest gain."""


def times_of(face: Face, side: float = SIDE) -> int:
    """By how much a photo may be reduced so that the crop of this face keeps a side; 1 where it is not large."""
    return max(1, int(np.linalg.norm(face.quad[3] - face.quad[0]) / side))


def reduced_photo(photo: Photo, times: int) -> Photo:
    """The photo at 1 / ``times`` of its size, without alpha."""
    pixels = _reduced(photo.pixels, times)
    return replace(photo, pixels=pixels.reshape(*pixels.shape[:2], -1), alpha=None)


def reduced_face(face: Face, times: int) -> Face:
    """The face in such a photo."""
    x0, y0, x1, y1 = (float(v) / times for v in face.box)
    return replace(face, box=(x0, y0, x1, y1), landmarks=face.landmarks / np.float32(times), quad=face.quad / times)


def reduced_mask(mask: Mask | None, times: int) -> Float32 | None:
    """A mask (H, W) in such a photo."""
    return None if mask is None else np.asarray(_reduced(np.asarray(mask, np.float32), times), np.float32)


def carried_over(photo: Photo, small: Photo, made: Photo, area: Bool, mask: Mask | None, times: int) -> Guide:
    """The edit of a reduced photo as a guide for the photo itself.

    Args:
        photo: as it was.
        small: the same, reduced.
        made: that with the edit.
        area: (h, w) where the edit is; some of it must be True.
        mask: (H, W) beyond which nothing may change; it was minded already in ``made``.
        times: how much smaller the reduced photo is.
    """
    part = box_of(area, 1)
    here = np.s_[part[1] : part[3], part[0] : part[2]]
    before: Any = np.ascontiguousarray(small.pixels[here])
    change: Any = cv2.subtract(made.pixels[here], before, dtype=cv2.CV_32F).reshape(before.shape)
    unit = np.float32(2.0 ** (8 - photo.bits))
    maps = cv2.merge([*cv2.split(change), _gain(unit * before, unit * change)])
    box = (times * part[0], times * part[1], min(photo.width, times * part[2]), min(photo.height, times * part[3]))
    samples = photo.pixels[box[1] : box[3], box[0] : box[2]].copy()
    height, width = samples.shape[:2]
    inside: Any = cv2.resize(area[here].astype(np.uint8), None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST)
    sure = inside[:height, :width] > 0
    if mask is not None:
        sure &= np.asarray(mask[box[1] : box[3], box[0] : box[2]], np.float32) > 0
    strips = (slice(top, min(height, top + STRIP)) for top in range(0, height, STRIP))
    side_by_side(*(partial(_strip, samples, sure, before, maps, rows, times) for rows in strips))
    return Guide(box, samples, sure.astype(np.float32))


def _strip(samples: Any, sure: Bool, before: Any, maps: Any, rows: slice, times: int) -> None:
    """Writes what the edit makes of some rows of the photo, of which ``before`` and maps are reduced."""
    checkpoint()
    if not sure[rows].any():
        return
    part = samples[rows]
    *change, gain = cv2.split(_up(maps, rows, part.shape[1], times))
    fine = cv2.subtract(part, _up(before, rows, part.shape[1], times), dtype=cv2.CV_32F)
    depth = cv2.CV_8U if part.dtype == np.uint8 else cv2.CV_16U
    made = [
        cv2.add(one, cv2.scaleAdd(cv2.multiply(finer, gain), 1.0, more), dtype=depth)  # rounded, and within the range
        for one, finer, more in zip(cv2.split(part), cv2.split(fine), change, strict=True)
    ]
    samples[rows] = cv2.merge(made).reshape(part.shape)


def _up(plane: Any, rows: slice, width: int, times: int) -> Any:
    """Some rows of a plane (h, w, C) that is enlarged."""
    first = max(0, rows.start // times - 1)
    part = plane[first : -(-rows.stop // times) + 1]
    large = cv2.resize(part, None, fx=times, fy=times, interpolation=cv2.INTER_LINEAR)
    top = rows.start - times * first
    return large[top : top + rows.stop - rows.start, :width].reshape(rows.stop - rows.start, width, -1)


def _gain(before: Float32, change: Float32) -> Float32:
    """(h, w) how much steeper the change makes light and dark of a picture (h, w, C), less 1."""
    light, more = (_light(np.asarray(one, np.float32)) for one in (before, change))
    mean, added = (_mean(one) for one in (light, more))
    spread, both = _mean(light * light) - mean * mean, _mean(light * more) - mean * added
    return np.asarray(np.clip(both / (np.maximum(spread, 0) + np.float32(CALM)), -1, STEEPEST - 1), np.float32)


def _light(picture: Float32) -> Float32:
    if picture.shape[2] == 1:
        return picture[..., 0]
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


def _mean(plane: Float32) -> Float32:
    return np.asarray(cv2.blur(plane, (AROUND, AROUND), borderType=cv2.BORDER_REFLECT_101), np.float32)


def _reduced(plane: Any, times: int) -> Any:
    """Means of squares; beyond the edge it is repeated."""
    height, width = plane.shape[:2]
    below, right = -height % times, -width % times
    if below or right:
        plane = cv2.copyMakeBorder(plane, 0, below, 0, right, cv2.BORDER_REPLICATE)
    size = ((width + right) // times, (height + below) // times)
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
