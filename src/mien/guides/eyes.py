"""Eyes of another face: this face's lids are moved to their shape, and its irises take on the other's, ring by ring.

Lids, lashes, make-up, the white, highlights and light are this photo's, and so are the place and the size of the iris:
those of grown people hardly differ. Eyes that are shut have no lids to move: they are borrowed whole, see
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
from mien.guides.borrow import box_around, free, turned, unit_of
from mien.guides.guide import Box, Guide
from mien.guides.iris import found_iris
from mien.guides.laid import as_guide, blurred, filled, over_moved
from mien.guides.move import displaced
from mien.guides.rings import Rings
from mien.guides.still import Labelled
from mien.guides.teeth import widened
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

RED = (0.3, 0.8)
"""By how much more an iris may be red than green, over the white beside it, in logarithms, and how much more for each
that it is more green than blue: nine of ten irises of 688 eyes of the wide portraits' training split."""

GLINT = (50.0, 40.0)
"""Levels over the iris's median from which light on it is a highlight, which stays, and over which it becomes one."""

LID = (0.5, 0.3)
"""Share of the light that the upper lid keeps from an iris at its edge, and over which distance it fades, in radii."""

EDGE = 0.11
"""Radii over which an iris becomes white, to either side of its border."""

ALIKE, SMOOTH = 0.9, 0.4
"""How far two irises come to one color, and how rough they are over the skin around."""

DEEP, LEAST = (0.04, 0.16), 0.2
"""Linear light of the white from which irises begin to be seen, and from which they are seen well; and the least share
of a color that they take on."""

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
    lent = [_lent(photo, face, other, other_face, eye) for eye in SIDES[part]]
    common = np.mean([color for _, color in lent], axis=0)
    for eye, (rings, color) in zip(SIDES[part], lent, strict=True):
        gain = np.exp(color + ALIKE * (common - color)) / rings.color
        box, mixed, weight = _eye(photo, laid, face, rings, gain, goals, eye)
        weight *= free(blocked, box, unit)
        laid, _ = as_guide(laid, box, mixed, weight, unit, ()).over(laid)
        pieces.append((box, weight))
    return over_moved(moved, laid, pieces, notes)


Eye = tuple[Sequence[int], Sequence[int]]
"""Landmarks of its lids and of its iris."""


def _eye(
    photo: Photo, moved: Photo, face: Face, rings: Rings, gain: Float64, goals: Float64, eye: Eye
) -> tuple[Box, Float32, Float32]:
    """One eye: the part of the photo that it lies in, what is seen there, and how much of it (h, w)."""
    lids, unit, start = list(eye[0]), unit_of(face), face.landmarks[:, :2].astype(np.float64)
    box = box_around(moved, goals[lids], unit, -0.2)
    lower, inside = to_srgb(moved, box).astype(np.float32), filled(goals[lids], box)
    middle, radius = circle(photo, face, eye)
    middle = middle + (goals - start)[eye[1][0]] - box[:2]
    ys, xs = np.mgrid[0.5 : box[3] - box[1], 0.5 : box[2] - box[0]]
    away = np.hypot(xs - middle[0], ys - middle[1]) / radius
    edge = max(EDGE, 0.7 / radius)
    disc = np.clip((0.98 + edge - away) / (2 * edge), 0, 1).astype(np.float32)
    seen = (disc > 0.5) & inside
    if seen.sum() < 8:
        return box, lower, np.zeros(inside.shape, np.float32)
    plain = rings.at(away, np.arctan2(ys - middle[1], xs - middle[0])) * gain
    lit = _ranged(np.asarray(plain * _shade(inside, radius)[..., None], np.float32), linear(lower), inside)
    rim = widened(inside, 0.06 * unit) & ~inside
    rough = missing(levels(lower, rim), levels(lit, seen))
    lit = lit + noise(lit.shape, tuple(SMOOTH * one for one in rough))
    bright = lower.max(2)
    glint = np.clip((bright - float(np.median(bright[seen])) - GLINT[0]) / GLINT[1], 0, 1)
    weight = disc * (1 - glint) * blurred(inside, 0.008 * unit)
    return box, np.asarray(lower + weight[..., None] * (lit - lower), np.float32), np.asarray(weight, np.float32)


def lit_share(photo: Photo, face: Face) -> float:
    """How well irises are seen, in [0, 1]: in deep shade, where even the white is dark, they have hardly any color."""
    return float(np.clip((_whites(photo, face).mean() - DEEP[0]) / (DEEP[1] - DEEP[0]), LEAST, 1))


def _lent(photo: Photo, face: Face, other: Photo, other_face: Face, eye: Eye) -> tuple[Rings, Float64]:
    """The other's iris, and (3,) the logarithm of its light in this photo."""
    _, radius = circle(photo, face, eye)
    contour = other_face.landmarks[list(eye[0]), :2].astype(np.float64)
    mine = face.landmarks[list(eye[0]), :2].astype(np.float64)
    rings = Rings.of(other, *circle(other, other_face, eye), contour, radius)
    rings = rings.over(Rings.of(photo, *circle(photo, face, eye), mine, radius))
    light = rings.color * _gain(photo, face, other, other_face, eye)
    return rings, np.log(np.maximum(light * _likely(light, _white(photo, face, eye)), 1e-4))


def circle(photo: Photo, face: Face, eye: Eye) -> tuple[Float64, float]:
    """Middle (2,) and radius of an iris, pixels."""
    points, iris = face.landmarks[:, :2].astype(np.float64), list(eye[1])
    radius = float(np.linalg.norm(points[iris[1:]] - points[iris[0]], axis=1).mean())
    return found_iris(photo, points[iris[0]], radius, points[list(eye[0])])


def _shade(inside: Bool, radius: float) -> Float32:
    """(h, w): the share of the light that the upper lid leaves."""
    below = (np.arange(len(inside))[:, None] - np.argmax(inside, axis=0)[None]) / radius
    return np.asarray(1 - LID[0] * np.exp(-np.maximum(below, 0) / LID[1]), np.float32)


def _likely(iris: Float64, white: Float64) -> Float64:
    """(3,) factors that make an iris no redder than irises are beside such a white; both (3,) linear light."""
    logs, beside = (np.log(np.maximum(one, 1e-4)) for one in (iris, white))
    red, yellow = (logs[i] - logs[i + 1] - beside[i] + beside[i + 1] for i in (0, 1))
    more = max(0.0, float(red - (RED[0] + RED[1] * max(float(yellow), 0.0))))
    return np.asarray(np.exp(np.array([-0.7 * more, 0.3 * more, 0.0])))


def _gain(photo: Photo, face: Face, other: Photo, other_face: Face, eye: Eye) -> Float64:
    """(3,) factors in linear light: from the whites of both eyes, as far as the lids around bear them out."""
    here, there = (
        (np.sqrt(_white(p, f, eye) * _whites(p, f)), _lids(p, f, eye)) for p, f in ((photo, face), (other, other_face))
    )
    white, skin = (np.log(np.maximum(a, 1e-3) / np.maximum(b, 1e-3)) for a, b in zip(here, there, strict=True))
    light = skin.mean() + np.clip(white.mean() - skin.mean(), -LIKELY[0], LIKELY[0])
    return np.asarray(np.exp(light + np.clip(white - white.mean(), -LIKELY[1], LIKELY[1])))


def _lids(photo: Photo, face: Face, eye: Eye) -> Float64:
    """(3,) mean linear light of the lids around an eye."""
    points, unit = face.landmarks[:, :2].astype(np.float64), unit_of(face)
    box = box_around(photo, points[list(eye[0])], unit, -0.3)
    inside = filled(points[list(eye[0])], box)
    ring = widened(inside, 0.06 * unit) & ~inside
    return np.asarray(linear(to_srgb(photo, box)[ring]).mean(0), np.float64)


def _ranged(lit: Float32, lower: Float32, inside: Bool) -> Float32:
    """Linear light -> sRGB: as dark as this face's eyes at least (lenses veil them), and not much brighter."""
    if not inside.any():
        return srgb(lit)
    dark, darker = (np.quantile(one[inside], 0.015, axis=0) for one in (lower, lit))
    veil = VEIL * np.clip(dark - darker, -0.3, 0.03)
    lit = np.maximum(veil + lit * (1 - veil), 0)
    most = float(np.quantile(lower[inside].max(1), 0.98))
    light = np.maximum(lit.max(2, keepdims=True), 1e-4)
    knee = 0.7 * most
    limited = np.where(light > knee, knee + (most - knee) * np.tanh((light - knee) / max(most - knee, 1e-4)), light)
    return srgb(np.asarray(lit * limited / light, np.float32))


def _whites(photo: Photo, face: Face) -> Float64:
    """(3,) the mean of both eyes' whites."""
    return np.asarray(np.mean([_white(photo, face, eye) for eye in SIDES["eyes"]], axis=0))


def _white(photo: Photo, face: Face, eye: Eye) -> Float64:
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
