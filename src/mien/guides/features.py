"""Brows and nose after another face's: this photo's own pixels in the other's shape, hair as dense as the other's.

Their skin has one light with the rest of the face, and no seam to hide.

Convention:
    That of :mod:`mien.guides.laid`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.compose.morphology import grown
from mien.guides.borrow import box_around, free, turned, unit_of
from mien.guides.guide import Box, Guide
from mien.guides.laid import as_guide, blurred, filled, over_moved
from mien.guides.move import displaced
from mien.guides.parts import PARTS
from mien.guides.shapes import Shapes
from mien.guides.still import Labelled
from mien.guides.tint import linear, srgb
from mien.guides.toward import toward
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

FAINTEST, DENSEST = 0.75, 1.8
"""By which factor the contrast of brows with the skin may change."""

SHAPED = {
    "nose": (PARTS["nose"].points, (133, 362, 168, 6), (0.05, 0.4, 0.12)),
    "lower_face": (mesh.OUTLINE[9:28], (2, 234, 454), (0.05, 0.7, 0.2)),
}
"""Parts of which the shape is taken: their points, those that stay on average, and what follows (near, share, reach),
see :func:`mien.guides.toward.toward`."""


def shaped(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    part: str,
    *,
    labelled: Labelled | None = None,
) -> Guide:
    """A part of this face in the other's shape.

    Args:
        photo, face: where it goes.
        other, other_face: where it comes from.
        part: of :data:`SHAPED`.
        labelled: as in :func:`mien.guides.move.move`.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    _, other_face, _, notes = turned(face, other, other_face, None, part)
    points, base, (near, follow, reach) = SHAPED[part]
    way = toward(face, other_face, points, base, near=near, follow=follow, reach=reach)[:, :2]
    if part == "lower_face":  # ears and temples stay
        way *= np.clip((Shapes.bundled().mean[:, 1] - 0.2) / 0.3, 0, 1)[:, None]
    moved, _ = displaced(photo, face.landmarks[:, :2].astype(np.float64), way, unit_of(face), labelled=labelled)
    told = f"the {part.replace('_', ' ')} takes on the other's shape; its skin and light stay this photo's"
    return replace(moved, notes=(*notes, told))


def brows(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    *,
    blocked: Bool | None = None,
    other_blocked: Bool | None = None,
    labelled: Labelled | None = None,
) -> Guide:
    """This face's brows in the other's shape, as dense as the other's.

    Args:
        photo, face: where they go.
        other, other_face: where they come from.
        blocked, other_blocked: (H, W) what lies before each face.
        labelled: as in :func:`mien.guides.move.move`.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    other, other_face, other_blocked, notes = turned(face, other, other_face, other_blocked, "brows")
    unit, start = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    way = np.zeros_like(start)
    pieces = [list(piece) for piece in PARTS["brows"].pieces or ()]
    for piece in pieces:
        way += toward(face, other_face, piece, piece, near=0.04, follow=0.4, reach=0.1)[:, :2]
    moved, share = displaced(photo, start, way, unit, labelled=labelled)
    goals, laid, laid_over = start + share * way, moved.over(photo)[0], []
    there = other_face.landmarks[:, :2].astype(np.float64)
    for piece in pieces:
        box, area, skin = _brow(goals, piece, unit, laid)
        far, theirs, bare = _brow(there, piece, unit_of(other_face), other)
        lower = to_srgb(laid, box).astype(np.float32)
        found = _density(lower, area, skin)
        wanted = _density(to_srgb(other, far).astype(np.float32), theirs & (free(other_blocked, far, unit) > 0.5), bare)
        factor = float(np.clip(wanted / max(found, 0.05), FAINTEST, DENSEST))
        weight = blurred(area, 0.03 * unit) * free(blocked, box, unit)
        laid, _ = as_guide(laid, box, _denser(lower, skin, factor, weight), weight, unit, ()).over(laid)
        laid_over.append((box, weight))
    return over_moved(moved, laid, laid_over, notes)


def _brow(points: Float64, piece: list[int], unit: float, photo: Photo) -> tuple[Box, Bool, Bool]:
    """Around one brow: the box, where it is (h, w), and the skin beside it."""
    box = box_around(photo, points[piece], unit, -0.3)
    hull = cv2.convexHull(points[piece].astype(np.float32))[:, 0].astype(np.float64)
    area, wide = (grown(filled(hull, box), share * unit) for share in (0.03, 0.07))
    return box, area, wide & ~area


def _density(picture: Float32, area: Bool, skin: Bool) -> float:
    """By how much a brow is darker than the skin beside it, in logarithms of light."""
    if not (area.any() and skin.any()):
        return 0.3
    light = np.log(linear(picture).mean(2) + 0.01)
    return float(np.clip(np.median(light[skin]) - np.quantile(light[area], 0.25), 0.02, 3))


def _denser(picture: Float32, skin: Bool, factor: float, weight: Float32) -> Float32:
    """A brow whose contrast with the skin around is multiplied."""
    light = np.log(linear(picture) + np.float32(0.004))
    known = (skin & (light.mean(2) > np.quantile(light.mean(2)[skin], 0.3))).astype(np.float32)
    bare = cv2.GaussianBlur(membrane(light, known, 8.0), (0, 0), 3)
    denser = bare + np.where(light < bare, np.float32(factor), np.float32(1)) * (light - bare)
    changed = srgb(np.asarray(np.exp(denser) - 0.004, np.float32))
    return np.asarray(picture + weight[..., None] * (changed - picture), np.float32)
