"""A dark line that is drawn along the jaw of a head of nobody, taken out: it looks as if the face were stuck on.

Legend: H, W of the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.borrow import unit_of
from mien.guides.traits import lab_of
from mien.types import Face, Float32, Photo

JAW = (172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397)
"""Landmarks from one corner of the jaw to the other."""

BAND, THIN, SHARE = 0.22, 0.08, 0.7
"""Eye distances around the jaw where lines are looked for, and up to which one is thin; how much of it goes."""

SOFT = 0.03
"""Eye distances over which the band ends."""


def without_jaw_line(photo: Photo, face: Face) -> Photo:
    """A picture whose jaw is told by its shade alone: thin dark lines along it are closed (CIE L*).

    Args:
        photo: (H, W) sRGB, 8 bits.
        face: found in it.
    """
    unit, pixels = unit_of(face), np.asarray(photo.pixels, np.uint8)
    lab = lab_of(pixels)
    band = np.zeros(pixels.shape[:2], np.uint8)
    jaw = np.round(face.landmarks[list(JAW), :2]).astype(np.int32)
    cv2.polylines(band, [jaw], isClosed=False, color=255, thickness=max(1, int(BAND * unit)))
    weight = cv2.GaussianBlur(band.astype(np.float32) / 255, (0, 0), SOFT * unit)
    light = cv2.GaussianBlur(lab[..., 0], (0, 0), max(0.5, 0.006 * unit))
    side = 1 + 2 * max(1, int(THIN * unit / 2))
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    closed = cv2.GaussianBlur(closed, (0, 0), max(0.5, 0.01 * unit))
    lab[..., 0] += SHARE * weight * np.maximum(closed - light, 0)
    return recolored(photo, lab, weight)


def recolored(photo: Photo, lab: Float32, weight: Float32) -> Photo:
    """A photo (H, W) with the colors (H, W, 3) of CIE L*, a*, b* where a weight (H, W) is not nearly 0."""
    rgb = cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB) * 255
    changed = (weight > 0.002)[..., None]
    return photo.with_pixels(np.where(changed, np.clip(np.rint(rgb), 0, 255), photo.pixels).astype(np.uint8))
