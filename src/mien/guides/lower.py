"""The lower half of a face: a smile with teeth for a shut mouth, and a bare chin for a bearded one.

A smile moves more than the mouth: cheeks and chin follow with the photo's own pixels first; then the other's lips and
teeth are laid over, the lips in this person's colour, the teeth in this photo's light. A bare chin takes all below the
nose but the lips, in the colours of this person's bare skin.

Convention:
    That of :mod:`mien.guides.laid`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.guides.borrow import box_around, field, free, nearness, turned, unit_of
from mien.guides.guide import Box, Guide
from mien.guides.laid import lay, looked_up, matched, soft
from mien.guides.move import move
from mien.guides.shapes import Placement, Shapes
from mien.guides.still import Labelled
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

MOUTH = (*mesh.OUTER_LIPS, *mesh.INNER_LIPS_CONTOUR)

MARGIN = 0.08
"""Eye distances around the lips that come with them."""

FOLLOW, REACH = 0.5, 0.2
"""How much of the way cheeks and chin go with a smile, and how far from the mouth, in eye distances."""

GLOSS = 0.6
"""Share of the highlights on the other's lips that is taken away."""

WHITEST = 1.2
"""Lightness of teeth at most, over that of the light skin around the mouth."""

DARKEST, LIGHTEST = 0.55, 1.35
"""How much darker or lighter teeth may become."""


def smile(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    *,
    blocked: Bool | None = None,
    other_blocked: Bool | None = None,
    labelled: Labelled | None = None,
) -> Guide:
    """The other's smile with teeth on this face.

    Args:
        photo, face: where it goes.
        other, other_face: where it comes from.
        blocked, other_blocked: (H, W) what lies before each face.
        labelled: as in :func:`mien.guides.move.move`.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    other, other_face, other_blocked, notes = turned(face, other, other_face, other_blocked, "teeth")
    shapes, unit = Shapes.bundled(), unit_of(face)
    shift = _smiled(face, other_face, shapes)
    own = Shapes(shapes.mean, {"follow": shift}, {"follow": (0.0, 1.0)})
    moved = move(photo, face, {"follow": 1.0}, shapes=own, labelled=labelled)
    share = moved.strengths["follow"]
    placement = Placement.of(face.landmarks.astype(np.float64), shapes.mean)
    points = face.landmarks + placement.scale * share * shift @ placement.rotation.T
    after, smiling = moved.guide.over(photo)[0], replace(face, landmarks=points.astype(np.float32))
    goals = points[:, :2].astype(np.float64)
    box = box_around(photo, goals[list(MOUTH)], unit, MARGIN)
    taken, visible = looked_up(other, other_blocked, field(smiling, other_face, goals, box), box)
    lower = to_srgb(after, box).astype(np.float32)
    area = _filled(goals[list(mesh.OUTER_LIPS)], box)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(MARGIN * unit)) + 1,) * 2)
    weight = soft(cv2.dilate(area.astype(np.uint8), reach) > 0, unit) * visible * free(blocked, box, unit)
    upper = matched(lower, taken, weight > 0.02, unit)
    upper = _tinted(photo, face, upper, taken, lower, goals, box, unit)
    laid, _ = lay(after, box, upper, weight, unit, notes).over(after)
    x0, y0, x1, y1 = moved.guide.box
    confidence = moved.guide.confidence.copy()
    confidence[box[1] - y0 : box[3] - y0, box[0] - x0 : box[2] - x0][weight > 0.004] = 1
    samples = laid.pixels[y0:y1, x0:x1].astype(np.float32)
    return Guide(moved.guide.box, samples, confidence, (*notes, *moved.guide.notes))


def _smiled(face: Face, other: Face, shapes: Shapes) -> Float64:
    """(478, 3) in the mean face's frame: how the points of this face move to the other's smile."""
    mine, theirs = (
        Placement.of(one.landmarks.astype(np.float64), shapes.mean).back(one.landmarks.astype(np.float64))
        for one in (face, other)
    )
    base = [2, 98, 327]
    way = theirs - mine - (theirs[base] - mine[base]).mean(0)
    lips, around = nearness(shapes.mean, MOUTH, 0.04), nearness(shapes.mean, MOUTH, REACH)
    below = np.clip((shapes.mean[:, 1] - shapes.mean[2, 1]) / 0.06 + 1.0, 0, 1)
    weight = np.maximum(lips, FOLLOW * around) * np.maximum(below, 0.25)
    weight[[*mesh.OUTER_LIPS, *mesh.INNER_LIPS_CONTOUR]] = 1.0
    way[:, 2] = 0
    return np.asarray(way * weight[:, None])


def _tinted(
    photo: Photo, face: Face, upper: Float32, taken: Float32, lower: Float32, goals: Float64, box: Box, unit: float
) -> Float32:
    """Lips in this person's colour, teeth as they were taken, but in this photo's light."""
    inner = _filled(goals[list(mesh.INNER_LIPS_CONTOUR)], box)
    outer = _filled(goals[list(mesh.OUTER_LIPS)], box)
    was = _filled(face.landmarks[list(mesh.OUTER_LIPS), :2].astype(np.float64), box)
    was &= ~_filled(face.landmarks[list(mesh.INNER_LIPS_CONTOUR), :2].astype(np.float64), box)
    lips = outer & ~inner
    edge = cv2.dilate(outer.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=max(1, round(0.12 * unit))) > 0
    skin = edge & ~outer
    if not (lips.any() and was.any() and skin.any()):
        return upper
    before = to_srgb(photo, box)
    wanted, found = (np.median(_lab(one[area]), axis=0) for one, area in ((before, was), (upper, lips)))
    lab = _lab(upper.reshape(-1, 3)).reshape(upper.shape)
    lab[..., 0] -= GLOSS * np.maximum(lab[..., 0] - found[0] - 6, 0)  # highlights of lips belong to the other's light
    lab[..., 1:] = found[1:] + 0.7 * (lab[..., 1:] - found[1:])
    shift = np.clip(wanted - found, (-14, -16, -14), (8, 16, 14))
    colored = _rgb(lab + shift.astype(np.float32))
    soft_lips = _blurred(lips, 0.02 * unit)
    casts = np.median(lower[skin], axis=0) / np.maximum(np.median(taken[skin], axis=0), 1)
    gain = casts.mean() + 0.5 * (casts - casts.mean())
    brightest = float(np.percentile(taken[inner].mean(1), 90)) if inner.any() else 255.0
    most = WHITEST * float(np.percentile(lower[skin].mean(1), 90)) / max(brightest, 1)
    gain = np.clip(gain * min(1.0, most / float(gain.mean())), DARKEST, LIGHTEST).astype(np.float32)
    result = upper + soft_lips[..., None] * (colored - upper)
    soft_inner = _blurred(inner, 0.012 * unit)
    return np.asarray(result + soft_inner[..., None] * (np.clip(taken * gain, 0, 255) - result), np.float32)


def bare_chin(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    *,
    skin: Bool,
    beard: Bool,
    other_skin: Bool,
    blocked: Bool | None = None,
) -> Guide:
    """The other's cheeks, chin and upper lip on this face; lips and everything above stay.

    Args:
        photo, face: where it goes.
        other, other_face: where it comes from.
        skin: (H, W) bare skin of this face.
        beard: (H, W) its beard, below the jaw, too.
        other_skin: (H, W) skin of the other's face and neck: hair, clothes and jewellery are not taken over.
        blocked: (H, W) what lies before this face.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    other, other_face, covered, notes = turned(face, other, other_face, ~other_skin, "lower_face")
    unit, points = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    outline = points[[*mesh.OUTLINE[9:28], 205, 129, 2, 358, 425]]
    reached = np.argwhere(beard)[:, ::-1] if beard.any() else outline
    box = box_around(photo, np.concatenate([outline, reached.min(0)[None], reached.max(0)[None]]), unit, 0.0)
    x0, y0, x1, y1 = box
    taken, bared = looked_up(other, covered, field(face, other_face, points, box), box)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(0.04 * unit)) + 1,) * 2)
    sure = cv2.erode((bared > 0.9).astype(np.uint8), kernel)
    spread = membrane(taken, sure.astype(np.float32), 255.0)
    taken = spread + _blurred(sure > 0, 0.02 * unit)[..., None] * (taken - spread)
    lower = to_srgb(photo, box).astype(np.float32)
    grown = cv2.GaussianBlur(beard[y0:y1, x0:x1].astype(np.float32), (0, 0), 0.03 * unit) > 0.08
    seen = skin[y0:y1, x0:x1] | grown
    nose = points[[98, 2, 327], 1].max() - y0
    below = np.arange(y1 - y0)[:, None] > nose - 0.02 * unit
    area = (_filled(outline, box) | (grown & below)) & seen
    lips = _blurred(_filled(points[list(mesh.OUTER_LIPS)], box), 0.02 * unit)
    weight = soft(area, unit) * free(blocked, box, unit) * np.clip(1 - 1.5 * lips, 0, 1)
    bare = (skin[y0:y1, x0:x1] & ~grown).astype(np.float32)
    near = (bare > 0) & (sure > 0)
    if near.any():  # skins of other colours: what is left for the border is a difference of light
        taken = taken + np.median(lower[near], axis=0) - np.median(taken[near], axis=0)
    upper = matched(lower, np.clip(taken, 0, 255).astype(np.float32), weight > 0.02, unit, bare, 0.25)
    return lay(photo, box, upper, np.asarray(weight, np.float32), unit, notes)


def _filled(points: Float64, box: Box) -> Bool:
    area = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
    cv2.fillPoly(area, [np.round((points - box[:2]) * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    return area > 0


def _blurred(area: Bool, sigma: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(area.astype(np.float32), (0, 0), max(0.6, sigma)), np.float32)


def _lab(colors: np.ndarray) -> Float32:
    """(N, 3) sRGB in [0, 255] -> CIE Lab."""
    return np.asarray(cv2.cvtColor(colors[None].astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)[0], np.float32)


def _rgb(lab: Float32) -> Float32:
    return np.asarray(cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB) * 255, np.float32)
