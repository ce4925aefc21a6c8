"""The 478 points of the MediaPipe face mesh on a mesh of another topology (FLAME, BFM, ARKit) of which some are known.

The mean face is bent through the known points by a thin plate in space (φ(r) = r), and each point takes the nearest
vertex if one is near; what is known stays. So a table of 68 landmarks, as models of faces come with, is enough.

Legend: V vertices, K known points. Convention of :mod:`mien.generation.meshes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mien.types import Float64

IBUG = (
    *(
        162,
        234,
        93,
        58,
        172,
        136,
        149,
        148,
        152,
        377,
        378,
        365,
        397,
        288,
        323,
        454,
        389,
    ),  # jaw, left in the picture first
    *(71, 63, 105, 66, 107, 336, 296, 334, 293, 301),  # brows
    *(168, 197, 5, 4, 75, 97, 2, 326, 305),  # nose
    *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),  # eyes
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87),  # outer and inner lips
)
"""Points of the MediaPipe mesh that the 68 landmarks of iBUG (Sagonas et al., 2013) are, in their order."""

JAW = 17
FEWEST = 12
"""Of known points: fewer do not say how a face is bent."""

NEAR = 0.03
"""Distance, in widths of the face, up to which a vertex is taken for a point."""


def named(told: Mapping[str, Any]) -> dict[int, Any]:
    """A file's table -> vertices by point.

    Args:
        told: ``{"33": 1203, "263": [[4, 5, 9], [0.2, 0.5, 0.3]], ...}``: for a point of the mesh a vertex, or three
            with their weights; or ``{"ibug": [...]}``: 68 such, or the last 51, without the jaw.

    Raises:
        ValueError: it is no such table, or knows too few points.
    """
    rows = told.get("ibug")
    if rows is not None:
        if len(rows) not in (len(IBUG), len(IBUG) - JAW):
            raise ValueError(f"{len(rows)} landmarks are neither 68 nor 51")
        return dict(zip(IBUG[-len(rows) :], rows, strict=True))
    found = {int(name): value for name, value in told.items()}
    if len(found) < FEWEST:
        raise ValueError(f"{len(found)} points are too few")
    return found


def completed(vertices: Float64, known: Mapping[int, Float64], mean: Float64) -> Float64:
    """All points (478, 3).

    Args:
        vertices: (V, 3) of the mesh.
        known: places (3,) of some points.
        mean: (478, 3), the mean face in any unit and the same convention.

    Raises:
        ValueError: known points lie in one plane or place.
    """
    index = np.array(sorted(known))
    places = np.stack([known[one] for one in index])
    bent = _bent(mean[index], places, mean)
    width = float(np.ptp(bent[:, 0]))
    points = bent.copy()
    for point in range(len(points)):
        away = np.linalg.norm(vertices - bent[point], axis=1)
        if away.min() < NEAR * width:
            points[point] = vertices[away.argmin()]
    points[index] = places
    return points


def _bent(source: Float64, target: Float64, points: Float64) -> Float64:
    """A thin plate that maps ``source`` (K, 3) to ``target``, at other points (N, 3)."""
    middle, size = source.mean(0), source.std()
    source, points = (source - middle) / size, (points - middle) / size
    count = len(source)
    system = np.zeros((count + 4, count + 4))
    system[:count, :count] = np.linalg.norm(source[:, None] - source[None], axis=-1)
    system[:count, count:] = np.column_stack([np.ones(count), source])
    system[count:, :count] = system[:count, count:].T
    if np.linalg.matrix_rank(system[:count, count:], tol=1e-6) < 4:
        raise ValueError("the known points lie in a plane")
    weights = np.linalg.solve(system, np.concatenate([target, np.zeros((4, 3))]))
    near = np.linalg.norm(points[:, None] - source[None], axis=-1)
    bent: Float64 = near @ weights[:count] + np.column_stack([np.ones(len(points)), points]) @ weights[count:]
    return bent
