"""How the landmarks of a face move where its mouth takes on the shape of another's.

Convention:
    Landmarks are (478, 2) pixels of a photo.
"""

from __future__ import annotations

import numpy as np

from mien.align import mesh
from mien.guides.shapes import Shapes
from mien.guides.toward import toward
from mien.types import Face, Float64

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)

FOLLOW, REACH = 0.55, 0.25
"""How much of the way cheeks and chin go with the lips, and how far from the mouth, in eye distances."""

THINNER = 0.2
"""Logarithm by which the height of lips may change."""


def mouth_way(face: Face, other: Face) -> Float64:
    """(478, 2): how the landmarks move to the other's mouth; the nose stays."""
    mean = Shapes.bundled().mean
    way = toward(face, other, OUTER + INNER, (2, 98, 327), near=0.09, follow=FOLLOW, reach=REACH)[:, :2]
    return np.asarray(way * np.clip((mean[:, 1] - mean[2, 1]) / 0.06 + 1.0, 0.25, 1)[:, None])


def way_kept(start: Float64, way: Float64, most: float) -> float:
    """Share of a way (478, 2), up to one, that leaves lips about as high as they are: what is thinner is a smear."""
    shares = np.linspace(1, 0, 21)
    before, *after = (_heights(start + most * share * way) for share in (0.0, *shares))
    fits = [bool((np.abs(np.log((one + 1) / (before + 1))) < THINNER).all()) for one in after]
    return most * float(shares[fits.index(True)])


def lips_apart(points: Float64) -> float:
    """How far the lips (478, 2) are apart in the middle of the mouth, pixels."""
    return float(np.linalg.norm(points[INNER[5]] - points[INNER[15]]))


def _heights(points: Float64) -> Float64:
    """(2,) how high the upper and the lower lip are, in pixels."""
    lips = np.linalg.norm(points[OUTER] - points[INNER], axis=1)
    return np.array([lips[3:8].mean(), lips[13:18].mean()])
