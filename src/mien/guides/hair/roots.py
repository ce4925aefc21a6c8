"""Where hair grows out of skin: the other's pixels as they are, skin, roots, down and ears, in this face's colors.

A matte cannot tell the down along a hairline from skin. Where hair meets skin, the other's skin is shown with it, and
the seam lies on plain skin instead.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.guides.hair.bare import above_the_neck, face_of
from mien.guides.hair.fit import Fitted, outside
from mien.guides.hair.hairline_shade import above_eyes, shaded
from mien.guides.scene import Scene, half, polygon
from mien.types import Bool, Float32

STRIP, SIDE = 0.16, 0.07
"""Units of the other's skin that are shown beside its hair, above the eyes and beside the cheeks."""

OPEN = 0.06
"""Units from the backdrop within which the matte decides."""

GLASSES = 0.03
"""Square units of something worn from which there are glasses."""

DOWN, CORNER = 0.02, 0.08
"""Units over which down is gathered; and half the width of a corner between hair and forehead that is skin."""

HUE = 2.5
"""Distance in a* and b* from this face's skin up to which skin keeps its hue."""

FINE, BRIGHT = 28.0, 0.7
"""Levels by which pores and lines of the other's forehead are lighter or darker at most; and the quantile of this skin
that a forehead is made no lighter than: it is no shine that goes on."""

SHAPE = 0.12
"""Units below which light and dark of a forehead are the other's: pores, and a little of how it is curved."""

FOLD, LINES = 0.1, 8.0
"""Units over which a cheek is calm, and levels by which lines are lighter or darker than that at most."""

GAIN = 1.1
"""Largest logarithm of what the other's skin is lightened or darkened by."""

BROWS_AND_EYES = (
    (70, 63, 105, 66, 107, 133, 145, 33),
    (300, 293, 334, 296, 336, 362, 374, 263),
)
"""Outlines of one brow and its eye each."""


def features(here: Scene, soft: float) -> Float32:
    """(h, w): 1 on brows, eyes and lips, with a soft border in units."""
    outlines = (*BROWS_AND_EYES, mesh.OUTER_LIPS)
    found = [polygon(here.points[list(one)], here.shape, soft * here.unit) for one in outlines]
    return np.asarray(np.maximum.reduce(found), np.float32)


def in_colors(here: Scene, fit: Fitted, held: Bool, alpha: Float32) -> Float32:
    """(h, w, 3): the other's head; its hair in this photo's light, its skin in this face's colors.

    Args:
        here, fit: the scenes.
        held: (h, w) where this photo shows no old hair.
        alpha: (h, w) the share of hair, as :func:`told` tells it.
    """
    small, seen = here.halved(("face", "worn")), half(held.astype(np.float32)) > 0.5  # for what changes slowly
    gain = np.exp(_enlarged(_skin_gain(small, fit.halved(("face",)), seen), here))
    tinted = _plain(here, np.clip((fit.picture + 8) * gain - 8, 0, 255).astype(np.float32), held)
    light = _light(small, seen)
    tinted = tinted if light is None else _in_light(here, fit, tinted, _enlarged(light, here))
    tinted = shaded(_unfolded(here, fit, tinted), here, fit)
    return np.asarray(tinted + alpha[..., None] * (fit.real - tinted), np.float32)


def told(fit: Fitted, unit: float) -> tuple[Float32, Float32]:
    """(h, w) the share of hair, where it meets skin as far as the colors tell, since a matte is too large there; and
    (h, w) how far pixels are to be shown as they are there, down and fine hairs with them.
    """
    skin = np.clip(fit.shares["face"] + fit.shares["ears"], 0, 1)
    pure = [(fit.alpha > 0.97).astype(np.float32), ((skin > 0.9) & (fit.alpha < 0.03)).astype(np.float32)]
    (hair, _), (bare, spread) = (local_colors(fit.picture, area, 0.12 * unit) for area in pure)
    toward = hair - bare
    length = np.sqrt((toward**2).sum(2)) + 1
    placed = np.clip(((fit.picture - bare) * toward).sum(2) / length**2, 0, 1)
    sure = np.clip((length - spread - 20) / 30, 0, 1) * np.clip(
        4 * wide_blur(np.asarray(pure[1], np.float32), 0.12 * unit), 0, 1
    )
    share = fit.alpha + sure * np.minimum(np.clip(1.4 * placed - 0.2, 0, 1) - fit.alpha, 0)
    soft = np.clip(1.5 * wide_blur(np.asarray(share, np.float32), DOWN * unit) - 0.1, 0, 1)
    share = np.clip((cv2.GaussianBlur(share, (0, 0), 0.8) - 0.35) / 0.5, 0, 1)  # shaded skin is skin
    return np.asarray(share, np.float32), soft.astype(np.float32)


def _plain(here: Scene, skin: Float32, held: Bool) -> Float32:
    """Skin (h, w, 3) whose hue and colorfulness are about those of this face: shade in other light is not orange."""
    known = (held & (here.shares["face"] > 0.75) & (features(here, 0.03) < 0.05)).astype(np.float32)
    if float(known.sum()) < 30:
        return skin
    lab, mine = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (skin, here.picture))
    away = lab[..., 1:] - local_colors(mine, known, 0.15 * here.unit)[0][..., 1:]
    far = np.sqrt((away**2).sum(2, keepdims=True))
    lab[..., 1:] -= away * np.maximum(far - HUE, 0) / (far + HUE)
    lab[..., 0] -= 0.8 * np.maximum(lab[..., 0] - float(np.quantile(mine[..., 0][known > 0], 0.95)), 0)
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)


def _unfolded(here: Scene, fit: Fitted, skin: Float32) -> Float32:
    """Skin (h, w, 3) without the folds that the other's smile draws below its eyes."""
    plain = ((fit.shares["face"] > 0.75) & (fit.alpha < 0.1)).astype(np.float32)
    if float(plain.sum()) < 0.02 * here.unit**2:
        return skin
    calm = local_colors(skin, plain, FOLD * here.unit)[0]
    less = calm + np.clip(skin - calm, -LINES, LINES)
    below = (1 - above_eyes(here, 0)) * np.clip(3 * fit.shares["face"] - 1, 0, 1)
    return np.asarray(skin + below[..., None] * (less - skin), np.float32)


def _enlarged(plane: Float32, here: Scene) -> Float32:
    return np.asarray(cv2.resize(plane, here.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _in_light(here: Scene, fit: Fitted, skin: Float32, light: Float32) -> Float32:
    """Skin (h, w, 3) of the other's forehead in the light that this one has right beside it: pores are the other's."""
    unit = here.unit
    theirs = ((fit.shares["face"] > 0.75) & (fit.alpha < 0.3)).astype(np.float32)
    if float(theirs.sum()) < 0.02 * unit**2:
        return skin
    fine = np.clip(skin - local_colors(skin, theirs, SHAPE * unit)[0], -FINE, FINE)
    ys = np.arange(here.shape[0], dtype=np.float32)[:, None]
    brows = np.float32(here.points[[105, 334], 1].mean())
    surely = np.clip(2 * fit.shares["face"] - 0.5, 0, 1)
    behind = np.clip(3 * wide_blur(fit.shares["background"], 0.02 * unit) - 0.3, 0, 1)  # no wall in a corner of hair
    above = np.clip((brows - ys) / (0.15 * unit), 0, 1) * np.maximum(surely, face_of(here) * behind)
    fine = fine * (1 - behind)[..., None]
    return np.asarray(skin + above[..., None] * (np.clip(light + fine, 0, 255) - skin), np.float32)


def _light(here: Scene, held: Bool) -> Float32 | None:
    """(h, w, 3): the color of skin that this face has nearby; None where too little is seen."""
    unit = here.unit
    barred = np.maximum.reduce([features(here, 0.05), here.shares["worn"], here.loose])
    barred = wide_blur(np.asarray(barred, np.float32), 0.03 * unit)
    rows = np.arange(here.shape[0])[:, None] < here.points[[105, 334], 1].mean()
    free = barred < np.where(rows, 0.2, 0.08)  # what is seen of a forehead tells more than cheeks do
    mine = (held & (here.shares["face"] > 0.75) & free).astype(np.float32)
    if float(mine.sum()) < 0.02 * unit**2:
        return None
    light = wide_blur(membrane(local_colors(here.picture, mine, 0.06 * unit)[0], mine, 255.0), 0.08 * unit)
    return np.minimum(light, np.quantile(here.picture[mine > 0], BRIGHT, axis=0).astype(np.float32))


def _skin_gain(here: Scene, fit: Fitted, held: Bool) -> Float32:
    """(h, w, 3): logarithms of this face's local colors over the other's, spread from where both show skin."""
    mine, theirs = here.shares["face"], fit.shares["face"]
    barred: Any = np.maximum.reduce([features(here, 0.03), here.shares["worn"], here.loose, fit.alpha])
    barred = wide_blur(np.asarray(barred, np.float32), 0.03 * here.unit)
    known = held & (mine > 0.75) & (theirs > 0.75) & (barred < 0.08)
    if int(known.sum()) < 8:
        return np.zeros((*here.shape, 3), np.float32)
    area = known.astype(np.float32)
    means = [local_colors(one, area, 0.06 * here.unit)[0] + 8 for one in (here.picture, fit.picture)]
    ratio = np.log(means[0] / means[1])
    typical = np.median(ratio[known], axis=0)
    spread = membrane(100 * np.clip(ratio - typical, -0.7, 0.7).astype(np.float32), area, 100.0)
    found = np.clip(typical + wide_blur(spread, 0.06 * here.unit) / 100, -GAIN, GAIN)
    return np.asarray(found, np.float32)


def _corners(here: Scene, fit: Fitted) -> Float32:
    """(h, w): 1 between this face and new hair, where a lower skull shows its backdrop and the other's shows skin."""
    face = here.shares["face"]
    both = (np.maximum(face, fit.alpha) > 0.5).astype(np.uint8)
    closed = (cv2.morphologyEx(both, cv2.MORPH_CLOSE, disc(CORNER * here.unit)) > 0) & (fit.shares["face"] > 0.4)
    near = wide_blur(np.dstack([fit.shares["face"], fit.shares["background"]]), 0.04 * here.unit)
    inner = (near[..., 0] > 0.25) & (near[..., 1] < 0.02)
    closed |= (outside(here, fit.alpha) > 0.5) & inner & (fit.shares["face"] + fit.alpha > 0.4)
    above = np.arange(here.shape[0])[:, None] < here.points[[33, 263], 1].mean()  # no beard is a corner
    closed &= above & (here.shares["background"] > 0.3)
    found = closed.astype(np.float32)
    return np.asarray(np.clip(3 * cv2.GaussianBlur(found, (0, 0), 0.015 * here.unit), 0, 1), np.float32)


def shown(here: Scene, fit: Fitted) -> Float32:
    """(h, w): how far the other's own pixels are shown: its hair away from its backdrop, and skin beside its hair."""
    unit = here.unit
    skin = np.clip(fit.shares["face"] + fit.shares["ears"] + fit.shares["neck"] * above_the_neck(here), 0, 1)
    foreign: Any = np.maximum(fit.shares["background"], np.maximum(fit.shares["clothes"], fit.shares["hat"]))
    foreign = np.maximum(foreign, np.maximum(fit.shares["worn"] * skin, fit.shares["strained"]))
    open_ = (foreign > 0.35) | ((fit.alpha + skin + fit.shares["neck"]) < 0.5)
    away: Any = cv2.distanceTransform((~open_).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(unit)
    inner = np.clip((away - 0.3 * OPEN) / (0.7 * OPEN), 0, 1)
    hairy = (fit.alpha > 0.4).astype(np.uint8)
    near: Any = cv2.distanceTransform(1 - hairy, cv2.DIST_L2, 5) / np.float32(unit)
    ys = np.arange(here.shape[0], dtype=np.float32)[:, None]
    level = np.float32(here.points[[33, 263], 1].mean())
    width = SIDE + (STRIP - SIDE) * np.clip((level - ys) / (0.2 * unit) + 0.5, 0, 1)
    strip = np.clip(2 * (1 - near / width), 0, 1)
    strip = strip * strip * (3 - 2 * strip)
    strip = (
        strip * np.clip(3 * (skin + fit.alpha) - 1, 0, 1) * np.clip(4 * (here.loose + here.shares["face"]) - 0.5, 0, 1)
    )
    corners = _corners(here, fit)
    strip = np.maximum(strip, corners)
    strip = strip * (1 - np.clip(1.5 * features(here, 0.04), 0, 1))
    if float(here.shares["worn"].sum()) > GLASSES * unit**2:  # arms that the parser does not see
        band = np.clip(1.6 - np.abs(ys - level) / (0.12 * unit), 0, 1)
        strip = strip * (1 - band * (1 - np.clip(4 * wide_blur(here.loose, 0.02 * unit), 0, 1)))
    apart = 1 - np.clip(5 * wide_blur(np.asarray(skin, np.float32), 0.05 * unit), 0, 1)
    through = apart * (1 - np.clip((fit.alpha - 0.65) / 0.3, 0, 1))  # the backdrop between curls
    found = np.maximum(fit.alpha, strip) * inner * (1 - through)
    found = np.maximum(found, corners * (fit.shares["background"] < 0.02))  # strained skin is skin
    return np.asarray(np.clip(found, 0, 1), np.float32)
