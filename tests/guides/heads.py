"""Heads of flat colors, and a parser that tells them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.conditions.labels import COUNT, INDEX
from mien.types import Face, Photo

COLORS = {
    "background": (90, 120, 200),
    "skin": (220, 180, 150),
    "neck": (200, 160, 130),
    "cloth": (40, 40, 60),
    "hair": (120, 20, 20),
    "hat": (230, 210, 40),
}
OTHER = {**COLORS, "hair": (30, 110, 40)}


class ColorParser:
    """Tells classes by color, both heads' alike."""

    def shares(self, pixels: Any) -> Any:
        known = [(name, color) for table in (COLORS, OTHER) for name, color in table.items()]
        wanted = np.array([color for _, color in known], np.int16)
        nearest = np.abs(pixels[..., None, :].astype(np.int16) - wanted).sum(-1).argmin(-1)
        labels = np.array([INDEX[name] for name, _ in known])[nearest]
        odds = np.exp(12 * np.eye(COUNT, dtype=np.float32)[labels])
        return (odds / odds.sum(-1, keepdims=True)).transpose(2, 0, 1)


def head(face: Face, colors: dict[str, tuple[int, int, int]], *, down: float, hat: bool = False) -> Photo:
    """A head whose hair reaches ``down`` eye distances below the eyes."""
    points = face.landmarks[:, :2].astype(np.float64)
    unit = float(np.linalg.norm(points[33] - points[263]))
    oval = points[list(mesh.OUTLINE)]
    middle, low = oval.mean(0), oval.max(0)
    picture = np.zeros((512, 512, 3), np.uint8)
    picture[:] = colors["background"]
    y = int(low[1] + 0.45 * unit)
    cv2.ellipse(picture, (int(middle[0]), 560), (220, 560 - y), 0, 0, 360, colors["cloth"], -1)
    x = int(middle[0])
    cv2.rectangle(picture, (x - int(0.45 * unit), int(middle[1])), (x + int(0.45 * unit), y), colors["neck"], -1)
    around = middle + (oval - middle) * 1.35
    cv2.fillPoly(picture, [np.minimum(around, (512, points[33, 1])).astype(np.int32)], colors["hair"])
    side, end = np.abs(around - middle)[:, 0].max(), points[33, 1] + down * unit
    for sign in (-1, 1):
        a, b = sorted((x + int(sign * side * 0.7), x + int(sign * side)))
        cv2.rectangle(picture, (a, int(middle[1] - 0.3 * unit)), (b, int(end)), colors["hair"], -1)
    cv2.fillPoly(picture, [oval.astype(np.int32)], colors["skin"])
    if hat:
        cv2.rectangle(picture, (x - 90, 0), (x + 90, int(oval[:, 1].min())), colors["hat"], -1)
    return Photo(picture)


def share(photo: Photo, color: tuple[int, int, int], reach: int = 40) -> float:
    return float((np.abs(photo.pixels.astype(np.int16) - color).max(2) < reach).mean())
