"""What lies behind a pair of glasses: on the face as :mod:`mien.guides.glasses.surround` says, beside it patches of
its kind.

Convention:
    That of :mod:`mien.guides.glasses.surround`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.align.crop import between_pixels
from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import grown
from mien.compose.patches import patched
from mien.guides.glasses.carried_across import carried_across
from mien.guides.glasses.repainted import repainted
from mien.guides.glasses.surround import SOFT, Worn
from mien.guides.glasses.uncovering import Uncovering
from mien.guides.guide import box_of
from mien.guides.laid import blurred
from mien.types import Bool, Float32, Float64

CALM = 24.0
"""Pixels of a reduced picture around a frame where grain is measured."""

KINDS, PLACES = np.float32(35), np.float32(60)
"""Levels that two kinds are apart, and two places a unit apart."""

EAR, HAT = 0.3, 0.5
"""How likely an ear is before which high holes are not carried across; and a hat, of which nothing is taken."""

OUTLINE, EDGE, FADING, FADED, SHOWN = 0.08, 0.012, 0.03, 0.008, (0.02, 0.85)
"""How far within the face its outline is carried across arms, how far beyond them, how softly that ends within the face
and elsewhere, units; and shares of it that count as nothing, and as all."""

EDGES, BARRED, RIM = 0.02, 0.05, 0.009
"""How far beyond a frame its edge is seen, how far from it no patches are taken, and how soft outlines are, units."""


@dataclass(frozen=True, eq=False)
class Bared:
    """A face without glasses.

    Attributes:
        picture: (h, w, 3) with the frame, without its shadows and rests beside it.
        touched: (h, w) where those were taken off.
        made: (h, w, 3) what is behind the frame.
        weight: (h, w) where that is shown.
    """

    picture: Float32
    touched: Float32
    made: Float32
    weight: Float32


def uncovered(worn: Worn, kinds: Float32, network: Uncovering) -> Bared:
    """What is behind glasses.

    Args:
        worn: the face.
        kinds: (h, w, k) how likely each kind of thing is there: face, hair, ears, backdrop and
            hats, the first of them at least.
        network: that paints faces.
    """
    made, weight, picture, touched = repainted(worn, network)
    rest = grown(worn.hole & worn.beside, EDGES * worn.unit) & worn.beside
    # hats end above arms, and nothing of them goes on below
    hats = grown(kinds[..., 4:].sum(2) > HAT, FADING * worn.unit)
    barred = grown(worn.hole, BARRED * worn.unit) | hats
    mixed = picture + weight[..., None] * (made - picture)
    carried, sure = _carried(mixed, worn, kinds[..., 2:3].sum(2) > EAR, hats)
    filled = patched(carried, rest & (sure < 1), barred, np.random.default_rng(0), hints=_hints(worn, kinds))
    soft = np.maximum(blurred(worn.beside, SOFT * worn.unit) * (weight > 0), rest * (weight == 0))[..., None]
    made, weight = made + soft * (filled - made), np.maximum(weight, rest)
    less = weight * (1 - sure)
    whole = less + sure
    made = made + (sure / np.maximum(whole, np.float32(1e-3)))[..., None] * (carried - made)
    return Bared(picture, touched, _smoothed(made, worn), whole.astype(np.float32))


def _smoothed(made: Float32, worn: Worn) -> Float32:
    """What lies in a hole with soft outlines of the face, as photos have them: masks end in steps."""
    kernel = np.ones((3, 3), np.uint8)
    rim = cv2.morphologyEx(worn.beside.astype(np.uint8), cv2.MORPH_GRADIENT, kernel).astype(np.float32)
    share = np.clip(1.5 * blurred(rim > 0, RIM * worn.unit), 0, 1)[..., None]
    return np.asarray(made + share * (cv2.GaussianBlur(made, (0, 0), max(0.7, RIM * worn.unit)) - made), np.float32)


def _carried(picture: Float32, worn: Worn, ears: Bool, hats: Bool) -> tuple[Float32, Float32]:
    """What arms hide beside the face and at its outline, carried across them, (h, w, 3); and how sure it is, (h, w)."""
    unit = worn.unit
    zone = grown(worn.beside, OUTLINE * unit)
    area = grown(worn.hole, EDGE * unit) & zone & ~worn.eyes
    barred = worn.hole & ~area | hats
    made, sure = carried_across(picture, area, barred, ~grown(worn.beside, EDGE * unit) | ears, unit)
    sure = sure * blurred(zone, FADING * unit) * np.clip(2 * blurred(area, FADED * unit), 0, 1) * area
    return made, np.clip((sure - SHOWN[0]) / (SHOWN[1] - SHOWN[0]), 0, 1).astype(np.float32)


def enlarged(before: Float32, small: Float32, bared: Bared) -> tuple[Float32, Float32]:
    """The photo (H, W, 3) changed as its reduced picture was, with its grain where something is new; and where, (H, W).

    Args:
        before: at the photo's size.
        small: (h, w, 3) the same, reduced.
        bared: of that.
    """
    if before.shape == small.shape:
        mixed = bared.picture + bared.weight[..., None] * (bared.made - bared.picture)
        return mixed, np.maximum(bared.weight > 0, bared.touched).astype(np.float32)
    mixed, sure = before.copy(), np.zeros(before.shape[:2], np.float32)
    near = grown(bared.weight > 0.5, CALM) & (bared.weight == 0)
    anything = near | (bared.weight > 0) | (bared.touched > 0)
    if not anything.any():
        return mixed, sure
    x0, y0, x1, y1 = box_of(anything, 2)
    scale = np.divide(before.shape[:2], small.shape[:2])
    top, left = np.floor(scale * (y0, x0)).astype(int)
    bottom, right = np.ceil(scale * (y1, x1)).astype(int)
    part = np.s_[top : min(bottom, before.shape[0]), left : min(right, before.shape[1])]
    shown = before[part]
    planes = (bared.picture - small, bared.made, bared.weight, bared.touched, near.astype(np.float32))
    matrix = np.array([[1 / scale[1], 0, left / scale[1]], [0, 1 / scale[0], top / scale[0]]])
    more, new, weight, touched, ring = (_looked_up(one, matrix, shown.shape) for one in planes)
    base, weight = shown + more, np.clip(weight, 0, 1)
    wanted, there = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (shown, new))
    half = np.s_[:, weight.shape[1] // 4 : -(-3 * weight.shape[1] // 4)]  # enough to tell grain, and between the eyes
    grain = noise(
        weight.shape, missing(levels(wanted[half], (ring > 0.5)[half]), levels(there[half], (weight > 0.5)[half]))
    )
    mixed[part] = base + weight[..., None] * (new + grain - base)
    sure[part] = np.maximum(weight > 0, np.clip(touched, 0, 1))
    return mixed, sure


def _looked_up(plane: Float32, matrix: Float64, shape: tuple[int, ...]) -> Float32:
    """A reduced plane where it lies in a part of the photo; the matrix leads from there to it, in continuous pixels."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    made = cv2.warpAffine(
        plane.astype(np.float32), between_pixels(matrix), shape[1::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(made, np.float32)


def _hints(worn: Worn, kinds: Float32) -> Float32:
    """(h, w, k) levels: kinds but skin, and how far to the right: hair comes from the same side, in its light."""
    right = np.broadcast_to(np.arange(kinds.shape[1]) * (PLACES / np.float32(worn.unit)), kinds.shape[:2])
    told = kinds[..., 1:4]
    if kinds.shape[2] > 4:  # hats are unlike all of them; four planes are resized at once
        told = told + kinds[..., 4:] * np.array([1, 0, 1], np.float32)
    return np.dstack([KINDS * told, right]).astype(np.float32)
