"""Red eyes: the flash's light from the back of the eye becomes the dark of a pupil; its highlight stays."""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.errors import LayerError
from mien.guides.guide import Guide, changed
from mien.photos.color import to_srgb
from mien.types import Face, Float32, Photo

REDNESS, DARKER = 1.9, 0.75
"""Red against the larger of green and blue from which a pupil is red; what is left of green and blue."""

LEAST = 0.04
"""Share of an iris that is red in a red eye: less is a vein or a lid."""


def without_red_eyes(photo: Photo, face: Face, *, strength: float = 1.0) -> Guide:
    """Darkens red pupils.

    Raises:
        LayerError: no pupil of this face is red.
    """
    points = face.landmarks[:, :2].astype(np.float64)
    eyes = np.concatenate([points[list(mesh.LEFT_IRIS)], points[list(mesh.RIGHT_IRIS)]])
    radius = max(float(np.linalg.norm(points[r[1]] - points[r[3]])) for r in (mesh.LEFT_IRIS, mesh.RIGHT_IRIS)) / 2
    (x0, y0), (x1, y1) = np.floor(eyes.min(0) - radius), np.ceil(eyes.max(0) + radius)
    box = max(0, int(x0)), max(0, int(y0)), min(photo.width, int(x1) + 1), min(photo.height, int(y1) + 1)
    if box[0] >= box[2] or box[1] >= box[3]:
        raise LayerError("The eyes of this face lie outside of the photo; choose another face.")
    before = to_srgb(photo, box).astype(np.float32)
    other = before[..., 1:].max(2)
    redness = np.clip((before[..., 0] / (other + 6) - REDNESS) / 0.4 + 0.5, 0, 1) * (before[..., 0] > 70)
    found = np.zeros(before.shape[:2], np.float32)
    for ring in (mesh.LEFT_IRIS, mesh.RIGHT_IRIS):
        disc = _disc(found.shape, points[ring[0]] - box[:2], radius)
        if float((redness * disc).sum()) > LEAST * np.pi * radius**2:
            found = np.maximum(found, redness * disc).astype(np.float32)
    if not found.any():
        raise LayerError("No pupil of this face is red; mask what is to vanish with --mask.")
    dark = np.repeat((before[..., 1:].mean(2) * DARKER)[..., None], 3, 2)
    return Guide(
        box,
        changed(photo, box, before, dark),
        np.asarray(cv2.GaussianBlur(found, (0, 0), 0.7) * (found > 0) * strength, np.float32),
    )


def _disc(shape: tuple[int, ...], middle: np.ndarray, radius: float) -> Float32:
    ys, xs = np.mgrid[: shape[0], : shape[1]] + 0.5
    return np.asarray(np.clip(1.1 * radius - np.hypot(xs - middle[0], ys - middle[1]) + 0.5, 0, 1), np.float32)
