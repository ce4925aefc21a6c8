"""Eyes of a head of nobody that look sore: the red around them goes.

Legend: H, W of the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.generation.jaw_lines import recolored
from mien.guides.borrow import unit_of
from mien.guides.traits import lab_of
from mien.types import Face, Float32, Float64, Photo

REACH, SOFT = 0.2, 0.08
"""Eye distances around the eyes that are looked at, and over which that ends."""

FOREHEAD, AREA = (151, 108, 337), 0.08
"""Landmarks of skin that is not sore, and eye distances around them that are looked at."""

RED = 4.0
"""a* beyond the forehead's from which all of it counts."""

REST = 0.25
"""Share of what is redder than the forehead that stays: lids are a little in everybody."""


def without_redness(photo: Photo, face: Face) -> Photo:
    """A picture whose eyes and lids are hardly redder than the forehead, and as light as they were (CIE L*).

    Args:
        photo: (H, W) sRGB, 8 bits.
        face: found in it.
    """
    unit, pixels = unit_of(face), np.asarray(photo.pixels, np.uint8)
    lab, points = lab_of(pixels), face.landmarks[:, :2]
    usual = np.median([_mean(lab[..., 1:], points[one], AREA * unit) for one in FOREHEAD], axis=0)
    around = np.zeros(pixels.shape[:2], np.uint8)
    for contour in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR):
        eye = np.round(points[list(contour)]).astype(np.int32)
        cv2.fillPoly(around, [eye], 255)
        cv2.polylines(around, [eye], isClosed=True, color=255, thickness=max(1, round(2 * REACH * unit)))
    weight = cv2.GaussianBlur(around.astype(np.float32) / 255, (0, 0), SOFT * unit)
    redder = np.clip((lab[..., 1] - usual[0]) / RED, 0, 1)
    lab[..., 1:] += ((1 - REST) * weight * redder)[..., None] * (usual - lab[..., 1:])
    return recolored(photo, lab, weight)


def _mean(colors: Float32, at: Float32, reach: float) -> Float64:
    """Of the square around a point."""
    x, y, r = (round(float(one)) for one in (*at, reach))
    return np.asarray(colors[max(0, y - r) : y + r + 1, max(0, x - r) : x + r + 1].mean((0, 1)), np.float64)
