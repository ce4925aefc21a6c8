"""The frame around a lower face, upright and of one size, in which a network corrects what replaces a beard.

Convention:
    The frame is (HIGH, WIDE), ``EYES`` pixels of it are the distance of the outer corners of the eyes. Its rows are
    parallel to the line between these, its middle column is that of the jaw, so that its mirror image shows the other
    side where this one is.
"""

from __future__ import annotations

import numpy as np

from mien.align import mesh
from mien.guides.glasses.uncovering import from_strip, to_strip
from mien.pixels import LEVELS
from mien.types import Float32, Float64

WIDE, HIGH, EYES = 112, 112, 56.0
"""Sides of the frame and the distance of the outer corners of the eyes, pixels."""

ABOVE = 0.05
"""How far the frame reaches above the line between the eyes, eye distances."""

MIDDLE = (58, 288, 152, 61, 291, 2)
"""Landmarks whose mean lies in the middle column: corners of the jaw and of the mouth, chin, below the nose."""

PLANES, WEIGHT, FACE = 12, 6, 8
"""Of what the network sees; those that say how much was replaced, and what lies within the face's outline."""


def chin_matrix(points: Float32 | Float64) -> Float64:
    """(2, 3) frame to picture, both in continuous pixels.

    Args:
        points: (478, 3) landmarks in the picture.
    """
    left, right = (points[one].astype(np.float64) for one in mesh.OUTER_EYE_CORNERS)
    scale = float(np.linalg.norm(right - left)) / EYES
    away = (right - left)[:2] / np.linalg.norm((right - left)[:2])
    down = np.array([-away[1], away[0]])
    eyes = (left + right)[:2] / 2
    middle = eyes + away * float((points[list(MIDDLE), :2].mean(0) - eyes) @ away)
    start = middle - scale * (away * (WIDE / 2) + down * (ABOVE * EYES))
    return np.column_stack([scale * away, scale * down, start])


def to_frame(plane: Float32, matrix: Float64) -> Float32:
    """A picture or an area where the frame is, (HIGH, WIDE) or (HIGH, WIDE, 3)."""
    return to_strip(plane, matrix, (WIDE, HIGH))


def from_frame(plane: Float32, matrix: Float64, shape: tuple[int, ...]) -> Float32:
    """A frame (HIGH, WIDE, ...) brought to where it lies in a picture (h, w), 0 elsewhere."""
    return from_strip(plane, matrix, shape)


def chin_planes(made: Float32, photo: Float32, weight: Float32, skin: Float32, face: Float32, lips: Float32) -> Float32:
    """What the network sees, (PLANES, HIGH, WIDE), in [-1, 1].

    Args:
        made: (HIGH, WIDE, 3) in [0, 255], the face without its beard.
        photo: the same with it.
        weight: (HIGH, WIDE) in [0, 1], how much was replaced.
        skin: how much of that is skin.
        face: what lies within the outline of the face.
        lips: by their landmarks.
    """
    pictures = [one / np.float32(LEVELS) - 1 for one in (made, photo)]
    return with_places(np.dstack([*pictures, *(2 * one - 1 for one in (weight, skin, face, lips))]))


def with_places(seen: Float32) -> Float32:
    """Planes (HIGH, WIDE, PLANES - 2) with those that say where a pixel lies, (PLANES, HIGH, WIDE)."""
    ys, xs = np.mgrid[:HIGH, :WIDE].astype(np.float32)
    every = np.dstack([seen, (2 * xs + 1) / WIDE - 1, (2 * ys + 1) / HIGH - 1])
    return np.ascontiguousarray(every.transpose(2, 0, 1), np.float32)
