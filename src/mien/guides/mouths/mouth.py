"""A mouth of another face: this face's lips and skin are moved to its shape, and what they cannot show is borrowed.

Teeth and what lies between the lips come from the other face. Lips and the skin around them, with beard, wrinkles,
grain and light, are this photo's throughout. So there is no seam but the edge of the lips.

Convention:
    That of :mod:`mien.guides.laid`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.compose.blurring import gaussian
from mien.compose.grain import levels, missing, noise
from mien.compose.sharpness import as_sharp
from mien.conditions.labels import INDEX
from mien.errors import LayerError
from mien.guides.borrow import box_around, free, turned, unit_of
from mien.guides.guide import Box, Guide, box_of
from mien.guides.laid import as_guide, blurred, filled, looked_up, over_moved
from mien.guides.mouths.dull_teeth import dull
from mien.guides.mouths.mouth_seen import INNER, OUTER, is_open, seen_mouth, shut_at
from mien.guides.mouths.mouth_way import lips_apart, mouth_way, way_kept
from mien.guides.mouths.smile import joining, smiling
from mien.guides.mouths.teeth import Areas, depth_of, evened, lit_teeth, widened
from mien.guides.mouths.teeth_fit import LOWER, UPPER, places_of
from mien.guides.move import displaced
from mien.guides.spline import Spline
from mien.guides.still import Labelled
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8

PROFILE = 28.0
"""Degrees of yaw beyond which a shut mouth is not opened: the corner that is hidden shows its lips."""

EVENED = "teeth are seen already: they are made even and lighter, and keep their form"
"""What is said then; others are laid in for the next seeds."""

SHUT, BOTH = 0.85, 0.75
"""Share of the way to another's mouth that a shut one goes, and an open one: more would stretch thin lips."""

NARROWEST = 0.07
"""Eye distances in the middle between lips that take on another's shape: a mouth that would open less opens in a smile
of its own, since in a narrower gap there is but a gray band of teeth."""

OWN = 0.02
"""Eye distances within the lips over which an open mouth's lips stay where the other's are seen."""

SEEN = 0.045
"""Eye distances that teeth are seen from which on they stay in a mouth that takes on another's shape."""

SOFT = 0.007
"""Eye distances over which teeth of a smile that was not there are blurred: they lie behind the lips, in shade."""


def mouth(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    blocked: Bool | None = None,
    other_blocked: Bool | None = None,
    labelled: Labelled | None = None,
    other_labelled: Labelled | None = None,
    *,
    whole: bool = True,
    stranger: bool = False,
    evens: bool = True,
    broad: float = 0.0,
) -> Guide:
    """The other's mouth on this face.

    Args:
        photo, face: where it goes.
        other, other_face: where it comes from.
        blocked, other_blocked: (H, W) what lies before each face.
        labelled, other_labelled: as in :func:`mien.guides.move.move`; without, all mouths count as open.
        whole: whether the lips take on the other's shape; else a mouth that shows its teeth keeps that.
        stranger: whether only teeth are lent: a shut mouth opens in a smile of its own.
        evens: whether teeth that are seen already are made even then, and stay.
        broad: of the smile of a shut mouth: 0 for one that shows teeth, 1 for one that laughs.

    Raises:
        LayerError: the faces look in directions too far apart, or a shut mouth of a turned face would be opened.
    """
    opened = is_open(other, other_face, other_labelled)
    other, other_face, other_blocked, notes = turned(face, other, other_face, other_blocked, "teeth")
    theirs = other_labelled.mirrored(other.width) if notes and other_labelled is not None else other_labelled
    own, unit = seen_mouth(photo, face, labelled), unit_of(face)
    if own.toothed and stranger and evens:
        return _evened(photo, own.points, own.white, own.box, unit)
    opens = opened and own.shut
    if opens and abs(face.pose.yaw) > PROFILE:
        raise LayerError("This face is turned too far to open its mouth; take a photo in which it looks at the camera.")
    start = shut_at(own.points, own.box, own.before, unit) if opens else own.points
    most = SHUT if own.shut else BOTH if whole or not own.toothed else 0.0
    way, smiles = _ways(_with(face, start), other_face, most, opens, stranger and own.shut, broad)
    still = None if labelled is None else replace(labelled, labels=_without_teeth(labelled.labels))
    moved, reached = displaced(photo, start, way, unit, labelled=still, torn=INNER if opened or not own.shut else ())
    if not opened or (own.toothed and whole and _tall(own.white) > SEEN * unit):  # teeth that are seen well stay
        return replace(moved, notes=(*notes, *moved.notes))
    goals, after = start + reached * way, moved.over(photo)[0]
    pair, shade = (after, goals, unit, other, other_face), own.shut or (own.toothed and not whole)
    box, mixed, weight = _between(*pair, other_blocked, theirs, own.native(unit), shade, own.shut)
    lower = to_srgb(after, box).astype(np.float32)
    weight *= free(blocked, box, unit)
    notes = (*notes, *dull(lower, mixed, weight, filled(goals[OUTER], box), unit)) if smiles else notes
    laid, _ = as_guide(after, box, lower + weight[..., None] * (mixed - lower), weight, unit, notes).over(after)
    return over_moved(moved, laid, [(box, weight)], (*notes, *moved.notes))


def _with(face: Face, points: Float64) -> Face:
    """A face with other landmarks (478, 2)."""
    return replace(face, landmarks=np.column_stack([points, face.landmarks[:, 2]]).astype(np.float32))


def _ways(face: Face, other: Face, most: float, opens: bool, smiles: bool, broad: float) -> tuple[Float64, bool]:
    """(478, 2) how a face moves, and whether a shut mouth opens in a smile of its own."""
    start, way = face.landmarks[:, :2].astype(np.float64), mouth_way(face, other)
    way *= way_kept(start, way, most)
    if smiles or (opens and lips_apart(start + way) < NARROWEST * unit_of(face)):
        return smiling(face, broad), True
    return (way + joining(face, other) if opens else way), False


def _tall(white: Bool) -> float:
    """How high teeth (h, w) are seen, pixels, in the mean of their columns."""
    return float(white.sum() / max(1, np.count_nonzero(white.any(0))))


def _evened(photo: Photo, start: Float64, white: Bool, box: Box, unit: float) -> Guide:
    """This face's teeth made even; nothing else changes."""
    lips = filled(start[OUTER], box)
    skin = widened(lips, 0.1 * unit) & ~lips
    x0, y0, x1, y1 = box_of(skin | white, round(0.1 * unit))
    white, skin, box = white[y0:y1, x0:x1], skin[y0:y1, x0:x1], (box[0] + x0, box[1] + y0, box[0] + x1, box[1] + y1)
    lower = to_srgb(photo, box).astype(np.float32)
    made, weight = evened(lower, white, skin, unit)
    return as_guide(photo, box, lower + weight[..., None] * (made - lower), weight, unit, (EVENED,))


def _between(
    photo: Photo,
    goals: Float64,
    unit: float,
    other: Photo,
    other_face: Face,
    other_blocked: Bool | None,
    other_labelled: Labelled | None,
    native: tuple[Float64, float] | None,
    shade: bool,
    smiles: bool,
) -> tuple[Box, Float32, Float32]:
    """What is between the other's lips, under this photo's light, and how much of it shows.

    Args:
        photo, goals: the photo whose lips have been moved, and where its landmarks (478, 2) are.
        unit: distance of the outer corners of the eyes.
        other, other_face, other_blocked, other_labelled: as in :func:`mouth`.
        native: (3,) linear light of this face's teeth, and how far that is believed; None where none were seen.
        shade: whether the corners are darkened.
        smiles: whether the mouth was shut.

    Returns:
        A box of the photo, and over it (h, w, 3) sRGB and (h, w).
    """
    box = box_around(photo, goals[OUTER], unit, 0.1)
    lower, there = to_srgb(photo, box).astype(np.float32), other_face.landmarks[:, :2].astype(np.float64)
    places = places_of(goals, there, unit / unit_of(other_face))
    away = np.linalg.norm(places[:, None] - places[None, [*OUTER, *INNER]], axis=2).min(1)
    known = np.concatenate([UPPER, LOWER[1:-1], np.flatnonzero(away > 0.15 * unit)])
    offsets = Spline.fit(places[known], there[known] - places[known], smoothing=1e-5).field(box)
    taken, visible = looked_up(other, other_blocked, offsets, box)
    inner, outer, theirs = (filled(one, box) for one in (goals[INNER], goals[OUTER], places[INNER]))
    if other_labelled is not None:  # landmarks are found on lips now and then
        seen = widened(other_labelled.looked_up(offsets, box) == INDEX["mouth"], 0.01 * unit)
        theirs = theirs & seen if (theirs & seen).sum() > 0.4 * theirs.sum() else theirs
    close = widened(outer, 0.025 * unit)
    taken = as_sharp(lower, taken, close & ~theirs, close & ~inner)
    depth = depth_of(goals[UPPER], box, unit, smiles) if shade else np.ones(inner.shape, np.float32)
    areas = Areas(inner, outer, theirs, unit)
    lit = lit_teeth(lower, taken, areas, native, depth, smiles=smiles)
    if smiles:
        lit = gaussian(lit, SOFT * unit)
    lit = lit + noise(lit.shape, missing(levels(lower, close & ~inner), levels(taken, close & ~theirs)))
    if native is not None:  # this face's lips, where landmarks lie on them
        deep = cv2.distanceTransform(inner.astype(np.uint8), cv2.DIST_L2, 3) > OWN * unit
        inner = inner & (deep | theirs)
    return box, np.asarray(lit, np.float32), np.asarray(blurred(inner, 0.006 * unit) * visible, np.float32)


def _without_teeth(labels: UInt8) -> UInt8:
    """Teeth keep their shape while a face moves; those that are covered need not."""
    return np.where(labels == INDEX["mouth"], INDEX["skin"], labels).astype(np.uint8)
