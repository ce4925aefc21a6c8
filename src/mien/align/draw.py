"""Faces drawn into a photo, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.align import mesh
from mien.types import Face, UInt8

GREEN, WHITE, BLACK = (80, 220, 100), (255, 255, 255), (0, 0, 0)
SHIFT = 4
CLOSED = (mesh.OUTLINE, mesh.OUTER_LIPS, mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)
OPEN = (mesh.NOSE_LINE, mesh.LEFT_BROW, mesh.RIGHT_BROW)


def annotate(image: UInt8, faces: Sequence[Face]) -> UInt8:
    """A copy of (H, W, 3) uint8 RGB with each face's FFHQ square, outline, features and number.

    Line width and text follow the size of the face, so that the drawing reads the same in a thumbnail and at 50 MP.
    """
    canvas = image.copy()
    for number, face in enumerate(faces):
        width = max(1, round(face.size / 120))
        points = face.landmarks[:, :2]
        for indices in (*CLOSED, *OPEN):
            _line(canvas, points[list(indices)], indices in CLOSED, WHITE, max(1, width // 2))
        _line(canvas, face.quad, True, GREEN, width)
        _label(canvas, f"{number}  {face.score:.2f}", face.quad[0], max(0.4, face.size / 260))
    return canvas


def _line(canvas: UInt8, points: np.ndarray, closed: bool, color: tuple[int, int, int], width: int) -> None:
    cv2.polylines(canvas, [to_fixed(points).reshape(-1, 1, 2)], closed, color, width, cv2.LINE_AA, SHIFT)


def to_fixed(points: NDArray[np.floating]) -> NDArray[np.int32]:
    """Continuous coordinates for OpenCV's drawing functions with ``shift=SHIFT``.

    They draw at 1/16 pixel, and their whole numbers are pixel centers where ours are corners.
    """
    return np.round((points - 0.5) * (1 << SHIFT)).astype(np.int32)


def _label(canvas: UInt8, text: str, corner: np.ndarray, scale: float) -> None:
    thickness = max(1, round(scale * 2))
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thickness)
    x = int(np.clip(corner[0], 0, max(0, canvas.shape[1] - width)))
    y = int(np.clip(corner[1], height + below, canvas.shape[0] - below))
    cv2.rectangle(canvas, (x, y - height - below), (x + width, y + below), BLACK, -1)
    cv2.putText(canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, GREEN, thickness, cv2.LINE_AA)
