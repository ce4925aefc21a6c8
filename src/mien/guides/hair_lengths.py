"""Long hair made longer and fuller: this head's hairline stays, and another's lengths go on from it in its color.

Nothing of the old hair vanishes, so that no forehead, neck or backdrop has to be made up.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.guides.hair_fit import Fitted
from mien.guides.scene import Scene, polygon
from mien.types import Float32

BESIDE = 0.02
"""Square units of hair beside the mouth, on either side, from which hair is long."""

ROOTS = (0.12, 0.45)
"""Units from the face up to which this head's hair stays as it is, and from which the other's lies over it."""

BEHIND = (-0.012, 0.012)
"""The same where no hair is: the other's hair comes from behind the face and its ears, and hides their light rim."""

LOCK = 0.1
"""Units: hair that is thinner than twice this is a lock that others may hide."""

OF_SKIN = 14.0
"""Distance in a* and b* from the face's color up to which something is taken for an ear, not for what is beside it."""

SPREAD = 0.2
"""Units over which the lightness of the old hair is followed: its light comes from where it did."""


def long(here: Scene, hair: Float32) -> bool:
    """Whether hair (h, w) falls past the mouth on both sides."""
    unit, mouth = here.unit, float(here.points[[61, 291], 1].mean())
    rows = slice(max(0, round(mouth - 0.15 * unit)), max(1, round(mouth + 0.6 * unit)))
    middle = round(float(here.points[4, 0]))
    return all(float(side.sum()) > BESIDE * unit**2 for side in (hair[rows, :middle], hair[rows, middle:]))


def lengthened(here: Scene, fit: Fitted) -> Fitted:
    """The other's hair without its hairline, in the colors that this head's hair has nearby."""
    unit = here.unit
    skin = (wide_blur(_skin(here), 0.015 * unit) < 0.5).astype(np.uint8)
    away = (cv2.distanceTransform(skin, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - skin, cv2.DIST_L2, 5)) / np.float32(
        unit
    )
    over, beside = (np.clip((away - low) / (high - low), 0, 1) for low, high in (ROOTS, BEHIND))
    solid = cv2.morphologyEx((here.hair > 0.9).astype(np.uint8), cv2.MORPH_OPEN, disc(LOCK * unit))
    old = np.clip(wide_blur(cv2.dilate(solid, disc(0.02 * unit)).astype(np.float32), 0.02 * unit), 0, 1)
    ys = np.arange(here.shape[0], dtype=np.float32)[:, None]
    above = np.clip((np.float32(here.points[[33, 263], 1].mean()) - ys) / (0.2 * unit) + 0.5, 0, 1)
    thin = wide_blur(here.hair, 0.02 * unit)
    outer = np.clip((away - 0.08) / 0.1, 0, 1)  # before the backdrop new hair closes what is thin, on skin it does not
    thin = np.clip(1.5 * thin, 0, 1) * (1 - outer) + np.clip((thin - 0.75) / 0.2, 0, 1) * outer
    old = np.maximum(old, above * thin)
    part = old * over * over * (3 - 2 * over) + (1 - old) * beside
    alpha = np.asarray(fit.alpha * part, np.float32)
    return replace(fit, alpha=alpha, front=_toned(here, fit))


def _skin(here: Scene) -> Float32:
    """(h, w): face, ears and what is worn, before which no new hair lies."""
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, 0.01 * here.unit)
    lab = cv2.cvtColor(cv2.GaussianBlur(here.picture, (0, 0), 1.0) / np.float32(255), cv2.COLOR_RGB2LAB)
    inner = oval * here.shares["face"] > 0.9
    hue = np.median(lab[inner], axis=0)[1:] if inner.any() else np.zeros(2, np.float32)
    of_skin = np.sqrt(((lab[..., 1:] - hue) ** 2).sum(2)) < OF_SKIN
    skin = np.maximum(oval, (here.shares["face"] + here.shares["ears"]) * of_skin)
    skin = np.maximum(skin, np.clip(2 * here.shares["worn"], 0, 1)).astype(np.float32)
    return np.asarray(cv2.morphologyEx(skin, cv2.MORPH_CLOSE, disc(0.05 * here.unit)), np.float32)


def _toned(here: Scene, fit: Fitted) -> Float32:
    """(h, w, 3): the new hair's colors moved to those of the old hair: mean by place, contrast as a whole."""
    mine, theirs = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (here.picture, fit.front))
    old, new = ((one > 0.95).astype(np.float32) for one in (here.hair, fit.alpha))
    if float(old.sum()) < 100 or float(new.sum()) < 100:
        return fit.front
    spread = [one[area > 0].std(0) + 0.5 for one, area in ((mine, old), (theirs, new))]
    usual = mine[old > 0].mean(0)
    near, known = local_colors(mine, old, SPREAD * here.unit)[0], wide_blur(old, SPREAD * here.unit)[..., None]
    goal = usual + (near - usual) * np.clip(known / 0.1, 0, 1)
    mean = local_colors(theirs, new, SPREAD * here.unit)[0]
    gain = np.clip(spread[0] / spread[1], 0.4, 1.5).astype(np.float32)
    lab = (goal + (theirs - mean) * gain).astype(np.float32)
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * 255, np.float32)
