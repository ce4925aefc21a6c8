"""Eyes of another face: this face's lids are moved to their shape, and its irises take on the other's color.

Lids, lashes, make-up, the white, pupils, reflections and light are this photo's, and so are the place and the size of
the iris: those of grown people hardly differ. Eyes that are shut have no lids to move: they are borrowed whole, see
:mod:`mien.guides.borrow`.

Convention:
    That of :mod:`mien.guides.laid`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.conditions.labels import INDEX
from mien.errors import LayerError
from mien.guides.borrow import box_around, free, turned, unit_of
from mien.guides.dyes.coloring import lab_of, rgb_of
from mien.guides.dyes.iris_dye import SIDES, Eye, Iris, circle
from mien.guides.guide import Guide
from mien.guides.laid import filled, over_moved
from mien.guides.mouths.teeth import widened
from mien.guides.move import displaced
from mien.guides.still import Labelled
from mien.guides.tint import linear, srgb, whitest
from mien.guides.toward import toward
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float64, Photo

SHUT, LIDS, TURNED = 0.16, (0.8, 0.27), 30.0
"""Openness below which an eye has nothing to show between its lids. Landmarks hardly tell shut eyes from open ones, so
that eyes are shut, too, where the parser sees less than this share of what landmarks take for a wide opening, which is
the second number at least. Narrow eyes, of which the parser sees as little, are narrow to landmarks. Beyond
that yaw, degrees, landmarks miss eyes."""

LIKELY = (0.5, 0.1)
"""By how much the white of eyes may say more of light and cast than the lids do, in logarithms."""

RED = (0.3, 0.8)
"""By how much more an iris may be red than green, over the white beside it, in logarithms, and how much more for each
that it is more green than blue: nine of ten irises of 688 eyes of the wide portraits' training split."""

ALIKE = 0.9
"""How far two irises come to one color."""

DEEP, LEAST = (0.04, 0.16), 0.2
"""Linear light of the white from which irises begin to be seen, and from which they are seen well; and the least share
of a color that they take on."""

DARKER, LIGHTER = 0.5, 14.0
"""Least share of its L* that an iris keeps, and the most L* that it gains: its reflections lose their form else."""

WIDER = 1.0
"""Share of an opening that another's may have at most: wider eyes stare."""


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
        part: of :data:`mien.guides.dyes.iris_dye.SIDES`.
        blocked, other_blocked: (H, W) what lies before each face.
        labelled: as in :func:`mien.guides.move.move`.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    other, other_face, other_blocked, notes = turned(face, other, other_face, other_blocked, part)
    unit, start = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    way = np.zeros_like(start)
    for lids, _ in SIDES[part]:
        one = toward(face, other_face, lids, lids, near=0.035, follow=0.3, reach=0.07)[:, :2]
        way += one * _calm(start[list(lids)], one[list(lids)])
    moved, share = displaced(photo, start, way, unit, labelled=labelled)
    goals, laid, pieces = start + share * way, moved.over(photo)[0], []
    lent = [_lent(photo, face, other, other_face, eye) for eye in SIDES[part]]
    common, seen = np.mean(lent, axis=0), lit_share(photo, face)
    for eye, color in zip(SIDES[part], lent, strict=True):
        middle, radius = circle(photo, face, eye)
        iris = Iris.of(laid, goals[list(eye[0])], middle + (goals - start)[eye[1][0]], radius)
        if iris is None:
            continue
        guide = iris.over(laid, _within(iris.color, color + ALIKE * (common - color)), seen)
        weight = guide.confidence * free(blocked, guide.box, unit)
        laid, _ = replace(guide, confidence=weight).over(laid)
        pieces.append((guide.box, weight))
    return over_moved(moved, laid, pieces, notes)


def shut(face: Face, labelled: Labelled, part: str) -> bool:
    """Whether the eyes of a part of :data:`mien.guides.dyes.iris_dye.SIDES` are shut."""
    inverse = np.linalg.inv(labelled.matrix[:, :2])
    points = (face.landmarks[:, :2].astype(np.float64) - labelled.matrix[:, 2]) @ inverse.T
    known, seen = np.isin(labelled.labels, [INDEX["left_eye"], INDEX["right_eye"]]), []
    bare = labelled.labels != INDEX["glasses"]
    for lids, _ in SIDES[part]:
        inside = filled(points[list(lids)], (0, 0, *known.shape[::-1]))
        tells = 2 * (inside & bare).sum() > inside.sum()
        seen.append(float(known[inside & bare].mean()) if tells else 1.0)
    wide = float(np.mean(face.eye_openness)) > LIDS[1] and abs(face.pose.yaw) < TURNED
    return min(face.eye_openness) <= SHUT or (wide and float(np.mean(seen)) < LIDS[0])


def _within(now: Float64, light: Float64) -> Float64:
    """Lab (3,) of an iris of Lab ``now`` that comes near a wished linear light (3,), in logarithms."""
    wish = lab_of(srgb(np.exp(light).astype(np.float32)[None, None]) / np.float32(255))[0, 0].astype(np.float64)
    lit = float(np.clip(wish[0], DARKER * now[0], now[0] + LIGHTER))
    hue = min(1.3, (lit / max(float(wish[0]), 1.0)) ** 0.85)
    return np.array([lit, *(hue * wish[1:])])


def _calm(start: Float64, way: Float64) -> float:
    """Share of a way of lids (N, 2), up to one, on which an eye opens no wider than it is."""
    most = WIDER * cv2.contourArea(start.astype(np.float32))
    shares = np.linspace(1, 0, 21)
    fits = [cv2.contourArea((start + one * way).astype(np.float32)) <= most for one in shares]
    return float(shares[fits.index(True)]) if any(fits) else 0.0


def lit_share(photo: Photo, face: Face) -> float:
    """How well irises are seen, in [0, 1]: in deep shade, where even the white is dark, they have hardly any color."""
    return float(np.clip((_whites(photo, face).mean() - DEEP[0]) / (DEEP[1] - DEEP[0]), LEAST, 1))


def _lent(photo: Photo, face: Face, other: Photo, other_face: Face, eye: Eye) -> Float64:
    """(3,) the logarithm of the linear light of the other's iris in this photo."""
    contour = other_face.landmarks[list(eye[0]), :2].astype(np.float64)
    iris = Iris.of(other, contour, *circle(other, other_face, eye))
    if iris is None:
        raise LayerError("The irises of the other face are not seen; choose another photo.")
    light = linear(np.float32(255) * rgb_of(iris.color.astype(np.float32)[None, None]))[0, 0]
    light = light * _gain(photo, face, other, other_face, eye)
    return np.asarray(np.log(np.maximum(light * _likely(light, _white(photo, face, eye)), 1e-4)))


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
