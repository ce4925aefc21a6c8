"""An open mouth shut: both lips move until they meet, and the chin with them; teeth go. Defined by anatomy."""

from __future__ import annotations

import numpy as np

from mien.align import mesh
from mien.align.paste import Mask
from mien.errors import LayerError
from mien.guides.borrow import nearness
from mien.guides.guide import Guide
from mien.guides.mouths.lip_borders import lips_in
from mien.guides.mouths.lip_lines import LipLines
from mien.guides.mouths.lips import lips_moved
from mien.guides.move import SHUT
from mien.guides.shapes import Placement, Shapes
from mien.guides.still import Labelled
from mien.types import Face, Float64, Photo

ALREADY = "This mouth is shut already."
"""What is said of it."""

UPPER = 0.3
"""Share of the gap that the upper lip goes down."""

THICKER = 0.2
"""Share of a lip's way that its outer border does not go: lips that are drawn apart are thin."""

JAW, REACH = 0.75, 0.22
"""Share of the lower lip's way that the chin goes, and over which distance that fades, in eye distances."""

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)
ABOVE, BELOW = INNER[:11], [INNER[0], *INNER[:10:-1], INNER[10]]
"""The inner border of the upper and of the lower lip, from corner to corner."""


def shut(photo: Photo, face: Face, labelled: Labelled | None = None, mask: Mask | None = None) -> Guide:
    """A mouth that is shut.

    Args:
        photo: any.
        face: found in it.
        labelled: what is seen where: what is between the lips is told by it more exactly than by landmarks.
        mask: (H, W), above 0 where something may change; None for all.

    Raises:
        LayerError: it is shut already, or the mask leaves nothing.
    """
    if face.mouth_openness < SHUT:
        raise LayerError(ALREADY)
    points = face.landmarks.astype(np.float64)
    lips = lips_in(photo, points, labelled)
    way = (shut_points(points) - points)[:, :2]
    return lips_moved(photo, face, lips, _met(lips), mask, way=way if mask is None else None)


def _met(lips: LipLines) -> LipLines:
    """Where the lips of an open mouth are when it is shut."""
    gap = lips.upright[2, :, 1] - lips.upright[1, :, 1]
    found = lips.met(UPPER).upright.copy()
    found[0, :, 1] += (1 - THICKER) * UPPER * gap
    found[3, :, 1] -= (1 - THICKER) * (1 - UPPER) * gap
    return LipLines(found, lips.turn, lips.unit)


def shut_points(landmarks: Float64) -> Float64:
    """(478, 3) landmarks of an open mouth as they are when it is shut."""
    placement = Placement.of(landmarks, Shapes.bundled().mean)
    mine = placement.back(landmarks)
    gap = np.maximum(mine[BELOW, 1] - mine[ABOVE, 1], 0)
    down, up = (_way(mine, gap, share) for share in (UPPER, UPPER - 1))
    middle = np.interp(mine[:, 0], mine[ABOVE, 0], mine[ABOVE, 1] + gap / 2)
    way = np.where((mine[:, 1] < middle)[:, None], down, up)
    way[ABOVE[1:-1]], way[BELOW[1:-1]] = down[ABOVE[1:-1]], up[BELOW[1:-1]]
    return np.asarray(landmarks + placement.scale * way @ placement.rotation.T)


def _way(mine: Float64, gap: Float64, share: float) -> Float64:
    """(478, 3): how points in the mean face's frame go where all around the mouth goes a share of the gap, downwards.

    The gap (11,) is that along the lips' inner border.
    """
    mean = Shapes.bundled().mean
    at = np.argsort(mine[ABOVE, 0])
    wide = np.interp(mine[:, 0], mine[ABOVE, 0][at], gap[at], 0, 0)
    way = share * wide * np.maximum(nearness(mean, INNER, 0.02), (1 - THICKER) * nearness(mean, OUTER, 0.05))
    below = (mean[:, 1] > mean[17, 1]) * nearness(mean, [*OUTER[11:], 152], REACH)
    chin = JAW * (UPPER - 1) * float(gap.max()) * below
    found = np.zeros((478, 3))
    found[:, 1] = np.where(below > 0, np.minimum(way, chin), way)
    return found
