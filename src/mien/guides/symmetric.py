"""What something hides of one half of a face, taken from the other half, mirrored: a cheek, an eye, half of a mouth."""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane, ring
from mien.compose.grain import with_grain_of
from mien.compose.morphology import shrunk
from mien.errors import LayerError
from mien.guides.borrow import field, mirrored, unit_of
from mien.guides.guide import Guide, box_of, changed
from mien.guides.laid import coarse_beside, filled, looked_up
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Photo

WITHIN, SEEN = 0.65, 0.97
"""Share of what is hidden that must lie within the face, and that the other half must show."""

TURNED = 18.0
"""Degrees of yaw beyond which the halves of a face are too unlike."""

LIMIT = 60.0
"""Levels by which the halves may differ in light at the border."""


def before_face(face: Face, hidden: Bool) -> bool:
    """Whether what is hidden, (H, W), lies before a face and not beside it."""
    box = box_of(hidden)
    inside = filled(face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64), box)
    return bool(inside[hidden[box[1] : box[3], box[0] : box[2]]].mean() >= WITHIN)


def from_other_half(photo: Photo, face: Face, hidden: Bool) -> Guide:
    """The hidden part of a face after its other half, in the light of what surrounds it.

    Args:
        photo: any.
        face: found in it; its points are where they are supposed to be below what hides them.
        hidden: (H, W) True where something lies before the face.

    What of it lies beyond the face's outline is left.

    Raises:
        LayerError: the other half does not show it.
    """
    unit = unit_of(face)
    box = box_of(hidden, round(0.45 * unit))
    here = hidden[box[1] : box[3], box[0] : box[2]]
    points = face.landmarks[:, :2].astype(np.float64)
    inside = filled(points[list(mesh.OUTLINE)], box)
    if not before_face(face, hidden):
        raise LayerError("What is masked lies beside the face, which has no other half there; paint it: --mode look.")
    if abs(face.pose.yaw) > TURNED:
        raise LayerError("The face is turned too far for its other half to show what is masked; paint it: --mode look.")
    other, other_face, blocked = mirrored(photo, face, hidden)
    taken, visible = looked_up(other, blocked, field(face, other_face, points, box), box)
    if (visible[here] > 0.5).mean() < SEEN:
        raise LayerError("What is masked reaches over the middle of the face, so that no half shows it: --mode look.")
    lower = to_srgb(photo, box).astype(np.float32)
    blurred = [coarse_beside(one, here, max(1.0, 0.02 * unit)) for one in (lower, taken)]
    beside = cv2.dilate(here.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    around = ring(here, 0.12 * unit) * (beside & shrunk(inside, 0.04 * unit) & (visible > 0.5))
    upper = np.asarray(taken + membrane(blurred[0] - blurred[1], around, LIMIT), np.float32)
    upper = with_grain_of(np.where(here[..., None], upper, lower), upper, here)
    shown = here & inside  # what surrounds the face is not the mirror image of what is beside its other half
    mixed = lower + shown[..., None] * (np.clip(upper, 0, 255) - lower)
    return Guide(box, changed(photo, box, lower, mixed), shown.astype(np.float32))
