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

LAUGHS = {"smile": 0.6, "eye-openness": -0.4, "mouth-width": 0.2, "gap": 0.085, "wide": 0.08}
"""What is added to strength, to what moves with it, to gap and width where somebody laughs."""

JAW, REACH = 0.5, 0.2
"""Share of the lower lip's way that the chin goes, and over which distance that fades, in eye distances."""


DEGREES, LEVELS, MOST = (0.5, 1.0, 1.6), (-0.6, 0.4, 1.3), (0.9, 1.2, 1.6)
"""Degrees of a wish ("a slight smile", "a smile", "a big smile"), how much faces with such a smile show of it, and by
how much another comes nearer to it at most, in standard deviations: neutral faces of the wide portraits show -4 to
-1.5, smiles with shut lips -1.5 to 0, laughing ones -0.5 to 1.5."""

NONE, PLAIN, ENOUGH = -2.6, 1.2, 0.2
"""What a face shows that does not smile, by how much a smile is taken back at most, and what is no difference."""


def level(degree: float) -> float:
    """How much of a smile a face shows that has one of a degree; none for degrees below 0."""
    return NONE if degree < 0 else float(np.interp(degree, DEGREES, LEVELS))


def toward(face: Face, degree: float) -> float:
    """How far a smile moves for a face to show one of a degree, in standard deviations; 0 where it does already.

    Args:
        face: as it is. One that laughs gets less of a smile where a slight one is asked for, and none more than a
            little where it smiles as asked; a shy smile grows only as far as asked.
        degree: as of words; -2 for none at all, -1 for sad or serious.
    """
    shown = float(Shapes.bundled().strengths(face.landmarks[None])["smile"][0])
    if degree <= -2:
        gap = max(NONE - shown, -PLAIN)
        return gap if gap < -ENOUGH else 0.0
    if degree < 0:
        return float(np.clip(NONE - shown, degree * PLAIN, 0.4 * degree * PLAIN))
    gap, most = level(degree) - shown, float(np.interp(degree, DEGREES, MOST))
    if degree <= DEGREES[0]:
        return float(np.clip(gap, -most, most)) if abs(gap) > ENOUGH else 0.0
    return float(np.clip(gap, 0.4 * most, most))


def smiling(face: Face, broad: float = 0.0) -> Float64:
    """(478, 2) pixels: how the points of a face move.

    Args:
        face: as it is.
        broad: 0 for a smile that shows teeth, 1 for one that laughs.
    """
    shapes = Shapes.bundled()
    points = face.landmarks.astype(np.float64)
    placement = Placement.of(points, shapes.mean)
    mine = placement.back(points)
    most, follows = NEUTRAL + broad * LAUGHS["smile"], {n: s + broad * LAUGHS.get(n, 0) for n, s in FOLLOWS.items()}
    smile = float(np.clip(most - (_corners(mine) - _corners(shapes.mean)) / (2 * LIFT), LEAST, most))
    way = shapes.displacement({name: strength * smile for name, strength in (follows | {"smile": 1.0}).items()})
    way[:, 1] += _opening(mine + way, GAP + broad * LAUGHS["gap"], WIDE + broad * LAUGHS["wide"])
    way[:, 2] = 0
    return np.asarray(placement.scale * (way @ placement.rotation.T)[:, :2])


def parting(face: Face, gap: float, wide: float) -> Float64:
    """(478, 2) pixels: how the points of a face move whose lips part and do not smile.

    Args:
        face: as it is.
        gap: eye distances between the lips in their middle.
        wide: share of the mouth's width that opens.
    """
    shapes, points = Shapes.bundled(), face.landmarks.astype(np.float64)
    placement = Placement.of(points, shapes.mean)
    way = np.zeros_like(points)
    way[:, 1] = _opening(placement.back(points), gap, wide)
    return np.asarray(placement.scale * (way @ placement.rotation.T)[:, :2])


def _opening(mine: Float64, gap: float, wide: float) -> Float64:
    """(478,) by how much points in the mean face's frame go down where lips part."""
    mean = Shapes.bundled().mean
    inner = mine[[mesh.INNER_LIPS_CONTOUR[0], mesh.INNER_LIPS_CONTOUR[10]]]
    half, middle = float(np.ptp(inner[:, 0])) / 2, float(inner[:, 0].mean())
    opens = np.clip(1 - (np.abs(mine[:, 0] - middle) / (wide * half)) ** POWER, 0, 1)
    upper, lower = (nearness(mean, lips, 0.03) for lips in _lips())
    below = JAW * nearness(mean, _lips()[1], REACH) * (mean[:, 1] > mean[17, 1])
    return np.asarray(gap * (np.maximum(lower * opens, below) * (1 - UPPER) - upper * opens * UPPER))


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
