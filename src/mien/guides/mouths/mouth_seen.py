"""How a mouth is before it is moved: whether it is open, where its lips end, and which of its teeth are seen.

Convention:
    That of :mod:`mien.guides.laid`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blurring import gaussian
from mien.conditions.labels import INDEX
from mien.guides.borrow import box_around, unit_of
from mien.guides.guide import Box
from mien.guides.laid import filled
from mien.guides.mouths.teeth import widened
from mien.guides.mouths.teeth_fit import LOWER, UPPER
from mien.guides.still import Labelled
from mien.guides.tint import hardly_seen, linear, teeth_among, whitest
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float64, Photo, UInt8

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)

OPEN, TEETH = 0.015, 0.006
"""Square eye distances between the lips from which a mouth counts as open, and of teeth from which it shows them."""

HIGHER = 0.1
"""Eye distances above the found edge of the upper lip up to which it may be."""


@dataclass(frozen=True, eq=False)
class SeenMouth:
    """A mouth before anything moves.

    Attributes:
        points: (478, 2) landmarks, the upper lip raised where the mouth is seen above it.
        box: around the mouth.
        before: (h, w, 3) sRGB of the box.
        white: (h, w) teeth.
        shut: whether little or nothing is seen between the lips.
        toothed: whether its teeth are seen.
    """

    points: Float64
    box: Box
    before: UInt8
    white: Bool
    shut: bool
    toothed: bool

    def native(self, unit: float) -> tuple[Float64, float] | None:
        """(3,) linear light of the teeth, and how far that is believed; None where none are seen."""
        if not self.toothed:
            return None
        return whitest(self.before, self.white), float(self.white.sum()) / (2 * TEETH * unit**2)


def seen_mouth(photo: Photo, face: Face, labelled: Labelled | None) -> SeenMouth:
    """What is seen of a face's mouth; without labels its landmarks are believed."""
    unit, points = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    box = box_around(photo, points[OUTER], unit, 0.1)
    before, opened = to_srgb(photo, box), is_open(photo, face, labelled)
    if labelled is not None and opened:
        points = _raised(points, box, _inside(labelled, box, unit), unit)
    inside = filled(points[INNER], box) if labelled is None else _inside(labelled, box, unit)
    inside &= widened(filled(points[INNER], box), 0.03 * unit)  # not highlights of lips
    white = teeth_among(before, inside)
    if opened and white.sum() <= TEETH * unit**2:
        white = hardly_seen(before, inside, filled(points[OUTER], box), unit, TEETH * unit**2)
    return SeenMouth(points, box, before, white, not opened, bool(opened and white.sum() > TEETH * unit**2))


def is_open(photo: Photo, face: Face, labelled: Labelled | None) -> bool:
    """Whether enough is seen between the lips, by the parser: landmarks open full lips. Without labels: true."""
    if labelled is None:
        return True
    unit, points = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    labels, scale = labelled.within(box_around(photo, points[OUTER], unit, 0.1), unit)
    return float((labels == INDEX["mouth"]).sum()) / (unit * scale) ** 2 > OPEN


def shut_at(points: Float64, box: Box, picture: UInt8, unit: float) -> Float64:
    """Landmarks of a shut mouth whose lips meet: full lips are found apart.

    Args:
        points: (478, 2) pixels of the photo.
        box: around the mouth.
        picture: (h, w, 3) sRGB of the box.
        unit: distance of the outer corners of the eyes, pixels.

    Returns:
        (478, 2), in which both lips end where it is darkest between those that were found.
    """
    light = gaussian(linear(picture).mean(2), max(0.8, 0.008 * unit))
    steps = np.linspace(-0.15, 1.15, 14)
    upper, lower = points[UPPER], points[LOWER]
    places = (upper[:, None] + steps[None, :, None] * (lower - upper)[:, None] - box[:2]).astype(np.float32)
    seen = cv2.remap(light, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    found = steps[np.argmin(seen + 0.05 * np.median(seen) * np.abs(steps - 0.5), axis=1)]
    even = np.convolve(np.pad(found, 1, "edge"), np.ones(3) / 3, "valid")
    shut = points.copy()
    shut[UPPER] = shut[LOWER] = upper + even[:, None] * (lower - upper)
    return shut


def _inside(labelled: Labelled, box: Box, unit: float) -> Bool:
    """(h, w): where the parser sees the inside of a mouth."""
    size = (box[2] - box[0], box[3] - box[1])
    labels = (labelled.within(box, unit)[0] == INDEX["mouth"]).astype(np.uint8)
    return np.asarray(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST) > 0)


def _raised(goals: Float64, box: Box, seen: Bool, unit: float) -> Float64:
    """Landmarks (478, 2) whose upper lip ends where the mouth is seen: it is often found on the teeth."""
    found = seen | filled(goals[INNER], box)
    up = (goals[2] - goals[152]) / np.linalg.norm(goals[2] - goals[152])
    steps = np.arange(-0.02 * unit, HIGHER * unit, 0.5)
    places = goals[UPPER][:, None] + steps[None, :, None] * up - box[:2]
    x, y = (np.clip(places[..., i].astype(int), 0, found.shape[1 - i] - 1) for i in (0, 1))
    reached = np.where(np.logical_and.accumulate(found[y, x], axis=1), steps, 0).max(1)
    reached *= np.sin(np.linspace(0, np.pi, len(reached))) ** 0.7  # the corners stay
    smooth = np.convolve(np.pad(reached, 1, "edge"), (0.25, 0.5, 0.25), "valid")
    rise = np.where(smooth > 0, np.maximum(smooth, reached) + 0.008 * unit, 0)
    rise[[0, -1]] = 0
    higher = goals.copy()
    higher[UPPER] += rise[:, None] * up
    return higher
