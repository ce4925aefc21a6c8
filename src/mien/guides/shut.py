"""An open mouth shut: both lips move until they meet, corners and chin with them; teeth go.

What lies above the new line between the lips is the photo moved down with the upper lip, what lies below it is the
photo moved up with the lower one, so that nothing of the open mouth is left between. Defined by anatomy.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.errors import LayerError
from mien.guides.borrow import nearness
from mien.guides.guide import Guide
from mien.guides.move import SHUT, displaced
from mien.guides.shapes import Placement, Shapes
from mien.types import Bool, Face, Float32, Float64, Photo

ALREADY = "This mouth is shut already."
"""What is said of it."""

UPPER = 0.3
"""Share of the gap that the upper lip goes down."""

THICKER = 0.2
"""Share of a lip's way that its outer border does not go: lips that are drawn apart are thin."""

JAW, REACH = 0.75, 0.22
"""Share of the lower lip's way that the chin goes, and over which distance that fades, in eye distances."""

OVER = 0.018
"""Eye distances by which lips go beyond the line where they meet: landmarks lie beside the border of teeth."""

COLUMN, FAR = 0.025, 0.06
"""Eye distances from a point within which what is seen between the lips tells where they end; how far off it may be."""

DARK, WIDE = 0.4, 0.012
"""By how much the line between the lips is darker, and its half width in eye distances."""

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)
ABOVE, BELOW = INNER[:11], [INNER[0], *INNER[:10:-1], INNER[10]]
"""The inner border of the upper and of the lower lip, from corner to corner."""


def shut(photo: Photo, face: Face, inside: Bool, mask: Any = None) -> Guide:
    """A mouth that is shut.

    Args:
        photo: any.
        face: found in it.
        inside: (H, W) what is seen between the lips: teeth, tongue.
        mask: (H, W), above 0 where something may change; None for all.

    Raises:
        LayerError: it is shut already, or the mask leaves nothing.
    """
    if face.mouth_openness < SHUT:
        raise LayerError(ALREADY)
    points = face.landmarks.astype(np.float64)
    placement = Placement.of(points, Shapes.bundled().mean)
    unit = placement.scale
    mine = placement.back(points)
    edges = _edges(mine, placement, inside)
    gap = edges[1] - edges[0]
    over = OVER / max(float(gap.max()), 1e-3)
    down, up = (
        (unit * _way(mine, gap, share) @ placement.rotation.T)[:, :2] for share in (UPPER + over, UPPER - 1 - over)
    )
    (first, _), (second, _) = (displaced(photo, points[:, :2], way, unit, mask=mask) for way in (down, up))
    meeting = mine[ABOVE]
    meeting[:, 1] = edges[0] + (UPPER + over) * gap
    seam = (unit * meeting @ placement.rotation.T + placement.shift)[:, :2]
    share, line = _beside(seam, first, unit)
    samples = second.samples + share[..., None] * (first.samples.astype(np.float32) - second.samples)
    samples = samples * (1 - DARK * line[..., None])
    confidence = np.maximum(first.confidence, second.confidence)
    return replace(first, samples=np.asarray(samples, np.float32), confidence=confidence)


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


def _edges(mine: Float64, placement: Placement, inside: Bool) -> Float64:
    """(2, 11) heights, in the mean face's frame, of the lips' inner borders: all that is seen between lies within."""
    edges = np.stack([mine[ABOVE, 1], np.maximum(mine[BELOW, 1], mine[ABOVE, 1])])
    rows, columns = np.nonzero(inside)
    if not len(rows):
        return edges
    depth = (placement.scale * mine[[13, 14]] @ placement.rotation.T + placement.shift)[:, 2].mean()
    seen = placement.back(np.stack([columns + 0.5, rows + 0.5, np.full(len(rows), depth)], -1))
    beyond = np.zeros((2, len(ABOVE)))
    for at in range(1, len(ABOVE) - 1):
        near = seen[np.abs(seen[:, 0] - mine[ABOVE[at], 0]) < COLUMN, 1]
        if len(near):
            low, high = np.quantile(near, (0.03, 0.97))
            beyond[:, at] = np.clip((edges[0, at] - low, high - edges[1, at]), 0, FAR)
    beyond[:, 1:-1] = (beyond[:, :-2] + 2 * beyond[:, 1:-1] + beyond[:, 2:]) / 4
    return np.asarray(edges + beyond * [[-1], [1]])


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


def _beside(seam: Float64, guide: Guide, unit: float) -> tuple[Float32, Float32]:
    """(h, w) each: 1 above a line (N, 2), and 1 on it, of a guide's box."""
    x0, y0, x1, y1 = guide.box
    line = seam - (x0, y0)
    ahead, behind = line[-1] - line[-2], line[0] - line[1]
    far = 4.0 * max(x1 - x0, y1 - y0)
    ends = [line[0] + far * behind / np.linalg.norm(behind), line[-1] + far * ahead / np.linalg.norm(ahead)]
    side = np.zeros((y1 - y0, x1 - x0), np.uint8)
    whole = np.concatenate([[ends[0]], line, [ends[1]], [ends[1] - (0, far)], [ends[0] - (0, far)]])
    cv2.fillPoly(side, [np.clip(np.round(16 * whole), -(2**30), 2**30).astype(np.int32)], 255, cv2.LINE_AA, 4)
    drawn = np.zeros_like(side)
    cv2.polylines(
        drawn, [np.round(16 * line[1:-1]).astype(np.int32)], False, 255, max(1, round(WIDE * unit)), cv2.LINE_AA, 4
    )
    soft = cv2.GaussianBlur(drawn.astype(np.float32) / 255, (0, 0), max(0.6, 0.6 * WIDE * unit))
    return np.asarray(cv2.GaussianBlur(side.astype(np.float32) / 255, (0, 0), 0.6), np.float32), soft
