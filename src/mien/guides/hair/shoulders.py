"""What hair hid below a jaw: neck, clothes and backdrop, each of what is seen of it in the same photo.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.compose.border import wide_blur
from mien.compose.grain import levels, noise
from mien.compose.morphology import disc
from mien.compose.patches import patched
from mien.guides.hair.backdrop import behind_hair
from mien.guides.hair.bare import held, wisps
from mien.guides.hair.cut_doubts import figures
from mien.guides.hair.torso import Torso, soft
from mien.guides.scene import Scene, polygon
from mien.types import Bool, Float32

SHADED = 0.05
"""Units beside hair in which skin and clothes lie in its shade."""

SIDES, ROUND = 0.2, 0.28
"""How much darker a neck is at its sides, and in how many units that begins."""

JAW, UNDER = 0.22, 0.12
"""How much darker a neck is below the jaw, and in how many units that ends."""

LEAST = 0.08
"""Square units of a neck that tell its color; where less is seen, it is that of the face, a little darker."""

SEEN, PATTERN = (0.005, 0.1), 3.0
"""Square units of clothes from which they tell a color, and a pattern; and their detail, levels, that is one."""

RIM = 0.03
"""Units by which patches of clothes reach beyond them, so that their soft border shows nothing else."""

NEARBY = 0.15
"""Units over which patches of clothes get the light of clothes that are seen."""

PLAIN = (46.0, 48.0, 54.0)
"""Color of clothes of which nothing is seen."""

ROUGH, FOLDS, BELOW = 2.5, (0.06, 0.12), 0.2
"""Noise of plain clothes at most, levels; how dark their folds are and how wide, units; and how dark they are below a
head."""

LIT = (0.7, 0.7, 0.4, 1.0)
"""Quantile of the light of a neck that is out of the shade; share of the face's light that it has at least where less
than so many square units of it are seen; and how much of what is missing is added."""

SATURATED = np.array([0.85, 1.0, 1.2], np.float32)
"""Power of light by channel: skin in the shade has more color."""

STRANDS = 0.08
"""Units around hair in which a neck is made anew: single strands lie there, and their shadows."""

WARM = np.array([0.85, 1.0, 1.08], np.float32)
"""How dark a shade on skin is by channel."""


def bared(here: Scene, around: Float32) -> tuple[Float32, Float32, Float32, dict[str, float]]:
    """What lies below hair that goes, near it (h, w).

    Returns:
        (h, w, 3) what lies there, (h, w) how much of each pixel is hair or its shade, (h, w) where skin is, and what
        tells whether it will be believed, :func:`mien.guides.hair.cut_doubts.figures`.
    """
    unit, seen = here.unit, held(here)
    torso = Torso.of(here, seen)
    face = polygon(here.points[list(mesh.OUTLINE)], here.shape, 0.008 * unit)
    body, neck = soft(torso.body, unit), soft(torso.body & ~torso.clothes, unit)
    gone = _gone(here, torso, body, np.maximum(neck, face), face) * around
    known = seen & (here.shares["background"] > 0.75) & ~wisps(here) & ~_grown(torso.worn, 0.03 * unit)
    known &= ~_grown(~seen, 0.06 * unit)
    backdrop = behind_hair(here, known, (body < 0.99) & (gone > 0))
    fill = here.picture if backdrop is None else backdrop
    fill = fill + body[..., None] * (_clothes(here, torso) - fill)
    cheek = _skin(here, (face > 0.95) & (here.shares["face"] > 0.8), cheek=True)
    fill = fill + neck[..., None] * (_neck(here, torso, face, cheek) - fill)
    fill = fill + face[..., None] * (cheek - fill)
    beside = _turned_away(here)
    more = beside * (1 - np.maximum(neck, face))
    fill = fill + more[..., None] * (_skin(here, beside > 0.5, cheek=True) - fill)
    gone = gone * np.clip(1 - 2 * cv2.GaussianBlur(here.shares["worn"], (0, 0), 1.0), 0, 1)
    fill, gone = np.asarray(fill, np.float32), np.asarray(gone, np.float32)
    found = figures(here, torso, _seen_clothes(here, torso), gone)
    return fill, gone, np.maximum.reduce([neck, face, more]), found


def _turned_away(here: Scene) -> Float32:
    """(h, w): skin that is seen, of a jaw or an ear that turns away, beside the face's outline."""
    skin = (here.shares["face"] + here.shares["neck"] + here.shares["ears"] > 0.6) & (here.hair < 0.3)
    left = np.arange(here.shape[1]) < here.points[152, 0]
    jaw = np.where(left, here.points[172, 1], here.points[397, 1]) + 0.05 * here.unit
    skin &= np.arange(here.shape[0])[:, None] < jaw
    even = cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_OPEN, disc(0.03 * here.unit)).astype(np.float32)
    return np.asarray(np.clip(4 * wide_blur(even, 0.03 * here.unit) - 1.2, 0, 1), np.float32)


def _grown(area: Bool, by: float) -> Bool:
    return np.asarray(cv2.dilate(area.astype(np.uint8), disc(by)) > 0, np.bool_)


def _gone(here: Scene, torso: Torso, body: Float32, skin: Float32, face: Float32) -> Float32:
    """(h, w): how much of each pixel is hair or its shade; clothes with a pattern look like thin hair to a matte."""
    unit = here.unit
    near = np.clip(1.5 * wide_blur(_grown(here.loose > 0.06, 0.03 * unit).astype(np.float32), 0.02 * unit) - 0.1, 0, 1)
    lines = np.clip(1.8 * wide_blur(wisps(here).astype(np.float32), 0.05 * unit) - 0.4, 0, 1)
    near = np.maximum(near, lines * (1 - body) * (1 - face))
    beside = wide_blur(_grown(here.loose > 0.06, STRANDS * unit).astype(np.float32), 0.03 * unit)
    near = np.maximum(near, np.clip(1.3 * beside, 0, 1) * skin * (1 - face))
    dense = np.clip((cv2.GaussianBlur(here.hair, (0, 0), 0.02 * unit) - 0.45) / 0.3, 0, 1)
    dense = np.clip(1.5 * wide_blur(_grown(dense > 0.5, 0.03 * unit).astype(np.float32), 0.02 * unit) - 0.1, 0, 1)
    worn = wide_blur((here.shares["clothes"] > 0.25).astype(np.float32), 0.02 * unit)
    return np.asarray(near + worn * (np.minimum(near, dense) - near), np.float32)


def _seen_clothes(here: Scene, torso: Torso) -> Bool:
    """(h, w): clothes that are seen, not in the shade of hair, nor at their border."""
    unit, worn = here.unit, torso.worn
    return np.asarray(worn & ~_grown(~worn, 0.03 * unit) & ~_grown(here.loose > 0.1, SHADED * unit), np.bool_)


def _clothes(here: Scene, torso: Torso) -> Float32:
    """(h, w, 3) clothes: patches of those that are seen, or their color."""
    unit, known = here.unit, _seen_clothes(here, torso)
    much = float(known.sum()) / unit**2
    if much < SEEN[0]:
        return np.broadcast_to(np.array(PLAIN, np.float32), here.picture.shape) + noise(here.shape, (1.0, 1.0, 1.0))
    fine = np.abs(here.picture - wide_blur(here.picture, 0.05 * unit)).mean(2)[known]
    if much > SEEN[1] and float(fine.mean()) > PATTERN:
        hole, light = _grown(torso.clothes, RIM * unit) & ~known, _close_by(here.picture, known, unit)
        light = wide_blur(membrane(light, known.astype(np.float32), 255.0), 0.06 * unit)
        even, top = here.picture - light, int(np.flatnonzero(torso.clothes.any(1))[0])
        void = ~(hole | known)
        rows = np.s_[top:]
        even[rows] = patched(even[rows], hole[rows], void[rows], np.random.default_rng(0), void=void[rows])
        return np.asarray(np.clip(even + light, 0, 255), np.float32)
    calm = wide_blur(membrane(here.picture, known.astype(np.float32), 255.0), 0.06 * unit)
    rough = noise(here.shape, tuple(min(ROUGH, one) for one in levels(here.picture, known)))
    return np.asarray(calm * (1 - _folds(here, torso))[..., None] + rough, np.float32)


def _close_by(picture: Float32, area: Bool, unit: float) -> Float32:
    """(h, w, 3): the light of an area (h, w) nearby."""
    share = area.astype(np.float32)
    total = wide_blur(picture * share[..., None], NEARBY * unit)
    return np.asarray(total / np.maximum(wide_blur(share, NEARBY * unit), 1e-3)[..., None], np.float32)


def _folds(here: Scene, torso: Torso) -> Float32:
    """(h, w): how dark plain clothes are by folds, and below a head."""
    unit, rng = here.unit, np.random.default_rng(0)
    skin = (~torso.clothes & torso.body).astype(np.uint8)
    away = cv2.distanceTransform(1 - skin, cv2.DIST_L2, 5) / np.float32(unit)
    small = rng.standard_normal((max(2, here.shape[0] // 8), max(2, here.shape[1] // 8))).astype(np.float32)
    waves = wide_blur(np.asarray(cv2.resize(small, here.shape[::-1]), np.float32), FOLDS[1] * unit)
    waves = np.clip(waves / max(2 * float(waves.std()), 1e-6), -1, 1)
    return np.asarray(FOLDS[0] * waves + BELOW * np.exp(-away / np.float32(0.25)) * (torso.clothes > 0), np.float32)


def _skin(here: Scene, area: Bool, *, cheek: bool) -> Float32:
    """(h, w, 3) skin that is seen in an area (h, w), spread from there."""
    known = area & ~_grown(here.loose > 0.06, (0.8 if cheek else 1) * SHADED * here.unit)
    if int(known.sum()) < 50:
        return here.picture
    calm = wide_blur(membrane(here.picture, known.astype(np.float32), 255.0), (0.02 if cheek else 0.03) * here.unit)
    rough = noise(here.shape, tuple(min(2 * ROUGH, one) for one in levels(here.picture, known)))
    return np.asarray(calm + rough, np.float32)


def _neck(here: Scene, torso: Torso, face: Float32, cheek: Float32) -> Float32:
    """(h, w, 3) a neck: what is seen of it, spread, and darker at its sides and below the jaw."""
    unit, whole = here.unit, (torso.body & ~torso.clothes) | (face > 0.5)
    seen = (here.shares["neck"] > 0.7) & whole & (face < 0.05)
    far = cv2.distanceTransform((whole | torso.clothes).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(unit)
    dark = SIDES * np.clip(1 - far / np.float32(ROUND), 0, 1) ** 1.6
    below = cv2.distanceTransform((face < 0.5).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(unit)
    told = float((seen & (here.hair < 0.05)).sum()) >= LEAST * unit**2
    known = (seen & ~_grown(here.loose > 0.06, SHADED * unit)).astype(np.float32)
    lies = np.clip(2.5 * wide_blur(known, 0.2 * unit), 0, 1)  # what is seen there has its own shade
    made = _skin(here, seen, cheek=False) if told else 0.85 * cheek
    made = made + (1 - lies[..., None]) * (_lit(here, made, seen) - made) if told else made
    dark = np.maximum(dark, JAW * np.exp(-((below / np.float32(UNDER)) ** 2)) * (1 - lies))
    return np.asarray(made * (1 - dark[..., None] * WARM), np.float32)


def _lit(here: Scene, made: Float32, seen: Bool) -> Float32:
    """A neck (h, w, 3) that is spread from what is seen of it (h, w), out of the shade that long hair cast on that."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    levels_ = here.picture @ weights
    mine, face = seen & (here.hair < 0.05), (here.shares["face"] > 0.9) & (here.hair < 0.02)
    if int(mine.sum()) < 50 or int(face.sum()) < 50:
        return made
    skin = np.median(here.picture[face], 0)
    bright = float(np.quantile(levels_[mine], LIT[0]))
    if float(mine.sum()) < LIT[2] * here.unit**2:
        bright = max(bright, LIT[1] * float(skin @ weights))
    sure = mine & (levels_ > 0.9 * bright)
    shaded = skin * (bright / max(float(skin @ weights), 1.0)) ** SATURATED
    tint = np.median(here.picture[sure], 0) if int(sure.sum()) > 50 else shaded
    tint = 0.5 * (tint / max(float(tint @ weights), 1.0) + shaded / max(float(shaded @ weights), 1.0))
    light = made @ weights
    raised = np.maximum(light, light + LIT[3] * (bright - light))
    even = tint.astype(np.float32) * raised[..., None]
    share = np.clip((raised - light) / (0.12 * bright), 0, 1)[..., None]
    scaled = made * (raised / np.maximum(light, 1))[..., None]
    return np.asarray(scaled + share * (even - scaled), np.float32)
