"""This head's ears under another's hair: they stay with what is worn on them, and the other's ears are brought to them.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.compose.morphology import disc
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

LEAST, ALIKE = 0.035, 0.5
"""Square units of an ear that is told; how much smaller one of two ears may be so that both count as whole."""

TOP = 0.16
"""Units below the top of an ear that stays down to which new hair may lie over it."""

HIDDEN = 0.4
"""Share of an ear that must stay free of new hair for it to be kept."""

AWAY = 0.22
"""Units by which the other's ear is moved at most."""

DARK = 0.45
"""Light of an ear over that of its face below which it is hair or shadow."""

SHADE, REDDER = 0.5, 18.0
"""The same for single pixels, which go with the old hair; and a* over that of the hair from which on they are skin."""

PALE = 0.6
"""Of the skin's color below which what the parser takes for an ear may be wall, over which new hair lies."""

SHOWN = 0.35
"""Share of the other's ear from which all of it is shown."""

RIM = 0.03
"""Units by which an ear that goes is widened."""

EDGES = (127, 356)
"""Points of the outline of the face before the ears, left and right in the photo; a whole ear reaches
higher than these."""


@dataclass(frozen=True, eq=False)
class Ear:
    """Attributes:
    area: (h, w) where it is seen.
    size: square units.
    points: (3, 2) its highest, outermost and lowest place.
    whole: whether no hair hides its upper part.
    """

    area: Bool
    size: float
    points: Float64
    whole: bool


def ears(scene: Scene) -> tuple[Ear | None, Ear | None]:
    """The ears that are seen, left and right in the photo."""
    count, index, stats, middles = cv2.connectedComponentsWithStats((scene.shares["ears"] > 0.4).astype(np.uint8))
    light = scene.picture.mean(2)
    skin = scene.shares["face"] > 0.9
    level = float(np.median(light[skin])) if skin.any() else 0.0
    found: list[Ear | None] = []
    for edge, way in zip(EDGES, (-1.0, 1.0), strict=True):
        sides = way * (middles[:, 0] - scene.points[edge, 0]) > -0.1 * scene.unit
        able = [n for n in range(1, count) if sides[n] and stats[n, cv2.CC_STAT_AREA] > LEAST * scene.unit**2]
        best = max(able, key=lambda n: int(stats[n, cv2.CC_STAT_AREA]), default=0)
        area = index == best
        if not best or float(np.median(light[area])) < DARK * level:
            found.append(None)
            continue
        rows, columns = np.nonzero(area)
        places = np.stack([columns, rows], 1).astype(np.float64)
        chosen = (rows.argmin(), (way * columns).argmax(), rows.argmax())
        whole = bool(rows.min() < scene.points[edge, 1])
        found.append(Ear(area, len(rows) / scene.unit**2, places[list(chosen)], whole))
    return found[0], found[1]


def unshaded(here: Scene) -> Scene:
    """A scene in which what is too dark for an ear, locks and shadows that the parser takes for one, goes with hair."""
    light = cv2.GaussianBlur(here.picture.mean(2), (0, 0), 0.02 * here.unit)
    skin = here.shares["face"] > 0.9
    wrong = (here.shares["ears"] > 0.28) & (light < SHADE * float(np.median(light[skin])) if skin.any() else False)
    wrong = cv2.morphologyEx(wrong.astype(np.uint8), cv2.MORPH_OPEN, disc(0.02 * here.unit))
    wrong = np.where(_skin_in_shade(here, wrong > 0), 0, wrong).astype(np.uint8)
    if int(wrong.sum()) < LEAST * here.unit**2:
        return here
    part = cv2.GaussianBlur(cv2.dilate(wrong, disc(0.04 * here.unit)).astype(np.float32), (0, 0), 0.01 * here.unit)
    taken = here.shares["ears"] * part
    shares = {**here.shares, "ears": here.shares["ears"] - taken, "background": here.shares["background"] + taken}
    return replace(here, shares=shares, loose=np.maximum(here.loose, taken))


def _skin_in_shade(here: Scene, dark: Bool) -> Bool:
    """(h, w): ears in whose dark places (h, w) there is more red than in the hair: shaded ears, of which all stays."""
    lab = cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB)
    red, hair = lab[..., 1], here.hair > 0.95
    usual = float(np.median(red[hair])) if hair.any() else 0.0
    count, index = cv2.connectedComponents((here.shares["ears"] > 0.28).astype(np.uint8))
    able = [n for n in range(1, count) if (dark & (index == n)).any()]
    shaded = [n for n in able if float(np.median(red[dark & (index == n)])) > usual + REDDER]
    return np.asarray(np.isin(index, shaded), np.bool_)


def pairs(here: Scene, there: Scene) -> tuple[Float64, Float64]:
    """(N, 2) places of this head's ears, and the same of the other's: all three of whole ears, else the lobe alone."""
    mine: list[Float64] = []
    theirs: list[Float64] = []
    for one, other in zip(ears(here), ears(there), strict=True):
        if one is not None and one.whole and other is not None:
            part = slice(0, 3) if alike(one, other) else slice(2, 3)
            mine += list(one.points[part])
            theirs += list(other.points[part])
    return np.array(mine).reshape(-1, 2), np.array(theirs).reshape(-1, 2)


def alike(one: Ear, other: Ear) -> bool:
    """Whether as much is seen of both."""
    return ALIKE < one.size / other.size < 1 / ALIKE


def kept(here: Scene, there: Scene, alpha: Float32) -> Float32:
    """(h, w): ears, with earrings, that stay in front of new hair ``alpha`` (h, w).

    Hair lies over the top of an ear where the other shows less of it.
    """
    pale = _pale(here)
    stays, ys = np.zeros(here.shape, np.float32), np.arange(here.shape[0], dtype=np.float32)[:, None]
    worn = np.clip((here.shares["worn"] - 0.3) / 0.3, 0, 1)
    pieces = cv2.connectedComponents((worn > 0.3).astype(np.uint8))[1]
    for one, other in zip(ears(here), ears(there), strict=True):
        if one is None or not one.whole:
            continue
        over = 0.0 if other is not None and alike(one, other) else 1.0
        if over * float(alpha[one.area].mean()) > 1 - HIDDEN:
            continue
        over = over * np.clip((one.points[0, 1] + TOP * here.unit - ys) / (0.5 * TOP * here.unit), 0, 1)
        near = cv2.dilate(one.area.astype(np.uint8), disc(0.1 * here.unit)) > 0
        ear = np.clip((here.shares["ears"] - 0.35) / 0.3, 0, 1) * near
        rings = worn * np.isin(pieces, np.unique(pieces[near & (pieces > 0)]))
        free = (1 - over * alpha) * np.clip(1.2 - 2 * here.loose, 0, 1) * (1 - alpha * pale)
        stays = np.maximum(stays, np.maximum(ear * free, rings * (1 - over * alpha)))
    return stays


def _pale(here: Scene) -> Float32:
    """(h, w): 1 where there is far less color than in this face's skin: a wall beside an ear is none of it."""
    lab = cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB)
    chroma, skin = np.sqrt((lab[..., 1:] ** 2).sum(2)), here.shares["face"] > 0.9
    usual = max(float(np.median(chroma[skin])), 1.0) if skin.any() else 1.0
    return np.asarray(np.clip((PALE - chroma / usual) / 0.2, 0, 1), np.float32)


def going(here: Scene, there: Mapping[str, Float32], alpha: Float32) -> Float32:
    """(h, w): ears and earrings that go: those in whose place the other shows an ear, or hair."""
    ears = here.shares["ears"] > 0.28
    if not ears.any():
        return np.zeros(here.shape, np.float32)
    count, index = cv2.connectedComponents((ears | (here.shares["worn"] > 0.28)).astype(np.uint8))
    level = max(0, round(float(here.points[4, 1])))
    gone = np.zeros(here.shape, np.float32)
    near, light = disc(0.2 * here.unit), here.picture.mean(2)
    dark = light < DARK * float(np.median(light[ears | (here.shares["face"] > 0.9)]))
    for number in range(1, count):
        piece = index == number
        own = int((piece & ears).sum())
        if own == 0:
            continue
        around = cv2.dilate((piece & ears).astype(np.uint8), near) > 0
        if float(there["ears"][around].sum()) < 0.25 * own and float(alpha[piece & ears].mean()) < 0.4:
            continue
        piece[:level] &= ears[:level]  # glasses stay
        lobes = np.flatnonzero(((there["ears"] > 0.3) & around).any(1))
        if lobes.size:  # what is lower than the other's ear belongs to the jaw
            low = int(lobes[-1]) - round(0.03 * here.unit)
            piece[low:] &= (alpha[low:] > 0.4) | ~ears[low:] | dark[low:]
        gone[piece] = 1
    soft = cv2.dilate(gone, disc(RIM * here.unit))
    soft = cv2.GaussianBlur(soft, (0, 0), max(0.7, 0.012 * here.unit))
    return np.asarray(np.where(soft < 0.02, 0, soft), np.float32)


def coming(there: Mapping[str, Float32], gone: Float32, stays: Float32) -> Float32:
    """(h, w): the other's ears of which much is shown where something goes (h, w), none of this head's stays (h, w).

    They are shown whole, over what lies behind them.
    """
    count, index = cv2.connectedComponents((there["ears"] > 0.3).astype(np.uint8))
    whole = np.zeros(gone.shape, np.float32)
    for number in range(1, count):
        piece = index == number
        if float(gone[piece].mean()) > SHOWN and float(stays[piece].mean()) < 0.05:
            whole[piece] = 1
    return np.asarray(cv2.GaussianBlur(whole, (0, 0), 1.0) if whole.any() else whole, np.float32)
