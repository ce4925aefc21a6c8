"""A part of a photo close up: strands are drawn in it and laid over the photo.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.compose.grain import levels, missing, noise
from mien.guides.guide import Box, Guide, changed
from mien.guides.scene import Scene
from mien.guides.strands import middle
from mien.photos.color import to_srgb
from mien.types import Float32, Float64, Photo

LARGEST = 1200
"""Longer side of the part, pixels; larger ones are reduced."""


@dataclass(frozen=True, eq=False)
class CloseUp:
    """Reduced if it is large.

    Attributes:
        box: of the photo.
        before: (H, W, 3) of it.
        picture: (h, w, 3) reduced.
        hair: (h, w).
        matrix: (2, 3) from pixels of the scene to those of the reduced part.
        unit: in its pixels.
    """

    box: Box
    before: Float32
    picture: Float32
    hair: Float32
    matrix: Float64
    unit: float

    @classmethod
    def of(cls, photo: Photo, here: Scene, places: Float64) -> CloseUp:
        """Around places of a scene (..., 2)."""
        low, high = places.min((0, 1)) - 0.3 * here.unit, places.max((0, 1)) + 0.3 * here.unit
        (x0, y0), (x1, y1) = (np.rint(one / here.scale).astype(int) + here.box[:2] for one in (low, high))
        box = max(0, int(x0)), max(0, int(y0)), min(photo.width, int(x1)), min(photo.height, int(y1))
        before = to_srgb(photo, box).astype(np.float32)
        shrink = min(1.0, LARGEST / max(before.shape[:2]))
        size = (round(before.shape[1] * shrink), round(before.shape[0] * shrink))
        picture = before if shrink == 1 else cv2.resize(before, size, interpolation=cv2.INTER_AREA)
        ratio = np.array([size[0] / before.shape[1], size[1] / before.shape[0]])
        scale = ratio / here.scale
        corner = 0.5 * scale - 0.5 + (np.array(here.box[:2]) - box[:2]) * ratio
        matrix = np.array([[scale[0], 0, corner[0]], [0, scale[1], corner[1]]])
        hair = cv2.warpAffine(here.hair, matrix, size)
        return cls(box, before, picture, hair, matrix, here.unit * float(scale[0]))

    def places(self, places: Float64) -> Float64:
        """Pixels of the scene as pixels of the reduced part."""
        return np.asarray(places @ self.matrix[:, :2].T + self.matrix[:, 2])

    def at(self, plane: Float32) -> Float32:
        """A map of the scene."""
        return np.asarray(cv2.warpAffine(plane, self.matrix, self.hair.shape[::-1]), np.float32)

    def laid(self, photo: Photo, alpha: Float32, colors: Float32, shade: Float32) -> Guide:
        """Strands over the photo, with their shadow, and grain where its hair has more."""
        size = self.before.shape[1::-1]
        planes: Any = [alpha, colors, shade, self.hair]
        if self.picture is not self.before:
            planes = [cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for one in planes]
            areas, found = (planes[3] > 0.9, planes[0] > 0.9), []
            for picture, area in zip((self.before, planes[1]), areas, strict=True):
                part = middle(area)
                found.append(levels(picture[part], area[part]))
            rough = missing(*found)
            planes[1] = planes[1] + noise(self.before.shape, rough)
        upper, lower = planes[0][..., None], self.before * (1 - planes[2][..., None])
        after = lower + upper * (planes[1] - lower)
        seen = np.maximum(planes[0], planes[2]) > 0.004
        return Guide(self.box, changed(photo, self.box, self.before, after), seen.astype(np.float32))
