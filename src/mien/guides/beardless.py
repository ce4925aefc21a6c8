"""The light of a face without its beard: what is likely, given what is seen of it, and folds of beardless faces.

What is likely agrees with this face's light where it shows skin; what is left is spread smoothly below the beard. A
neck lies in the shade of its jaw as in photos.

Convention:
    That of :mod:`mien.guides.around_beard`. Light is 100 ln((L* + 16) / (L* of this face's skin + 16)), with a* and b*
    less those of the skin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.guides.around_beard import AroundBeard
from mien.guides.beard_edge import UNIT, blurred, dilated, eroded, inside, mean_within
from mien.guides.borrow import mirrored, unit_of
from mien.guides.coloring import lab_of, rgb_of
from mien.guides.face_light import FaceLight
from mien.guides.shaven import stubble
from mien.guides.spline import Spline
from mien.types import Bool, Face, Float32, Float64, Photo

SHADE = ((0.0, 36), (0.05, 34), (0.15, 24), (0.25, 16), (0.35, 11), (0.45, 9), (0.6, 7.5), (0.8, 6), (9.0, 6))
"""How much darker than the chin a neck is, 100 ln(L* + 16), by the distance from the jaw in eye distances: medians of
260 real faces of the wide portraits without beards."""

SHADED, ROUND, ROUND_HUES, DULL = 0.85, 11.0, 0.14, 0.002
"""Share of that shade, how much darker a chin becomes towards its outline and what share of its colours it loses, and
what colours lose with light: less than in photos, 0.016, where strangers call it gray."""

ENOUGH, DEEPER, UNLIKE = 0.03, (0.95, 1.15), np.array([9, 3, 2], np.float32)
"""Square eye distances of a neck that tell its light, how much less and more deeply than most it may be shaded, and by
how much its light may differ beyond that."""

JAW_ROUND, JAW_EDGE = 0.05, 0.03
"""How round a jaw's outline is, and how wide its edge before the neck, eye distances."""

RELIEFS, LATER, BAND = 3, 0.012, (0.008, 0.09)
"""Faces whose relief counts, how much less each one counts that fits worse, and the standard deviations, eye distances,
between which relief lies."""


@dataclass(frozen=True, eq=False)
class Beardless:
    """Another face. Attributes: photo; face."""

    photo: Photo
    face: Face


@dataclass(frozen=True, eq=False)
class Light:
    """Pictures (h, w, 3) without a beard and without fine detail, skin everywhere. Attributes: face; neck."""

    face: Float32
    neck: Float32

    def picture(self, within: Float32) -> Float32:
        """Both as one, the face where ``within`` (H, W) is 1; (H, W, 3)."""
        size = within.shape[::-1]
        face, neck = (
            one if one.shape[:2] == within.shape else cv2.resize(one, size, interpolation=cv2.INTER_CUBIC)
            for one in (self.face, self.neck)
        )
        return np.asarray(neck + within[..., None] * (face - neck), np.float32)


def beardless(here: AroundBeard) -> Light:
    """How a face and its neck are lit below a beard."""
    bare, lab = here.bare, lab_of(here.picture / np.float32(255))
    skin = np.median(lab[here.facial], axis=0)
    mine = light_of(lab, skin)
    mixed = _likely(here, mine)
    mixed = mixed + blurred(_spread(mine - mixed, bare), 2.5)
    chin, neck = _with_neck(here, mixed, mine, skin)
    below = bare & ~dilated(here.oval, 1)
    chin = chin + blurred(_spread(mine - chin, here.facial), 3.0)
    if below.sum() > ENOUGH * UNIT**2:
        neck = neck + np.clip(blurred(_spread(mine - neck, below), 3.0), -UNLIKE, UNLIKE)
    return Light(_picture(chin + stubble(here, skin), skin), _picture(neck, skin))


def _likely(here: AroundBeard, mine: Float32) -> Float32:
    """The light (h, w, 3) that is likely for a face, given what is seen of it."""
    rows, columns, within = here.pixels_of_landmarks
    smooth = mean_within(mine, here.bare, 1.5)
    light = FaceLight.bundled().of(smooth[rows, columns], within & here.facial[rows, columns])
    total, count = np.zeros_like(mine), np.zeros(here.shape, np.float32)
    use = within & ~here.lips[rows, columns]
    np.add.at(total, (rows[use], columns[use]), light[use])
    np.add.at(count, (rows[use], columns[use]), 1)
    mean = np.asarray(total / np.maximum(count, 1)[..., None], np.float32)
    return blurred(membrane(mean, np.minimum(count, 1), 300.0), 1.5)


def _picture(light: Float32, skin: Float32) -> Float32:
    lightness = np.exp(light[..., :1] / 100) * (skin[0] + 16) - 16
    lab = np.ascontiguousarray(np.concatenate([lightness, light[..., 1:] + skin[1:]], 2), np.float32)
    return np.asarray(255 * rgb_of(lab), np.float32)


def within_jaw(here: AroundBeard, shape: Sequence[int], wider: float = 0.0) -> Float32:
    """(H, W): 1 within the outline of the face, with the edge of a jaw, at any size; wider by some eye distances."""
    unit = UNIT * shape[0] / here.shape[0]
    scale = np.array([shape[1] / here.shape[1], shape[0] / here.shape[0]])
    area = inside(here.points[list(mesh.OUTLINE), :2] * scale, shape)
    if wider:
        area = dilated(area, max(1, round(wider * unit)))
    smooth = blurred(area, JAW_ROUND * unit)
    return np.asarray(np.clip((smooth - 0.5) * JAW_ROUND / (0.4 * JAW_EDGE) + 0.5, 0, 1), np.float32)


def relief(here: AroundBeard, mine: Face, others: Sequence[Beardless], shape: tuple[int, ...]) -> Float32:
    """What beardless faces agree on of folds, philtrum and chin: logarithms (H, W) of light over what is around it.

    Args:
        here: what is seen.
        mine: the same face.
        others: at least one; the first :data:`RELIEFS` count.
        shape: of the result.
    """
    scale, yaw = shape[0] / here.shape[0], mine.pose.yaw
    found = []
    for one in others[:RELIEFS]:
        photo, face = one.photo, one.face
        if abs(-face.pose.yaw - yaw) + 4 < abs(face.pose.yaw - yaw):
            photo, face, _ = mirrored(photo, face, None)
        by = UNIT * scale / unit_of(face)
        size = (max(2, round(photo.width * by)), max(2, round(photo.height * by)))
        small = cv2.resize(photo.pixels[..., :3], size, interpolation=cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC)
        places = _places(here, face.landmarks[:, :2].astype(np.float64) * by / scale) * np.float32(scale)
        places = np.asarray(cv2.resize(places, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
        taken = cv2.remap(small, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        light = np.log(np.maximum(taken.astype(np.float32).mean(2) / np.float32(2 ** (photo.bits - 8)), 0) + 8)
        fine, wide = (cv2.GaussianBlur(light, (0, 0), max(0.5, one * UNIT * scale)) for one in BAND)
        found.append(np.clip(fine - wide, -0.25, 0.08))
    return np.asarray(np.median(np.stack(found), 0), np.float32)


def alike_mouths(face: Face, others: Sequence[Face]) -> list[int]:
    """Numbers of those whose mouths are most like a face's, best first: a smile has its folds.

    Args:
        face: that is to get folds.
        others: those that fit best first.
    """
    apart = [_unlike(face, other) + LATER * place for place, other in enumerate(others)]
    return [int(n) for n in np.argsort(apart, kind="stable")[:RELIEFS]]


def _unlike(face: Face, other: Face) -> float:
    """How much two mouths differ: openness, width, how far the corners are raised."""
    found = []
    for one in (face, other):
        points, unit = one.landmarks[:, :2], unit_of(one)
        left, right = points[list(mesh.MOUTH_CORNERS)]
        raised = (points[[0, 17], 1].mean() - (left[1] + right[1]) / 2) / unit
        found.append((one.mouth_openness, float(np.linalg.norm(left - right)) / unit, raised))
    mine, theirs = found
    return float(np.abs(np.subtract(mine, theirs)).sum())


def light_of(lab: Float32, skin: Float32) -> Float32:
    """Light (h, w, 3) of CIE L*, a*, b*, given those of the skin (3,)."""
    light = 100 * np.log((np.maximum(lab[..., :1], 0) + 16) / (skin[0] + 16))
    return np.concatenate([light, lab[..., 1:] - skin[1:]], 2).astype(np.float32)


def _spread(difference: Float32, bare: Bool) -> Float32:
    return membrane(mean_within(difference, bare, 2.0), bare.astype(np.float32), 60.0)


def _places(here: AroundBeard, there: Float64) -> Float32:
    """(h, w, 2): where each pixel lies in another picture with landmarks (478, 2)."""
    points, (height, width) = here.points[:, :2], here.shape
    near = ((points > -0.6 * UNIT) & (points < np.array([width, height]) + 0.6 * UNIT)).all(1)
    _, first = np.unique(np.round(points[near], 1), axis=0, return_index=True)
    mine, theirs = (one[near][first][::3] for one in (points, there))
    offsets = Spline.fit(mine, theirs - mine, smoothing=1e-3).field((0, 0, width, height))
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    return np.dstack([xs, ys]) + offsets


def _with_neck(here: AroundBeard, light: Float32, mine: Float32, skin: Float32) -> tuple[Float32, Float32]:
    """Light (h, w, 3) of the face, and of a neck below it: the chin's light, in the shade of the jaw."""
    points, oval = here.points, here.oval
    face = eroded(oval, 1)
    lower = (face & (here.rows > points[2, 1])).astype(np.float32)
    neck = blurred(membrane(light, lower, 300.0), 5.0)
    mouth = points[[61, 291], 1].mean()
    under = np.clip((here.rows - mouth) / max(points[152, 1] - mouth, 1), 0, 1) ** 0.9
    away, depth = (cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) / UNIT for one in (~oval, oval))
    places, shade = zip(*SHADE, strict=True)
    darker = (SHADED * under * np.interp(away.ravel(), places, shade).reshape(away.shape)).astype(np.float32)
    below = here.bare & ~dilated(oval, 1)
    if below.sum() > ENOUGH * UNIT**2:  # a neck that is seen tells how deep its shade is
        seen = float((darker * (neck - mine)[..., 0])[below].sum() / np.maximum((darker[below] ** 2).sum(), 1))
        darker = darker * np.float32(np.clip(seen, *DEEPER))
    neck[..., 0] -= darker
    neck[..., 1:] = (neck[..., 1:] + skin[1:]) * np.exp(-DULL * darker)[..., None] - skin[1:]
    chin = membrane(mean_within(light, face, 0.8), face.astype(np.float32), 300.0)
    rounded = (np.exp(-depth / 0.06) * under)[..., None]
    chin = chin - rounded * np.array([ROUND, *(ROUND_HUES * skin[1:])], np.float32)
    return np.asarray(chin, np.float32), np.asarray(neck, np.float32)
