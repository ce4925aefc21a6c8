"""Heal: what is masked is replaced by the texture of its surroundings, with their grain, in the colours of its border.

Each piece of the mask is covered by the nearby patch whose border fits best, and the difference of colours along the
border is spread smoothly inside (the healing brush: Georgiev, 2004, with a search for the source). Nothing is painted.

Convention:
    Pixels are sRGB float32 in [0, 255] while they are matched; a piece is a box of the photo with its part of the mask.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from mien.align.paste import Mask
from mien.compose.blend import membrane, ring
from mien.errors import LayerError
from mien.guides.guide import Box, Guide
from mien.photos.color import from_srgb, to_srgb
from mien.types import Bool, Float32, Photo

PIECE = 48
"""Largest side of a piece, pixels at the working scale: longer scratches are healed bit by bit."""

REACH = 3.0
"""How far a source may lie, in sides of its piece."""

RING = 5
"""Width of the border that is compared and matched, pixels at the working scale."""

FINE, THIN = 0.8, 4.0
"""Standard deviation of the blur below which texture is a patch's; depth up to which structure is carried on."""

LIMIT = 60.0
"""Levels by which a source may be lightened or darkened."""

LARGEST = 0.3
"""Fraction of the photo's shorter side from which a piece is too large to be healed by its surroundings alone."""


def heal(photo: Photo, mask: Mask, *, strength: float = 1.0, forbidden: Bool | None = None) -> Guide:
    """Replaces what is masked.

    Args:
        photo: any.
        mask: (H, W), above 0 where something is to vanish; a floating-point mask fades the result.
        strength: in [0, 1]; 0.5 halves a wrinkle instead of removing it.
        forbidden: (H, W) where no texture may come from, such as another class of the face.

    Raises:
        LayerError: the mask is empty, or covers all of the photo.
    """
    area = mask > 0
    if not area.any():
        raise LayerError("The mask is empty; mask what is to vanish.")
    box = _box_of(photo, area)
    x0, y0, x1, y1 = box
    before = to_srgb(photo, box).astype(np.float32)
    inside = area[y0:y1, x0:x1]
    barred = inside if forbidden is None else inside | forbidden[y0:y1, x0:x1]
    notes: tuple[str, ...] = ()
    healed, todo = before.copy(), inside.copy()
    for piece in _pieces(inside):
        _cover(healed, todo, barred, piece)
    if max(_extent(inside)) > LARGEST * min(photo.width, photo.height):
        notes = ("a large area was filled with the texture around it; what it should show is better painted",)
    faded = np.float32(strength) * (mask[y0:y1, x0:x1].astype(np.float32) if mask.dtype != np.bool_ else inside)
    change = from_srgb(np.clip(healed, 0, 255), photo) - from_srgb(before, photo)
    samples = photo.pixels[y0:y1, x0:x1].astype(np.float32) + change.astype(np.float32)
    return Guide(box, samples, np.where(inside, faded, 0).astype(np.float32), notes)


def _pieces(area: Bool) -> Iterator[Box]:
    """Boxes (x0, y0, x1, y1) around parts of the area, the smallest pieces first."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8))
    for index in np.argsort(stats[1:count, cv2.CC_STAT_AREA]) + 1:
        x, y, w, h = (int(v) for v in stats[index, :4])
        across, down = -(-w // PIECE), -(-h // PIECE)
        for row in range(down):
            for column in range(across):
                yield (
                    x + column * w // across,
                    y + row * h // down,
                    x + (column + 1) * w // across,
                    y + (row + 1) * h // down,
                )


def _cover(picture: Float32, todo: Bool, barred: Bool, piece: Box) -> None:
    """Covers one piece in place with the best patch of its surroundings; ``todo`` loses it."""
    x0, y0, x1, y1 = _widened(piece, RING + 2, todo.shape)
    hole = np.zeros_like(todo[y0:y1, x0:x1])
    inner = (slice(piece[1] - y0, piece[3] - y0), slice(piece[0] - x0, piece[2] - x0))
    hole[inner] = todo[y0:y1, x0:x1][inner]
    if not hole.any():
        return
    border = (ring(hole, RING) > 0) & ~todo[y0:y1, x0:x1]
    if not border.any():
        return
    target = picture[y0:y1, x0:x1]
    source = _best_source(picture, barred, (x0, y0, x1, y1), hole, border)
    seen = target.clip(0, 255).astype(np.uint8)
    unknown = todo[y0:y1, x0:x1].astype(np.uint8)
    carried = cv2.inpaint(seen, unknown, RING, cv2.INPAINT_NS).astype(np.float32)
    if source is not None:
        carried = _textured(
            carried, picture[source[1] : source[1] + y1 - y0, source[0] : source[0] + x1 - x0], hole, border
        )
    target[hole] = carried[hole]
    todo[y0:y1, x0:x1] &= ~hole


def _best_source(picture: Float32, barred: Bool, box: Box, hole: Bool, border: Bool) -> tuple[int, int] | None:
    """Corner of the patch that fits best along the border, colours up to a shift; None where there is none."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    reach = round(REACH * max(width, height))
    left, top, right, bottom = _widened(box, reach, barred.shape)
    around = picture[top:bottom, left:right]
    gray: Any = cv2.cvtColor(around.clip(0, 255).astype(np.uint8), cv2.COLOR_RGB2GRAY).astype(np.float32)
    flat = gray - cv2.GaussianBlur(gray, (0, 0), max(3.0, 0.35 * max(width, height)))
    own = flat[y0 - top : y1 - top, x0 - left : x1 - left]
    cost = cv2.matchTemplate(flat, own, cv2.TM_SQDIFF, mask=border.astype(np.float32)) / max(1, int(border.sum()))
    cost = cost + 0.05 * _away_in_color(around, (y0 - top, x0 - left), border)[: cost.shape[0], : cost.shape[1]]
    taken = barred[top:bottom, left:right].astype(np.float32)
    blocked = cv2.matchTemplate(taken, hole.astype(np.float32), cv2.TM_CCORR) > 0.5
    ys, xs = np.mgrid[: cost.shape[0], : cost.shape[1]]
    away = np.hypot(xs + left - x0, ys + top - y0) / max(width, height)
    cost = np.where(blocked | ~np.isfinite(cost), np.inf, cost * (1 + 0.1 * away) + 0.5 * away)
    if not np.isfinite(cost).any():
        return None
    row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return int(column) + left, int(row) + top


def _textured(carried: Float32, patch: Float32, hole: Bool, border: Bool) -> Float32:
    """Structure that was carried on over the hole, with a patch's texture: the deeper inside, the more of the patch."""
    seen = border.astype(np.float32)  # what lies in the hole must not bleed into the border's colours
    share = np.maximum(cv2.GaussianBlur(seen, (0, 0), 1.5), 1e-3)[..., None]
    spread = membrane(cv2.GaussianBlur((carried - patch) * seen[..., None], (0, 0), 1.5) / share, seen, LIMIT)
    fine = carried + patch - cv2.GaussianBlur(patch, (0, 0), FINE)
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)[..., None]
    deep = np.clip((depth - THIN) / THIN, 0, 1)
    return np.asarray(fine + deep * (patch + spread - fine), np.float32)


def _away_in_color(around: Float32, corner: tuple[int, int], border: Bool) -> Float32:
    """For the corner of every patch: how far its mean colour is from the border's, squared, summed over channels."""
    height, width = border.shape
    row, column = corner
    mean = around[row : row + height, column : column + width][border].mean(0)
    # mean over the patch whose top left corner a pixel is
    means = cv2.blur(around, (width, height), anchor=(0, 0), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(((means - mean) ** 2).sum(2), np.float32)


def _widened(box: Box, by: int, shape: tuple[int, ...]) -> Box:
    return max(0, box[0] - by), max(0, box[1] - by), min(shape[1], box[2] + by), min(shape[0], box[3] + by)


def _extent(area: Bool) -> tuple[int, int]:
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    return int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)


def _box_of(photo: Photo, area: Bool) -> Box:
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    box = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    return _widened(box, round(PIECE * (REACH + 1)), (photo.height, photo.width))
