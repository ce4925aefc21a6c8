"""Wrinkles: the relief of an older face's skin on this one; light, color and grain stay this photo's.

Of the other face only the logarithm of its light counts, in the band between pores and shading: folds, crow's feet,
furrows, bags. It is multiplied onto this skin, along the landmarks of both (Liu et al., 2001: ratio images).
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.guides.borrow import box_around, field, turned, unit_of
from mien.guides.finer import reduced_face, reduced_mask, reduced_photo, times_of
from mien.guides.guide import Box, Guide
from mien.guides.laid import as_guide, values_at
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

SHADING = 0.016
"""Standard deviation of the blur that parts relief from shading, in sides of the face."""

TYPICAL = 0.075
"""Standard deviation of the relief of an old face."""

LINES, GRAIN = 0.8, 0.0025
"""How much deeper this face's wrinkles get, and the blur, in sides of the face, that takes its grain out of them."""

FILLED = 1.0
"""Share of a dark line's depth that is filled."""

LIFTED = 0.15
"""Eye distances by which corners of a mouth lie higher in a smile."""

BESIDE = 0.012
"""Width of the border beside other parts in which skin counts for nothing: lashes, hairs and rims reach over it."""

DEEPEST, LIGHTEST = 0.2, 0.06
"""Limits of the relief, natural logarithms, to dark and to light: what is beyond is a nostril, a mole, a glint."""

SIDE = 1000.0
"""Side of the face's square, pixels, at which the relief is worked out at least."""

LEVELS = 500.0
"""Steps of 8 bits for one unit of the logarithm."""

TINT = np.array([0.8, 1.0, 1.05], np.float32)
"""How much of it red, green and blue take: skin is redder in its folds."""


def wrinkles(photo: Photo, face: Face, other: Photo, other_face: Face, *, skin: Bool, other_skin: Bool) -> Guide:
    """The relief of another face's skin, as a guide for this photo.

    Args:
        photo, face: what gets older.
        other, other_face: whose wrinkles.
        skin, other_skin: (H, W) of each photo.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    other, other_face, not_skin, _ = turned(face, other, other_face, ~other_skin, "wrinkles")
    assert not_skin is not None
    times = times_of(face, SIDE)
    seen_at, face, skin = _reduced(photo, face, skin, times)
    box = _around(seen_at, face)
    offsets = field(face, other_face, face.landmarks[:, :2].astype(np.float64), box)
    relief = _relief(other, other_face, ~not_skin, (0, 0, other.width, other.height))
    coded = np.rint(128 + LEVELS * relief).clip(0, 255).astype(np.uint8)
    taken, seen = values_at(coded, offsets, box)
    weight = _inner(skin, box, face) * seen
    relief = (taken - 128) / np.float32(LEVELS) * _calm(face, other_face, box)
    relief += LINES * np.minimum(_relief(seen_at, face, skin, box, GRAIN), 0)
    return _shaded(photo, box, weight * relief, weight, unit_of(face), times)


def _relief(photo: Photo, face: Face, skin: Bool, box: Box, grain: float = 0.0) -> Float32:
    """(h, w): how much lighter each pixel of the skin is than the skin around it, as a logarithm; 0 elsewhere.

    ``grain`` is the spread, in sides of the face, of a blur before it.
    """
    side = _side(face)
    light = cv2.cvtColor(to_srgb(photo, box), cv2.COLOR_RGB2GRAY).astype(np.float32)
    light = np.log(np.maximum(light, 6) / np.float32(255))
    if grain:
        light = wide_blur(light, grain * side)
    inner = _inner(skin, box, face)
    mean = wide_blur(light * inner, SHADING * side) / np.maximum(wide_blur(inner, SHADING * side), 1e-3)
    relief = (light - mean) * inner
    if not grain:  # another's, of which each has as much
        spread = float(np.sqrt((relief**2 * inner).sum() / max(float(inner.sum()), 1)))
        relief *= min(1.5, TYPICAL / max(spread, 1e-3))
    limit = np.where(relief < 0, np.float32(DEEPEST), np.float32(LIGHTEST))
    return np.asarray(limit * np.tanh(relief / limit), np.float32)


def _calm(face: Face, other: Face, box: Box) -> Float32:
    """(h, w): 1, and less on the apples of cheeks that a smile lifts farther than the other's: no bag is seen there."""
    unit, more = unit_of(face), float(np.clip((_smile(face) - _smile(other)) / LIFTED, 0, 1))
    kept = np.ones((box[3] - box[1], box[2] - box[0]), np.float32)
    for place in face.landmarks[[50, 280], :2] if more else ():
        across, down = (
            np.exp(
                -((np.arange(box[i], box[i + 2], dtype=np.float32) - place[i]) ** 2) / np.float32(2 * (0.2 * unit) ** 2)
            )
            for i in (0, 1)
        )
        kept -= np.float32(0.8 * more) * down[:, None] * across
    return np.asarray(np.maximum(kept, 0), np.float32)


def _smile(face: Face) -> float:
    """How far the corners of the mouth lie above the middle of the lips, in eye distances."""
    points = face.landmarks
    corners = list(mesh.MOUTH_CORNERS)
    return float(points[[0, 17], 1].mean() - points[corners, 1].mean()) / unit_of(face)


def _inner(skin: Bool, box: Box, face: Face) -> Float32:
    """(h, w): 1 within the skin, 0 beside other parts, around the eyes and at the lips."""
    x0, y0, x1, y1 = box
    side = _side(face)
    bare = skin[y0:y1, x0:x1].astype(np.uint8)
    for contour in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR, mesh.OUTER_LIPS):
        corners = np.round(face.landmarks[list(contour), :2] - (x0, y0)).astype(np.int32)
        cv2.fillPoly(bare, [corners], 0)
    away = cv2.distanceTransform(np.pad(bare, 1, mode="edge"), cv2.DIST_L2, 5)[1:-1, 1:-1]
    return np.asarray(np.clip(away / (BESIDE * side) - 0.5, 0, 1), np.float32)


def _side(face: Face) -> float:
    return float(np.linalg.norm(face.quad[3] - face.quad[0]))


def faded(photo: Photo, face: Face, skin: Bool) -> Guide:
    """A face's own dark lines, filled as far as grain and pores stay; ``skin`` is (H, W)."""
    times = times_of(face, SIDE)
    seen_at, face, skin = _reduced(photo, face, skin, times)
    box = _around(seen_at, face)
    weight = _inner(skin, box, face)
    lines = np.minimum(_relief(seen_at, face, skin, box, GRAIN), 0)
    return _shaded(photo, box, -FILLED * weight * lines, weight, unit_of(face), times)


def _around(photo: Photo, face: Face) -> Box:
    return box_around(photo, face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64), unit_of(face), 0.0)


def _reduced(photo: Photo, face: Face, skin: Bool, times: int) -> tuple[Photo, Face, Bool]:
    """A photo, its face and its skin (H, W) at a part of their size: grain, which is left out, is finer."""
    if times == 1:
        return photo, face, skin
    small = reduced_mask(skin, times)
    return reduced_photo(photo, times), reduced_face(face, times), np.asarray(small) > 0.5


def _shaded(photo: Photo, box: Box, relief: Float32, weight: Float32, unit: float, times: int) -> Guide:
    """The photo with a relief (h, w), a logarithm, laid over it; box and all else are those of a reduced photo."""
    gain: Any = np.exp(relief[..., None] * TINT)
    if times > 1:
        x0, y0 = times * box[0], times * box[1]
        box = x0, y0, min(photo.width, times * box[2]), min(photo.height, times * box[3])
        rows, columns = box[3] - y0, box[2] - x0
        gain, weight = (cv2.resize(one, None, fx=times, fy=times)[:rows, :columns] for one in (gain, weight))
    gain *= to_srgb(photo, box)
    return as_guide(photo, box, gain, weight, unit * times, ())
