"""What time and a flash do to pictures, drawn: a scratched print, red pupils."""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.types import Face, Photo, UInt8

RED, SCRATCHED = (186, 24, 22), (232, 226, 214)
"""Colors of pupils under a flash, and of paper below a scratched layer."""

LINES, SPECKS = 4, 12
PUPIL = 0.45
"""Of the radius of an iris."""


def scratched(photo: Photo, face: Face, seed: int = 0) -> Photo:
    """A photo whose print was scratched: bent lines across the face, and specks of dust."""
    rng, area = np.random.default_rng(seed), np.zeros((photo.height, photo.width), np.uint8)
    unit, middle = float(np.linalg.norm(face.quad[3] - face.quad[0])), face.quad.mean(0)
    t = np.linspace(0, 1, 40)[:, None]
    for _ in range(LINES):
        turn = rng.uniform(0, np.pi)
        along, start = np.array([np.cos(turn), np.sin(turn)]) * 0.3 * unit, middle + rng.normal(0, 0.15 * unit, 2)
        bend = start + rng.normal(0, 0.03 * unit, 2)
        line = (1 - t) ** 2 * (start - along) + 2 * t * (1 - t) * bend + t**2 * (start + along)
        cv2.polylines(area, [np.round(16 * line).astype(np.int32)], False, 255, int(rng.integers(1, 3)), cv2.LINE_AA, 4)
    for x, y in np.round(middle + rng.normal(0, 0.3 * unit, (SPECKS, 2))).astype(int):
        cv2.circle(area, (int(x), int(y)), int(rng.integers(1, 3)), 255, -1, cv2.LINE_AA)
    return _laid(photo, area, SCRATCHED, 0.95, 0.5)


def flashed(photo: Photo, face: Face) -> Photo:
    """A photo whose pupils a flash made red; what shines in them stays."""
    area, points = np.zeros((photo.height, photo.width), np.uint8), face.landmarks[:, :2]
    for ring in (mesh.LEFT_IRIS, mesh.RIGHT_IRIS):
        radius, (x, y) = float(np.linalg.norm(points[ring[1]] - points[ring[3]])) / 2, points[ring[0]] * 16
        cv2.circle(area, (round(float(x)), round(float(y))), round(16 * PUPIL * radius), 255, -1, cv2.LINE_AA, 4)
    area[photo.pixels.min(2) > 150] = 0
    return _laid(photo, area, RED, 0.9, 0.8)


def _laid(photo: Photo, area: UInt8, color: tuple[int, int, int], share: float, soft: float) -> Photo:
    """A photo with a color over an area of 0 to 255, of soft edges."""
    over = cv2.GaussianBlur(area, (0, 0), soft)[..., None].astype(np.float32) / 255 * share
    return Photo(np.rint(photo.pixels * (1 - over) + np.float32(color) * over).astype(np.uint8))
