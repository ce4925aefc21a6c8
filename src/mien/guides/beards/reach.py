"""How far a beard reaches beyond the outline of a face: what spills farther beside it is a lapel, a collar or a shade.

A beard hangs: it is thickest below the chin, and nowhere along the jaw much thicker than there.

Convention:
    Everything is (h, w) at a scale at which the outer corners of the eyes lie ``UNIT`` pixels apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.align import mesh
from mien.types import Bool, Float32, Float64, UInt8

BELOW = range(15, 22)
"""Points of the outline that lie below a mouth."""

USUAL, MORE, ROOM = 0.35, 1.15, 0.04
"""Which share of these has the thickness that counts, how much thicker a beard may be elsewhere, and by how many eye
distances it may reach farther at least."""

CLOSE = 0.2
"""Eye distances up to which what has the colors of a neck may be a beard."""

FINER = 4
"""Into how many pieces each side of the outline is divided."""


def within_reach(hairs: Bool, points: Float64, unit: float, neck: Bool) -> Bool:
    """Hairs (h, w) without what lies farther from the outline of a face than a beard reaches.

    What hangs between the corners of the mouth stays, unless it looks like a neck: a narrow beard may be long.

    Args:
        hairs: (h, w) where a beard was found.
        points: (478, 3) landmarks.
        unit: an eye distance, pixels.
        neck: (h, w) what has the colors of a neck.
    """
    away, nearest = from_outline(points, hairs.shape, unit)
    reach = MORE * _usual(hairs & (away > 0), nearest, points, unit) + ROOM
    left, right = sorted(points[list(mesh.MOUTH_CORNERS), 0])
    columns = np.arange(hairs.shape[1])
    below = np.where((columns > left) & (columns < right), np.inf, reach)[None]
    return np.asarray(hairs & (away < np.where(neck, max(reach, CLOSE), below)), np.bool_)


def from_outline(points: Float64, shape: Sequence[int], unit: float) -> tuple[Float32, UInt8]:
    """How far each pixel lies outside of the outline of a face, eye distances, 0 within; and the number of the point of
    :data:`mien.align.mesh.OUTLINE` that is nearest; (h, w) each."""
    line = points[list(mesh.OUTLINE), :2]
    along = np.linspace(0, 1, FINER, endpoint=False)[:, None]
    dense = (line[:, None] + along * (np.roll(line, -1, 0) - line)[:, None]).reshape(-1, 2).astype(np.float32)
    ys, xs = np.mgrid[: shape[0], : shape[1]].astype(np.float32) + np.float32(0.5)
    apart = np.stack([(xs - x) ** 2 + (ys - y) ** 2 for x, y in dense])
    first = apart.argmin(0)
    inner: UInt8 = np.zeros(tuple(shape[:2]), np.uint8)
    cv2.fillPoly(inner, [np.round(line * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    number = (first + FINER // 2) // FINER % len(line)
    return np.asarray(np.sqrt(apart.min(0)) / unit * (inner == 0), np.float32), number.astype(np.uint8)


def thickness(hairs: Bool, points: Float64, unit: float) -> float:
    """How thick a beard is below a mouth, outside of the outline of the face, eye distances.

    Args:
        hairs: (h, w) where a beard was found.
        points: (478, 3) landmarks.
        unit: an eye distance, pixels.
    """
    away, nearest = from_outline(points, hairs.shape, unit)
    return _usual(hairs & (away > 0), nearest, points, unit)


def _usual(hairs: Bool, nearest: UInt8, points: Float64, unit: float) -> float:
    line = points[list(mesh.OUTLINE), :2]
    sides = np.linalg.norm(np.roll(line, -1, 0) - line, axis=1)
    counts = np.bincount(nearest[hairs], minlength=len(line))
    thick = counts / ((sides + np.roll(sides, 1)) / 2) / unit
    return float(np.quantile(thick[list(BELOW)], USUAL))
