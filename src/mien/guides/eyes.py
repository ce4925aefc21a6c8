"""Eyes of another face: this face's lids are moved to their shape, and only what is between the lids is borrowed.

Lids, lashes, make-up, wrinkles and light are this photo's; irises and the white of the eye are the other's, under the
light that falls on this face's. Eyes that are shut have no lids to move: they are borrowed whole, see
:mod:`mien.guides.borrow`.

Convention:
    That of :mod:`mien.guides.laid`.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.grain import levels, missing, noise
from mien.compose.sharpness import as_sharp
from mien.guides.borrow import box_around, free, turned, unit_of
from mien.guides.guide import Box, Guide
from mien.guides.laid import as_guide, blurred, filled, looked_up, over_moved
from mien.guides.move import displaced
from mien.guides.spline import Spline
from mien.guides.still import Labelled
from mien.guides.tint import linear, srgb, whitest
from mien.guides.toward import toward
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

SHUT = 0.16
"""Openness below which an eye has nothing to show between its lids."""

SIDES = {
    "left_eye": ((mesh.LEFT_EYE_CONTOUR, mesh.LEFT_IRIS),),
    "right_eye": ((mesh.RIGHT_EYE_CONTOUR, mesh.RIGHT_IRIS),),
    "eyes": ((mesh.LEFT_EYE_CONTOUR, mesh.LEFT_IRIS), (mesh.RIGHT_EYE_CONTOUR, mesh.RIGHT_IRIS)),
}

LIKELY = (0.5, 0.1)
"""By how much the white of eyes may say more of light and cast than the lids do, in logarithms."""


LIMBUS, CLEAR = 0.16, 0.85
"""Radii beyond an iris's points up to which it may reach, and least light of the white over this eye's there."""

FLASH = 2.4
"""Light over the iris's median from which something on it is a reflection."""

RED = (0.3, 0.8)
"""By how much more an iris may be red than green, over the white beside it, in logarithms, and how much more for each
that it is more green than blue: nine of ten irises of 688 eyes of the wide portraits' training split."""

VEIL = 0.6
"""How much of what this face's eyes are lighter at their darkest is taken for a veil over them."""


def eyes(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    part: str = "eyes",
    *,
    blocked: Bool | None = None,
    other_blocked: Bool | None = None,
    labelled: Labelled | None = None,
) -> Guide:
    """The other's open eyes on this face, whose eyes are open, too.

    Args:
        photo, face: where they go.
        other, other_face: where they come from.
        part: of :data:`SIDES`.
        blocked, other_blocked: (H, W) what lies before each face.
        labelled: as in :func:`mien.guides.move.move`.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    other, other_face, other_blocked, notes = turned(face, other, other_face, other_blocked, part)
    unit, start = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    way = np.zeros_like(start)
    for lids, _ in SIDES[part]:
        way += toward(face, other_face, lids, lids, near=0.035, follow=0.3, reach=0.07)[:, :2]
    moved, share = displaced(photo, start, way, unit, labelled=labelled)
    goals, laid, pieces = start + share * way, moved.over(photo)[0], []
    for lids, iris in SIDES[part]:
        box, mixed, weight = _eye(photo, laid, face, other, other_face, goals, (lids, iris), blocked, other_blocked)
        laid, _ = as_guide(laid, box, mixed, weight, unit, ()).over(laid)
        pieces.append((box, weight))
    return over_moved(moved, laid, pieces, notes)


def _eye(
    photo: Photo,
    moved: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    goals: Float64,
    eye: tuple[Sequence[int], Sequence[int]],
    blocked: Bool | None,
    other_blocked: Bool | None,
) -> tuple[Box, Float32, Float32]:
    """One eye: the part of the photo that it lies in, what is seen there, and how much of it (h, w)."""
    lids, unit, there = list(eye[0]), unit_of(face), other_face.landmarks[:, :2].astype(np.float64)
    box = box_around(moved, goals[lids], unit, -0.2)
    lower = to_srgb(moved, box).astype(np.float32)
    around = np.setdiff1d(np.flatnonzero(np.linalg.norm(goals - goals[lids].mean(0), axis=1) < 0.5 * unit), lids)
    around = around[np.linalg.norm(goals[around][:, None] - goals[lids][None], axis=2).min(1) > 0.03 * unit]
    known = np.concatenate([lids, around, list(eye[1])])
    places = _centred(goals, there, eye)
    _, once = np.unique(np.round(places[known]), axis=0, return_index=True)
    known = known[once]
    taken, visible = looked_up(
        other, other_blocked, Spline.fit(places[known], there[known] - places[known], smoothing=1e-4).field(box), box
    )
    inside = filled(goals[lids], box)
    rim = cv2.dilate(inside.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=max(1, round(0.06 * unit))) > 0
    taken = as_sharp(lower, taken, rim)
    first, second = (np.sqrt(_white(p, f, eye) * _whites(p, f)) for p, f in ((photo, face), (other, other_face)))
    ring = rim & ~inside
    gain = _gain(first, second, *(linear(one)[ring].mean(0).astype(np.float64) for one in (lower, taken)))
    mine, theirs = (_disc(points[list(eye[1])], box) for points in (goals, places))
    here, plain = linear(lower), np.asarray(linear(taken) * gain, np.float32)
    if (theirs & inside).any():
        plain = _likely_iris(_unlit(plain, theirs, inside), theirs, inside)
        shine = theirs[..., None] * _shifted(_shine(here, mine), (places - goals)[eye[1][0]])
        plain = _cleared(np.asarray(plain + shine, np.float32), here, theirs, mine, inside)
    lit = _ranged(plain, here, inside)
    lit = lit + noise(lit.shape, missing(levels(lower, rim), levels(taken, rim)))
    weight = blurred(inside, 0.008 * unit) * visible * free(blocked, box, unit)
    return box, np.asarray(lower + weight[..., None] * (lit - lower), np.float32), weight


def _centred(goals: Float64, there: Float64, eye: tuple[Sequence[int], Sequence[int]]) -> Float64:
    """(478, 2): where the other's points are shown: lids at this face's, the iris round between them."""
    lids, iris = list(eye[0]), list(eye[1])
    places = goals.copy()
    here, other = (float(np.linalg.norm(np.ptp(points[lids], axis=0))) for points in (goals, there))
    radius, far = (np.linalg.norm(points[iris[1:]] - points[iris[0]], axis=1).mean() for points in (goals, there))
    wide = here / max(other, 1e-9)
    alike = radius / max(float(far), 1e-9)
    size = np.clip(wide, 0.9 * alike, 1.1 * alike)  # irises differ little
    middle = goals[lids].mean(0) + wide * (there[iris[0]] - there[lids].mean(0))
    places[iris] = middle + size * (there[iris] - there[iris[0]])
    return places


def _disc(iris: Float64, box: Box) -> Bool:
    """(h, w): the iris, from its points (5, 2)."""
    radius = 1.02 * float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
    ys, xs = np.mgrid[0.5 : box[3] - box[1], 0.5 : box[2] - box[0]]
    return np.asarray(np.hypot(xs + box[0] - iris[0, 0], ys + box[1] - iris[0, 1]) < radius)


def _unlit(light: Float32, disc: Bool, inside: Bool) -> Float32:
    """Linear light (h, w, 3) without what lamps and windows throw back from an iris."""
    seen = disc & inside
    if not seen.any():
        return light
    gray, radius = light.mean(2), float(np.sqrt(disc.sum() / np.pi))
    bright = seen & (gray > FLASH * float(np.median(gray[seen])) + 0.004)
    around = cv2.dilate(bright.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=round(0.1 * radius))
    known = (seen & (around == 0)).astype(np.float32)
    if not bright.any() or known.sum() < 8:
        return light
    sums = cv2.GaussianBlur(np.dstack([light * known[..., None], known]), (0, 0), max(0.8, 0.25 * radius))
    plain = (sums[..., :3] + 1e-3 * np.median(light[known > 0], axis=0)) / (sums[..., 3:] + 1e-3)
    share = cv2.GaussianBlur((around * disc).astype(np.float32), (0, 0), 0.7)[..., None] * disc[..., None]
    return np.asarray(light + share * (np.minimum(plain, light) - light), np.float32)


def _cleared(light: Float32, here: Float32, theirs: Bool, mine: Bool, inside: Bool) -> Float32:
    """Linear light of which the white is about as light as this eye's there: other lids and lashes leave it."""
    radius = float(np.sqrt(mine.sum() / np.pi))
    away = [cv2.distanceTransform((~one).astype(np.uint8), cv2.DIST_L2, 3) for one in (mine, theirs)]
    known = (inside & (away[0] > LIMBUS * radius + 1)).astype(np.float32)
    if known.sum() < 0.15 * inside.sum():
        return light
    both = np.dstack([here * known[..., None], known])
    sums = cv2.GaussianBlur(both, (0, 0), 0.35 * radius) + 0.02 * cv2.GaussianBlur(both, (0, 0), 1.2 * radius)
    white = CLEAR * sums[..., :3] / np.maximum(sums[..., 3:], 1e-6)
    share = np.clip((away[1] / radius - LIMBUS) / 0.15, 0, 1)[..., None]
    return np.asarray(light + share * np.maximum(white - light, 0), np.float32)


def _shine(light: Float32, disc: Bool) -> Float32:
    """Linear light of the small reflections on an iris."""
    radius = float(np.sqrt(disc.sum() / np.pi))
    gray, reach = light.mean(2), max(1, round(0.25 * radius))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    above = cv2.morphologyEx(gray, cv2.MORPH_TOPHAT, kernel)
    middle = blurred(cv2.distanceTransform(disc.astype(np.uint8), cv2.DIST_L2, 3) > 0.3 * radius, 0.1 * radius)
    return np.asarray((middle * above)[..., None] * light / np.maximum(gray, 1e-4)[..., None], np.float32)


def _likely_iris(light: Float32, disc: Bool, inside: Bool) -> Float32:
    """Linear light of which the iris is no redder than irises are beside such a white."""
    seen, white = disc & inside, inside & ~disc
    if seen.sum() < 8 or white.sum() < 8:
        return light
    iris, beside = (np.log(np.maximum(np.median(light[one], axis=0), 1e-4)) for one in (seen, white))
    red, yellow = (iris[i] - iris[i + 1] - beside[i] + beside[i + 1] for i in (0, 1))
    more = max(0.0, float(red - (RED[0] + RED[1] * max(float(yellow), 0.0))))
    share = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), 0.8)[..., None]
    factor = np.exp(np.array([-0.7 * more, 0.3 * more, 0.0]))
    return np.asarray(light * (1 + share * (factor - 1)), np.float32)


def _shifted(light: Float32, way: Float64) -> Float32:
    """A picture moved by pixels (2,)."""
    matrix = np.array([[1, 0, way[0]], [0, 1, way[1]]])
    return np.asarray(cv2.warpAffine(light, matrix, light.shape[1::-1]), np.float32)


def _gain(here: Float64, there: Float64, lids: Float64, others: Float64) -> Float64:
    """(3,) factors in linear light: from the whites of both eyes, as far as the lids around bear them out."""
    white, skin = (np.log(np.maximum(a, 1e-3) / np.maximum(b, 1e-3)) for a, b in ((here, there), (lids, others)))
    light = skin.mean() + np.clip(white.mean() - skin.mean(), -LIKELY[0], LIKELY[0])
    return np.asarray(np.exp(light + np.clip(white - white.mean(), -LIKELY[1], LIKELY[1])))


def _ranged(lit: Float32, lower: Float32, inside: Bool) -> Float32:
    """Linear light -> sRGB: as dark as this face's eyes at least (lenses veil them), and not much brighter."""
    if not inside.any():
        return srgb(lit)
    dark, darker = (np.quantile(one[inside], 0.03, axis=0) for one in (lower, lit))
    veil = VEIL * np.clip(dark - darker, -0.3, 0.3)
    lit = np.maximum(veil + lit * (1 - veil), 0)
    most = float(np.quantile(lower[inside].max(1), 0.98))
    light = np.maximum(lit.max(2, keepdims=True), 1e-4)
    knee = 0.7 * most
    limited = np.where(light > knee, knee + (most - knee) * np.tanh((light - knee) / max(most - knee, 1e-4)), light)
    return srgb(np.asarray(lit * limited / light, np.float32))


def _whites(photo: Photo, face: Face) -> Float64:
    """(3,) the mean of both eyes' whites."""
    return np.asarray(np.mean([_white(photo, face, eye) for eye in SIDES["eyes"]], axis=0))


def _white(photo: Photo, face: Face, eye: tuple[Sequence[int], Sequence[int]]) -> Float64:
    """(3,) linear light of the white of an eye."""
    points, unit = face.landmarks[:, :2].astype(np.float64), unit_of(face)
    lids, iris = list(eye[0]), list(eye[1])
    box = box_around(photo, points[lids], unit, -0.3)
    area = cv2.erode(filled(points[lids], box).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    radius = float(np.linalg.norm(points[iris[1:]] - points[iris[0]], axis=1).mean())
    ys, xs = np.mgrid[0.5 : box[3] - box[1], 0.5 : box[2] - box[0]]
    ball = np.hypot(xs + box[0] - points[iris[0], 0], ys + box[1] - points[iris[0], 1]) < 1.1 * radius
    white = area & ~ball
    return whitest(to_srgb(photo, box), white if white.sum() > 12 else area)
