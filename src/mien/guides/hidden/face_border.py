"""Where a face ends below what hides its border, and what is made on either side of it from what is seen there.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; depths (h, w) float32 pixels, above 0 on
    the face. A unit is the distance of the outer corners of the eyes.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane, ring
from mien.compose.blurring import gaussian
from mien.compose.enlarging import reduced
from mien.compose.grain import levels, missing, noise
from mien.compose.harmonic import harmonic
from mien.compose.morphology import grown, shrunk
from mien.compose.patches import patched
from mien.guides.borrow import unit_of
from mien.guides.guide import Box, Doubt, Guide, box_of, changed
from mien.guides.hidden.border_bridged import bridged
from mien.guides.hidden.hidden_ear import EAR, is_hidden, other_ear
from mien.guides.hidden.seamless import BESIDE, SMOOTH, joined
from mien.guides.laid import coarse_beside, filled
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

AROUND = 0.35
"""Units around what is hidden in which the border is seen, and from which patches are taken."""

REACHES = ((AROUND, 0.3), (0.1, 0.06), (0.04, 0.02))
"""Units around what is hidden in which the border tells how it goes on, and by which it lies off at most."""

NEAR = 0.35
"""Units from the landmarks' outline in which the border is looked for."""

LARGEST = 200.0
"""Pixels of a unit at which patches are laid; larger photos are reduced, and have their grain added."""

RIM = 0.015
"""Units by which both sides are made beyond the border, and how softly they meet."""

PLAIN = 0.03
"""Square units of skin that are filled smoothly from which on it is said."""

EVEN = Doubt("no other photo shows what is hidden here, so that its skin is filled smoothly")
"""What is told then."""

APART, DEEP = 0.03, 0.06
"""Units from eyes and mouth up to which nothing is skin alone, beside what is wider than twice so much."""

CLEAR = 0.02
"""Units from the border up to which nothing is known of either side."""

PLACES = np.float32(60)
"""Levels that two places a unit apart are apart, where patches are chosen."""

SIDES = (0.1, 0.02)
"""Shares of what is hidden that must lie on the face and beside it to hide its border."""

FEW = 0.01
"""Square units of the face beside what is hidden from which on its skin is known."""


def depth_of(face: Face, on_face: Bool, hidden: Bool, box: Box) -> Float32:
    """(h, w): how deep within the face each place of a box lies; below what hides it as its border goes on.

    Args:
        face: found in the photo.
        on_face: (H, W) what is seen to be of the face: no ears, hair nor neck.
        hidden: (H, W).
        box: of the photo.
    """
    unit = unit_of(face)
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    points = face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64)
    outline, here = _signed(filled(points, box)), hidden[part]
    met = bridged(points, outline, on_face[part], here, box, unit)
    found = outline if met is None else met
    for reach, most in REACHES if met is None else REACHES[2:]:
        seen = _signed(np.where(here, found > 0, on_face[part]))
        known = ring(here, reach * unit) * (np.abs(outline) < NEAR * unit) * (np.abs(seen) < NEAR * unit)
        off = membrane((seen - found)[..., None], known.astype(np.float32), most * unit)[..., 0]
        found = np.asarray(found + gaussian(off, max(1.0, 0.1 * reach * unit)), np.float32)
    whole = np.where(here, found, _signed(np.where(here, found > 0, on_face[part])))
    return gaussian(whole.astype(np.float32), max(1.0, 0.01 * unit))


def seen_face(face: Face, on_face: Bool | None, hidden: Bool, box: Box) -> tuple[Float32, Bool]:
    """As :func:`depth_of`, by the landmarks alone where nothing else is known; and (H, W) what shows nothing of it."""
    if on_face is None:
        return _signed(filled(face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64), box)), hidden
    return depth_of(face, on_face, hidden, box), hidden | ~on_face


def of_face(
    photo: Photo,
    box: Box,
    lower: Float32,
    upper: Float32,
    here: Bool,
    depth: Float32,
    valid: Bool,
    unit: float,
    doubts: tuple[Doubt, ...] = (),
) -> Guide:
    """What is made of a face, up to a little beyond its border.

    Args:
        photo: any.
        box: of it.
        lower: (h, w, 3) the photo.
        upper: (h, w, 3) what is made.
        here: (h, w) what is hidden.
        depth: (h, w) of :func:`depth_of`.
        valid: (h, w) where what is made shows something, and is not spread from beside it.
        unit: eye distance.
        doubts: to be told beside what is told of skin that nothing shows.
    """
    shown = here & (depth > -RIM * unit)
    flat = shrunk(shown & ~valid & (depth > 0), 0.5 * DEEP * unit).sum() > PLAIN * unit**2
    mixed = np.where(shown[..., None], upper, lower)
    notes = (*doubts, *((EVEN,) if flat else ()))
    return Guide(box, changed(photo, box, lower, mixed), shown.astype(np.float32), notes)


def crosses(face: Face, on_face: Bool, hidden: Bool) -> bool:
    """Whether something (H, W) hides a part of the face's border, as :func:`depth_of` finds it."""
    box = box_of(hidden, round(AROUND * unit_of(face)))
    here = hidden[box[1] : box[3], box[0] : box[2]]
    within = float((depth_of(face, on_face, hidden, box)[here] > 0).mean())
    return SIDES[0] < within < 1 - SIDES[1]


def _signed(area: Bool) -> Float32:
    inside, outside = (cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) for one in (area, ~area))
    return np.asarray(np.clip(inside, 0, 4096) - np.clip(outside, 0, 4096), np.float32)


def both_sides(
    photo: Photo,
    face: Face,
    on_face: Bool,
    features: Bool,
    hidden: Bool,
    made: Guide | None = None,
    ears: Bool | None = None,
) -> Guide:
    """What is hidden of a face and beside it, each after what is seen on its own side of the face's border.

    Args:
        photo: any.
        face: found in it.
        on_face: (H, W) what is seen to be of the face.
        features: (H, W) eyes, mouth and the like, no part of which is skin.
        hidden: (H, W).
        made: the face below what hides it, where its confidence is 1; after the skin beside it otherwise.
        ears: (H, W) where they are seen.
    """
    unit = unit_of(face)
    box = box_of(hidden, round(AROUND * unit))
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    here, depth = hidden[part], depth_of(face, on_face, hidden, box)
    before = to_srgb(photo, box).astype(np.float32)
    lower = before.copy()
    shown = np.zeros(here.shape, np.bool_)
    if made is not None:
        x0, y0, x1, y1 = made.box
        laid = to_srgb(made.over(photo)[0], box).astype(np.float32)
        sure = np.zeros(hidden.shape, np.bool_)
        sure[y0:y1, x0:x1] = made.confidence > 0.5
        shown = sure[part] & here
        lower[shown] = laid[shown]
    rim = max(2.0, RIM * unit)
    missing_skin = here & ~shown
    deep = grown(shrunk(missing_skin, DEEP * unit), 2 * DEEP * unit)
    barred = grown(features[part], APART * unit) & deep
    inner = _skin(lower, missing_skin & (depth > -rim), (depth > CLEAR * unit) & ~missing_skin & ~barred, unit)
    outer, doubts = _beside_face(photo, face, lower, here, depth, hidden, on_face, ears, box)
    share = np.clip(depth / rim + 0.5, 0, 1)[..., None]
    mixed = np.where(here[..., None], outer + share * (inner - outer), before)
    flat = float((missing_skin & (depth > 0)).sum()) > PLAIN * unit**2
    notes = (*(made.notes if made is not None else (EVEN,) if flat else ()), *doubts)
    return Guide(box, changed(photo, box, before, mixed), here.astype(np.float32), notes)


def _skin(picture: Float32, hole: Bool, known: Bool, unit: float) -> Float32:
    """The picture with a hole filled with skin in the light of what is known of it, and as rough."""
    if not hole.any() or known.sum() < FEW * unit**2:
        return picture
    close = known & grown(hole, BESIDE * unit)
    made = harmonic(coarse_beside(picture, ~close, max(0.8, SMOOTH * unit)), close, hole)
    made = joined(picture, made, hole, close, unit)
    near = known & grown(hole, 0.1 * unit)
    made += noise(hole.shape, levels(picture, near if near.any() else known))
    return np.where(hole[..., None], made, picture).astype(np.float32)


def _beside_face(
    photo: Photo,
    face: Face,
    lower: Float32,
    here: Bool,
    depth: Float32,
    hidden: Bool,
    on_face: Bool,
    ears: Bool | None,
    box: Box,
) -> tuple[Float32, tuple[Doubt, ...]]:
    """The picture (h, w, 3) with what is hidden beside the face: an ear after the other one, all else in patches."""
    unit, part = unit_of(face), np.s_[box[1] : box[3], box[0] : box[2]]
    hole, known = here & (depth < RIM * unit), (depth < -CLEAR * unit) & ~here
    if ears is None or not is_hidden(ears[part], here, unit):
        return _around(lower, hole, known, unit), ()
    found = other_ear(photo, face, ears, on_face, hidden, box)
    if found is None:
        return _around(lower, hole, known, unit), (EAR,)
    ear, seen = found
    outer = _around(lower, hole, known & ~grown(ears[part], CLEAR * unit), unit)
    return np.asarray(outer + seen[..., None] * (ear - outer), np.float32), ()


def _around(picture: Float32, hole: Bool, known: Bool, unit: float) -> Float32:
    """The picture with a hole filled with patches of what is known, such as hair and backdrop."""
    if not hole.any() or known.sum() < FEW * unit**2:
        return picture
    scale = min(1.0, LARGEST / unit)
    size = max(8, round(hole.shape[1] * scale)), max(8, round(hole.shape[0] * scale))
    small, lost, seen = (reduced(np.asarray(one, np.float32), size) for one in (picture, hole, known))
    lost, clear = lost > 0.01, shrunk(seen > 0.99, 1)
    void = ~clear & ~lost
    ys, xs = np.indices(lost.shape, np.float32) * np.float32(PLACES / (unit * scale))
    made = patched(small, lost, void, np.random.default_rng(0), hints=np.dstack([xs, ys]), void=void)
    if scale < 1:
        made = np.asarray(cv2.resize(made, hole.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
        near = known & grown(hole, 0.1 * unit)
        made += noise(hole.shape, missing(levels(picture, near), levels(made, hole)))
    return np.where(hole[..., None], made, picture).astype(np.float32)
