"""A smile of a face's own that shows teeth: how its points move where a shut mouth opens.

The whole face takes part: lips are drawn apart and up, cheeks rise, lids narrow.
"""

from __future__ import annotations

import numpy as np

from mien.align import mesh
from mien.guides.borrow import nearness
from mien.guides.shapes import Placement, Shapes
from mien.types import Face, Float64

NEUTRAL, LEAST = 1.2, 0.4
"""Strength of the smile of a face whose lips do not smile, and of one whose do, in standard deviations."""

LIFT = 0.024
"""Eye distances by which a standard deviation of a smile lifts the corners over the middle of the lips."""

FOLLOWS = {"smile": 1.0, "eye-openness": -0.4, "mouth-width": 0.4}
"""What moves with each standard deviation of a smile."""

GAP, UPPER = 0.085, 0.3
"""Eye distances between the lips in their middle, and the share of them that the upper lip rises."""

WIDE, POWER = 0.82, 2.2
"""Share of the mouth's width that opens, and the exponent of its outline: lips touch at the corners."""

JAW, REACH = 0.5, 0.2
"""Share of the lower lip's way that the chin goes, and over which distance that fades, in eye distances."""


def smiling(face: Face) -> Float64:
    """(478, 2) pixels: how the points of a face move."""
    shapes = Shapes.bundled()
    points = face.landmarks.astype(np.float64)
    placement = Placement.of(points, shapes.mean)
    mine = placement.back(points)
    smile = float(np.clip(NEUTRAL - (_corners(mine) - _corners(shapes.mean)) / (2 * LIFT), LEAST, NEUTRAL))
    way = shapes.displacement({name: strength * smile for name, strength in FOLLOWS.items()})
    mine += way
    inner = mine[[mesh.INNER_LIPS_CONTOUR[0], mesh.INNER_LIPS_CONTOUR[10]]]
    half, middle = float(np.ptp(inner[:, 0])) / 2, float(inner[:, 0].mean())
    opens = np.clip(1 - (np.abs(mine[:, 0] - middle) / (WIDE * half)) ** POWER, 0, 1)
    upper, lower = (nearness(shapes.mean, lips, 0.03) for lips in _lips())
    below = JAW * nearness(shapes.mean, _lips()[1], REACH) * (shapes.mean[:, 1] > shapes.mean[17, 1])
    down = GAP * (np.maximum(lower * opens, below) * (1 - UPPER) - upper * opens * UPPER)
    way[:, 1] += down
    way[:, 2] = 0
    return np.asarray(placement.scale * (way @ placement.rotation.T)[:, :2])


def joining(face: Face, other: Face) -> Float64:
    """(478, 2) pixels: how cheeks and lids of a face take part where its mouth becomes another's that smiles more."""
    shapes = Shapes.bundled()
    both = [one.landmarks.astype(np.float64) for one in (face, other)]
    mine, theirs = (_corners(Placement.of(points, shapes.mean).back(points)) for points in both)
    smile = float(np.clip((theirs - mine) / (2 * LIFT), 0, NEUTRAL))
    way = shapes.displacement({name: strength * smile for name, strength in FOLLOWS.items()})
    way *= 1 - np.minimum(1.5 * nearness(shapes.mean, mesh.OUTER_LIPS, 0.25), 1)[:, None]
    way[:, 2] = 0
    placement = Placement.of(both[0], shapes.mean)
    return np.asarray(placement.scale * (way @ placement.rotation.T)[:, :2])


def _lips() -> tuple[list[int], list[int]]:
    """The points of the upper and of the lower lip, without the corners."""
    outer, inner = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)
    return outer[1:10] + inner[1:10], outer[11:] + inner[11:]


def _corners(shape: Float64) -> float:
    """How far the corners of the mouth lie above its middle, in eye distances, of points in the mean face's frame."""
    return float(shape[[13, 14], 1].mean() - shape[list(mesh.MOUTH_CORNERS), 1].mean())
