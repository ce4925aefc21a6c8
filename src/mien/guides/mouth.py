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

from mien.align import mesh
from mien.compose.blurring import gaussian
from mien.compose.grain import levels, missing, noise
from mien.compose.sharpness import as_sharp
from mien.conditions.labels import INDEX
from mien.errors import LayerError
from mien.guides.borrow import box_around, free, turned, unit_of
from mien.guides.dull_teeth import dull
from mien.guides.guide import Box, Guide, box_of
from mien.guides.laid import as_guide, blurred, filled, looked_up, over_moved
from mien.guides.mouth_way import lips_apart, mouth_way, way_kept
from mien.guides.move import displaced
from mien.guides.smile import joining, smiling
from mien.guides.spline import Spline
from mien.guides.still import Labelled
from mien.guides.teeth import Areas, depth_of, evened, lit_teeth, widened
from mien.guides.teeth_fit import LOWER, UPPER, places_of
from mien.guides.tint import hardly_seen, linear, teeth_among, whitest
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)

OPEN, TEETH = 0.015, 0.006
"""Square eye distances between the lips from which a mouth counts as open, and of teeth from which it shows them."""

PROFILE = 28.0
"""Degrees of yaw beyond which a shut mouth is not opened: the corner that is hidden shows its lips."""

HIGHER = 0.1
"""Eye distances above the found edge of the upper lip up to which it may be."""


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
    opened = _shown(other, other_face, other_labelled) > OPEN
    other, other_face, other_blocked, notes = turned(face, other, other_face, other_blocked, "teeth")
    theirs = other_labelled.mirrored(other.width) if notes and other_labelled is not None else other_labelled
    unit, start = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    here = box_around(photo, start[OUTER], unit, 0.1)
    before, shown = to_srgb(photo, here), _shown(photo, face, labelled)
    if labelled is not None and shown > OPEN:
        start = _raised(start, here, _mouth(labelled, here, unit), unit)
        face = replace(face, landmarks=np.column_stack([start, face.landmarks[:, 2]]).astype(np.float32))
    inside = filled(start[INNER], here) if labelled is None else _mouth(labelled, here, unit)
    inside &= widened(filled(start[INNER], here), 0.03 * unit)  # not highlights of lips
    white = teeth_among(before, inside)
    if shown > OPEN and white.sum() <= TEETH * unit**2:
        white = hardly_seen(before, inside, filled(start[OUTER], here), unit, TEETH * unit**2)
    toothed = bool(shown > OPEN and white.sum() > TEETH * unit**2)
    if toothed and stranger and evens:
        return _evened(photo, start, white, here, unit)
    if opened and shown <= OPEN and abs(face.pose.yaw) > PROFILE:
        raise LayerError("This face is turned too far to open its mouth; take a photo in which it looks at the camera.")
    smiles = stranger and shown <= OPEN
    if opened and shown <= OPEN:
        start = shut_at(start, here, before, unit)
        face = replace(face, landmarks=np.column_stack([start, face.landmarks[:, 2]]).astype(np.float32))
    most = SHUT if shown <= OPEN else BOTH if whole or not toothed else 0.0
    way, smiles = _ways(face, other_face, most, opened and shown <= OPEN, smiles, broad)
    still = None if labelled is None else replace(labelled, labels=_without_teeth(labelled.labels))
    torn = INNER if opened or shown > OPEN else ()
    moved, reached = displaced(photo, start, way, unit, labelled=still, torn=torn)
    goals, after = start + reached * way, moved.over(photo)[0]
    if not opened or (toothed and whole and _tall(white) > SEEN * unit):  # teeth that are seen well stay
        return replace(moved, notes=(*notes, *moved.notes))
    native = (whitest(before, white), float(white.sum()) / (2 * TEETH * unit**2)) if toothed else None
    pair, shut = (after, goals, unit, other, other_face), shown <= OPEN
    box, mixed, weight = _between(*pair, other_blocked, theirs, native, shut or (toothed and not whole), shut)
    lower = to_srgb(after, box).astype(np.float32)
    weight *= free(blocked, box, unit)
    notes = (*notes, *dull(lower, mixed, weight, filled(goals[OUTER], box), unit)) if smiles else notes
    laid, _ = as_guide(after, box, lower + weight[..., None] * (mixed - lower), weight, unit, notes).over(after)
    return over_moved(moved, laid, [(box, weight)], (*notes, *moved.notes))


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


def _mouth(labelled: Labelled, box: Box, unit: float) -> Bool:
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


def _shown(photo: Photo, face: Face, labelled: Labelled | None) -> float:
    """Square eye distances of what is seen between the lips, by the parser: landmarks open full lips."""
    if labelled is None:
        return 1.0
    unit, points = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    labels, scale = labelled.within(box_around(photo, points[OUTER], unit, 0.1), unit)
    return float((labels == INDEX["mouth"]).sum()) / (unit * scale) ** 2


def _without_teeth(labels: UInt8) -> UInt8:
    """Teeth keep their shape while a face moves; those that are covered need not."""
    return np.where(labels == INDEX["mouth"], INDEX["skin"], labels).astype(np.uint8)
