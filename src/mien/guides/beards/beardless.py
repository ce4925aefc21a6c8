"""The light of a face without its beard: what is likely, given what is seen of it, and folds of a beardless face.

What is likely agrees with this face's light where it shows skin; what is left is spread smoothly below the beard.

Convention:
    That of :mod:`mien.guides.beards.around_beard`. Light is 100 ln((L* + 16) / (L* of this face's skin + 16)), with
    a* and b* less those of the skin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import UNIT, blurred, dilated, larger, mean_within
from mien.guides.beards.face_light import HEIGHT, WIDTH, FaceLight, frame, looks_of
from mien.guides.beards.jaw import within_jaw
from mien.guides.borrow import mirrored, unit_of
from mien.guides.dyes.coloring import lab_of, rgb_of
from mien.guides.spline import Spline
from mien.types import Bool, Face, Float32, Float64, Photo

ENOUGH, NEAR, UNLIKE, FADED, JOINED = 30, 18, 40.0, 0.3, 0.08
"""Pixels of a neck that tell its light, how far from the beard they count, by how much it may differ, eye distances
below the jaw in which it does not lighten the jaw's shade fully, and beside what is seen of it, where it does."""

CLEAR, DIMMED, SHADED = 150, 12.0, 28.0
"""Pixels of a neck without stubble that tell how light a throat may be, by how much it is darkened at most to be that,
and how much darker than it a throat may be in the shade of a jaw."""

CALM, ODD = 0.5, 20.0
"""Share of the broad shade around a mouth that is left out, as strangers call it gray, and by how much skin beside a
beard may be unlike what is likely."""

SHADE = 0.003
"""What share of their colors skin loses with light; 0.016 in photos, where strangers call it gray."""

LATER, BAND = 0.012, (0.008, 0.06)
"""How much less each face counts that fits worse, and the standard deviations, eye distances, between which relief
lies."""


@dataclass(frozen=True, eq=False)
class Beardless:
    """Another face. Attributes: photo; face."""

    photo: Photo
    face: Face


def beardless(here: AroundBeard, face: Face) -> Float32:
    """A picture (h, w, 3) of a face and its neck without a beard and without fine detail, skin everywhere."""
    lab = lab_of(here.picture / np.float32(255))
    skin = np.median(lab[here.facial], axis=0)
    mine = light_of(lab, skin)
    light = _likely(here, face, mine)
    deep, away = (cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) / UNIT for one in (here.oval, ~here.oval))
    dark = np.minimum(blurred(light[..., 0], 0.05 * UNIT), 0)
    light[..., 0] -= CALM * dark * np.clip(deep / 0.2 - 0.3, 0, 1)
    shade = np.exp(SHADE * np.minimum(light[..., :1], 0))
    light[..., 1:] = (light[..., 1:] + skin[1:]) * shade - skin[1:]
    shown = here.shares["skin"] + here.shares["neck"]
    neck = ((shown > 0.4) | (here.like_skin & (shown + here.beard > 0.4))) & ~here.covered & ~dilated(here.oval, 2)
    neck &= dilated(here.hairs, NEAR) & (here.rows > here.points[61, 1])
    open_ = blurred(here.below["background"] > 0.4, 1.0)  # beside a jaw: no neck is seen there
    within = blurred(np.maximum(within_jaw(here, here.shape), np.clip(2 * open_, 0, 1)), 0.8)[..., None]
    more = within * np.clip(blurred(_spread(mine - light, here.facial), 2.5), -ODD, ODD)
    if neck.sum() > ENOUGH:
        beyond = np.clip(blurred(_spread(mine - light, neck), 1.5), -UNLIKE, UNLIKE)
        apart = cv2.distanceTransform((~neck).astype(np.uint8), cv2.DIST_L2, 5) / UNIT
        beyond[..., 0] -= (
            np.maximum(beyond[..., 0], 0) * np.clip(1 - away / FADED, 0, 1) * np.clip(apart / JOINED, 0, 1)
        )
        more += (1 - within) * beyond
    light = light + more
    clear = neck & (shown > 0.6) & (here.beard < 0.2)
    if clear.sum() > CLEAR:  # no throat is lighter than the neck below it, or much darker
        most = blurred(_spread(mine, clear), 1.5)[..., 0]
        fitting = light[..., 0] - np.clip(light[..., 0] - most, 0, DIMMED)
        light[..., 0] += (1 - within[..., 0]) * (np.maximum(fitting, most - SHADED) - light[..., 0])
    lightness = np.exp(light[..., :1] / 100) * (skin[0] + 16) - 16
    return np.asarray(255 * rgb_of(np.concatenate([lightness, light[..., 1:] + skin[1:]], 2)), np.float32)


def _likely(here: AroundBeard, face: Face, mine: Float32) -> Float32:
    """The light (h, w, 3) that is likely for a face, given what is seen of it."""
    there = places(frame(), here.points, (HEIGHT, WIDTH))
    light, bare = (
        cv2.remap(one, there, None, cv2.INTER_LINEAR, borderMode=how)
        for one, how in (
            (blurred(mine, 0.8), cv2.BORDER_REPLICATE),
            (here.bare.astype(np.float32), cv2.BORDER_CONSTANT),
        )
    )
    found = FaceLight.bundled().of(np.asarray(light, np.float32), np.asarray(bare > 0.9), looks_of(face))
    back = places(here.points, frame(), here.shape)
    return np.asarray(cv2.remap(found, back, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)


def relief(here: AroundBeard, mine: Face, other: Beardless, shape: tuple[int, ...]) -> Float32:
    """Folds, philtrum and chin of a beardless face: logarithms (H, W) of light over what is around it, 0 beside lips.

    Args:
        here: what is seen.
        mine: the same face.
        other: whose they are.
        shape: of the result.
    """
    scale, yaw, photo, face = shape[0] / here.shape[0], mine.pose.yaw, other.photo, other.face
    if abs(-face.pose.yaw - yaw) + 4 < abs(face.pose.yaw - yaw):
        photo, face, _ = mirrored(photo, face, None)
    by = UNIT * scale / unit_of(face)
    size = (max(2, round(photo.width * by)), max(2, round(photo.height * by)))
    small = cv2.resize(photo.pixels[..., :3], size, interpolation=cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC)
    at = places(here.points, face.landmarks[:, :2].astype(np.float64) * by / scale, here.shape) * np.float32(scale)
    at = np.asarray(cv2.resize(at, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
    taken = cv2.remap(small, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = np.log(np.maximum(taken.astype(np.float32).mean(2) / np.float32(2 ** (photo.bits - 8)), 0) + 8)
    fine, wide = (blurred(light, max(0.5, one * UNIT * scale)) for one in BAND)
    return np.asarray(np.clip(fine - wide, -0.25, 0.06) * larger(_folded(here), shape), np.float32)


def _folded(here: AroundBeard) -> Float32:
    """How much relief of others counts (h, w): none beside lips, which stay, and none at the face's outline."""
    deep, away = (cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) / UNIT for one in (here.oval, ~here.lips))
    return np.asarray(blurred(np.clip(deep / 0.17 - 0.45, 0, 1) * np.clip(away / 0.08 - 0.3, 0, 1), 1.0), np.float32)


def alike_mouth(face: Face, others: Sequence[Face]) -> int:
    """Number of the one whose mouth is most like a face's: a smile has its folds.

    Args:
        face: that is to get folds.
        others: at least one, those that fit best first.
    """
    mine = looks_of(face)[:3] / (100, 100, 200)
    apart = [
        float(np.abs(mine - looks_of(one)[:3] / (100, 100, 200)).sum()) + LATER * n for n, one in enumerate(others)
    ]
    return int(np.argmin(apart))


def light_of(lab: Float32, skin: Float32) -> Float32:
    """Light (h, w, 3) of CIE L*, a*, b*, given those of the skin (3,)."""
    light = 100 * np.log((np.maximum(lab[..., :1], 0) + 16) / (skin[0] + 16))
    return np.concatenate([light, lab[..., 1:] - skin[1:]], 2).astype(np.float32)


def _spread(difference: Float32, bare: Bool) -> Float32:
    return membrane(mean_within(difference, bare, 2.0), bare.astype(np.float32), 60.0)


def places(here: Float64, there: Float64, shape: tuple[int, int]) -> Float32:
    """(h, w, 2): where each pixel of a picture with landmarks (478, 2 or more) lies in another one with others."""
    height, width = shape
    near = ((here[:, :2] > -0.6 * UNIT) & (here[:, :2] < np.array([width, height]) + 0.6 * UNIT)).all(1)
    _, first = np.unique(np.round(here[near, :2], 1), axis=0, return_index=True)
    mine, theirs = (one[near, :2][first][::3] for one in (here, there))
    offsets = Spline.fit(mine, theirs - mine, smoothing=1e-3).field((0, 0, width, height))
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    return np.dstack([xs, ys]) + offsets
