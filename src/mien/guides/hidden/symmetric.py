"""What something hides of one half of a face, taken from the other half, mirrored: a cheek, an eye, half of a mouth."""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane, ring
from mien.compose.blurring import gaussian
from mien.compose.grain import with_grain_of
from mien.compose.morphology import shrunk
from mien.errors import LayerError
from mien.guides.borrow import field, mirrored, unit_of
from mien.guides.guide import Guide, box_of
from mien.guides.hidden.face_border import of_face, seen_face
from mien.guides.hidden.seamless import away_from_features, calmed, doubts_of, extended, in_light_of, kinds_of
from mien.guides.laid import coarse_beside, filled, looked_up
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

WITHIN, SEEN = 0.65, 0.85
"""Share of what is hidden that must lie within the face, and of what is hidden of the face that the other half must
show."""

TURNED = 18.0
"""Degrees of yaw beyond which the halves of a face are too unlike."""

LIMIT = 110.0
"""Levels by which the halves may differ in light at the border."""

OUTLINE = 0.04
"""Units from the face's border up to which the other half's points are not where this one's are."""

RIM = 0.02
"""Units from what the other half does not show in which it shows some of that, too."""

STIFF = 0.05
"""Units over which the way to the other half is evened."""

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

    What of it lies beyond the face is left; what the other half does not show is spread from beside it.

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
    depth, barred = seen_face(face, on_face, hidden, box)
    other, other_face, blocked = mirrored(photo, face, barred)
    offsets = _stiff(field(face, other_face, points, box), unit)
    taken, visible = looked_up(other, blocked, offsets, box)
    if (visible[here & (depth > 0)] > 0.5).mean() < SEEN:
        raise LayerError("What is masked reaches over the middle of the face, so that no half shows it: --mode look.")
    lower = to_srgb(photo, box).astype(np.float32)
    beside = cv2.dilate(here.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    own = beside & (depth > 0.04 * unit)
    known = (own & (visible > 0.5)).astype(np.float32)
    upper = _lit(lower, taken, here, known, unit)
    offsets = offsets + _apart(lower, upper, here, ring(here, RING * unit) * known, unit)
    taken, visible = looked_up(other, blocked, offsets, box)
    valid = shrunk(visible > 0.5, RIM * unit) & (depth > OUTLINE * unit)
    upper = extended(_lit(lower, taken, here, known, unit), valid, here, unit)
    upper = in_light_of(lower, upper, here, own, kinds_of(points, box), unit)
    upper = calmed(lower, upper, here, own, away_from_features(points, box, unit), unit)
    upper = with_grain_of(np.where(here[..., None], upper, lower), upper, here)
    return of_face(photo, box, lower, upper, here, depth, valid, unit, doubts_of(lower, here, own, unit))


def _lit(lower: Float32, taken: Float32, here: Bool, known: Float32, unit: float) -> Float32:
    """The other half (h, w, 3) in the light of this one, told by what is known (h, w) around what is hidden."""
    coarse = [coarse_beside(one, here, max(1.0, 0.02 * unit)) for one in (lower, taken)]
    return np.asarray(taken + membrane(coarse[0] - coarse[1], ring(here, 0.12 * unit) * known, LIMIT), np.float32)


def _stiff(offsets: Float32, unit: float) -> Float32:
    """A field without the folds that points at the border of a turned head make."""
    return gaussian(offsets, STIFF * unit)


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
