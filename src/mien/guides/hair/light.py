"""Another's hair in this photo's light, and no sharper than this photo.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.grain import BANDS, bands
from mien.guides.hair.fit import Fitted
from mien.guides.scene import Scene, polygon
from mien.types import Bool, Float32, Float64

NEARER, FINER = 0.8, (0.6, 1.6)
"""How much of the way (of logarithms) the finest detail of hair is brought to that of this photo, and within which
factors."""

BLUNT = 1.25
"""By how much the other's face may be sharper than this one."""

DYED = 25.0
"""Levels of blue or green over red from which hair is dyed; less of it is light of the other photo."""

DARK = 70.0
"""Median level of both hairs up to which they are dark, and the new one's lights are brought to the old one's."""

LIGHTS, WAY, LIGHTER = 0.75, 0.5, 1.6
"""The quantile that tells them, how much of the way they go (of logarithms), and the largest factor."""

TINT = 0.5
"""How much of the old hair's hue new hair takes then: black hair that is gray alone is a hole."""


def lit(here: Scene, fit: Fitted) -> Fitted:
    """The new hair in this photo's light, as far as both faces' skin tells it."""
    mine, theirs = _skin(here.picture, here), _skin(fit.picture, here, fit)
    ratio = (mine + 0.02) / (theirs + 0.02)
    light = float(np.exp(np.log(ratio).mean()))
    gain = light**0.3 * (ratio / light) ** 0.3
    gain = np.clip(gain, 0.6, 1.6).astype(np.float32)
    colorful = [float(np.ptp(one) / max(one.max(), 1e-3)) for one in (mine, theirs)]
    fade = np.float32(np.clip((colorful[0] / max(colorful[1], 1e-3) - 0.15) / 0.35, 0, 1))

    hair = fit.front[fit.alpha > 0.9]
    natural = np.float32(not hair.size or float(np.median(hair[:, 1:].max(1) - hair[:, 0])) < DYED)

    def turned(picture: Float32) -> Float32:
        made = np.clip(picture * gain ** np.float32(1 / 2.2), 0, 255).astype(np.float32)  # as if it were linear
        gray = np.repeat(cv2.cvtColor(made, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
        cool = made[..., 1:].max(2, keepdims=True) - made[..., :1]
        cast = natural * np.clip(cool / 6, 0, 1) * np.clip((2 * DYED - cool) / DYED, 0, 1)
        return np.asarray(gray + fade * (1 - cast) * (made - gray), np.float32)

    return replace(fit, front=turned(fit.front), real=turned(fit.real))


def toned(here: Scene, fit: Fitted) -> Fitted:
    """Dark hair with the lights that this head's dark hair has in this photo's light; other hair as it is.

    Black hair of a photo of much contrast is a flat plate in another photo, where its own lights are lost.
    """
    old, new = here.picture[here.hair > 0.95], fit.real[fit.alpha > 0.95]
    if min(len(old), len(new)) < 200:
        return fit
    grays = [cv2.cvtColor(np.asarray(one[None], np.float32), cv2.COLOR_RGB2GRAY)[0] for one in (old, new)]
    if max(float(np.median(one)) for one in grays) > DARK:
        return fit
    had, has = (float(np.quantile(one, LIGHTS)) + 4 for one in grays)
    gain = float(np.clip((had / has) ** WAY, 1, LIGHTER))
    hue = (old.mean(0) + 4) / (float(grays[0].mean()) + 4)
    hue = hue if hue[0] > hue[2] else np.ones(3, np.float32)  # no sky in its lights
    share = np.float32(TINT * min(1.0, (gain - 1) / 0.3))

    def lifted(picture: Float32) -> Float32:
        left = np.clip(1 - picture / np.float32(255), 0, 1)
        made = 255 * (1 - left ** np.float32(gain))
        return np.asarray(np.clip(made * (1 + share * (hue - 1)), 0, 255), np.float32)

    return replace(fit, front=lifted(fit.front), real=lifted(fit.real))


def _skin(picture: Float32, here: Scene, fit: Fitted | None = None) -> Float64:
    """(3,) linear light: the median of cheeks, nose and forehead, where it is skin."""
    shares = here.shares if fit is None else fit.shares
    oval = here.points[list(mesh.OUTLINE)]
    area = (polygon(oval, here.shape, 1) > 0.9) & (shares["face"] > 0.8)
    if int(area.sum()) < 50:
        return np.full(3, 0.3)
    return np.asarray(np.median((picture[area] / 255) ** 2.2, 0), np.float64)


def sharp_as(here: Scene, fit: Fitted) -> Fitted:
    """The new hair no sharper than this photo: blurred by what brings the other's face to this face's sharpness."""
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, 1) > 0.9
    area = oval & (here.shares["face"] > 0.7) & (fit.shares["face"] > 0.7)
    if int(area.sum()) < 200:
        return fit
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    mine, theirs = (_fineness(one[part], area[part]) for one in (here.picture, fit.picture))
    for sigma in (0.0, 0.6, 0.9, 1.3, 1.8, 2.4):
        seen = theirs if not sigma else _fineness(cv2.GaussianBlur(fit.picture[part], (0, 0), sigma), area[part])
        if seen <= BLUNT * mine:
            break
    if not sigma:
        return fit
    planes = (fit.alpha, fit.front, fit.picture, fit.real)
    soft = [np.asarray(cv2.GaussianBlur(one, (0, 0), 0.8 * sigma), np.float32) for one in planes]
    return replace(fit, alpha=soft[0], front=soft[1], picture=soft[2], real=soft[3])


def as_fine(here: Scene, fit: Fitted) -> Fitted:
    """The new hair with as much of the finest detail, beside the next band, as this photo's skin and hair have."""
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, 1) > 0.9
    areas = (oval & (here.shares["face"] > 0.9), here.hair > 0.95)
    told = [_finest(here.picture, one) for one in areas if int(one.sum()) > 400]
    new = fit.alpha > 0.95
    if not told or int(new.sum()) < 400:
        return fit
    more = (float(np.mean(told)) / _finest(fit.real, new)) ** NEARER
    more = np.float32(np.clip(more, *FINER) - 1)

    def made(plane: Float32, most: float) -> Float32:
        fine = plane - cv2.GaussianBlur(plane, (0, 0), BANDS[0])
        return np.asarray(np.clip(plane + more * fine, 0, most), np.float32)

    return replace(fit, alpha=made(fit.alpha, 1), front=made(fit.front, 255), real=made(fit.real, 255))


def _finest(picture: Float32, area: Bool) -> float:
    """Detail of the finest band of a picture over that of the next."""
    first, second, _ = (float(np.sqrt((band[area] ** 2).mean())) for band in bands(picture))
    return (first + 0.05) / (second + 0.05)


def _fineness(picture: Float32, area: Bool) -> float:
    """Share of the finest two bands in a picture's detail."""
    levels = [float(np.sqrt((band[area] ** 2).mean())) for band in bands(picture)]
    return (levels[0] + levels[1]) / max(levels[2], 0.3)
