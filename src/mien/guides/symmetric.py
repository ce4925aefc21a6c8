"""What something hides of one half of a face, taken from the other half, mirrored: a cheek, an eye, half of a mouth."""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane, ring
from mien.compose.blurring import gaussian
from mien.compose.grain import with_grain_of
from mien.compose.morphology import grown, shrunk
from mien.errors import LayerError
from mien.guides.borrow import field, mirrored, unit_of
from mien.guides.continued import nearest
from mien.guides.face_border import depth_of
from mien.guides.guide import Guide, box_of, changed
from mien.guides.laid import coarse_beside, filled, looked_up
from mien.guides.surround import BROWS
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

WITHIN, SEEN = 0.65, 0.85
"""Share of what is hidden that must lie within the face, and of what is hidden of the face that the other half must
show."""

TURNED = 18.0
"""Degrees of yaw beyond which the halves of a face are too unlike."""

LIMIT = 110.0
"""Levels by which the halves may differ in light at the border."""

CLOSE, STEP = 0.03, 40.0
"""Units from the border in which light agrees with what is right beside it, and by how many levels at most."""

OUTLINE = 0.04
"""Units from the face's border up to which the other half's points are not where this one's are."""

FEATURES = (mesh.OUTER_LIPS, mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR, (168, 48, 64, 98, 2, 327, 294, 278), *BROWS)
"""Outlines of what has a light of its own."""

BROAD, EVENED = 0.12, np.float32(0.8)
"""Units over which skin in the other half's light is evened, and how much."""

RIGHT, FADED = 0.015, 0.06
"""Units from what is hidden in which skin tells a step at its border, and over which what is made of it is changed."""

RING, APART = 0.2, 0.06
"""Units around what is hidden in which the halves are compared line by line, and by which these may lie apart."""


def before_face(face: Face, hidden: Bool) -> bool:
    """Whether what is hidden, (H, W), lies before a face and not beside it."""
    box = box_of(hidden)
    inside = filled(face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64), box)
    return bool(inside[hidden[box[1] : box[3], box[0] : box[2]]].mean() >= WITHIN)


def from_other_half(photo: Photo, face: Face, hidden: Bool, on_face: Bool | None = None) -> Guide:
    """The hidden part of a face after its other half, in the light of what surrounds it.

    Args:
        photo: any.
        face: found in it; its points are where they are supposed to be below what hides them.
        hidden: (H, W) True where something lies before the face.
        on_face: (H, W) what is seen to be of the face; what its landmarks surround otherwise.

    What of it lies beyond the face, and what the other half does not show, is left.

    Raises:
        LayerError: the other half does not show it.
    """
    unit = unit_of(face)
    box = box_of(hidden, round(0.45 * unit))
    here = hidden[box[1] : box[3], box[0] : box[2]]
    points = face.landmarks[:, :2].astype(np.float64)
    if not before_face(face, hidden):
        raise LayerError("What is masked lies beside the face, which has no other half there; paint it: --mode look.")
    if abs(face.pose.yaw) > TURNED:
        raise LayerError("The face is turned too far for its other half to show what is masked; paint it: --mode look.")
    if on_face is None:
        inside, barred = filled(points[list(mesh.OUTLINE)], box), hidden
    else:
        inside, barred = depth_of(face, on_face, hidden, box) > 0, hidden | ~on_face
    other, other_face, blocked = mirrored(photo, face, barred)
    offsets = field(face, other_face, points, box)
    taken, visible = looked_up(other, blocked, offsets, box)
    if (visible[here & inside] > 0.5).mean() < SEEN:
        raise LayerError("What is masked reaches over the middle of the face, so that no half shows it: --mode look.")
    lower = to_srgb(photo, box).astype(np.float32)
    beside = cv2.dilate(here.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    known = (beside & shrunk(inside, 0.04 * unit) & (visible > 0.5)).astype(np.float32)
    upper = _lit(lower, taken, here, known, unit)
    offsets = offsets + _apart(lower, upper, here, ring(here, RING * unit) * known, unit)
    taken, visible = looked_up(other, blocked, offsets, box)
    upper = _lit(lower, taken, here, known, unit)
    features = np.logical_or.reduce([filled(points[list(one)], box) for one in FEATURES])
    upper = _without_glow(lower, upper, here, known, features, unit)
    upper = joined(lower, upper, here, known, unit)
    upper = with_grain_of(np.where(here[..., None], upper, lower), upper, here)
    shown = here & shrunk(inside, OUTLINE * unit) & (visible > 0.5)
    mixed = lower + shown[..., None] * (np.clip(upper, 0, 255) - lower)
    return Guide(box, changed(photo, box, lower, mixed), shown.astype(np.float32))


def _lit(lower: Float32, taken: Float32, here: Bool, known: Float32, unit: float) -> Float32:
    """The other half (h, w, 3) in the light of this one, told by what is known (h, w) around what is hidden."""
    coarse = [coarse_beside(one, here, max(1.0, 0.02 * unit)) for one in (lower, taken)]
    return np.asarray(taken + membrane(coarse[0] - coarse[1], ring(here, 0.12 * unit) * known, LIMIT), np.float32)


def _without_glow(lower: Float32, upper: Float32, here: Bool, known: Float32, features: Bool, unit: float) -> Float32:
    """The other half (h, w, 3), whose skin has no broad lights or shadows that end where what is hidden does."""
    away = cv2.distanceTransform((~grown(features, 2)).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(BROAD * unit)
    skin = ~grown(features, 0.03 * unit)
    light = coarse_beside(lower, here | ~skin | (known == 0), BROAD * unit / 2)
    light = membrane(light, (ring(here, BROAD * unit) * known * skin).astype(np.float32), 255.0)
    own = coarse_beside(upper, ~(skin & (here | (known > 0))), BROAD * unit / 2)
    share = EVENED * np.clip(away - 0.5, 0, 1)
    return np.asarray(upper + share[..., None] * (gaussian(light, BROAD * unit / 2) - own), np.float32)


def joined(lower: Float32, upper: Float32, here: Bool, known: Float32, unit: float) -> Float32:
    """What is made (h, w, 3) where it meets what is right beside it: a step there goes, within a few pixels.

    Args:
        lower: (h, w, 3) the photo.
        upper: (h, w, 3) what is made.
        here: (h, w) where it shows.
        known: (h, w) 0 where the photo tells nothing of it.
        unit: eye distance.
    """
    close = (ring(here, CLOSE * unit) * known > 0) & ~here
    if not close.any():
        return upper
    step = coarse_beside(lower - upper, ~close, max(1.0, 0.01 * unit))
    columns, rows = nearest(close)
    depth = cv2.distanceTransform(here.astype(np.uint8), cv2.DIST_L2, 5) / np.float32(2 * CLOSE * unit)
    found = gaussian(step[rows, columns], max(1.0, 0.01 * unit))
    return np.asarray(upper + np.clip(found, -STEP, STEP) * np.exp(-(depth**2))[..., None], np.float32)


def level(lower: Float32, upper: Float32, here: Bool, beside: Float32, unit: float) -> Float32:
    """What is made of skin (h, w, 3), of the very light of what is right beside it; arguments as of :func:`joined`."""
    close = (ring(here, RIGHT * unit) * beside > 0) & ~here
    if not close.any():
        return upper
    sigma = max(1.0, 0.01 * unit)
    columns, rows = nearest(close)
    found = gaussian(coarse_beside(lower - upper, ~close, sigma)[rows, columns], 2 * sigma)
    depth = cv2.distanceTransform(here.astype(np.uint8), cv2.DIST_L2, 5) / np.float32(FADED * unit)
    return np.asarray(upper + np.clip(found, -STEP, STEP) * np.exp(-depth)[..., None], np.float32)


def _apart(lower: Float32, upper: Float32, here: Bool, around: Float32, unit: float) -> Float32:
    """(h, w, 2): how far lines beside what is hidden lie apart in both halves, and inside it as at its border."""
    seen = np.where(here[..., None], upper, lower)
    gray = [cv2.cvtColor(np.clip(one, 0, 255).astype(np.uint8), cv2.COLOR_RGB2GRAY) for one in (seen, upper)]
    if min(gray[0].shape) < 32:
        return np.zeros((*here.shape, 2), np.float32)
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(gray[0], gray[1], None)
    known = around * (np.hypot(flow[..., 0], flow[..., 1]) < APART * unit)
    spread = membrane(np.asarray(flow, np.float32), known, APART * unit)
    return gaussian(spread, max(1.0, 0.03 * unit))
