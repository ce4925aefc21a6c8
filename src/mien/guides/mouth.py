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
from mien.compose.border import wide_blur
from mien.compose.grain import levels, missing, noise
from mien.compose.sharpness import as_sharp
from mien.conditions.labels import INDEX
from mien.errors import LayerError
from mien.guides.borrow import box_around, free, turned, unit_of
from mien.guides.guide import Box, Guide
from mien.guides.laid import as_guide, blurred, filled, looked_up, over_moved
from mien.guides.move import displaced
from mien.guides.shapes import Shapes
from mien.guides.spline import Spline
from mien.guides.still import Labelled
from mien.guides.tint import SAME, brighter, linear, no_redder, srgb, teeth_among, teeth_color, whitest
from mien.guides.toward import toward
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)
UPPER, LOWER = INNER[:11], [INNER[0], *INNER[:9:-1]]
"""The edges of the lips, from the left corner to the right one."""

FOLLOW, REACH = 0.55, 0.25
"""How much of the way cheeks and chin go with the lips, and how far from the mouth, in eye distances."""

OPEN, TEETH = 0.015, 0.006
"""Square eye distances between the lips from which a mouth counts as open, and of teeth from which it shows them."""

PROFILE = 28.0
"""Degrees of yaw beyond which a shut mouth is not opened: the corner that is hidden shows its lips."""

HIGHER = 0.1
"""Eye distances above the found edge of the upper lip up to which it may be."""

EVEN = 0.6
"""How much of the differences of colour among the other's teeth is taken away."""

FALLS = 0.8
"""Exponent with which light from a side falls on teeth, over that on the skin around."""

CORNER, DARK = 0.16, 0.35
"""Share of the mouth's width over which its corners are dark, and their light, where teeth stand in another mouth."""


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
    share: float = 1.0,
) -> Guide:
    """The other's mouth on this face.

    Args:
        photo, face: where it goes.
        other, other_face: where it comes from.
        blocked, other_blocked: (H, W) what lies before each face.
        labelled, other_labelled: as in :func:`mien.guides.move.move`; without, all mouths count as open.
        whole: whether the lips take on the other's shape; else a mouth that shows its teeth keeps that.
        share: of the other's shape that they take on.

    Raises:
        LayerError: the faces look in directions too far apart, or a shut mouth of a turned face would be opened.
    """
    opened = _shown(other, other_face, other_labelled) > OPEN
    other, other_face, other_blocked, notes = turned(face, other, other_face, other_blocked, "teeth")
    unit, start = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    here = box_around(photo, start[OUTER], unit, 0.1)
    before = to_srgb(photo, here)
    shown = _shown(photo, face, labelled)
    if labelled is not None and shown > OPEN:
        start = _raised(start, here, _mouth(labelled, here, unit), unit)
        face = replace(face, landmarks=np.column_stack([start, face.landmarks[:, 2]]).astype(np.float32))
    inside = filled(start[INNER], here) if labelled is None else _mouth(labelled, here, unit)
    white = teeth_among(before, inside)
    toothed = bool(shown > OPEN and white.sum() > TEETH * unit**2)
    if opened and shown <= OPEN and abs(face.pose.yaw) > PROFILE:
        raise LayerError("This face is turned too far to open its mouth; take a photo in which it looks at the camera.")
    way = (0.0 if toothed and not whole else share) * _way(face, other_face)
    still = None if labelled is None else replace(labelled, labels=_without_teeth(labelled.labels))
    torn = INNER if opened or shown > OPEN else ()
    moved, reached = displaced(photo, start, way, unit, labelled=still, torn=torn)
    goals, after = start + reached * way, moved.over(photo)[0]
    if not opened:
        return replace(moved, notes=(*notes, *moved.notes))
    native = whitest(before, white) if toothed else None
    shade = toothed and not whole
    sure = min(float(white.sum()) / (2 * TEETH * unit**2), 3.0)
    box, mixed, weight = _between(after, goals, unit, other, other_face, other_blocked, native, sure, shade)
    weight *= free(blocked, box, unit)
    lower = to_srgb(after, box).astype(np.float32)
    mixed = lower + weight[..., None] * (mixed - lower)
    laid, _ = as_guide(after, box, mixed, weight, unit, notes).over(after)
    return over_moved(moved, laid, [(box, weight)], (*notes, *moved.notes))


def _between(
    photo: Photo,
    goals: Float64,
    unit: float,
    other: Photo,
    other_face: Face,
    other_blocked: Bool | None,
    native: Float64 | None,
    sure: float,
    shade: bool,
) -> tuple[Box, Float32, Float32]:
    """What is between the other's lips, under this photo's light, and how much of it shows.

    Args:
        photo, goals: the photo whose lips have been moved, and where its landmarks (478, 2) are.
        unit: distance of the outer corners of the eyes.
        other, other_face, other_blocked: as in :func:`mouth`.
        native: (3,) linear light of this face's teeth; None where none were seen.
        sure: how far that is believed, 1 for few teeth.
        shade: whether the corners are darkened.

    Returns:
        A box of the photo, and over it (h, w, 3) sRGB and (h, w).
    """
    box = box_around(photo, goals[OUTER], unit, 0.1)
    lower, there = to_srgb(photo, box).astype(np.float32), other_face.landmarks[:, :2].astype(np.float64)
    places = _places(goals, there, unit / unit_of(other_face))
    away = np.linalg.norm(places[:, None] - places[None, [*OUTER, *INNER]], axis=2).min(1)
    known = np.concatenate([UPPER, LOWER[1:-1], np.flatnonzero(away > 0.15 * unit)])
    offsets = Spline.fit(places[known], there[known] - places[known], smoothing=1e-5).field(box)
    taken, visible = looked_up(other, other_blocked, offsets, box)
    inner, outer, theirs = (filled(one, box) for one in (goals[INNER], goals[OUTER], places[INNER]))
    near, close = (_grown(outer, reach * unit) for reach in (0.1, 0.025))
    lips, others = close & ~inner, close & ~theirs
    taken = as_sharp(lower, taken, others, lips)
    lit = no_redder(_teeth(lower, taken, theirs, near & ~outer, native, sure), brighter(lower, lips, 1.0))
    lit = _lateral(lit, lower, taken, near & ~outer, near & ~_grown(theirs, 0.06 * unit), inner, 0.2 * unit)
    if shade:
        lit = srgb(linear(lit) * _shade(goals, box)[..., None])
    lit = lit + noise(lit.shape, missing(levels(lower, lips), levels(taken, others)))
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


def _way(face: Face, other: Face) -> Float64:
    """(478, 2): how the landmarks move to the other's mouth; the nose stays."""
    mean = Shapes.bundled().mean
    way = toward(face, other, OUTER + INNER, (2, 98, 327), near=0.09, follow=FOLLOW, reach=REACH)[:, :2]
    return np.asarray(way * np.clip((mean[:, 1] - mean[2, 1]) / 0.06 + 1.0, 0.25, 1)[:, None])


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


def _places(goals: Float64, there: Float64, ratio: float) -> Float64:
    """(478, 2): where the other's points are shown, given this face's.

    Teeth belong to the skull: they hang below the upper lip at about their size, and the lower lip and the corners
    cover what is too much. They are stretched only where the lips leave more open than they fill.

    Args:
        goals, there: (478, 2) pixels of both photos.
        ratio: pixels of this photo per pixel of the other one, for faces of the same size.
    """
    here, turn = _upright(goals)
    other, _ = _upright(there)
    wider = float(np.ptp(here[UPPER, 0]) / max(np.ptp(other[UPPER, 0]), 1e-9))
    scaled = other * max(wider, float(np.sqrt(wider * ratio)))
    upper, lower = (np.interp(scaled[edge, 0], here[edge, 0], here[edge, 1]) for edge in (UPPER, LOWER))
    above = np.interp(scaled[LOWER, 0], here[UPPER, 0], here[UPPER, 1])
    below = np.interp(scaled[LOWER, 0], scaled[UPPER, 0], scaled[UPPER, 1])
    lower = np.maximum(lower, above + scaled[LOWER, 1] - below)
    placed = scaled.copy()
    placed[LOWER] = np.column_stack([scaled[LOWER, 0], lower])
    placed[UPPER] = np.column_stack([scaled[UPPER, 0], upper])
    return np.asarray(placed @ turn + goals[[UPPER[0], UPPER[-1]]].mean(0))


def _upright(points: Float64) -> tuple[Float64, Float64]:
    """(478, 2) along and below the line through the corners of the mouth, and the rotation (2, 2) back."""
    left, right = points[UPPER[0]], points[UPPER[-1]]
    x, y = (right - left) / max(float(np.linalg.norm(right - left)), 1e-9)
    turn = np.array([[x, y], [-y, x]])
    return (points - (left + right) / 2) @ turn.T, turn


def _shade(goals: Float64, box: Box) -> Float32:
    """(h, w): how dark the corners of the mouth are, which lie deep."""
    left, right = goals[UPPER[0]] - box[:2], goals[UPPER[-1]] - box[:2]
    width = max(float(np.linalg.norm(right - left)), 1e-9)
    ys, xs = np.mgrid[0.5 : box[3] - box[1], 0.5 : box[2] - box[0]]
    along = ((xs - left[0]) * (right - left)[0] + (ys - left[1]) * (right - left)[1]) / width**2
    t = np.clip(np.minimum(along, 1 - along) / CORNER, 0, 1)
    return np.asarray(DARK + (1 - DARK) * t * (2 - t), np.float32)


def _teeth(lower: Float32, taken: Float32, theirs: Bool, skin: Bool, native: Float64 | None, sure: float) -> Float32:
    """The other's teeth under this photo's light: (h, w, 3) sRGB."""
    white = teeth_among(taken, theirs)
    if not skin.any():
        return taken
    here, there = (brighter(one, skin, 0.2) for one in (lower, taken))
    light, ratio = linear(taken), here / np.maximum(there, 1e-3)
    if white.any():
        found = np.maximum(whitest(taken, white), 1e-3)
        told = teeth_color(here, found * ratio) if native is None else teeth_color(here, native, _likely(sure))
        ratio = told / found
        gray = light.mean(2, keepdims=True) / found.mean() * found  # stains and coloured light of the other photo
        pale = (light.mean(2) > 0.15 * found.mean()) & (light[..., 1] * found[0] > 0.6 * found[1] * light[..., 0])
        light = light + EVEN * blurred(_grown(white | (pale & theirs), 2), 1.0)[..., None] * (gray - light)
    return srgb(np.asarray(light * ratio, np.float32))


def _likely(sure: float) -> tuple[float, float]:
    return sure * SAME[0], sure * SAME[1]


def _lateral(
    lit: Float32, lower: Float32, taken: Float32, skin: Bool, other: Bool, inner: Bool, reach: float
) -> Float32:
    """Light that falls from a side on the skin (h, w) falls on what is between the lips, too: both (h, w, 3) sRGB."""
    if not (skin.any() and other.any()):
        return lit
    here, there = (_local(linear(one).mean(2), area, reach) for one, area in ((lower, skin), (taken, other)))
    factor = np.clip((here + 0.02) / (there + 0.02), 0.1, 2) ** FALLS
    factor /= max(float(factor[inner].mean()), 1e-3) if inner.any() else 1.0
    return srgb(np.asarray(linear(lit) * factor[..., None], np.float32))


def _local(light: Float32, area: Bool, reach: float) -> Float32:
    """Mean light (h, w) of an area near each pixel, over that of all of it."""
    weight = area.astype(np.float32)
    planes = wide_blur(np.dstack([light * weight, weight]), reach)
    mean = max(float(light[area].mean()), 1e-3)
    return np.asarray((planes[..., 0] + 1e-3 * mean) / (planes[..., 1] + 1e-3) / mean, np.float32)


def _grown(area: Bool, reach: float) -> Bool:
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(away <= max(1.0, reach))
