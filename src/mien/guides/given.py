"""A guide that a user gives: a rough paste over the photo or over a face's crop, its alpha being how sure it is.

Convention:
    As in :mod:`mien.guides.guide`. Over the photo, samples are taken as they are where both pictures have one kind of
    samples and one profile: what is pasted opaque is the result to the last bit.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align.paste import mask_to_photo, paste_face
from mien.compose.blend import membrane
from mien.compose.difference import near
from mien.guides.guide import Box, Guide
from mien.photos.color import from_srgb, to_srgb
from mien.types import Float32, Float64, Photo, Samples

LIMIT = 90.0
"""Levels by which a paste may be lightened or darkened: its maker asks for it, and light may be quite another."""

UNLIKE = 16.0
"""Levels by which a step along the outline may be off most others to count by half: photos have edges of their own."""

RIM = 0.02
"""Width of the rim along which colors are compared, in sides of the face's square."""


def confidence(picture: Photo) -> Float32:
    """(h, w) in [0, 1]: its alpha; 1 everywhere without one."""
    if picture.alpha is None:
        return np.ones((picture.height, picture.width), np.float32)
    return picture.alpha.astype(np.float32) / np.float32(2**picture.bits - 1)


def over_photo(picture: Photo, photo: Photo) -> tuple[Samples, Float32]:
    """What was drawn over the photo: samples (H, W, C) of the photo's kind, and confidence (H, W)."""
    alike = (picture.bits, picture.pixels.shape, picture.icc) == (photo.bits, photo.pixels.shape, photo.icc)
    sure = confidence(picture)
    box = None if alike else bounds(sure)
    if box is None:
        return picture.pixels, sure
    x0, y0, x1, y1 = box
    samples = np.zeros(photo.pixels.shape, photo.pixels.dtype)
    samples[y0:y1, x0:x1] = np.rint(from_srgb(to_srgb(picture, box), photo))
    return samples, sure


def over_crop(picture: Photo, photo: Photo, matrix: Float64) -> tuple[Samples, Float32]:
    """The same for what was drawn over a crop, with its (2, 3) matrix to the photo."""
    sure = confidence(picture)
    colors = to_srgb(picture).astype(np.float32)
    total, share = (cv2.GaussianBlur(one, (0, 0), 1.5) for one in (colors * sure[..., None], sure))
    around = total / np.maximum(share, np.float32(1e-6))[..., None]  # programs leave anything below full transparency
    colors = np.where(sure[..., None] > 0, colors, around)
    placed = mask_to_photo(sure, matrix, (photo.width, photo.height)).astype(np.float32)
    return paste_face(photo, colors, matrix, (placed > 0).astype(np.float32)).pixels, placed


def bounds(sure: Float32) -> Box | None:
    """The box around what has any confidence (h, w); None where nothing has."""
    columns, rows = np.flatnonzero(sure.any(0)), np.flatnonzero(sure.any(1))
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else None


def cut_out(samples: Samples, sure: Float32, notes: tuple[str, ...] = ()) -> Guide | None:
    """A guide of what has any confidence; None where nothing has."""
    box = bounds(sure)
    if box is None:
        return None
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    return Guide(box, samples[part], sure[part].astype(np.float32), notes)


def harmonised(guide: Guide, photo: Photo, side: float, *, soft: bool = True) -> Guide:
    """A guide with the photo's colors along its outline, spread smoothly inside.

    Args:
        guide: of the user.
        photo: that it is laid over.
        side: of the face's square, photo pixels.
        soft: whether its edge becomes soft, too: not where it is joined to what is filled in around it.
    """
    reach = max(2.0, RIM * side)
    room = int(4 * reach)
    x0, y0, x1, y1 = guide.box
    box = max(0, x0 - room), max(0, y0 - room), min(photo.width, x1 + room), min(photo.height, y1 + room)
    lower = to_srgb(photo, box).astype(np.float32)
    full = np.zeros((*lower.shape[:2], photo.pixels.shape[2]), photo.pixels.dtype)
    inner = np.s_[y0 - box[1] : y1 - box[1], x0 - box[0] : x1 - box[0]]
    full[inner] = np.rint(guide.samples).astype(full.dtype)
    upper = to_srgb(photo.with_pixels(full)).astype(np.float32)
    area = np.zeros(lower.shape[:2], np.bool_)
    area[inner] = guide.confidence > 0.5
    if not area.any() or area.all():
        return guide
    depth = np.asarray(cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
    close = max(1.0, reach / 3)  # farther away, a face has other colors by itself
    step = near(lower, ~area, close) - near(upper, area, close)
    rim = (depth > 0) & (depth <= reach)
    unlike = np.abs(step - np.median(step[rim], 0)).max(2)
    known = np.where(rim, 1 / (1 + (unlike / UNLIKE) ** 4), 0).astype(np.float32)
    lit = np.clip(upper + membrane(step, known, LIMIT), 0, 255)
    fade = np.where(area, np.clip(depth / reach, 0, 1), np.float32(1))[inner]
    samples = from_srgb(lit[inner], photo).astype(np.float32)
    return Guide(guide.box, samples, guide.confidence * (fade if soft else 1), guide.notes)
