"""Where an iris lies: the circle that is darkest against the white beside it, near where landmarks put it.

The integro-differential operator of Daugman (1993), over the two sides that lids leave free.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.photos.color import to_srgb
from mien.types import Float32, Float64, Photo

SIDE = 24
"""Radius in pixels at which circles are compared."""

GLINT = 9
"""Largest side of a reflection, in such pixels: it is as light as the white."""

SHIFTS = np.linspace(-0.9, 0.9, 29)
"""Places looked at, in radii that landmarks give, across and down."""

RADII = np.linspace(0.88, 1.16, 8)
"""Radii looked at, in those that landmarks give."""

ANGLES = np.radians(np.concatenate([np.arange(-40, 41, 10), np.arange(140, 221, 10)]))
"""Where circles are looked at: right and left; lids cover the rest."""

FARTHER, LOWER, WIDER = 35.0, 60.0, 400.0
"""Levels that a circle loses per square of its distance, across and down, in radii, from where landmarks put it, and
per square of what it is wider, as a share."""

LIGHT, DIM = np.float32(80), np.float32(20)
"""Levels by which light counts as its logarithm does, for the white is dull in shade, and levels added to it."""

CLEARER = 6.0
"""Levels by which a circle must be clearer than that of the landmarks."""


def found_iris(photo: Photo, middle: Float64, radius: float, contour: Float64) -> tuple[Float64, float]:
    """Middle (2,) and radius of an iris, pixels.

    Args:
        photo: any.
        middle, radius: what landmarks say.
        contour: (N, 2) the eye's opening.
    """
    reach = 2.2 * radius
    x0, y0 = np.maximum(np.floor(middle - reach), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(middle + reach), (photo.width, photo.height)).astype(int)
    if radius < 3 or x1 - x0 < 8 or y1 - y0 < 8:
        return middle, radius
    scale = SIDE / radius
    red = to_srgb(photo, (x0, y0, x1, y1))[..., 0]
    size = (max(8, round((x1 - x0) * scale)), max(8, round((y1 - y0) * scale)))
    small = cv2.GaussianBlur(cv2.resize(red, size, interpolation=cv2.INTER_AREA).astype(np.float32), (0, 0), 1.5)
    small = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((GLINT, GLINT), np.uint8))
    small = LIGHT * np.log(small + DIM)
    opening = np.zeros(small.shape, np.uint8)
    cv2.fillPoly(opening, [np.round((contour - (x0, y0)) * scale).astype(np.int32)], 1)
    down, across, wide = (one.ravel() for one in np.meshgrid(SHIFTS, SHIFTS, RADII, indexing="ij"))
    centres = (middle - (x0, y0)) * scale + SIDE * np.stack([across, down], 1)
    clear = _clear(small, opening.astype(np.float32), centres, SIDE * wide)
    clear = clear - FARTHER * across**2 - LOWER * down**2 - WIDER * (wide - 1) ** 2
    own = np.argmin(across**2 + down**2 + (wide - 1) ** 2)
    best = int(np.argmax(clear))
    if clear[best] < clear[own] + CLEARER:
        return middle, radius
    return middle + radius * np.array([across[best], down[best]]), radius * float(wide[best])


def _clear(picture: Float32, opening: Float32, centres: Float64, radii: Float64) -> Any:
    """(K,) how much lighter it is just outside of each circle than just inside, in levels, on the less clear side."""
    sides = []
    for angles in (ANGLES[: len(ANGLES) // 2], ANGLES[len(ANGLES) // 2 :]):
        way = np.stack([np.cos(angles), np.sin(angles)], 1)
        values, seen = [], np.float32(1)
        for share in (0.85, 1.15):
            at = (centres[:, None] + (share * radii)[:, None, None] * way).astype(np.float32)
            maps = (np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1]))
            values.append(cv2.remap(picture, *maps, cv2.INTER_LINEAR))
            seen = seen * cv2.remap(opening, *maps, cv2.INTER_LINEAR)
        total = seen.sum(1)
        sides.append(np.where(total > 1.5, ((values[1] - values[0]) * seen).sum(1) / np.maximum(total, 1e-3), 0.0))
    return 0.7 * np.minimum(*sides) + 0.3 * np.maximum(*sides)
