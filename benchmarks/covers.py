"""What is held before a face so that a part of it is really hidden: cloth, fingers, or a cup, drawn."""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.morphology import grown
from mien.guides.borrow import unit_of
from mien.types import Bool, Face, Float32, Photo

COVERS = {"cloth": (172, 196, 214), "hand": (196, 148, 122), "cup": (226, 222, 214)}
"""Kinds, and their color."""

ROOM, RIM = 0.05, 0.012
"""Eye distances by which a cover reaches beyond the part, and a mask beyond the cover, whose border is soft."""

NOISE = 2.0
"""Levels of its grain, standard deviation."""


def cover(photo: Photo, face: Face, area: Bool, kind: str) -> tuple[Photo, Bool]:
    """A photo with something before a part of a face, and the mask (H, W) of it.

    Args:
        photo, face: any.
        area: (H, W) of the part.
        kind: of :data:`COVERS`.
    """
    unit = unit_of(face)
    hull = np.zeros(area.shape, np.uint8)
    rows, columns = np.nonzero(area)
    corners = cv2.convexHull(np.stack([columns, rows], 1).astype(np.int32))
    cv2.fillConvexPoly(hull, corners, 1)
    shape = grown(hull > 0, ROOM * unit)
    share = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), max(0.6, 0.003 * unit))[..., None]
    upper = _drawn(kind, shape, face, unit)
    mixed = photo.pixels[..., :3] + share * (upper - photo.pixels[..., :3])
    samples = np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)
    return photo.with_pixels(samples), grown(shape, RIM * unit)


def _drawn(kind: str, shape: Bool, face: Face, unit: float) -> Float32:
    """(H, W, 3): the cover's own pixels, everywhere."""
    height, width = shape.shape
    rows, columns = np.flatnonzero(shape.any(1)), np.flatnonzero(shape.any(0))
    x = (np.arange(width) - columns[0]) / max(1, columns[-1] - columns[0])
    y = (np.arange(height) - rows[0]) / max(1, rows[-1] - rows[0])
    if kind == "cloth":  # three folds across
        light = np.broadcast_to(1 - 0.1 * np.abs(np.sin(3 * np.pi * y))[:, None] ** 8, shape.shape)
    elif kind == "hand":  # four fingers, dark between them
        light = np.broadcast_to(1 - 0.45 * (1 - np.abs(np.sin(4 * np.pi * y))[:, None]) ** 4, shape.shape)
    else:  # round from side to side
        light = np.broadcast_to(1 - 0.35 * np.abs(2 * x - 0.8)[None] ** 2, shape.shape)
    grain = np.random.default_rng(round(unit)).normal(0, NOISE, (*shape.shape, 1))
    return np.asarray(np.asarray(COVERS[kind]) * light[..., None] + grain, np.float32)
