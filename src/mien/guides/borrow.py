"""Borrow: a part of another face, turned into the pose of this one, in its colours, its light and its grain.

Convention:
    Both faces have 478 points with depth. The other face's part is seen in the mean face's frame and placed by this
    face's rigid points, so that a turned head is turned back. Pixels are sRGB while they are matched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import blend, membrane, ring
from mien.compose.grain import with_grain_of
from mien.errors import LayerError
from mien.guides.guide import Box, Guide
from mien.guides.shapes import Placement, Shapes
from mien.guides.spline import Spline
from mien.photos.color import from_srgb, to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8

FARTHEST = 25.0
"""Degrees of yaw between two faces up to which a part is borrowed."""

LIMIT = 28.0
"""Levels by which a borrowed part may be lightened or darkened at its border."""

_EYES = (*mesh.LEFT_EYE_CONTOUR, *mesh.RIGHT_EYE_CONTOUR)
_BROWS = (*mesh.LEFT_BROW, *mesh.RIGHT_BROW, 46, 53, 52, 65, 55, 276, 283, 282, 295, 285)
_NOSE = (168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 48, 278, 64, 294, 49, 279, 219, 439, 94, 19)
_MOUTH = (*mesh.OUTER_LIPS, *mesh.INNER_LIPS_CONTOUR)


@dataclass(frozen=True)
class Part:
    """Attributes:
    points: whose outline, widened, is the part.
    margin: how far it is widened, in eye distances.
    pieces: groups of points with an outline of their own; None for one outline around all.
    """

    points: tuple[int, ...]
    margin: float
    pieces: tuple[tuple[int, ...], ...] | None = None


_LEFT, _RIGHT = mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR
PARTS: Mapping[str, Part] = {
    "eyes": Part(_EYES, 0.11, (_LEFT, _RIGHT)),
    "left_eye": Part(_LEFT, 0.11),
    "right_eye": Part(_RIGHT, 0.11),
    "brows": Part(_BROWS, 0.09, (_BROWS[:5] + _BROWS[10:15], _BROWS[5:10] + _BROWS[15:])),
    "nose": Part(_NOSE, 0.08),
    "mouth": Part(_MOUTH, 0.16),
    "face": Part(mesh.OUTLINE, -0.03),
}


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
) -> Guide:
    """A part of another face, as a guide for this photo.

    Args:
        photo, face: where it goes, and the face that gets it.
        other, other_face: where it comes from.
        part: of :data:`PARTS`.
        blocked, other_blocked: (H, W) of each photo: hair, glasses, hands before the face; left out.
        shapes: None takes the bundled ones.

    Raises:
        LayerError: no such part, or the faces look in directions too far apart.
    """
    check_parts(part)
    notes: tuple[str, ...] = ()
    if (
        abs(-other_face.pose.yaw - face.pose.yaw) + 4 < abs(other_face.pose.yaw - face.pose.yaw)
        and part not in ONE_SIDED
    ):
        other, other_face, other_blocked = mirrored(other, other_face, other_blocked)
        notes += ("the other face is mirrored, so that it looks the same way",)
    apart = abs(other_face.pose.yaw - face.pose.yaw)
    if apart > FARTHEST:
        raise LayerError(
            f"The two faces look {apart:.0f} degrees apart; parts go well up to {FARTHEST:.0f}. Choose another photo."
        )
    known = shapes or Shapes.bundled()
    box, area = _area(photo, face, PARTS[part])
    offsets = _field(face, other_face, PARTS[part], box, known)
    taken, visible = _looked_up(other, other_blocked, offsets, box)
    lower = to_srgb(photo, box).astype(np.float32)
    x0, y0, x1, y1 = box
    weight = _weight(area, _unit(face)) * visible
    if blocked is not None:
        weight = weight * (1 - cv2.GaussianBlur(blocked[y0:y1, x0:x1].astype(np.float32), (0, 0), 0.01 * _unit(face)))
    matched = _matched(lower, taken, weight > 0.02, _unit(face))
    matched = with_grain_of(lower, matched, weight > 0.5)
    mixed = np.clip(blend(lower, matched, weight), 0, 255)
    reach = cv2.dilate((weight > 0.004).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    fade = np.where(reach, np.float32(1), np.float32(0)) * _smooth_edge(reach, 0.02 * _unit(face))
    change = from_srgb(mixed, photo) - from_srgb(lower, photo)
    samples = photo.pixels[y0:y1, x0:x1].astype(np.float32) + change.astype(np.float32)
    return Guide(box, samples, fade.astype(np.float32), notes)


def check_parts(parts: str) -> list[str]:
    """``"eyes+mouth"`` -> ["eyes", "mouth"]; hair is a part, too, see :mod:`mien.guides.hair`.

    Raises:
        LayerError: a part that is none.
    """
    found = [part.strip() for part in parts.lower().split("+")]
    for part in found:
        if part not in (*PARTS, *HAIR):
            raise LayerError(f"'{part}' cannot be borrowed; choose from {', '.join((*PARTS, *HAIR))}.")
    return found


HAIR = ("hair", "fringe", "beard")
"""What is borrowed with a matte."""

ONE_SIDED = ("left_eye", "right_eye")


def _unit(face: Face) -> float:
    left, right = mesh.OUTER_EYE_CORNERS
    return float(np.linalg.norm(face.landmarks[left] - face.landmarks[right]))


def _area(photo: Photo, face: Face, part: Part) -> tuple[Box, Bool]:
    """The part of the photo that is worked on, and within it the area (h, w) that is exchanged."""
    unit, points = _unit(face), face.landmarks[:, :2].astype(np.float64)
    chosen = points[list(part.points)]
    room = (0.45 + max(part.margin, 0)) * unit
    (x0, y0), (x1, y1) = np.floor(chosen.min(0) - room).astype(int), np.ceil(chosen.max(0) + room).astype(int)
    box = (max(0, int(x0)), max(0, int(y0)), min(photo.width, int(x1)), min(photo.height, int(y1)))
    area = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
    for piece in part.pieces or (part.points,):
        hull = cv2.convexHull((points[list(piece)] - box[:2]).astype(np.float32))
        cv2.fillPoly(area, [np.round(hull * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    reach = max(1, round(abs(part.margin) * unit))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    area = cv2.dilate(area, kernel) if part.margin > 0 else cv2.erode(area, kernel)
    return box, area > 0


def _field(face: Face, other: Face, part: Part, box: Box, shapes: Shapes) -> Float32:
    """(h, w, 2): for every pixel of the box, the place in the other photo that is shown there."""
    here, there = face.landmarks.astype(np.float64), other.landmarks.astype(np.float64)
    mine, theirs = Placement.of(here, shapes.mean), Placement.of(there, shapes.mean)
    inside = theirs.back(there)
    inside += _centring(inside, mine.back(here), part)
    placed = (mine.scale * inside @ mine.rotation.T + mine.shift)[:, :2]
    near = _nearness(shapes.mean, part)
    goals = placed * near[:, None] + here[:, :2] * (1 - near[:, None])
    keep = _inside(goals, box, 0.6 * mine.scale)
    spline = Spline.fit(goals[keep], there[keep, :2] - goals[keep], smoothing=1e-4)
    return spline.field(box)


def _centring(theirs: Float64, mine: Float64, part: Part) -> Float64:
    """(3,): brings the middle of the other's part to the middle of this face's, but for what a wider mouth needs."""
    chosen = list(part.points)
    shift = mine[chosen].mean(0) - theirs[chosen].mean(0)
    return np.asarray(shift * (0.0 if len(part.points) == len(mesh.OUTLINE) else 0.8))


def _nearness(mean: Float64, part: Part) -> Float64:
    """(478,) 1 for the part's points, falling to 0 for those far from it: they stay where this face has them."""
    flat = mean[:, :2]
    away = np.linalg.norm(flat[:, None] - flat[list(part.points)][None], axis=2).min(1)
    return np.asarray(np.exp(-0.5 * (away / 0.12) ** 2))


def _inside(points: Float64, box: Box, room: float) -> Bool:
    low, high = np.array(box[:2]) - room, np.array(box[2:]) + room
    found = ((points > low) & (points < high)).all(1)
    _, first = np.unique(np.round(points, 0), axis=0, return_index=True)
    once = np.zeros(len(points), np.bool_)
    once[first] = True
    return np.asarray(found & once)


def _looked_up(other: Photo, blocked: Bool | None, offsets: Float32, box: Box) -> tuple[Float32, Float32]:
    """The other photo's pixels (h, w, 3) in [0, 255] at the field's places, and where it shows them, (h, w)."""
    height, width = offsets.shape[:2]
    xs = np.arange(width, dtype=np.float32)[None] + np.float32(box[0]) + offsets[..., 0]
    ys = np.arange(height, dtype=np.float32)[:, None] + np.float32(box[1]) + offsets[..., 1]
    left, top = max(0, int(xs.min()) - 8), max(0, int(ys.min()) - 8)
    right, bottom = min(other.width, int(xs.max()) + 8), min(other.height, int(ys.max()) + 8)
    if right - left < 2 or bottom - top < 2:
        raise LayerError("The part of the other face lies outside its photo; choose another photo.")
    source: UInt8 = to_srgb(other, (left, top, right, bottom))
    step = max(1.0, float(np.hypot(np.diff(xs, axis=1), np.diff(ys, axis=1)).mean()))
    if step > 1.3:  # the other photo is larger: without this its detail turns into noise
        source = cv2.GaussianBlur(source, (0, 0), 0.45 * np.sqrt(step**2 - 1))
    taken = cv2.remap(
        source.astype(np.float32), xs - left, ys - top, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    within = ((xs > 0) & (ys > 0) & (xs < other.width - 1) & (ys < other.height - 1)).astype(np.float32)
    if blocked is not None:
        hidden = cv2.remap(blocked[top:bottom, left:right].astype(np.float32), xs - left, ys - top, cv2.INTER_LINEAR)
        within *= np.clip(1 - 2 * cv2.GaussianBlur(hidden, (0, 0), 2.0), 0, 1)
    return np.clip(taken, 0, 255).astype(np.float32), within


def _weight(area: Bool, unit: float) -> Float32:
    """(h, w): 1 in the area, with a soft border inside of it."""
    inside = cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, 5)
    t: Any = np.clip(inside / max(2.0, 0.06 * unit), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _smooth_edge(reach: Bool, width: float) -> Float32:
    inside = cv2.distanceTransform(reach.astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.clip(inside / max(2.0, width), 0, 1), np.float32)


def _matched(lower: Float32, taken: Float32, area: Bool, unit: float) -> Float32:
    """The taken pixels with this photo's colours along the border, spread smoothly inside."""
    around = ring(area, 0.1 * unit)
    inner = cv2.erode(area.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    blurred = [cv2.GaussianBlur(one, (0, 0), max(1.0, 0.02 * unit)) for one in (lower, taken)]
    difference = blurred[0] - blurred[1]
    return taken + membrane(difference, around * inner, LIMIT)


def mirrored(photo: Photo, face: Face, blocked: Bool | None) -> tuple[Photo, Face, Bool | None]:
    """A photo and its face, left and right exchanged."""
    samples: Any = np.ascontiguousarray(photo.pixels[:, ::-1])
    flipped = photo.with_pixels(samples)
    points = face.landmarks[mirror_points()] * np.array([-1, 1, 1], np.float32)
    points += np.array([photo.width, 0, 0], np.float32)
    quad = face.quad[[3, 2, 1, 0]] * (-1, 1) + (photo.width, 0)
    pose = replace(face.pose, yaw=-face.pose.yaw, roll=-face.pose.roll)
    turned = replace(face, landmarks=points, quad=quad, pose=pose, eye_openness=face.eye_openness[::-1])
    return flipped, turned, None if blocked is None else np.ascontiguousarray(blocked[:, ::-1])


def mirror_points() -> np.ndarray:
    """(478,): the point on the other side of the face, from the symmetric mean face."""
    mean = Shapes.bundled().mean
    away = np.linalg.norm((mean * (-1, 1, 1))[:, None] - mean[None], axis=2)
    return np.asarray(away.argmin(1))
