"""Another's hair lit from where this head is lit from, in hues that hair has.

Light that comes from one side makes hair lighter there, more so than skin. How much lighter one side of a head is than
the other is told by a slope: of the logarithm of light over the place across the head, in units.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import local_colors
from mien.guides.hair.fit import Fitted
from mien.guides.hair.roots import features
from mien.guides.scene import Scene, polygon
from mien.types import Bool, Float32, Float64

SLACK = 0.15
"""How much more a slope is changed than both faces' skin differs: hair tells more than skin does."""

MOST, FARTHEST = 0.8, 1.0
"""The largest change of a slope; and units from the middle of a head from which it grows no more."""

LIGHTER = 0.6
"""How much of it makes hair lighter: black hair turns gray sooner than it shines."""

FLOOR = 10.0
"""Levels that are added before logarithms are taken: black hair reflects its surroundings."""

ROOM = 4.0
"""Levels that are added before hair is made lighter or darker."""

WIDE = 0.35
"""Standard deviation across the head, units, of hair that tells where light comes from."""

REDDEST, LEAST = 0.85, 1.5
"""a* of natural hair is at most this times its b*, and so much more."""

COOL = 2.0
"""How far natural hair is from gray at most, CIELAB, towards green and blue."""

DYED = 14.0
"""Median distance from gray, away from what natural hair has, from which hair is dyed."""


def relit(here: Scene, fit: Fitted) -> Fitted:
    """The new hair with as much more light on one side as this head has, and without tints of the other's light."""
    change = _missing_slope(here, fit)
    by = np.float32(change) * np.clip(across(here), -FARTHEST, FARTHEST)
    gain = np.exp(np.where(by > 0, LIGHTER * by, by))[..., None]
    own = _hues(fit)

    def made(picture: Float32) -> Float32:
        lit = np.clip((picture + ROOM) * gain - ROOM, 0, 255)
        return natural(np.asarray(lit, np.float32)) if own else np.asarray(lit, np.float32)

    return replace(fit, front=made(fit.front), real=made(fit.real))


def across(here: Scene) -> Float32:
    """(h, w): units to the right of the middle of the head, along the line of the eyes."""
    way = here.points[263, :2] - here.points[33, :2]
    way = way / max(float(np.linalg.norm(way)), 1e-6)
    middle = here.points[[127, 356], :2].mean(0)
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    return np.asarray(((xs - middle[0]) * way[0] + (ys - middle[1]) * way[1]) / here.unit, np.float32)


def _missing_slope(here: Scene, fit: Fitted) -> float:
    """What the slope of the other's light lacks, as far as hair and skin agree on it."""
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, 1) * (features(here, 0.03) < 0.1)
    place = across(here)
    mine, theirs = (
        _slope(picture, oval * (shares["face"] > 0.85) * (hair < 0.05), place, here.unit, 0.2)
        for picture, shares, hair in ((here.picture, here.shares, here.loose), (fit.picture, fit.shares, fit.alpha))
    )
    new = _slope(fit.picture, fit.alpha > 0.95, place, here.unit, WIDE)
    old = _slope(here.picture, here.hair > 0.95, place, here.unit, WIDE)
    if new is None or mine is None or theirs is None:
        return 0.0
    wanted = mine if old is None else (mine + old) / 2
    apart = mine - theirs
    return float(np.clip(np.clip(wanted - new, min(apart, 0) - SLACK, max(apart, 0) + SLACK), -MOST, MOST))


def _slope(picture: Float32, area: Float32 | Bool, place: Float32, unit: float, wide: float) -> float | None:
    """Slope of the logarithm of light over the place (h, w), up and down aside; None where an area is too narrow."""
    chosen = np.asarray(area, np.float32)
    rows, columns = np.nonzero(chosen > 0.5)
    if len(rows) < 300 or float(place[rows, columns].std()) < wide:
        return None
    light = local_colors(picture, chosen, 0.06 * unit)[0].mean(2)[rows, columns]
    terms: Float64 = np.stack([np.ones(len(rows)), place[rows, columns], rows / unit], 1)
    return float(np.linalg.lstsq(terms, np.log(light.astype(np.float64) + FLOOR), rcond=None)[0][1])


def _hues(fit: Fitted) -> bool:
    """Whether the other's hair is not dyed in a color that no hair has."""
    solid = fit.real[fit.alpha > 0.95]
    if len(solid) < 50:
        return False
    lab = cv2.cvtColor(solid[None] / np.float32(255), cv2.COLOR_RGB2LAB)
    away = lab[0, :, 1:] - cv2.cvtColor(natural(solid[None]) / np.float32(255), cv2.COLOR_RGB2LAB)[0, :, 1:]
    return float(np.median(np.sqrt((away**2).sum(1)))) < DYED


def natural(picture: Float32) -> Float32:
    """A picture (h, w, 3) of hair without hues that natural hair does not have: pink, purple, blue, green."""
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    a, b = lab[..., 1], lab[..., 2]
    b[:] = np.maximum(b, -COOL)
    a[:] = np.clip(a, -COOL - 0.2 * np.maximum(b, 0), REDDEST * np.maximum(b, 0) + LEAST)
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)
