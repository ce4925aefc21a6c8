"""A face's own pixels moved towards the shape of another face's part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mien.guides.borrow import nearness
from mien.guides.shapes import Placement, Shapes
from mien.types import Face, Float64

PLATEAU = 1.5
"""By how much the fall of the share that moves begins farther from the points: uneven shares make ripples."""


def toward(
    face: Face, other: Face, points: Sequence[int], base: Sequence[int], *, near: float, follow: float, reach: float
) -> Float64:
    """(478, 3) pixels: how the points of a face move to the shape of another one's part, in this face's pose.

    Args:
        face, other: the faces.
        points: of the part; they go all the way.
        base: points whose mean stays where it is.
        near: distance, in eye distances, over which what lies beside the part goes with it.
        follow, reach: which share of the way what lies farther off goes, and over which distance that fades.
    """
    shapes = Shapes.bundled()
    start = face.landmarks.astype(np.float64)
    placement = Placement.of(start, shapes.mean)
    mine, there = placement.back(start), other.landmarks.astype(np.float64)
    way = Placement.of(there, shapes.mean).back(there) - mine
    way -= way[list(base)].mean(0)
    close = np.minimum(PLATEAU * nearness(shapes.mean, points, near), 1)  # what lies between the points goes with them
    weight = np.maximum(close, follow * nearness(shapes.mean, points, reach))
    way[:, 2] = 0
    return np.asarray(placement.scale * (way * weight[:, None]) @ placement.rotation.T)
