"""A small differentiable renderer: a mesh of landmarks -> normals, depth and coverage, as maps.

Every triangle is a few points with its normal; each is shared bilinearly between the four pixels around it. Where
several fall on a pixel the nearest counts most (a soft z-buffer), so that gradients flow to all vertices.

Convention: x and y in sides of the crop, y down; z towards the back in the same unit.
Legend: B batch, V vertices, T triangles, P points of all triangles, S side of the maps.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from mien.types import Float32

SHARPNESS = 20.0
"""By how many e-folds a point one side of the crop nearer counts more."""

BEHIND = 1e-3
"""What counts of points on triangles that look away."""

CHANNELS = 5


def triangulate(points: Float32) -> Float32:
    """Delaunay's triangles of a face that looks at the camera: (V, 2 or more) -> (T, 3) vertices, all turned alike.

    Numbers are floats, as half precision has all of them up to 2,048 and graphs hold floats alone.
    """
    import cv2

    xy = points[:, :2].astype(np.float64)
    low, span = xy.min(0), float(np.ptp(xy, axis=0).max())
    placed = ((xy - low) / span * 1000 + 10).astype(np.float32)
    division = cv2.Subdiv2D((0, 0, 1100, 1100))
    names: dict[int, int] = {}
    for vertex, (x, y) in enumerate(placed):
        names.setdefault(division.insert((float(x), float(y))), vertex)
    corners = np.asarray(division.getTriangleList(), np.float32).reshape(-1, 3, 2)
    corners = corners[((corners > 0) & (corners < 1100)).all((1, 2))]
    nearest = np.linalg.norm(corners[:, :, None] - placed[None, None], axis=-1)
    triangles = nearest.argmin(-1)[nearest.min(-1).max(-1) < 0.01]
    a, b, c = (xy[triangles[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    triangles[area < 0] = triangles[area < 0][:, ::-1]
    return np.asarray(triangles[area != 0], np.float32)


def render(points: Tensor, triangles: Tensor, side: int) -> Tensor:
    """Maps of a mesh.

    Args:
        points: (B, V, 3), see the convention.
        triangles: (T, 3) vertices, as :func:`triangulate` turns them.
        side: S.

    Returns:
        (B, 5, S, S): the unit normal (x, y, z; -z looks at the camera), depth (z, nearer is less), and coverage in
        [0, 1]; all 0 where there is no face. Depth is counted from the mean of the vertices.
    """
    points = torch.cat([points[..., :2], points[..., 2:] - points[..., 2:].mean(1, keepdim=True)], -1)
    index = triangles.long()
    a, b, c = (points[:, index[:, corner]] for corner in range(3))
    normal = torch.stack(_cross(b - a, c - a), -1)
    normal = normal / (normal.square().sum(-1, keepdim=True) + 1e-12).sqrt()
    normal = -normal  # towards the camera, where z is negative
    middle = (a + b + c) / 3
    places = torch.cat([middle, *((2 * corner + middle) / 3 for corner in (a, b, c))], 1)
    normals = torch.cat([normal] * 4, 1)
    depth = places[..., 2].clamp(-0.5, 0.5)
    seen = torch.exp(-SHARPNESS * depth) * torch.where(normals[..., 2] < 0, 1.0, BEHIND)
    values = torch.cat([normals * seen[..., None], (depth * seen)[..., None], seen[..., None]], -1)
    values = torch.cat([values, torch.ones_like(depth)[..., None]], -1).transpose(1, 2)
    summed = _splat(values, places[..., 0] * side - 0.5, places[..., 1] * side - 0.5, side)
    weight, coverage = summed[:, 4:5], 1 - torch.exp(-summed[:, 5:6])
    maps = summed[:, :4] / (weight + 1e-6) * coverage
    return torch.cat([maps, coverage], 1)


def _cross(u: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    (ux, uy, uz), (vx, vy, vz) = u.unbind(-1), v.unbind(-1)
    return uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx


def _splat(values: Tensor, x: Tensor, y: Tensor, side: int) -> Tensor:
    """(B, K, P) at (B, P) pixels -> sums (B, K, S, S)."""
    left, top = x.detach().floor(), y.detach().floor()
    out = torch.zeros_like(values[:, :, :1]).repeat(1, 1, side * side)  # the batch stays free in an export
    for dx in (0, 1):
        for dy in (0, 1):
            share = (1 - (x - left - dx).abs()) * (1 - (y - top - dy).abs())
            column, row = left + dx, top + dy
            inside = ((column >= 0) & (column < side) & (row >= 0) & (row < side)).to(values.dtype)
            cell = (row.clamp(0, side - 1) * side + column.clamp(0, side - 1)).long()
            weighted = values * (share * inside)[:, None]
            out = out.scatter_add(2, cell[:, None].expand(-1, values.shape[1], -1), weighted)
    return out.reshape(-1, values.shape[1], side, side)
