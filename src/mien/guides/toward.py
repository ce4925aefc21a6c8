"""A face's own pixels moved towards the shape of another face's part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mien.guides.borrow import nearness
from mien.guides.shapes import Placement, Shapes
from mien.types import Face, Float64


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
    weight = np.maximum(nearness(shapes.mean, points, near), follow * nearness(shapes.mean, points, reach))
    weight[list(points)] = 1.0
    way[:, 2] = 0
    return np.asarray(placement.scale * (way * weight[:, None]) @ placement.rotation.T)
