"""What lies behind a pair of glasses: skin, lids and brows of a face that wears none, in this photo's light and grain.

Rims hide parts whose shape is known (a brow goes on, a nose has a bridge), but not from their surroundings. A face of
the bank is laid over this one point by point, takes its light and its colours where both are seen, and shows through
where the frame was. Which face: the one that agrees best with what is seen around the frame.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; areas are (h, w) bool. A unit is the
    distance of the outer corners of the eyes, in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.compose.blend import smooth_membrane
from mien.compose.grain import bands, noise, noise_level
from mien.compose.morphology import grown
from mien.errors import LayerError
from mien.guides.bank import Bank
from mien.guides.borrow import PARTS, nearness, turned, unit_of
from mien.guides.guide import Box
from mien.guides.laid import looked_up
from mien.guides.shapes import Shapes
from mien.guides.spline import Spline
from mien.guides.traits import Traits
from mien.types import Bool, Face, Float32, Float64, Photo

TRIED = 14
"""Faces of the bank that are laid over the photo."""

HAIR = 8.0
"""By how much lighter hair costs as much as a level of difference: brows are as dark as hair."""

SMALL, LOOKED = 64.0, 6
"""Unit at which faces are compared, pixels; and how many are looked at with their brows moved."""

LIGHT = 0.16
"""Reach of the light that is matched, units."""

SHADED, SHADES, BROW = 0.03, (-24.0, 9.0), 90.0
"""Reach of light and dark, units; levels by which the other's may be darker or lighter than the skin around the hole;
and by how much brows may be darker."""

LOCAL = 0.25
"""Logarithm by which light may differ from that farther around."""

FLOOR = 12.0
"""Levels added before light is compared: dark pixels are mostly noise."""

LIMIT = 0.4
"""Logarithm by which what is shown may be lightened or darkened at its border."""

HIGHER = (-0.08, -0.04, 0.0, 0.04, 0.08, 0.12)
"""Units by which brows are tried higher or lower: rims mislead the landmarks there."""

RELIEF, DARKER = 0.12, (0.4, 1.0)
"""Reach of the light around brows, units; by how much less or more the other brows may be marked."""

SEEN, UNSEEN = 0.25, 0.4
"""Share of the brows that must be seen to tell how dark they are; and how marked others are at most where it is not."""

LOUDER = (0.3, 1.0)
"""Least and most that the other skin's texture is multiplied by; what it lacks is added as grain."""

STRANGE, BESIDE = 20.0, 0.035
"""Levels by which a frame's edge, shadow or reflection differs from skin; and how far it reaches, units."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A face with glasses.

    Attributes:
        face: in the photo.
        box: of the photo that is looked at.
        lower: the photo there.
        hole: what is hidden and looked for here.
        unknown: that, and what else is hidden.
        skin: skin, through the lenses, too.
        bare: skin beside the lenses, which tint.
        kept: eyes, which stay as they are.
    """

    face: Face
    box: Box
    lower: Float32
    hole: Bool
    unknown: Bool
    skin: Bool
    bare: Bool
    kept: Bool

    def reduced(self, scale: float) -> Scene:
        """The same, smaller."""
        if scale >= 1:
            return self
        x0, y0, x1, y1 = (round(v * scale) for v in self.box)
        size = (x1 - x0, y1 - y0)
        lower = cv2.resize(self.lower, size, interpolation=cv2.INTER_AREA)
        areas = (
            cv2.resize(one.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
            for one in (self.hole, self.unknown, self.skin, self.bare, self.kept)
        )
        face = replace(self.face, landmarks=self.face.landmarks * np.float32(scale), quad=self.face.quad * scale)
        return Scene(face, (x0, y0, x1, y1), lower, *areas)


def uncovered(scene: Scene, traits: Traits) -> tuple[Float32, Bool]:
    """The picture (h, w, 3) without what hides it, and where it was hidden.

    Raises:
        LayerError: nobody of the bank looks the same way.
    """
    picture = _best(scene, traits)
    hole = scene.hole | _strange(scene, picture)
    shown = _shown(scene, picture, hole)
    return np.where(hole[..., None], shown, scene.lower).astype(np.float32), hole


def _best(scene: Scene, traits: Traits) -> Float32:
    """The face of the bank that agrees best, over this one; chosen at a small size."""
    small = scene.reduced(SMALL / unit_of(scene.face))
    unit = unit_of(small.face)
    brows = _brow_area(small, unit)
    seen = brows & ~grown(small.unknown, 0.02 * unit) & ~small.kept
    near = (grown(small.hole, 0.2 * unit) & small.skin) | seen
    found: list[tuple[float, Photo, Face]] = []
    for fits, entry in Bank.bundled().ranked(scene.face, traits, "around_eyes")[:TRIED]:
        try:
            other, face, _, _ = turned(scene.face, entry.photo(), entry.face, None, "brows")
        except LayerError:
            continue
        picture = _laid(small, other, face, 0.0)
        hair = abs(entry.traits.hair[0] - traits.hair[0]) / HAIR
        found.append((_apart(small.lower, picture, near, unit) + 1.5 * fits + hair, other, face))
    if not found:
        raise LayerError("No face of the bank looks the same way; glasses stay on faces that are turned so far.")
    found.sort(key=lambda one: one[0])
    tries = [
        (cost / found[0][0] + _unlike(small.lower, _laid(small, other, face, higher), seen, unit), other, face, higher)
        for cost, other, face in found[:LOOKED]
        for higher in HIGHER
    ]
    _, other, face, higher = min(tries, key=lambda one: one[0])
    picture, unit = _laid(scene, other, face, higher), unit_of(scene.face)
    brows = _brow_area(scene, unit)
    return _as_dark(scene.lower, picture, brows & ~grown(scene.unknown, 0.02 * unit) & ~scene.kept, brows, unit)


def _laid(scene: Scene, other: Photo, face: Face, higher: float) -> Float32:
    """Another face over this one, its brows moved up by some units."""
    unit = unit_of(scene.face)
    taken, seen = looked_up(other, None, _field(scene.face, face, scene.box, -higher * unit), scene.box)
    return _in_light(scene, taken, seen > 0.5)


def _apart(lower: Float32, picture: Float32, compared: Bool, unit: float) -> float:
    """Levels by which another face differs."""
    off = cv2.GaussianBlur(picture - lower, (0, 0), 0.012 * unit)
    return float(np.minimum(np.abs(off).mean(2), 40)[compared].mean()) if compared.any() else 0.0


def _unlike(lower: Float32, picture: Float32, compared: Bool, unit: float) -> float:
    """1 − correlation of the light and dark of two faces; how strong it is does not count."""
    here, there = (_relief(one, unit)[compared] for one in (lower, picture))
    if len(here) < 50:
        return 1.0
    return 1 - float(np.corrcoef(here, there)[0, 1])


def _as_dark(lower: Float32, picture: Float32, compared: Bool, brows: Bool, unit: float) -> Float32:
    """The other face with brows as dark as those of this one that are seen."""
    here, there = (_relief(one, unit)[compared] for one in (lower, picture))
    slope = float((here * there).sum() / max(float((there * there).sum()), 1e-6))
    if len(here) < SEEN * int(brows.sum()):
        slope = min(slope, UNSEEN)
    by = cv2.GaussianBlur(brows.astype(np.float32), (0, 0), 0.04 * unit) * np.float32(np.clip(slope, *DARKER) - 1)
    relief = picture - cv2.GaussianBlur(picture, (0, 0), RELIEF * unit)
    return np.asarray(np.clip(picture + by[..., None] * relief, 0, 255), np.float32)


def _relief(picture: Float32, unit: float) -> Float32:
    light = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 0.012 * unit)
    return np.asarray(light - cv2.GaussianBlur(light, (0, 0), RELIEF * unit), np.float32)


def _field(face: Face, other: Face, box: Box, lower: float) -> Float32:
    """(h, w, 2): the way from each pixel to the place in the other photo that is shown there."""
    unit = unit_of(face)
    here, there = (one.landmarks[:, :2].astype(np.float64) for one in (face, other))
    keep = ((here > np.array(box[:2]) - 0.6 * unit) & (here < np.array(box[2:]) + 0.6 * unit)).all(1)
    _, first = np.unique(np.round(here, 0), axis=0, return_index=True)
    keep &= np.isin(np.arange(len(here)), first)
    goals: Float64 = here.copy()
    goals[:, 1] += lower * nearness(Shapes.bundled().mean, PARTS["brows"].points, 0.1)
    return Spline.fit(goals[keep], there[keep] - goals[keep], smoothing=1e-4).field(box)


def _in_light(scene: Scene, taken: Float32, seen: Bool) -> Float32:
    """The other face's light and dark under this photo's light, in the colour of the skin around."""
    lower, unit = scene.lower, unit_of(scene.face)
    weight = (scene.skin & seen).astype(np.float32)
    here, there = (np.log(_light(one) + FLOOR)[..., None] for one in (lower, taken))
    (near, sure), (wide, share) = (_blurred(here - there, weight, reach * unit) for reach in (LIGHT, 3 * LIGHT))
    coarse = np.where(share[..., None] > 1e-3, wide, 0)
    gain = coarse + np.clip(sure / 0.15, 0, 1)[..., None] * np.clip(near - coarse, -LOCAL, LOCAL)
    lit = (np.exp(there + gain) - FLOOR)[..., 0]
    off = cv2.GaussianBlur(lit, (0, 0), SHADED * unit) - _light(smooth_membrane(lower, weight, 255.0, unit))
    brows = cv2.GaussianBlur(_brow_area(scene, unit).astype(np.float32), (0, 0), 0.03 * unit)
    lit = np.maximum(lit - off + np.clip(off, SHADES[0] - (SHADES[0] + BROW) * brows, SHADES[1]), 0)
    bare = smooth_membrane(lower, (scene.bare & seen).astype(np.float32), 255.0, unit)
    hue = bare / np.maximum(_light(bare), 8)[..., None]
    return np.asarray(np.clip(lit[..., None] * hue, 0, 255), np.float32)


def _light(picture: Float32) -> Float32:
    return np.asarray(picture @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)


def _strange(scene: Scene, picture: Float32) -> Bool:
    """What touches the frame and is like it rather than like the other face: edges, shadows, reflections."""
    unit = unit_of(scene.face)
    shown = _corrected(scene.lower, picture, scene.unknown, unit)
    off = np.abs(cv2.GaussianBlur(scene.lower - shown, (0, 0), 0.8)).max(2)
    near = grown(scene.hole, BESIDE * unit) & ~scene.kept
    odd = ((off > STRANGE) & near) | scene.hole
    _, index = cv2.connectedComponents(odd.astype(np.uint8))
    return np.asarray(np.isin(index, np.unique(index[scene.hole])) & odd & ~scene.kept)


def _shown(scene: Scene, picture: Float32, hole: Bool) -> Float32:
    """The other face in the photo's colours along the hole, and as rough as its skin."""
    shown = _corrected(scene.lower, picture, hole | scene.unknown, unit_of(scene.face))
    calm = cv2.erode((scene.skin & ~hole).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if int(calm.sum()) < 200:
        return shown
    wanted, found = ([noise_level(band, calm) for band in bands(one)] for one in (scene.lower, picture))
    for band, want, has in zip(bands(shown), wanted, found, strict=True):
        shown = shown + np.float32(np.clip(want / max(has, 1e-3), *LOUDER) - 1) * band
    lacking = tuple(min(max(w * w - h * h, 0.0) ** 0.5, 6.0) for w, h in zip(wanted, found, strict=True))
    return np.asarray(np.clip(shown + noise(hole.shape, lacking), 0, 255), np.float32)


def _corrected(lower: Float32, picture: Float32, hole: Bool, unit: float) -> Float32:
    """The other face in the photo's colours: how far it is off along the hole, as a ratio, spread over it."""
    edge = grown(hole, max(3.0, 0.02 * unit)) & ~hole
    ratio = np.log((_light(lower) + FLOOR) / (_light(picture) + FLOOR))[..., None]
    off, share = _blurred(ratio, (~hole).astype(np.float32), max(1.2, 0.008 * unit))
    spread = smooth_membrane(off, edge.astype(np.float32) * (share > 0.05), LIMIT, unit)
    gain = (np.exp(spread) * (_light(picture)[..., None] + FLOOR) - FLOOR) / np.maximum(_light(picture), 4)[..., None]
    return np.asarray(np.clip(np.clip(gain, 0, 2) * picture, 0, 255), np.float32)


def _blurred(values: Float32, weight: Float32, sigma: float) -> tuple[Float32, Float32]:
    """Weighted mean around each pixel (h, w, 3), and the share of weight (h, w)."""
    total, share = (cv2.GaussianBlur(one, (0, 0), sigma) for one in (values * weight[..., None], weight))
    mean = total.reshape(values.shape) / np.maximum(share, 1e-4)[..., None]
    return np.asarray(mean, np.float32), np.asarray(share, np.float32)


def _brow_area(scene: Scene, unit: float) -> Bool:
    area = np.zeros(scene.hole.shape, np.uint8)
    for piece in PARTS["brows"].pieces or ():
        points = (scene.face.landmarks[list(piece), :2] - np.array(scene.box[:2])).astype(np.float32)
        cv2.fillPoly(area, [np.round(cv2.convexHull(points)).astype(np.int32)], 1)
    return grown(area > 0, 0.12 * unit)
