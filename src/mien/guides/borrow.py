"""Borrow: a part of another face, turned into the pose of this one, in its colors, its light and its grain.

Convention:
    Both faces have 478 points with depth. The other face's part is seen in the mean face's frame and placed by this
    face's rigid points, so that a turned head is turned back. Pixels are sRGB while they are matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import ring
from mien.compose.blurring import gaussian
from mien.compose.morphology import grown, shrunk
from mien.errors import LayerError
from mien.guides.guide import Box, Guide
from mien.guides.laid import filled, lay, looked_up, matched, soft
from mien.guides.parts import ONE_SIDED, PARTS, WIDER, Part, check_parts
from mien.guides.shapes import Placement, Shapes
from mien.guides.spline import Spline
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

FARTHEST = 25.0
"""Degrees of yaw between two faces up to which a part is borrowed."""

WITHIN = 0.02
"""Eye distances inside the face's outline in which parts end: beyond it the other photo has another backdrop."""


def borrow(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    part: str,
    *,
    blocked: Bool | None = None,
    other_blocked: Bool | None = None,
    shapes: Shapes | None = None,
    alike: bool = False,
) -> Guide:
    """A part of another face, as a guide for this photo.

    Args:
        photo, face: where it goes, and the face that gets it.
        other, other_face: where it comes from.
        part: of :data:`mien.guides.parts.PARTS`.
        blocked, other_blocked: (H, W) of each photo: hair, glasses, hands before the face; left out.
        shapes: None takes the bundled ones.
        alike: whether skin and light of both photos agree (see :func:`mismatch`): then
            :data:`mien.guides.parts.WIDER` counts.

    Raises:
        LayerError: no such part, or the faces look in directions too far apart.
    """
    check_parts(part)
    other, other_face, other_blocked, notes = turned(face, other, other_face, other_blocked, part)
    unit = unit_of(face)
    chosen = WIDER.get(part, PARTS[part]) if alike else PARTS[part]
    box, area, taken, visible = _seen_there(photo, face, other, other_face, other_blocked, chosen, shapes)
    lower = to_srgb(photo, box).astype(np.float32)
    weight = soft(area, unit) * visible * free(blocked, box, unit)
    known = _skin(face, box).astype(np.float32) if chosen.margin > 0 else None
    upper = matched(lower, taken, weight > 0.02, unit, known)
    return lay(photo, box, upper, weight, unit, notes)


def _seen_there(
    photo: Photo, face: Face, other: Photo, other_face: Face, blocked: Bool | None, part: Part, shapes: Shapes | None
) -> tuple[Box, Bool, Float32, Float32]:
    """A box of the photo, the area of the part in it (h, w), the other's pixels there, and where it shows them."""
    goals = _goals(face, other_face, part, shapes or Shapes.bundled())
    box, area = _area(photo, face, goals, part)
    return box, area, *looked_up(other, blocked, field(face, other_face, goals, box), box)


def mismatch(photo: Photo, face: Face, other: Photo, other_face: Face, part: str) -> float:
    """By how many levels of sRGB the skin around a part differs between two photos, at its worse tenth.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    other, other_face, _, _ = turned(face, other, other_face, None, part)
    box, area, taken, visible = _seen_there(photo, face, other, other_face, None, PARTS[part], None)
    unit, lower = unit_of(face), to_srgb(photo, box).astype(np.float32)
    coarse = gaussian(lower - taken, max(1.0, 0.04 * unit))
    around = (ring(area, 0.1 * unit) > 0) & (visible > 0.5)
    away = np.abs(coarse[around]).max(1)
    return float(np.quantile(away, 0.9)) if away.size else 255.0


def free(blocked: Bool | None, box: Box, unit: float) -> Float32:
    """(h, w) 1 where nothing lies before a face."""
    x0, y0, x1, y1 = box
    if blocked is None:
        return np.ones((y1 - y0, x1 - x0), np.float32)
    return 1 - gaussian(blocked[y0:y1, x0:x1].astype(np.float32), max(0.3, 0.01 * unit))


def turned(
    face: Face, other: Photo, other_face: Face, blocked: Bool | None, part: str
) -> tuple[Photo, Face, Bool | None, tuple[str, ...]]:
    """The other photo, mirrored where it looks the other way, and what is to be told of it.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    notes: tuple[str, ...] = ()
    straight = abs(other_face.pose.yaw - face.pose.yaw)
    if abs(-other_face.pose.yaw - face.pose.yaw) + 4 < straight and part not in ONE_SIDED:
        other, other_face, blocked = mirrored(other, other_face, blocked)
        notes = ("the other face is mirrored, so that it looks the same way",)
    apart = abs(other_face.pose.yaw - face.pose.yaw)
    if apart > FARTHEST:
        raise LayerError(
            f"The two faces look {apart:.0f} degrees apart; parts go well up to {FARTHEST:.0f}. Choose another photo."
        )
    return other, other_face, blocked, notes


def unit_of(face: Face) -> float:
    """Distance of the outer corners of the eyes, pixels."""
    left, right = mesh.OUTER_EYE_CORNERS
    return float(np.linalg.norm(face.landmarks[left] - face.landmarks[right]))


def _area(photo: Photo, face: Face, goals: Float64, part: Part) -> tuple[Box, Bool]:
    """The part of the photo that is worked on, and within it the area (h, w) that is exchanged: the old and the new."""
    unit, points = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    box = box_around(photo, np.concatenate([one[list(part.points)] for one in (points, goals)]), unit, part.margin)
    area = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
    for piece in part.pieces or (part.points,):
        both = [points[list(piece)]] if part.margin < 0 else [points[list(piece)], goals[list(piece)]]
        both += [one + (0, part.below * unit) for one in both]
        hull = cv2.convexHull((np.concatenate(both) - box[:2]).astype(np.float32))
        cv2.fillPoly(area, [np.round(hull * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    reach = abs(part.margin) * unit
    if part.margin < 0:
        return box, shrunk(area > 0, reach)
    return box, grown(area > 0, reach) & shrunk(_skin(face, box), WITHIN * unit)


def _skin(face: Face, box: Box) -> Bool:
    """(h, w): within the outline of a face."""
    return filled(face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64), box)


def box_around(photo: Photo, points: Float64, unit: float, margin: float) -> Box:
    """The part of a photo around points (N, 2), with room for colors to be compared."""
    room = (0.45 + max(margin, 0)) * unit
    (x0, y0), (x1, y1) = np.floor(points.min(0) - room).astype(int), np.ceil(points.max(0) + room).astype(int)
    return max(0, int(x0)), max(0, int(y0)), min(photo.width, int(x1)), min(photo.height, int(y1))


def _goals(face: Face, other: Face, part: Part, shapes: Shapes) -> Float64:
    """(478, 2): where the other's points go: into this face's pose near the part, to this face's points elsewhere."""
    here, there = face.landmarks.astype(np.float64), other.landmarks.astype(np.float64)
    mine, theirs = Placement.of(here, shapes.mean), Placement.of(there, shapes.mean)
    inside = theirs.back(there)
    inside += _centring(inside, mine.back(here), part)
    placed = (mine.scale * inside @ mine.rotation.T + mine.shift)[:, :2]
    near = nearness(shapes.mean, part.points)
    return np.asarray(placed * near[:, None] + here[:, :2] * (1 - near[:, None]))


def field(face: Face, other: Face, goals: Float64, box: Box) -> Float32:
    """(h, w, 2): for every pixel of the box, the way to the place in the other photo that is shown there."""
    return fields(face, [other], goals, box)[0]


def fields(face: Face, others: Sequence[Face], goals: Float64, box: Box) -> list[Float32]:
    """As :func:`field`, to several other photos: one spline has the ways to all of them."""
    if not others:
        return []
    keep = _inside(goals, box, 0.6 * unit_of(face))
    ways = np.concatenate([one.landmarks[keep, :2].astype(np.float64) - goals[keep] for one in others], 1)
    return Spline.fit(goals[keep], ways, smoothing=1e-4).fields(box)


def _centring(theirs: Float64, mine: Float64, part: Part) -> Float64:
    """(3,): brings the middle of the other's part to the middle of this face's, but for what a wider mouth needs."""
    chosen = list(part.points)
    shift = mine[chosen].mean(0) - theirs[chosen].mean(0)
    return np.asarray(shift * (0.0 if len(part.points) == len(mesh.OUTLINE) else 0.8))


def nearness(mean: Float64, points: Sequence[int], reach: float = 0.12) -> Float64:
    """(478,) 1 for some points, falling to 0 for those far from them."""
    flat = mean[:, :2]
    away = np.linalg.norm(flat[:, None] - flat[list(points)][None], axis=2).min(1)
    return np.asarray(np.exp(-0.5 * (away / reach) ** 2))


def _inside(points: Float64, box: Box, room: float) -> Bool:
    low, high = np.array(box[:2]) - room, np.array(box[2:]) + room
    found = ((points > low) & (points < high)).all(1)
    _, first = np.unique(np.round(points, 0), axis=0, return_index=True)
    once = np.zeros(len(points), np.bool_)
    once[first] = True
    return np.asarray(found & once)


def mirrored(photo: Photo, face: Face, blocked: Bool | None) -> tuple[Photo, Face, Bool | None]:
    """A photo and its face, left and right exchanged."""
    samples: Any = cv2.flip(photo.pixels, 1).reshape(photo.pixels.shape)
    flipped = photo.with_pixels(samples)
    points = face.landmarks[mirror_points()] * np.array([-1, 1, 1], np.float32)
    points += np.array([photo.width, 0, 0], np.float32)
    quad = face.quad[[3, 2, 1, 0]] * (-1, 1) + (photo.width, 0)
    pose = replace(face.pose, yaw=-face.pose.yaw, roll=-face.pose.roll)
    turned = replace(face, landmarks=points, quad=quad, pose=pose, eye_openness=face.eye_openness[::-1])
    return flipped, turned, None if blocked is None else np.ascontiguousarray(blocked[:, ::-1])


@cache
def mirror_points() -> np.ndarray:
    """(478,): the point on the other side of the face, from the symmetric mean face."""
    mean = Shapes.bundled().mean
    away = np.linalg.norm((mean * (-1, 1, 1))[:, None] - mean[None], axis=2)
    return np.asarray(away.argmin(1))
