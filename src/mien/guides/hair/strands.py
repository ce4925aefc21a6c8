"""Another person's hair in the tones of this head's: as light, as rich in contrast and in color as what grows nearby.

    color = palette(level + form + detail)      in logarithms; palette: this hair's colors by light

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; mattes (h, w) float32 in [0, 1]. A unit is the distance of the
    outer corners of the eyes, in pixels.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.types import Bool, Float32

TONES = 64
"""Colors of a palette."""

STRAIGHT, CURL, MOST_CURL = 0.62, 0.25, 0.05
"""Share of directions that agree in straight hair, and how far locks wave, in units, for what is less; at most."""

REACH = 0.35
"""Units over which this hair gives light and color to what is laid beside it."""

BANDS = (0.025, 0.13)
"""Units below which light and dark are strands, and locks; above they are form."""

DIM, LOWER = 28.0, 0.25
"""Level from which on another's hair shows its strands, all of them at twice as much; and units by which those of
lighter hair are moved down to where it is darker."""

CLOSER = (0.12, 1.6)
"""Units within which strands are as light as the hair that they come out of, and how soon."""

LEAST, MOST = 0.4, 1.6
"""By how much the contrast of another's hair may change."""

LOCAL, AWAY = 0.6, (-0.5, 0.35)
"""Share of how light hair is nearby that is followed, and by how much at most, in logarithms."""

DARK = 24
"""Level below which light and dark count less: there is noise and compression."""

RICH, DEEPER = (0.7, 1.2), np.array([-0.4, 0.1])
"""By how much the contrast of a whole head of hair may change; and logarithms by which it may be darker than this hair
is anywhere, and lighter."""

FORM, FRONT = 0.35, 0.6
"""Most of another's broad light and dark that stays, and the quantile of this hair's light that hair in front has."""


def waviness(picture: Float32, hair: Bool, unit: float) -> float:
    """Units by which locks wave like the hair of a picture: 0 where what is seen runs in one direction everywhere."""
    gray = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), max(0.8, 0.008 * unit))
    x, y = (cv2.Sobel(gray, cv2.CV_32F, *one) for one in ((1, 0), (0, 1)))
    planes = (x * x - y * y, 2 * x * y, x * x + y * y)
    a, b, total = (wide_blur(one, 0.08 * unit)[hair] for one in planes)
    alike = float(np.hypot(a, b).sum() / max(float(total.sum()), 1e-3))
    return float(np.clip(CURL * (STRAIGHT - alike), 0, MOST_CURL))


def palette(picture: Float32, hair: Bool) -> Float32:
    """(TONES, 3) the colors of hair, from dark to light."""
    colors = picture[hair]
    colors = colors[np.argsort(colors @ np.array([0.3, 0.59, 0.11], np.float32))]
    colors = colors[int(0.1 * len(colors)) :]
    return np.stack([part.mean(0) for part in np.array_split(colors, TONES)]).astype(np.float32)


def toned(picture: Float32, hair: Bool, front: Float32, alpha: Float32, unit: float) -> Float32:
    """The colors (h, w, 3) of another's hair as they would be of this hair.

    Args:
        picture: of this head.
        hair: (h, w) where its hair is seen for sure, near the place.
        front, alpha: the other's colors and matte, at the same places.
        unit: in pixels.
    """
    sure = (alpha > 0.85).astype(np.float32)
    mine, theirs = (_log(one) for one in (picture, front))
    own = hair.astype(np.float32)
    middle = float(np.median(mine[hair]))
    usual = float(np.quantile(mine[hair], FRONT))
    level = usual + np.clip(LOCAL * (_spread(mine, own, REACH * unit) - middle), *AWAY)
    close = np.clip(CLOSER[1] * wide_blur(own, CLOSER[0] * unit), 0, 1)
    level = level + close * (_spread(mine, own, CLOSER[0] * unit) - level)
    fine, locks, wide = _bands(mine, own, unit)
    thin, thick, form = _bands(theirs, sure, unit)
    detail = np.zeros_like(level)
    for here, there in ((fine, thin), (locks, thick)):
        rich = _contrast(here, hair)
        gain = np.float32(np.clip(rich / max(_contrast(there, sure > 0), 1e-4), LEAST, MOST))
        detail = detail + 3 * rich * np.tanh(gain * there / (3 * rich))
    made = level + _lightened(detail, theirs, sure, unit)
    share = min(FORM, 0.6 * _contrast(wide, hair) / max(_contrast(form, sure > 0), 1e-4))
    made = made + np.float32(share) * form
    low, high = np.quantile(mine[hair], (0.01, 0.99))
    return colored(picture, hair, np.exp(np.clip(made, low, high)) - DARK, unit)


def tinted(picture: Float32, hair: Bool, front: Float32, alpha: Float32, unit: float) -> Float32:
    """The colors (h, w, 3) of a whole head of another's hair in this hair's: its light and dark stay as they are there.

    Args:
        picture, hair, front, alpha, unit: as above.
    """
    mine, theirs = (_log(one) for one in (picture, front))
    sure: Bool = np.asarray(alpha > 0.9)
    if not sure.any():
        return front
    own, others = (np.quantile(one, (0.2, 0.5, 0.8)) for one in (mine[hair], theirs[sure]))
    rich = np.float32(np.clip((own[2] - own[0]) / max(float(others[2] - others[0]), 1e-3), *RICH))
    low, high = np.quantile(mine[hair], (0.01, 0.99)) + DEEPER
    made = np.clip(np.float32(own[1]) + rich * (theirs - np.float32(others[1])), low, high)
    return colored(picture, hair, np.asarray(np.exp(made) - DARK, np.float32), unit)


def strand_light(front: Float32, alpha: Float32, unit: float) -> Float32:
    """(h, w) in [-1, 1]: how light a strand is among those beside it; light ones lie on top."""
    light = np.log(cv2.cvtColor(front, cv2.COLOR_RGB2GRAY) + DARK)
    light = cv2.GaussianBlur(light - wide_blur(light, 0.06 * unit), (0, 0), 0.006 * unit)
    sure = alpha > 0.9
    spread = float(light[sure].std()) if sure.any() else 1.0
    return np.asarray(np.clip(0.5 * light / max(spread, 1e-3), -1, 1), np.float32)


def along(front: Float32, alpha: Float32, unit: float) -> tuple[Float32, Float32]:
    """(h, w) each in [-1, 1]: how light locks, and strands, are among those beside them, all along their lengths."""
    upper, found = strand_light(front, alpha, unit), []
    for across, down in ((0.025, 0.12), (0.004, 0.1)):
        one = cv2.GaussianBlur(upper, (0, 0), sigmaX=max(0.5, across * unit), sigmaY=down * unit)
        sure = one[alpha > 0.9]
        found.append(np.clip(one / max(2 * float(sure.std()) if sure.size else 0.0, 1e-3), -1, 1).astype(np.float32))
    return found[0], found[1]


def _lightened(detail: Float32, light: Float32, sure: Float32, unit: float) -> Float32:
    """Detail, in the dark that of the lighter strands above it: there a picture has noise and blocks alone."""
    known = np.clip((np.exp(cv2.GaussianBlur(light, (0, 0), 0.02 * unit)) - DARK) / np.float32(DIM) - 1, 0, 1)
    shift = np.array([[1, 0, 0], [0, 1, round(LOWER * unit)]], np.float32)
    moved, share = (cv2.warpAffine(one, shift, light.shape[::-1]) for one in (detail * known * sure, known * sure))
    return np.asarray(known * detail + (1 - known) * (moved + (1 - share) * detail), np.float32)


def _log(picture: Float32) -> Float32:
    return np.asarray(np.log(cv2.cvtColor(np.clip(picture, 0, 255), cv2.COLOR_RGB2GRAY) + DARK), np.float32)


def _spread(plane: Float32, area: Float32, reach: float) -> Float32:
    """Means of an area nearby, and from farther away where there is none."""
    return local(np.repeat(plane[..., None], 3, 2), area, reach)[..., 0]


def _bands(plane: Float32, area: Float32, unit: float) -> tuple[Float32, Float32, Float32]:
    """Strands, locks and form within an area; what lies beside it has no part in them."""
    soft = _spread(plane, area, BANDS[0] * unit)
    broad = _spread(plane, area, BANDS[1] * unit)
    mean = float((plane * area).sum() / max(float(area.sum()), 1.0))
    return plane - soft, soft - broad, broad - mean


def _contrast(plane: Float32, area: Bool) -> float:
    if int(area.sum()) < 50:
        return 0.1
    return 1.25 * float(np.abs(plane[area]).mean())


def colored(picture: Float32, hair: Bool, light: Float32, unit: float) -> Float32:
    """(h, w, 3): colors that hair (h, w) of a picture has at such light (h, w), shifted to what is nearby."""
    tones = palette(picture, hair)
    gray = tones @ np.array([0.299, 0.587, 0.114], np.float32)
    gray = np.maximum.accumulate(gray + 1e-3 * np.arange(len(gray)))
    light = np.asarray(np.clip(light, 0, 255), np.float32)
    factor = (light + 4) / (np.clip(light, gray[0], gray[-1]) + 4)
    found = np.dstack([np.interp(light, gray, tones[:, n]) for n in range(3)]).astype(np.float32)
    usual = np.dstack([np.interp(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), gray, tones[:, n]) for n in range(3)])
    away = local((picture - usual).astype(np.float32), hair.astype(np.float32), REACH * unit)
    return np.asarray(np.clip(found * factor[..., None] + 0.8 * away, 0, 255), np.float32)


def local(picture: Float32, area: Float32, reach: float) -> Float32:
    """(h, w, 3) mean colors of an area nearby, and from farther away where there is none."""
    total, share = np.zeros_like(picture), np.full(area.shape, 1e-6, np.float32)
    for factor, weight in ((1.0, 1.0), (3.0, 0.02)):
        share += weight * wide_blur(area, factor * reach)
        total += weight * wide_blur(picture * area[..., None], factor * reach)
    return np.asarray(total / share[..., None], np.float32)
