"""Where the 478 points say that a face's parts are: polygons, filled.

Convention:
    Points are (478, 2 or 3) in continuous pixels of the picture; masks are (H, W) bool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mien.align import mesh
from mien.types import Bool, Float32

LEFT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
RIGHT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
UPPER_LIP = (*mesh.OUTER_LIPS[:11], *INNER_LIPS[10::-1])
LOWER_LIP = (*mesh.OUTER_LIPS[10:], *mesh.OUTER_LIPS[:1], *INNER_LIPS[:1], *INNER_LIPS[:9:-1])
NOSE = (168, 193, 245, 188, 174, 236, 198, 131, 49, 129, 64, 98, 97, 2)
NOSE += (326, 327, 294, 358, 279, 360, 420, 456, 399, 412, 465, 417)
PARTS = {
    "nose": NOSE,
    "left_brow": LEFT_BROW,
    "right_brow": RIGHT_BROW,
    "left_eye": mesh.LEFT_EYE_CONTOUR,
    "right_eye": mesh.RIGHT_EYE_CONTOUR,
    "upper_lip": UPPER_LIP,
    "lower_lip": LOWER_LIP,
    "mouth": INNER_LIPS,
}
"""In the order in which they are painted over each other."""

BROW_HEIGHT = 3
"""Rows, of a 256 px face, by which the brows' outline is widened: the mesh follows their middle, not their hairs."""

SHIFT = 4


def part(points: Float32, name: str, size: int) -> Bool:
    """One of ``PARTS``; (size, size) bool."""
    mask = polygon(points, PARTS[name], size)
    if name in ("left_brow", "right_brow"):
        mask = cv2.dilate(mask.astype(np.uint8), np.ones((round(BROW_HEIGHT * size / 256), 1), np.uint8)) > 0
    return mask


def polygon(points: Float32, indices: Sequence[int], size: int) -> Bool:
    """Fills the outline through ``points[indices]``; (size, size) bool."""
    canvas = np.zeros((size, size), np.uint8)
    corners = np.round((points[list(indices), :2] - 0.5) * 2**SHIFT).astype(np.int32)
    cv2.fillPoly(canvas, [corners], 1, cv2.LINE_8, SHIFT)
    return canvas > 0


@dataclass(frozen=True, eq=False)
class FaceFrame:
    """Measures of one upright face, in pixels.

    Attributes:
        eyes, nose, mouth, chin: heights (y) of the eye centers, the nose's foot, the lips and the chin's tip.
        brow: height of the upper edge of the brows.
        middle: x of the nose's foot.
        left, right: x of the face outline beside the eyes.
        width: between ``left`` and ``right``.
    """

    eyes: float
    nose: float
    mouth: float
    chin: float
    brow: float
    middle: float
    left: float
    right: float

    @property
    def width(self) -> float:
        """Of the face at the height of the eyes."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From the eyes to the chin."""
        return self.chin - self.eyes

    @classmethod
    def of(cls, points: Float32) -> FaceFrame:
        """Reads the measures off the points."""
        x, y = points[:, 0], points[:, 1]
        oval = list(mesh.OUTLINE)
        return cls(
            eyes=float(y[[33, 133, 362, 263]].mean()),
            nose=float(y[2]),
            mouth=float(y[[13, 14]].mean()),
            chin=float(y[152]),
            brow=float(y[[105, 334]].mean()),
            middle=float(x[2]),
            left=float(x[oval].min()),
            right=float(x[oval].max()),
        )


def lowest_row(mask: Bool) -> np.ndarray:
    """(W,) the row below the last pixel of each column, -1 where a column is empty."""
    rows = mask.shape[0] - np.argmax(mask[::-1], axis=0)
    return np.where(mask.any(0), rows, -1)
