"""What of a frame's area beside the eyes is no frame: it looks as what is right beside it, and stays as it is.

An arm is a few pixels wide, and what was found of it may be five times as wide, or run along hair beside it: locks, a
hairline or an ear would be made anew, though the photo shows them.

Convention:
    That of :mod:`mien.guides.lines`; colors are CIE L*a*b*.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.guides.frames import across
from mien.guides.lines import SIDE, UNIT, disc, light_of
from mien.guides.seen import Seen
from mien.types import Bool, Float32, Float64

BESIDE, RIM = 1.0, 0.5
"""How far beyond the eyes, and beside the lenses, units."""

RING, REACH = 6.0, 4.0
"""How far around an area colors are looked up, and how far they count, units."""

SHADES, ENOUGH = 10, 200
"""How many colors are told apart; pixels that must be seen of them."""

NEAR, NEARER = 11.0, 0.6
"""Distance up to which a color is one of those beside; and that as a share of the distance to a frame's colors."""

SURE, DIFFERENT, UNLIKE = 0.5, 25.0, 14.0
"""How likely a frame is whose colors are known; levels by which it differs from what would be there and from what is
around it; and the distance of its colors from those of skin at least."""

SHADED, SHARE = 0.5, 0.03
"""Light of skin, by its usual light, at least; and the share of a color among those of skin."""

LINED, CLEARER, THIN, WIDE = 6.0, 1.5, 1.2, 5.0
"""Levels of thin lines that stay hidden, at least and by those of what has their color; and width of those, and of
frames, units."""

MIXED, SPECK, BORDER = 0.4, 0.3, 0.55
"""How far around single pixels of hair count, units; square units of what is too small to be a part of a frame; and how
far beside it its edge is seen, units."""

APART, PIECE = 3.0, 6.0
"""Units by which pieces of hair are apart from a frame, and their square units at most."""


def laid_bare(picture: Float32, hidden: Bool, seen: Seen, kinds: Float32, points: Float64) -> Bool:
    """(SIDE, SIDE) parts of a frame's area that show what is behind.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        hidden: (SIDE, SIDE) what was found of a frame.
        seen: what a network sees of it.
        kinds: (SIDE, SIDE, k) how likely face and others are, behind the frame, too.
        points: (478, 2) landmarks.
    """
    stays = np.zeros(hidden.shape, np.bool_)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    lab = np.asarray(cv2.cvtColor(soft / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)
    frame = _worn(soft, lab, hidden, seen)
    if frame is None:
        return stays
    lines, other = _hat(light_of(soft), THIN), kinds.argmax(2) > 0
    lens = cv2.dilate((seen.lenses > 0.5).astype(np.uint8), disc(2 * RIM)) > 0
    right, beside, _, outer = across(points)
    ys, xs = np.mgrid[:SIDE, :SIDE]
    half = (xs - points[168, 0]) * right[0] + (ys - points[168, 1]) * right[1] > 0
    for side in (~half, half):
        zone = hidden & side & ~lens & (beside > outer + BESIDE * UNIT)
        if not zone.any():
            continue
        rows, columns = (np.flatnonzero(zone.any(axis)) for axis in (1, 0))
        by = round((RING + 1) * UNIT)
        part = np.s_[max(0, rows[0] - by) : rows[-1] + by, max(0, columns[0] - by) : columns[-1] + by]
        alike = _alike(lab[part], lines[part], hidden[part], zone[part], other[part], frame)
        stays[part] |= zone[part] & _inner(alike, hidden[part], zone[part])
    return stays | _pieces(hidden & ~stays, hidden & ~lens & other)


@dataclass(frozen=True, eq=False)
class _Palette:
    """Colors of what is known: (k, 3), and (h, w, k) where they are near."""

    colors: Float32
    close: Bool

    @classmethod
    def of(cls, lab: Float32, known: Bool, skin: bool) -> _Palette | None:
        """Those of an area; of skin without those of brows and of hair before it. None where too little is seen."""
        if int(known.sum()) < ENOUGH:
            return None
        colors = _shades(lab[known])
        number = _apart(lab, colors).argmin(2)
        share = np.bincount(number[known], minlength=len(colors)) / known.sum()
        dark = colors[:, 0] < SHADED * float(np.median(lab[known][:, 0]))
        kept = np.flatnonzero(~(skin & (dark | (share < SHARE))))
        return cls(colors[kept], np.stack([_near(known & (number == i)) for i in kept], 2)) if len(kept) else None

    def off(self, lab: Float32) -> Float32:
        """(h, w) distances from the nearest color that is seen nearby."""
        return np.asarray(np.where(self.close, _apart(lab, self.colors), np.inf).min(2), np.float32)


def _alike(lab: Float32, lines: Float32, hidden: Bool, zone: Bool, other: Bool, frame: Float32) -> Bool:
    """(h, w) what of a hidden zone looks as skin right beside it, or as hair and what else is no face."""
    around = cv2.dilate(zone.astype(np.uint8), disc(2 * RING)) > 0
    known = around & (cv2.dilate(hidden.astype(np.uint8), disc(0.6)) == 0)
    every, skin = _Palette.of(lab, known, False), _Palette.of(lab, known & ~other, True)
    if every is None:
        return np.zeros_like(zone)
    number = _apart(lab, every.colors).argmin(2)
    usual = [float(np.quantile(lines[known & (number == i)], 0.9)) for i in range(len(every.colors))]
    plain = zone & (lines <= np.maximum(LINED, CLEARER * np.array(usual))[number])
    hair = cv2.GaussianBlur((plain & (every.off(lab) < NEAR)).astype(np.float32), (0, 0), MIXED * UNIT) > 0.5
    if skin is None:
        return np.asarray(hair & other & zone, np.bool_)
    unlike = np.linalg.norm(frame[:, None] - skin.colors, axis=2).min(1) > UNLIKE
    worn = _apart(lab, frame[unlike]).min(2, initial=np.inf)
    off = skin.off(lab)
    return np.asarray(zone & np.where(other, hair, plain & (off < np.minimum(NEAR, NEARER * worn))), np.bool_)


def _apart(lab: Float32, colors: Float32) -> Float32:
    """(h, w, k) distances of colors."""
    square = (lab**2).sum(2)[..., None] + (colors**2).sum(1) - 2 * (lab @ colors.T)
    return np.asarray(np.sqrt(np.maximum(square, 0)), np.float32)


def _near(area: Bool) -> Bool:
    """(h, w) what is within reach of an area, roughly."""
    small = cv2.resize(255 * area.astype(np.uint8), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    wide = cv2.dilate(small, disc(REACH / 2))
    return np.asarray(cv2.resize(wide, area.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0, np.bool_)


def _inner(alike: Bool, hidden: Bool, zone: Bool) -> Bool:
    """(h, w) what is far enough from all that goes."""
    _, index, stats, _ = cv2.connectedComponentsWithStats((zone & ~alike).astype(np.uint8))
    goes = zone & ~alike & (stats[:, cv2.CC_STAT_AREA] > SPECK * UNIT**2)[index]
    return np.asarray(cv2.dilate((goes | hidden & ~zone).astype(np.uint8), disc(2 * BORDER)) == 0)


def _pieces(goes: Bool, among: Bool) -> Bool:
    """(h, w) small pieces of what goes that lie among hair, far from the rest."""
    _, index = cv2.connectedComponents(cv2.dilate(goes.astype(np.uint8), disc(APART)))
    sizes = np.bincount(index[goes], minlength=index.max() + 1)
    inside = np.bincount(index[goes & among], minlength=len(sizes))
    small = (sizes < PIECE * UNIT**2) & (inside == sizes)
    small[0] = False
    return np.asarray(goes & small[index], np.bool_)


def _worn(soft: Float32, lab: Float32, hidden: Bool, seen: Seen) -> Float32 | None:
    """(k, 3) colors of a frame; None where there are none."""
    apart = np.abs(soft - seen.made).max(2)
    sure = hidden & (seen.likely > SURE) & (seen.within > 0.5) & (apart > DIFFERENT) & ~(seen.eyes > 0)
    small = cv2.resize(light_of(soft), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    sure &= cv2.resize(_hat(small, WIDE / 2), hidden.shape[::-1], interpolation=cv2.INTER_LINEAR) > DIFFERENT
    return _shades(lab[sure]) if int(sure.sum()) > ENOUGH else None


def _hat(light: Float32, width: float) -> Float32:
    """(SIDE, SIDE) levels of what is darker or brighter than what is around it, up to a width."""
    closed, opened = (cv2.morphologyEx(light, way, disc(width)) for way in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN))
    return np.asarray(np.maximum(closed - light, light - opened), np.float32)


def _shades(colors: Float32) -> Float32:
    """(k, 3) usual colors among some (n, 3)."""
    few = np.ascontiguousarray(colors[:: max(1, len(colors) // 2000)])
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 0.5)
    cv2.setRNGSeed(0)
    start = np.zeros((len(few), 1), np.int32)
    _, _, shades = cv2.kmeans(few, min(SHADES, len(few)), start, stop, 1, cv2.KMEANS_PP_CENTERS)
    return np.asarray(shades, np.float32)
