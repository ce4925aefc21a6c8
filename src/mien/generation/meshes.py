"""3D shapes of faces as files, and where they stand in the crop.

Convention: x to the right, y down, z towards the back, one unit for all three.
OBJ files, and with them FLAME, BFM and ARKit meshes, have y up and z towards the viewer; they are turned when read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mien.align import mesh
from mien.align.crop import ffhq_quad, inverse, pixel_scale, quad_to_matrix
from mien.engine import load_landmarks
from mien.errors import LayerError
from mien.generation.mesh_points import FEWEST, completed, named
from mien.models.perception.config import POINTS
from mien.types import Float32

SURFACE = 468
"""Vertices without the irises."""


def read_mesh(path: Path, vertices: Path | None = None) -> Float32:
    """The 478 points of a face.

    Args:
        path: ``.npy``, (V, 3); ``.json``, such a list, or what ``mien faces --json --landmarks`` prints; or ``.obj``.
        vertices: of a mesh of another topology: a JSON list of V indices of its vertices, one for each of the 478 (or
            468) points of the MediaPipe face mesh, or three with their weights ``[[a, b, c], [u, v, w]]``; or a table
            of some of these points, see :mod:`mien.generation.mesh_points`.

    Returns:
        (478, 3) in the convention of this file.

    Raises:
        LayerError: the file cannot be read, or has another number of vertices.
    """
    try:
        points = np.asarray(_reader(path.suffix.lower())(path), np.float64)
    except KeyError:
        raise LayerError(f"{path.name} is no mesh that is known here; give .obj, .npy or .json.") from None
    except (OSError, ValueError, TypeError, IndexError, EOFError) as error:
        raise LayerError(f"{path.name} is not a mesh that can be read; give .obj, .npy or .json.") from error
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise LayerError(f"{path.name} has an array of shape {points.shape}; give (478, 3) finite numbers.")
    if vertices is not None:
        points = _chosen(points, vertices)
    if len(points) == SURFACE:
        points = with_irises(points)
    if len(points) != POINTS:
        raise LayerError(
            f"{path.name} has {len(points)} vertices, not {POINTS}; say with --vertices which of them are the points."
        )
    return points.astype(np.float32)


def placed(points: Any) -> Float32:
    """Points (478, 3) in any unit -> in sides of the upright FFHQ crop; z has mean 0.

    Raises:
        LayerError: the points are not those of a face.
    """
    try:
        with np.errstate(invalid="ignore", divide="ignore"):
            matrix = quad_to_matrix(ffhq_quad(points), 1)
    except ValueError as error:
        raise LayerError("The mesh has no size: its eyes and mouth are in one place.") from error
    back = inverse(matrix)
    xy = points[:, :2] @ back[:, :2].T + back[:, 2]
    z = points[:, 2] / pixel_scale(matrix)
    return np.column_stack([xy, z - z.mean()]).astype(np.float32)


def with_irises(points: Any) -> Any:
    """468 points -> 478: irises in the middle of the eyes, of no size."""
    eyes = [points[list(contour)].mean(0) for contour in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)]
    return np.concatenate([points, *(np.repeat(eye[None], 5, 0) for eye in eyes)])


def _chosen(points: Any, vertices: Path) -> Any:
    try:
        told = json.loads(vertices.read_text(encoding="utf-8"))
        if not isinstance(told, dict):
            return np.stack([_place(points, one) for one in told])
        known = {point: _place(points, one) for point, one in named(told).items()}
        mean = np.asarray(load_landmarks().weight("mean"), np.float64)
        return completed(points, known, mean)
    except (OSError, ValueError, TypeError, IndexError) as error:
        raise LayerError(
            f"{vertices.name} does not name vertices of the mesh; give a JSON list of indices, or a table of at least "
            f"{FEWEST} points (docs/generation.md)."
        ) from error


def _place(points: Any, told: Any) -> Any:
    """Of a vertex, or of three with their weights."""
    index, weights = ([told], [1.0]) if isinstance(told, int) else told
    return np.asarray(weights, float) @ points[np.asarray(index, int)]


def _of_obj(path: Path) -> Any:
    rows = [line.split()[1:4] for line in path.read_text("utf-8", "replace").splitlines() if line.startswith("v ")]
    return np.array(rows, np.float64) * (1, -1, -1)


def _of_json(path: Path) -> Any:
    told = json.loads(path.read_text(encoding="utf-8"))
    return told["faces"][0]["landmarks"] if isinstance(told, dict) else told


def _of_npy(path: Path) -> Any:
    return np.load(path, allow_pickle=False)


def _reader(suffix: str) -> Callable[[Path], Any]:
    return {".obj": _of_obj, ".json": _of_json, ".npy": _of_npy}[suffix]
