"""What of a frame's area beside the face is no frame: it looks as what is right beside it, and stays as it is.

An arm is a few pixels wide, and what was found of it may be five times as wide, or run along hair beside it: locks, a
hairline or an ear would be made anew, though the photo shows them. On skin what is made anew is hardly seen, and rests
of rims are; there everything goes.

Convention:
    That of :mod:`mien.guides.glasses.lines`; colors are CIE L*a*b*.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.glasses.frames import across
from mien.guides.glasses.lines import SIDE, UNIT, disc, light_of
from mien.guides.glasses.seen import Seen
from mien.types import Bool, Float32, Float64

BESIDE, RIM = 1.0, 0.5
"""How far beyond the eyes, and beside the lenses, units."""

RING, REACH = 6.0, 4.0
"""How far around an area colors are looked up, and how far they count, units."""

SHADES, ENOUGH, NEAR = 10, 200, 11.0
"""How many colors are told apart; pixels that must be seen of them; and by how much those that are alike differ."""

LINED, CLEARER, THIN = 6.0, 1.5, 1.2
"""Levels of thin lines that stay hidden, at least and by those of what has their color; and their width, units."""

MIXED, SPECK, BORDER = 0.4, 0.3, 0.55
"""How far around single pixels of hair count, units; square units of what is too small to be a part of a frame; and how
far beside it its edge is seen, units."""

APART, PIECE = 3.0, 6.0
"""Units by which pieces of hair are apart from a frame, and their square units at most."""


def laid_bare(picture: Float32, hidden: Bool, seen: Seen, kinds: Float32, points: Float64) -> Bool:
    """(SIDE, SIDE) parts of a frame's area that show hair, ears or the backdrop.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        hidden: (SIDE, SIDE) what was found of a frame.
        seen: what a network sees of it.
        kinds: (SIDE, SIDE, k) how likely face and others are, behind the frame, too.
        points: (478, 2) landmarks.
    """
    stays = np.zeros(hidden.shape, np.bool_)
    lens = cv2.dilate((seen.lenses > 0.5).astype(np.uint8), disc(2 * RIM)) > 0
    right, beside, _, outer = across(points)
    among = hidden & ~lens & (kinds.argmax(2) > 0) & (beside > outer + BESIDE * UNIT)
    if not among.any():
        return stays
    xs, ys = np.arange(SIDE), np.arange(SIDE)[:, None]
    half = (xs - points[168, 0]) * right[0] + (ys - points[168, 1]) * right[1] > 0
    for zone in (among & ~half, among & half):
        if not zone.any():
            continue
        rows, columns = (np.flatnonzero(zone.any(axis)) for axis in (1, 0))
        by = round((RING + 1) * UNIT)
        part = np.s_[max(0, rows[0] - by) : rows[-1] + by, max(0, columns[0] - by) : columns[-1] + by]
        goes = zone[part] & ~_alike(picture[part], hidden[part], zone[part])
        stays[part] |= zone[part] & _away_from(goes, hidden[part] & ~zone[part])
    return stays | _pieces(hidden & ~stays, hidden & among)


def _alike(picture: Float32, hidden: Bool, zone: Bool) -> Bool:
    """(h, w) what of a hidden zone looks as something right beside it."""
    around = cv2.dilate(zone.astype(np.uint8), disc(2 * RING)) > 0
    known = around & (cv2.dilate(hidden.astype(np.uint8), disc(0.6)) == 0)
    if int(known.sum()) < ENOUGH:
        return np.zeros_like(zone)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    lab = np.asarray(cv2.cvtColor(soft / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)
    lines = _lines(light_of(soft))
    colors = _shades(lab[known])
    off = _apart(lab, colors)
    number = off.argmin(2)
    each = [known & (number == i) for i in range(len(colors))]
    off[~np.stack([_near(one) for one in each], 2)] = np.inf
    usual = np.array([float(np.quantile(lines[one], 0.9)) if one.any() else 0.0 for one in each])
    alike = (off.min(2) < NEAR) & (lines <= np.maximum(LINED, CLEARER * usual)[number])
    return np.asarray(cv2.GaussianBlur((zone & alike).astype(np.float32), (0, 0), MIXED * UNIT) > 0.5, np.bool_)


def _apart(lab: Float32, colors: Float32) -> Float32:
    """(h, w, k) distances of colors."""
    square = (lab**2).sum(2)[..., None] + (colors**2).sum(1) - 2 * (lab @ colors.T)
    return np.asarray(np.sqrt(np.maximum(square, 0)), np.float32)


def _near(area: Bool) -> Bool:
    """(h, w) what is within reach of an area, roughly."""
    small = cv2.resize(255 * area.astype(np.uint8), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    wide = cv2.dilate(small, disc(REACH / 2))
    return np.asarray(cv2.resize(wide, area.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0, np.bool_)


def _away_from(goes: Bool, others: Bool) -> Bool:
    """(h, w) what is far enough from all that goes, but for specks."""
    _, index, stats, _ = cv2.connectedComponentsWithStats(goes.astype(np.uint8))
    large = goes & (stats[:, cv2.CC_STAT_AREA] > SPECK * UNIT**2)[index]
    return np.asarray(cv2.dilate((large | others).astype(np.uint8), disc(2 * BORDER)) == 0)


def _pieces(goes: Bool, among: Bool) -> Bool:
    """(h, w) small pieces of what goes that lie among hair, far from the rest."""
    _, index = cv2.connectedComponents(cv2.dilate(goes.astype(np.uint8), disc(APART)))
    sizes = np.bincount(index[goes], minlength=index.max() + 1)
    inside = np.bincount(index[goes & among], minlength=len(sizes))
    small = (sizes < PIECE * UNIT**2) & (inside == sizes)
    small[0] = False
    return np.asarray(goes & small[index], np.bool_)


def _lines(light: Float32) -> Float32:
    """(h, w) levels of thin lines, dark or bright."""
    closed, opened = (cv2.morphologyEx(light, way, disc(THIN)) for way in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN))
    return np.asarray(np.maximum(closed - light, light - opened), np.float32)


def _shades(colors: Float32) -> Float32:
    """(k, 3) usual colors among some (n, 3)."""
    few = np.ascontiguousarray(colors[:: max(1, len(colors) // 2000)])
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 0.5)
    cv2.setRNGSeed(0)
    start = np.zeros((len(few), 1), np.int32)
    _, _, shades = cv2.kmeans(few, min(SHADES, len(few)), start, stop, 1, cv2.KMEANS_PP_CENTERS)
    return np.asarray(shades, np.float32)
