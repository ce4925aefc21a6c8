"""Single hairs and wisps around a head: thin lines of hair's color, before a calm backdrop, that begin in the hair.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.types import Bool, Float32, UInt8

REACH = 9.0
"""Units from hair up to which single hairs are followed."""

ENDS = 1.0
"""Units before the end of that reach by which a hair must have ended."""

WIDTHS = ((1.6, 0.22, 5.0), (3.2, 0.5, 2.5))
"""Units that single hairs, and wisps, are wide at most, and by which they are blurred when they are looked for; and
levels by which a backdrop, without thin lines, may differ from its surroundings: up to these it is calm."""

FIRM, WEAK = 5.0, 1.8
"""Levels of a line's contrast from which on it is one, and down to which it goes on."""

APART = (35.0, 60.0)
"""Levels between hair and what is behind it from which on hairs are seen, and fully; others are hardly seen."""

LENGTH, WIDEST = 3.0, 0.85
"""Units that a line is long at least, and that its area is wide at most: many lines side by side are a backdrop's."""

BUSY = 5.0
"""How many times as strong as the backdrop's lines farther away a hair must be."""

SOLID = 0.35
"""Matte in which a line must begin."""

BEGUN, LOUDEST = 1.5, 6.0
"""Units from hair within which a line must begin; and levels that lines of the backdrop count for at most: what is as
calm as wanted and has stronger ones has hair there, too."""

LEAVING = 2.0
"""Units from hair that a line must reach: what runs along the border is the border."""

GAIN, MOST = 1.0, 0.9
"""Of a line's contrast over that of hair, since it is blurred; and the largest matte that it gets."""


def with_strays(picture: UInt8, matte: Float32, barred: Float32, unit: float) -> Float32:
    """A matte (h, w) of hair with the single hairs around it.

    Args:
        picture: (h, w, 3).
        matte: of its hair.
        barred: where there is skin, or clothes: lines there are none.
        unit: in pixels.
    """
    hair = matte > 0.95
    behind = (cv2.dilate(matte, disc(0.6 * unit)) < 0.05) & (barred < 0.3)
    if not hair.any() or not behind.any():
        return matte
    seen = picture.astype(np.float32)
    front, _ = local_colors(seen, hair.astype(np.float32), 6 * unit)
    back, _ = local_colors(seen, behind.astype(np.float32), 4 * unit)
    way = front - back
    apart = np.sqrt(np.einsum("ijk,ijk->ij", way, way)) + 1
    toward = np.einsum("ijk,ijk->ij", seen - back, way) / apart  # levels from the backdrop's to hair's
    away, far = _away(matte > 0.5), behind & (_away(matte > 0.1) > 0.8 * REACH * unit)
    beyond = away > (REACH - ENDS) * unit
    busy = _busy(picture, behind, unit)
    sure = np.clip((apart - APART[0]) / (APART[1] - APART[0]), 0, 1) * (barred < 0.5) * (away <= REACH * unit)
    for width, fine, calm in WIDTHS:
        thin = np.maximum(toward - _without_lines(toward, width * unit), 0)
        ridge = _ridges(toward, max(0.8, fine * unit))
        usual = _usual(ridge, far, unit)
        ridge = ridge * sure * np.clip(2 - busy / calm, 0, 1)
        kept = _connected(ridge / np.maximum(1, BUSY * usual / FIRM), matte > SOLID, beyond, unit)
        matte = np.maximum(matte, np.clip(GAIN * thin / apart, 0, MOST) * kept)
    return np.asarray(matte, np.float32)


def _away(area: Bool) -> Float32:
    """(h, w) pixels from an area."""
    return np.asarray(cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def _without_lines(toward: Float32, width: float) -> Float32:
    """Levels (h, w) without bright lines up to a width in pixels, computed at a reduced size where that is wide."""
    shrink = 0.5 if width > 10 else 1.0
    size = (round(toward.shape[1] * shrink), round(toward.shape[0] * shrink))
    small = toward if shrink == 1 else cv2.resize(toward, size, interpolation=cv2.INTER_AREA)
    base = cv2.morphologyEx(small, cv2.MORPH_OPEN, disc(0.5 * width * shrink))
    base = cv2.GaussianBlur(base, (0, 0), 0.25 * width * shrink)
    return np.asarray(base if shrink == 1 else cv2.resize(base, toward.shape[::-1]), np.float32)


def _ridges(toward: Float32, sigma: float) -> Float32:
    """(h, w) levels of bright thin lines: what curves across and not along."""
    soft = cv2.GaussianBlur(toward, (0, 0), sigma)
    xx, yy, xy = (sigma**2 * cv2.Sobel(soft, cv2.CV_32F, *o, ksize=3) / 4 for o in ((2, 0), (0, 2), (1, 1)))
    half, gap = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    return np.asarray(3 * np.maximum(gap - half - 1.5 * np.abs(half + gap), 0), np.float32)


def _usual(ridge: Float32, far: Bool, unit: float) -> Float32:
    """(h, w): how strong lines of the backdrop are, away from the head."""
    area = far.astype(np.float32)
    if not far.any():
        return np.zeros_like(ridge)
    total, share = (
        wide_blur(one, 6 * unit) + np.float32(0.01) * wide_blur(one, 24 * unit) for one in (area * ridge, area)
    )
    return np.minimum(total / np.maximum(share, np.float32(1e-4)), np.float32(LOUDEST))


def _busy(picture: UInt8, behind: Bool, unit: float) -> Float32:
    """(h, w) levels by which what is behind differs from its surroundings, thin lines apart."""
    size, unit = (picture.shape[1] // 2, picture.shape[0] // 2), unit / 2
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    plain = cv2.medianBlur(small, 2 * max(1, round(0.8 * unit)) + 1).astype(np.float32)
    area = cv2.resize(behind.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    share = wide_blur(area, 1.5 * unit)[..., None] + np.float32(1e-3)
    fine = (plain - wide_blur(plain * area[..., None], 1.5 * unit) / share) * area[..., None]
    total, share = (wide_blur(one, 2.5 * unit) for one in ((fine**2).mean(2), area))
    busy = np.sqrt(total / (share + np.float32(1e-3)))
    return np.asarray(cv2.resize(busy, picture.shape[1::-1]), np.float32)


def _connected(ridge: Float32, head: Bool, beyond: Bool, unit: float) -> Float32:
    """1 along lines (h, w) that begin in the hair, and end before they are beyond it: others are edges of things."""
    weak = cv2.morphologyEx((ridge > WEAK).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    weak[head] = 0
    count, index, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    away = _away(head)
    areas = (ridge > FIRM, away <= BEGUN * unit, beyond, away > LEAVING * unit)
    firm, begun, far, leaving = (np.bincount(index[area], minlength=count) for area in areas)
    long = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) > LENGTH * unit
    wide = stats[:, cv2.CC_STAT_AREA] > WIDEST * unit * np.hypot(*stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].T)
    kept = long & ~wide & (firm > 0) & (begun > 0) & (far == 0) & (leaving > 0)
    kept[0] = False
    around = cv2.dilate(kept[index].astype(np.uint8), disc(0.3 * unit)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(around, (0, 0), max(0.6, 0.15 * unit)), np.float32)
