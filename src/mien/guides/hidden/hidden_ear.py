"""A part of an ear that something hides, after the other ear, mirrored and brought to what is seen of this one.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; areas (h, w) bool.
"""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np

from mien.compose.blurring import gaussian
from mien.compose.enlarging import reduced
from mien.compose.harmonic import harmonic
from mien.compose.morphology import grown
from mien.guides.borrow import field, mirrored, unit_of
from mien.guides.guide import Box, Doubt
from mien.guides.hidden.seamless import SMOOTH, joined
from mien.guides.laid import blurred, coarse_beside, looked_up, values_at
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

EAR = Doubt("the face's other half does not show the ear that is hidden in part, which is filled from around it")
"""What is told where an ear cannot be made."""

TURNED = 10.0
"""Degrees of yaw from which on ears are seen from sides that are too unlike."""

TOUCHED = 0.004
"""Square units of an ear within :data:`BESIDE` units of what is hidden from which on some of it is hidden, too."""

BESIDE, AROUND = 0.05, 0.3
"""Units beside what is hidden in which an ear goes on, and around it in which ears are compared."""

MOVED, WIDER = 0.15, (0.75, 0.87, 1.0, 1.15, 1.33)
"""Units by which the other ear is moved at most, and how much wider or narrower it may be."""

GRID = 40.0
"""Pixels of a unit at which ears are compared."""

ALIKE = 0.5
"""Share that what is seen of both ears has in common with all of it from which on they are alike."""

SOFT = 0.008
"""Units over which an ear ends."""


def is_hidden(ears: Bool, here: Bool, unit: float) -> bool:
    """Whether something hides part of an ear: whether one ends at it."""
    return bool((ears & ~here & grown(here, BESIDE * unit)).sum() > TOUCHED * unit**2)


def other_ear(
    photo: Photo, face: Face, ears: Bool, on_face: Bool, hidden: Bool, box: Box
) -> tuple[Float32, Float32] | None:
    """The other ear where this one is hidden, (h, w, 3), and how far it is seen, (h, w); None if there is none.

    Args:
        photo: any.
        face: found in it.
        ears: (H, W) where they are seen.
        on_face: (H, W) what is seen to be of the face, which fills gaps between it and an ear.
        hidden: (H, W).
        box: of the photo.
    """
    if abs(face.pose.yaw) > TURNED:
        return None
    unit, points = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    here, own = hidden[part], (ears & ~hidden)[part]
    other, other_face, theirs = mirrored(photo, face, ears & ~hidden)
    assert theirs is not None
    offsets = field(face, other_face, points, box)
    there = values_at(theirs.astype(np.uint8), offsets, box)[0] > 0.5
    found = _brought(own, there, here, unit)
    if found is None:
        return None
    way = _moved(offsets, found)
    taken, visible = looked_up(other, None, way, box)
    ear, whole = (values_at(one[:, ::-1].astype(np.uint8), way, box)[0] > 0.5 for one in (ears, ears | on_face))
    lower = to_srgb(photo, box).astype(np.float32)
    close = own & ear & grown(here, BESIDE * unit)
    light = harmonic(coarse_beside(lower - taken, ~close, max(0.8, SMOOTH * unit)), close, here)
    upper = joined(lower, np.asarray(taken + light, np.float32), here, close, unit)
    return upper, blurred(whole, SOFT * unit) * here * (visible > 0.5)


def _brought(this: Bool, there: Bool, here: Bool, unit: float) -> tuple[float, float, float, float] | None:
    """How far (x, y) another ear is moved, how much wider it is, and around which column, so that it fits this one's
    seen part."""
    scale = min(1.0, GRID / unit)
    size = max(8, round(this.shape[1] * scale)), max(8, round(this.shape[0] * scale))
    seen, other, hole = (reduced(one.astype(np.float32), size) for one in (this, there, here))
    near = (hole < 0.5) & grown(hole > 0.5, AROUND * unit * scale)
    if not (other > 0.5).any() or not (seen[near] > 0.5).any():
        return None
    middle = float(np.nonzero(other > 0.5)[1].mean())
    reach = round(MOVED * unit * scale)
    best, most = None, ALIKE
    for wider in WIDER:
        for dx, dy in product(range(-reach, reach + 1), repeat=2):
            matrix = np.array([[wider, 0, middle + dx - wider * middle], [0, 1, dy]], np.float64)
            laid = cv2.warpAffine(other, matrix, size)
            both, either = np.minimum(laid, seen)[near].sum(), np.maximum(laid, seen)[near].sum()
            if either > 0 and both / either > most:
                best, most = (dx / scale, dy / scale, wider, middle / scale), both / either
    return best


def _moved(offsets: Float32, found: tuple[float, float, float, float]) -> Float32:
    """A field (h, w, 2) that brings the ear to where it fits."""
    dx, dy, wider, middle = found
    height, width = offsets.shape[:2]
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    from_x, from_y = (xs - np.float32(middle + dx)) / np.float32(wider) + np.float32(middle), ys - np.float32(dy)
    smooth = gaussian(offsets, 3.0)
    there = cv2.remap(smooth, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(there + np.dstack([from_x - xs, from_y - ys]), np.float32)
