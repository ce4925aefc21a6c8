"""What is behind a frame on a face, as a network paints it, with this photo's grain.

Convention:
    That of :mod:`mien.guides.glasses.surround`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import grown
from mien.guides.glasses.surround import BROWS, Worn
from mien.guides.glasses.uncovering import Uncovering
from mien.guides.laid import blurred, coarse_beside
from mien.types import Bool, Float32

SOFT, NEAR = 0.008, 0.02
"""How softly a frame ends, and how far beside it rests of it are taken off, units."""

COLORED, FACE, MOSTLY = 0.03, 0.15, 0.7
"""How far from a frame, eyes and brows colors are looked up at least and at most, units; and how much of them is
replaced."""

SLOPES, DARKER, BRIGHTER = (-0.06, 0.6), 30.0, 20.0
"""How much of their color darker skin has more or less, per L*; by how many L* it is darker and brighter at most; in
colored light, that is much."""

PAST, DARK, HAIR, SHADOW = 0.06, 10.0, (108.0, 80.0), 0.08
"""Width of the border of brows to temples, units; levels by which skin is too dark there, and from which it is
hair, as a network paints it and as it is seen; and how far from a frame its shadows reach, units."""

LIT = 0.75
"""How much of that is lightened."""

SEEN = 0.02
"""Share of a change from which it is made."""

SHADES, BROWS_DARK, SHOWN, FULLER = 10.0, 90.0, 0.2, 1.5
"""Levels by which what is painted may be darker than the skin beside a frame; the same for brows that are not seen;
the share of brows that must be seen to tell how dark they are; and how much darker they may be."""

TINTS, COOL = 0.025, (5.0, 11.0)
"""How fine colors of lenses are, units; and by how much less red and yellow than usual skin they are at least."""

JOINED, STEP, FADED = 0.02, 30.0, 0.06
"""Width of the border, units, where light agrees with what is beside it; by how many levels at most; how far inside."""

WIRE = (0.025, 0.045)
"""Half the width of a hole, units, up to which it is filled from both sides, and from which as a network paints it."""

BEYOND, RING, GRAIN = 0.045, 0.12, 0.35
"""How far from a frame what is smooth begins, and how far grain is measured, units; and its share in the dark."""


def repainted(worn: Worn, network: Uncovering) -> tuple[Float32, Float32, Float32, Float32]:
    """What is behind a frame, (h, w, 3), and where, (h, w); the picture without its rests, and where those were.

    Args:
        worn: the face.
        network: that paints.
    """
    unit, points = worn.unit, worn.face.landmarks
    hidden, lenses, eyes = (one.astype(np.float32) for one in (worn.hole, worn.lenses, worn.eyes))
    made, more, within = network.behind(worn.picture, hidden, lenses, eyes, points)
    sees = np.clip(4 * within, 0, 1)
    soft = np.maximum(blurred(worn.hole, SOFT * unit) * np.maximum(sees, 1 - eyes), hidden)
    known = ~(grown(worn.hole, BEYOND * unit) | grown(worn.beside, NEAR * unit))
    smooth = membrane(worn.picture, known.astype(np.float32), 255.0)
    made = smooth + sees[..., None] * (made - smooth)  # the network knows of nothing farther out
    made = _limited(made, worn)
    more = np.maximum(more, -SHADES)
    lighter, share = _lit(worn)
    made = made + _darker(made, lighter, share, HAIR[0], unit)[..., None] * (lighter - made)
    made = _colored(made, worn)
    near = blurred((grown(worn.hole, NEAR * unit) | worn.shade) & ~worn.eyes, NEAR / 2 * unit)
    rested = worn.picture + ((1 - soft) * near)[..., None] * more
    rested, untinted = _untinted(rested, worn)
    sides = ~(worn.hole | grown(worn.eyes, 1.5) | worn.beside)
    if sides.any():
        made = made + _thin(worn)[..., None] * (membrane(rested, sides.astype(np.float32), 255.0) - made)
    below = blurred(grown(worn.hole, SHADOW * unit) & ~worn.beside, 0.02 * unit)
    plain = coarse_beside(rested, worn.hole | worn.beside, 0.03 * unit)
    lit = below * _darker(plain, lighter, share, HAIR[1], unit)
    rested = rested + lit[..., None] * (lighter - plain)
    made = _joined(made, rested, worn)
    made = made + _grain(made, worn)
    near = np.maximum(near * within, lit)
    near = np.maximum(near, untinted)
    found = np.where(near > SEEN, near, 0)
    return np.clip(made, 0, 255).astype(np.float32), soft, np.clip(rested, 0, 255).astype(np.float32), found


def _lit(worn: Worn) -> tuple[Float32, Float32]:
    """Temples as light as the skin above and below a frame, (h, w, 3), and where that is known, (h, w).

    A network sees dark brows go on there, and arms cast shadows.
    """
    barred = grown(worn.hole, SHADOW * worn.unit) | grown(worn.beside, 2 * NEAR * worn.unit) | worn.eyes
    if barred.all():
        return worn.picture, np.zeros(barred.shape, np.float32)
    skin = membrane(worn.picture, (~barred).astype(np.float32), 255.0)
    far = cv2.distanceTransform((~worn.beside).astype(np.uint8), cv2.DIST_L2, 5) / (2 * PAST * worn.unit)
    return skin, (LIT * _temples(worn) * np.clip(far, 0, 1)).astype(np.float32)


def _darker(picture: Float32, skin: Float32, share: Float32, hair: float, unit: float) -> Float32:
    """(h, w) in [0, 1] where a picture is darker than skin is around; what is much darker is hair."""
    darker = (skin - picture).mean(2)
    apart = np.clip(darker / DARK - 0.5, 0, 1) * np.clip(3 - 3 * darker / hair, 0, 1) * share
    return np.asarray(cv2.GaussianBlur(apart, (0, 0), max(1.0, 0.02 * unit)), np.float32)


def _untinted(picture: Float32, worn: Worn) -> tuple[Float32, Bool]:
    """Lids without the blue and green that lenses reflect, skin in its usual color (h, w, 3); and where (h, w)."""
    unit = worn.unit
    barred = grown(worn.hole | worn.eyes | worn.shade | _brows(worn), NEAR * unit) | worn.beside
    if barred.all():
        return picture, np.zeros(barred.shape, np.bool_)
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    usual = membrane(lab, ((~barred) & ~worn.lenses).astype(np.float32), 255.0)
    other = worn.hole | worn.eyes | worn.beside
    coarse = coarse_beside(lab, other, max(1.0, TINTS * unit))
    off = usual[..., 1:] - coarse[..., 1:]
    size = np.maximum(np.hypot(off[..., 0], off[..., 1]), 1e-3)
    cool = (off.sum(2) > 0) * np.clip((size - COOL[0]) / (COOL[1] - COOL[0]), 0, 1)
    cool = cool * np.clip(coarse[..., 0] / np.maximum(usual[..., 0], 1), 0, 1)
    where = blurred((worn.shade | worn.lenses) & ~(other | _brows(worn)), TINTS / 2 * unit) * ~worn.eyes
    share = LIT * cool * where
    lab[..., 1:] += share[..., None] * off
    made = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * np.float32(255)
    return np.where((share > SEEN)[..., None], made, picture).astype(np.float32), share > SEEN


def _joined(made: Float32, rested: Float32, worn: Worn) -> Float32:
    """What is behind a frame as light as what it meets, so that no border is seen."""
    depth, near = cv2.distanceTransform(worn.hole.astype(np.uint8), cv2.DIST_L2, 5), JOINED * worn.unit
    outer = grown(worn.hole, near) & ~(worn.hole | worn.beside | worn.eyes)
    inner = worn.hole & (depth <= near) & ~(worn.beside | worn.eyes)
    border = (inner & (depth < 2)).astype(np.float32)
    if not (outer.any() and border.any()):
        return made
    sigma = max(1.0, 0.5 * near)
    step = coarse_beside(rested, ~outer, sigma) - coarse_beside(made, ~inner, sigma)
    off = membrane(step, border, STEP)
    fading = np.exp(-((depth / np.float32(FADED * worn.unit)) ** 2)) * ~worn.eyes
    return np.asarray(made + fading[..., None] * off, np.float32)


def _limited(made: Float32, worn: Worn) -> Float32:
    """What a network paints, no darker than skin beside a frame but for brows, and those as dark as they are seen."""
    near = NEAR * worn.unit
    plain = membrane(worn.picture, (~grown(worn.hole, near)).astype(np.float32), 255.0)
    limit = np.full(worn.hole.shape, SHADES, np.float32)
    for brow in _each_brow(worn):
        seen = brow & ~grown(worn.hole, near)
        skin = grown(brow, 4 * near) & ~(grown(brow | worn.hole, near) | worn.eyes | worn.beside)
        most = BROWS_DARK
        if seen.sum() > SHOWN * brow.sum() and skin.any():
            most = float(np.median(worn.picture[skin].mean(1)) - np.quantile(worn.picture[seen].mean(1), 0.1))
        hidden = 1 - seen.sum() / max(1, brow.sum())
        reach = near * (0.5 + 3 * hidden)  # the less is seen, the less is its place known
        limit += FULLER * max(most - SHADES, 0) * blurred(grown(brow, reach), near)
    darker = (plain - made).mean(2)
    less = np.where(darker > 0, darker - limit * np.tanh(darker / limit), 0)
    return np.asarray(made + np.where(worn.eyes, 0, less)[..., None], np.float32)


def _thin(worn: Worn) -> Float32:
    """(h, w) in [0, 1] where a frame is so thin that what lies on both sides of it goes on behind it."""
    depth = cv2.distanceTransform(worn.hole.astype(np.uint8), cv2.DIST_L2, 5)
    width = cv2.dilate(depth, np.ones((2 * round(WIRE[1] * worn.unit) + 1,) * 2, np.uint8)) / np.float32(worn.unit)
    thin = np.clip((WIRE[1] - width) / (WIRE[1] - WIRE[0]), 0, 1)
    return np.asarray(cv2.GaussianBlur(thin, (0, 0), max(1.0, 0.5 * WIRE[0] * worn.unit)), np.float32)


def _temples(worn: Worn) -> Float32:
    """(h, w) in [0, 1] the skin beyond eyes and brows: it is smooth, where a network sees dark brows go on."""
    points = worn.face.landmarks[:, :2].astype(np.float64)
    across = (points[263] - points[33]) / max(float(np.linalg.norm(points[263] - points[33])), 1e-6)
    ys, xs = np.mgrid[: worn.hole.shape[0], : worn.hole.shape[1]]
    place = xs * across[0] + ys * across[1]
    past = np.maximum(points[33] @ across - place, place - points[263] @ across) / worn.unit
    brows = blurred(grown(_brows(worn), NEAR * worn.unit), NEAR * worn.unit)
    return np.asarray(np.clip(past / PAST, 0, 1) * (1 - brows), np.float32)


def _each_brow(worn: Worn) -> tuple[Bool, Bool]:
    """(h, w) inside of each brow's outline."""
    areas = np.zeros((2, *worn.hole.shape), np.uint8)
    for area, one in zip(areas, BROWS, strict=True):
        cv2.fillPoly(area, [np.round(worn.face.landmarks[list(one), :2]).astype(np.int32)], 1)
    return areas[0] > 0, areas[1] > 0


def _brows(worn: Worn) -> Bool:
    """(h, w) inside of the brows' outlines."""
    left, right = _each_brow(worn)
    return left | right


def _colored(made: Float32, worn: Worn) -> Float32:
    """What is behind a frame in the colors of what is seen beside it: a network makes shaded skin gray or blue.

    Shaded skin has colors of its kind, as far as there is shaded skin on the face.
    """
    unit = worn.unit
    seen, shown = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (worn.picture, made))
    barred = grown(worn.hole | worn.eyes | _brows(worn), COLORED * unit) | worn.beside
    if barred.all():
        return made
    usual = membrane(seen, (~barred).astype(np.float32), 255.0)
    face = ~barred & grown(worn.hole, FACE * unit)
    tone = seen[face if face.any() else ~barred]
    tone = tone - tone.mean(0)
    slope = np.clip((tone[:, :1] * tone[:, 1:]).sum(0) / max(float((tone[:, 0] ** 2).sum()), 1.0), *SLOPES)
    less = np.clip(shown[..., :1] - usual[..., :1], -DARKER, BRIGHTER)
    usual = usual[..., 1:] + slope * less
    share = MOSTLY * blurred(worn.hole & ~worn.eyes, SOFT * unit)[..., None]
    shown[..., 1:] += share * (usual - shown[..., 1:])
    return np.asarray(np.clip(cv2.cvtColor(shown, cv2.COLOR_LAB2RGB), 0, 1) * np.float32(255), np.float32)


def _grain(made: Float32, worn: Worn) -> Float32:
    """(h, w, 3) levels: as much noise as the skin beside a frame has, less where it is darker.

    Its lines, mirrored, look like rests of rims.
    """
    skin = ~(worn.beside | worn.eyes)
    ring = grown(worn.hole, RING * worn.unit) & ~grown(worn.hole, 1.5) & skin
    wanted, there = (cv2.cvtColor(one.astype(np.float32), cv2.COLOR_RGB2GRAY) for one in (worn.picture, made))
    grain = noise(worn.hole.shape, missing(levels(wanted, ring), levels(there, worn.hole & skin)))
    usual = max(float(np.median(wanted[ring])), 1.0) if ring.any() else 1.0
    shade = cv2.GaussianBlur(there, (0, 0), max(1.0, NEAR * worn.unit)) / np.float32(usual)
    return np.asarray(grain * np.clip(shade, GRAIN, 1)[..., None], np.float32)
