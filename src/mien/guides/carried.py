"""What a generator changes in a face, carried over to a photo of that face: no pixel of the generator's is shown.

Of both of its pictures, before and after, only the quotient of their light counts, at the low frequencies where such
pictures are sure; it is multiplied onto the photo along the landmarks of both (ratio images: Liu et al., 2001). Its
mean over the skin is taken out, so that the tone of the skin stays.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.borrow import box_around, field, unit_of
from mien.guides.guide import Guide
from mien.guides.laid import as_guide, looked_up
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

SURE = 0.011
"""Standard deviation of the blur, in sides of the crop, below which a generator's pictures are not believed."""

DARKEST = 24.0
"""Levels that are added before the quotient: in the dark it means little."""

LIMIT = 0.3
"""Most that a pixel gets lighter or darker, natural logarithm; approached softly."""

CODED = 400.0
"""Steps of 8 bits for one unit of the logarithm."""

BORDER = 0.03
"""Width of the soft border within the skin, in sides of the face."""


def carried(photo: Photo, face: Face, before: Photo, after: Photo, made: Face, *, skin: Bool) -> Guide:
    """The change from one picture to the other, as a guide for a photo.

    Args:
        photo, face: what it is laid over.
        before, after: aligned pictures of one size, of the same face.
        made: the face in them.
        skin: (H, W) of the photo; where nothing else may change.
    """
    unit, side = unit_of(face), float(np.linalg.norm(face.quad[3] - face.quad[0]))
    box = box_around(photo, face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64), unit, 0.0)
    x0, y0, x1, y1 = box
    coded = np.rint(128 + CODED * np.clip(_quotient(before, after), -LIMIT, LIMIT)).astype(np.uint8)
    offsets = field(face, made, face.landmarks[:, :2].astype(np.float64), box)
    taken, seen = looked_up(Photo(coded), None, offsets, box)
    change = cv2.GaussianBlur((taken - 128) / np.float32(CODED), (0, 0), max(0.6, 0.5 * SURE * side))
    weight = _inner(skin[y0:y1, x0:x1], face, box, side) * seen
    change = change - (change * weight[..., None]).sum((0, 1)) / max(float(weight.sum()), 1.0)
    lower = to_srgb(photo, box).astype(np.float32)
    return as_guide(photo, box, lower * np.exp(weight[..., None] * change), weight, unit, ())


def _quotient(before: Photo, after: Photo) -> Float32:
    """(S, S, 3): how much lighter, as a logarithm, at low frequencies."""
    low = [
        cv2.GaussianBlur(one.pixels.astype(np.float32), (0, 0), SURE * one.width) + np.float32(DARKEST)
        for one in (before, after)
    ]
    change = np.log(low[1] / low[0])
    return np.asarray(LIMIT * np.tanh(change / LIMIT), np.float32)


def _inner(skin: Bool, face: Face, box: tuple[int, int, int, int], side: float) -> Float32:
    """(h, w): 1 within the skin, falling to 0 at its border and around the eyes."""
    bare = skin.astype(np.uint8)
    for contour in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR, mesh.INNER_LIPS_CONTOUR):
        cv2.fillPoly(bare, [np.round(face.landmarks[list(contour), :2] - box[:2]).astype(np.int32)], 0)
    away = cv2.distanceTransform(np.pad(bare, 1, mode="edge"), cv2.DIST_L2, 5)[1:-1, 1:-1]
    t = np.clip(away / (BORDER * side), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
