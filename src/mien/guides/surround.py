"""What surrounds a pair of eyes, where glasses hide it: the light of this face, the relief and the brows of another.

Of the other face, of the bank, only the logarithm of its light against its own smooth light counts: brows, folds of
lids, wrinkles, pores. It is multiplied onto the light and the color of this face, which are spread smoothly from the
skin that is seen (Liu et al., "Expressive expression mapping with ratio images", 2001). Eyes stay this face's.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo, perhaps reduced; areas are (h, w) bool;
    a relief is (h, w) float32, a natural logarithm. A unit is the distance of the outer corners of the eyes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.compose.border import wide_blur
from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import disc, grown
from mien.guides.bank import Bank, Entry, youth
from mien.guides.bank_faces import FREE_BROWS
from mien.guides.borrow import field, mirrored, unit_of
from mien.guides.laid import SHOWN, blurred, filled, looked_up
from mien.guides.traits import Traits
from mien.types import Bool, Face, Float32

BROWS = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
"""Landmarks around brows."""

HALO, HAIRS, LID = 0.03, 0.06, 0.03
"""How far a frame's halo reaches, hairs of a brow beyond its landmarks, and lids beyond the eyes; units."""

SOFT, LIGHT = 0.015, 0.03
"""How softly areas end, and the blur that parts light from relief; units."""

DIM = np.float32(8)
"""Levels that are added to light before its logarithm is taken: what is dark has no relief."""

BORDER = 0.06
"""How far from the face's outline another's relief begins to be taken, by half, units."""

WIDE, TINT = 0.2, 5.0
"""Reach of the skin's usual color, units, and how far from it that of what is made may be, a* and b*."""

LOOKED = 5
"""Faces of the bank whose brows are compared with what is seen of this one's."""

HIDDEN = 0.3
"""Share of a brow that must be hidden for both to be another's; less is filled in."""

EDGING = 0.05
"""How far around hair and background no light or color of skin is looked for, units."""

ODD = (14.0, 6.0)
"""Levels, and multiples of the usual relief, by which a rest of a frame stands out of skin."""

THIN, BLACK = 0.025, 0.4
"""Half the width of rims before brows, units, and how much darker than those they are."""

LONG = 0.2
"""Length of a rest of a rim before brows, units."""

BESIDE = 0.06
"""How far beside lenses there are rests of frames, units."""

STRONGEST = 4.0
"""Multiple of the skin's usual relief beyond which that of another is flattened."""

EDGE = 0.15
"""Relief of another's skin that is an edge, such as a strand of hair, and is left."""

SEEN = 0.12
"""Share of brows that must be seen to tell how dark they are."""

FITTED, UNSEEN, FAINT = (0.4, 1.4), 0.8, -0.06
"""How much another's brows may be weakened and strengthened; how dark they are where nothing is seen; and the relief
from which there is a brow."""


@dataclass(frozen=True, eq=False)
class Worn:
    """A face with glasses.

    Attributes:
        picture: with them.
        face: its points are in the picture's frame.
        hole: what is hidden.
        eyes: with their irises.
        lenses: what is seen through them, and all else that is taken for glasses.
        beside: what is hair, ear, or background.
    """

    picture: Float32
    face: Face
    hole: Bool
    eyes: Bool
    lenses: Bool
    beside: Bool

    @property
    def unit(self) -> float:
        """Pixels."""
        return unit_of(self.face)

    def within(self, outlines: Sequence[Sequence[int]], by: float = 0.0) -> Bool:
        """Inside some outlines of landmarks, widened by some units."""
        height, width = self.hole.shape
        points = self.face.landmarks[:, :2].astype(np.float64)
        area = np.logical_or.reduce([filled(points[list(one)], (0, 0, width, height)) for one in outlines])
        return grown(area, by * self.unit) if by else np.asarray(area, np.bool_)


def alike(face: Face, traits: Traits) -> list[Entry]:
    """Faces of the bank whose eyes are free, the most alike first."""
    able = [one for one in Bank.bundled().entries if one.path.stem in FREE_BROWS]
    return sorted(able, key=lambda one: _unlike(face, traits, one))


def _unlike(face: Face, mine: Traits, entry: Entry) -> float:
    other, lent = entry.face, entry.traits
    away = (
        min(abs(other.pose.yaw - face.pose.yaw), abs(other.pose.yaw + face.pose.yaw)) / 14,
        (other.pose.pitch - face.pose.pitch) / 16,
        (lent.skin[0] - mine.skin[0]) / 14,
        np.log(max(lent.texture, 0.3) / max(mine.texture, 0.3)) / 0.6,
        (lent.light[1] - mine.light[1]) / 25,
        np.clip((youth(other) - youth(face)) / 4, -2, 2),
        (max(lent.beard, lent.moustache) - max(mine.beard, mine.moustache)) / 0.8,
        np.clip(lent.length - mine.length, -1.5, 1.5) / 1.5,
        (lent.hair[0] - mine.hair[0]) / 40,
    )
    return float(np.square(away).sum())


def surrounded(worn: Worn, others: Sequence[Entry]) -> tuple[Float32, Float32]:
    """What is behind a frame, (h, w, 3), and where, (h, w) in [0, 1].

    Args:
        worn: the face.
        others: faces whose relief may be taken, the most alike first.
    """
    unit = worn.unit
    brows, eyes = worn.within(BROWS, HAIRS), grown(worn.eyes, LID * worn.unit)
    on_face = (worn.within([mesh.OUTLINE]) | worn.hole) & ~worn.beside
    near = grown(worn.hole, HALO * unit)
    plain = ~(brows | eyes | grown(worn.beside, EDGING * unit))
    smooth = _smooth(worn.picture, plain & ~near, unit)
    rests = _rests(worn, smooth, plain & ~near, brows) & on_face & ~eyes
    near |= rests
    known = plain & ~near
    smooth = _smooth(worn.picture, known, unit)
    mine = _relief(worn.picture, smooth)
    free = ~(near | eyes | worn.beside)
    relief = _chosen([_lent(worn, one, plain) for one in others[:LOOKED]], mine, worn, free)
    hairy = blurred(brows, SOFT * unit)
    relief = _as_rough(relief, mine, known, hairy) * _inside(worn)
    cores = [worn.within([one]) for one in BROWS]
    whole = max(float((worn.hole | rests)[core].mean()) if core.any() else 0.0 for core in cores) > HIDDEN
    if not whole:
        relief = relief + hairy * _spread(mine - relief, free, unit)
    made = ((smooth + DIM) * np.exp(relief)[..., None] - DIM).astype(np.float32)
    wanted = (near | brows if whole else near) & on_face
    weight = np.maximum(blurred(wanted, SOFT * unit), worn.hole & on_face)
    kept = eyes & ~grown(worn.hole, 0.01 * unit) | grown(worn.eyes, SOFT * unit)
    made = made + noise(kept.shape, missing(levels(worn.picture, known), levels(made, wanted)))
    weight = weight * np.clip(1 - 1.2 * blurred(kept, SOFT * unit), 0, 1)
    return np.clip(made, 0, 255).astype(np.float32), np.where(weight > SHOWN, weight, 0).astype(np.float32)


def _inside(worn: Worn) -> Float32:
    """(h, w) 1 within the face's outline, less close to it: beyond another's there are its hair and its ears."""
    depth = cv2.distanceTransform(worn.within([mesh.OUTLINE]).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.clip(depth / (BORDER * worn.unit) - 0.5, 0, 1), np.float32)


def _smooth(picture: Float32, known: Bool, unit: float) -> Float32:
    """Light and color (h, w, 3) spread from what is known; it agrees with that at the border."""
    area = known.astype(np.float32)
    total = cv2.GaussianBlur(np.dstack([picture * area[..., None], area]), (0, 0), LIGHT * unit)
    plain = np.asarray(total[..., :3] / np.maximum(total[..., 3:], 1e-3), np.float32)
    smooth = membrane(plain, area, 255.0)
    for _ in range(2):
        smooth += membrane(plain - smooth, area, 255.0)
    wide = wide_blur(np.dstack([picture * area[..., None], area]), WIDE * unit)
    usual = np.asarray(wide[..., :3] / np.maximum(wide[..., 3:], 1e-3), np.float32)
    lab, around = (cv2.cvtColor(one.clip(0, 255) / np.float32(255), cv2.COLOR_RGB2LAB) for one in (smooth, usual))
    sure = wide[..., 3:] > 0.01
    lab[..., 1:] = np.where(sure, np.clip(lab[..., 1:], around[..., 1:] - TINT, around[..., 1:] + TINT), lab[..., 1:])
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)


def _relief(picture: Float32, smooth: Float32) -> Float32:
    light, plain = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (picture, smooth))
    return np.asarray(np.log((light + DIM) / (plain + DIM)), np.float32)


def _lent(worn: Worn, entry: Entry, plain: Bool) -> Float32:
    """The relief of another face, moved to this one's points."""
    photo, other, face = entry.photo(), entry.face, worn.face
    if abs(other.pose.yaw + face.pose.yaw) + 4 < abs(other.pose.yaw - face.pose.yaw):
        photo, other, _ = mirrored(photo, other, None)
    height, width = worn.hole.shape
    box = (0, 0, width, height)
    taken, _ = looked_up(photo, None, field(face, other, face.landmarks[:, :2].astype(np.float64), box), box)
    return _relief(taken, _smooth(taken, plain, worn.unit))


def _rests(worn: Worn, smooth: Float32, known: Bool, brows: Bool) -> Bool:
    """What stands out of the skin in and around lenses: rests of rims, pads, reflections, strong wrinkles."""
    lighter = worn.picture - smooth
    off = np.where(brows, lighter.min(2), np.abs(lighter).max(2))
    off = cv2.GaussianBlur(off.astype(np.float32), (0, 0), 0.8)
    usual = float(np.median(off[known])) if known.any() else 0.0
    relief = _relief(worn.picture, smooth)
    thin = cv2.morphologyEx(relief, cv2.MORPH_BLACKHAT, disc(THIN * worn.unit)) > BLACK
    odd = np.where(
        brows, _long(brows & (thin | (off > 2 * ODD[0])), LONG * worn.unit), off > max(ODD[0], ODD[1] * usual)
    )
    return grown(odd & grown(worn.lenses, BESIDE * worn.unit), 0.5 * HALO * worn.unit)


def _long(area: Bool, length: float) -> Bool:
    """The pieces of an area that are so long: rims rather than hairs."""
    _, index, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8))
    return np.asarray(area & (stats[:, cv2.CC_STAT_WIDTH] > length)[index], np.bool_)


def _chosen(found: Sequence[Float32], mine: Float32, worn: Worn, free: Bool) -> Float32:
    """The relief whose brows are like what is seen of this face's, and as dark."""
    seen = worn.within(BROWS, 0.5 * HAIRS) & free & ~grown(worn.hole, (HALO + 0.02) * worn.unit)
    if int(seen.sum()) < SEEN * int(worn.within(BROWS).sum()):
        return found[0] * np.float32(UNSEEN)
    best, relief = np.inf, found[0]
    for one in found:
        dark, theirs = (min(float(np.quantile(each[seen], 0.3)), -0.02) for each in (mine, one))
        ratio = dark / theirs if theirs < FAINT else UNSEEN
        fitted = one * np.float32(np.clip(ratio, *FITTED))
        cost = float(np.abs(fitted - mine)[seen].mean()) + 0.05 * abs(float(np.log(ratio)))
        if cost < best:
            best, relief = cost, fitted
    return np.asarray(relief, np.float32)


def _as_rough(relief: Float32, mine: Float32, known: Bool, hairy: Float32) -> Float32:
    """Another's relief with skin as rough as this one's, without stronger spots; brows as they are."""
    if not known.any():
        return relief * hairy
    usual, theirs = (float(np.median(np.abs(one[known]))) + 1e-4 for one in (mine, relief))
    limit = np.float32(STRONGEST * usual)
    skin = limit * np.tanh(np.float32(min(1.2, usual / theirs)) * relief / limit)
    edges = cv2.GaussianBlur(np.abs(relief), (0, 0), 2.0) / EDGE
    skin /= 1 + edges**4
    return np.asarray(hairy * np.minimum(relief, limit) + (1 - hairy) * skin, np.float32)


def _spread(mine: Float32, free: Bool, unit: float) -> Float32:
    """What is known of a relief, smoothly spread over what is hidden: a brow goes on behind a thin rim."""
    area = free.astype(np.float32)
    total, share = (cv2.GaussianBlur(one, (0, 0), 0.01 * unit) for one in (mine * area, area))
    return membrane((total / np.maximum(share, 1e-3))[..., None].astype(np.float32), area, 3.0).reshape(free.shape)
