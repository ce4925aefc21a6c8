"""What of a frame hides the face, apart from the wider area where it casts shadows, reflects and shines.

There the skin, the lids and the brows are seen, and stay: only their light changes.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.glasses.frames import area_of
from mien.guides.glasses.lens_edges import lens_edges
from mien.guides.glasses.lines import SIDE, UNIT, Lines, disc, light_of
from mien.guides.glasses.seen import Seen
from mien.guides.glasses.strip import HIGH, WIDE, strip_matrix
from mien.guides.glasses.surround import BROWS
from mien.guides.glasses.uncovering import Uncovering
from mien.guides.laid import coarse_beside
from mien.types import Bool, Float32, Float64

LEVELS, SHARE, PLAIN = (10.0, 85.0), 0.5, 0.6
"""Levels by which it differs from what would be behind it, least and most; and the same as a share of the most around;
and how much less it differs below the eyes, where skin is plain and lines are seen at once."""

THIN = (25.0, 45.0)
"""Levels below which nothing but thin lines is a frame, and from which everything may be."""

SHINING, GLARING, EDGES = (14.0, 9.0, 6.0), 20.0, 4.0
"""Levels of thin bright lines that are a rim's, in brows, along strong frames, and elsewhere; of those beside a front,
too; and of what is left of its edges."""

TINT = 16.0
"""Levels of red over blue by which a reflection differs from skin."""

LIDS = 1.8
"""How far beyond eyes lids and lashes lie, which are as dark as frames are, and shine; units."""

SURELY, DARK, ALIKE = 0.6, 0.4, 0.12
"""How likely a dark frame must be where it lies before brows; its light against skin's at most; and how much lighter,
as a share of what is between both, it is here and there."""

BRIGHT, NARROW, BRIGHTER, AROUND, LIGHT = 1.2, 0.7, 6.0, 5.0, 0.8
"""Width of bright lines, units, and in brows; levels by which they may be darker than usual skin; how far its color
reaches, units; and the share of its light that colored reflections have at least."""

SPECK, LIKELY, SURE, HALO, ROUNDS = 0.5, 0.3, 0.4, (0.8, 1.2), 2
"""The smallest part, square units; how likely it is at least; how far it shines, units, twice; and how often it is
looked for: with less hidden, what would be behind is better known."""


@dataclass(frozen=True, eq=False)
class _Signs:
    """What tells of a frame without a network's help; planes are (h, w), some rows of the plane.

    Attributes:
        soft: (h, w, 3) the picture without its noise.
        brows: their outlines.
        inside: the face but for its border.
        shine: levels of thin bright lines that are no darker than skin.
        tinted: colored reflections.
        glare: very bright thin lines.
        black: what is as dark as a dark frame.
    """

    soft: Float32
    brows: Bool
    inside: Bool
    shine: Float32
    tinted: Bool
    glare: Bool
    black: Bool

    @classmethod
    def of(cls, picture: Float32, seen: Seen, brows: Bool, outline: Bool) -> _Signs:
        """Those of some rows."""
        soft, open_eyes = cv2.GaussianBlur(picture, (0, 0), 0.8), ~(seen.eyes > 0)
        barred = cv2.dilate((seen.front | (seen.eyes > 0)).astype(np.uint8), disc(1.0)) > 0
        usual = coarse_beside(soft, barred, AROUND * UNIT)
        light, skin = light_of(soft), light_of(usual)
        inside = cv2.erode(outline.astype(np.uint8), disc(3.0)) > 0
        around = cv2.dilate(brows.astype(np.uint8), disc(3.0)) > 0
        tinted = (_off_color(soft, usual) > TINT) & (seen.likely > LIKELY) & open_eyes & inside & ~around
        bright = _bright(light, BRIGHT)
        shine = np.clip(light - skin + BRIGHTER, 0, bright)  # skin between two dark things is no brighter than skin
        beside = cv2.dilate(seen.front.astype(np.uint8), disc(2.0)) > 0
        bright = np.where(around, _bright(light, NARROW), bright)  # skin between brows and rims is wider
        usually = float(np.quantile(bright[beside], 0.9)) if beside.any() else 0.0  # of hard light, and of hairs
        glare = (bright > max(GLARING, 3 * usually)) & beside & (seen.within > 0.1) & open_eyes
        away = cv2.dilate((seen.eyes > 0).astype(np.uint8), disc(2 * LIDS)) == 0
        glare, black = glare & away, cv2.dilate(_black(light, skin, seen).astype(np.uint8), disc(HALO[1])) > 0
        black &= away
        return cls(soft, brows, inside, shine, tinted, glare, black)


def opaque(picture: Float32, lines: Lines, seen: Seen, points: Float64) -> Bool:
    """(SIDE, SIDE) what hides the face: what differs much from what would be behind it, as lines and bars do."""
    whole, rows = np.zeros(seen.front.shape, np.bool_), _rows(seen.front, points)
    brows = area_of([points[list(one)] for one in BROWS])[rows]
    outline = area_of([points[list(mesh.OUTLINE)]])[rows]
    part = Seen(*(getattr(seen, one.name)[rows] for one in fields(seen)))
    shifted = points - np.array([0, rows.start])
    signs = _Signs.of(picture[rows], part, brows, outline)
    found, strong = part.front, part.front
    for turn in range(ROUNDS):
        made = _without(picture[rows], found, part, shifted) if turn else part.made
        found, strong = _found(made, Lines(lines.ridges[rows], lines.hats[:, rows], lines.widest[rows]), part, signs)
    made = _without(picture[rows], found, part, shifted)
    edges = lens_edges(picture[rows], part, shifted, found) & signs.inside
    spots = cv2.dilate(signs.glare.astype(np.uint8), disc(2 * HALO[0])) > 0
    whole[rows] = found | _grown(_left(made, found, part, brows) | edges, strong) | spots
    return whole


def _rows(front: Bool, points: Float64) -> slice:
    """Rows of the plane where anything of a front may be: those of the network's strip, and of the front."""
    matrix, among = strip_matrix(points), np.flatnonzero(front.any(1))
    corners = np.array([(0, 0), (WIDE, 0), (0, HIGH), (WIDE, HIGH)]) @ matrix[:, :2].T + matrix[:, 2]
    first, last = min(corners[:, 1].min(), among.min(initial=SIDE)), max(corners[:, 1].max(), among.max(initial=0))
    return slice(max(0, int(first) - round(AROUND * UNIT)), min(SIDE, int(last) + round(AROUND * UNIT)))


def _found(made: Float32, lines: Lines, seen: Seen, signs: _Signs) -> tuple[Bool, Bool]:
    """(h, w) what differs from what would be there, (h, w, 3), and where what is around differs strongly."""
    known, plain, soft = seen.front & (seen.within > 0.1), np.where(seen.low, PLAIN, 1), signs.soft
    thin, thick = np.maximum(lines.hats[2], lines.ridges), np.maximum(lines.hats[5], lines.widest)
    darker, lighter = (one.max(2) * known for one in (made - soft, soft - made))
    apart = np.maximum(np.minimum(darker, 1.5 * thick), np.minimum(lighter, 1.5 * signs.shine))
    around = cv2.dilate((apart * np.clip(seen.likely, 0, 1)).astype(np.float32), disc(3.0))
    most = cv2.GaussianBlur(around, (0, 0), UNIT)
    weak = np.clip((THIN[1] - most) / (THIN[1] - THIN[0]), 0, 1)
    strong = (weak < 0.5) & ~(seen.eyes > 0)
    apart = apart + weak * (np.minimum(apart, 1.2 * thin) - apart)
    clear = (apart > plain * np.clip(SHARE * most, *LEVELS)) & (seen.likely > LIKELY)
    shining = np.where(seen.likely > SURE, signs.shine, 0)
    clear |= shining > plain * np.where(signs.brows, SHINING[0], np.where(weak < 0.5, *SHINING[1:]))
    clear |= signs.tinted
    return _grown(clear & known | seen.front & ~known | signs.glare, strong) | signs.black, strong


def _without(picture: Float32, found: Bool, seen: Seen, points: Float64) -> Float32:
    """The picture without what was found, as the network paints it."""
    behind, more, _ = Uncovering.bundled().behind(picture, found.astype(np.float32), seen.lenses, seen.eyes, points)
    return np.where(found[..., None], behind, picture + more).astype(np.float32)


def _warmth(picture: Float32) -> Float32:
    """Levels of red over blue, which reflections have less of than skin."""
    return np.asarray(picture[..., 0] - picture[..., 2], np.float32)


def _off_color(soft: Float32, usual: Float32) -> Float32:
    """(h, w) levels of red over blue that something has more or less than usual skin in this light."""
    share = light_of(soft) / np.maximum(light_of(usual), 1)
    off = np.abs(_warmth(soft) - np.clip(share, 0, 1.2) * _warmth(usual))
    return np.asarray(np.where(share > LIGHT, off, 0), np.float32)  # what is dark differs anyway


def _black(light: Float32, usual: Float32, seen: Seen) -> Bool:
    """(h, w) what is as dark as a dark frame, in brows as well; nothing where it is not much darker than skin."""
    sure = (seen.likely > SURELY) & ~(seen.eyes > 0)
    if not sure.any():
        return sure
    share = light / np.maximum(usual, 1)
    frame = float(np.quantile(share[sure], 0.2))
    return np.asarray(sure & (share < frame + ALIKE * (1 - frame)) & (frame < DARK), np.bool_)


def _bright(light: Float32, width: float) -> Float32:
    """Levels of bright lines up to a width, units; skin has few."""
    return np.asarray(light - cv2.morphologyEx(light, cv2.MORPH_OPEN, disc(width)), np.float32)


def _left(made: Float32, found: Bool, seen: Seen, brows: Bool) -> Bool:
    """Thin lines along what was found: its edges, which stand out where it is gone."""
    light = cv2.GaussianBlur(light_of(made), (0, 0), 0.6)
    dark = cv2.morphologyEx(light, cv2.MORPH_CLOSE, disc(1.2)) - light
    lines = np.maximum(dark, light - cv2.morphologyEx(light, cv2.MORPH_OPEN, disc(1.2)))
    near = (cv2.dilate(found.astype(np.uint8), disc(1.6)) > 0) | seen.low & (seen.likely > LIKELY)
    beyond = (cv2.dilate(found.astype(np.uint8), disc(4.0)) > 0) & ~near
    usual = float(np.quantile(lines[beyond], 0.8)) if beyond.any() else 0.0
    return np.asarray(
        (lines > np.where(brows, 4, np.where(seen.low, PLAIN, 1)) * max(EDGES, 1.3 * usual))
        & near
        & seen.front
        & ~(seen.eyes > 0)
    )


def _grown(clear: Bool, strong: Bool) -> Bool:
    """What is found without specks and gaps, with what shines around it."""
    whole = cv2.morphologyEx(clear.astype(np.uint8), cv2.MORPH_CLOSE, disc(1.2))
    _, index, stats, _ = cv2.connectedComponentsWithStats(whole)
    kept = ((whole > 0) & (stats[:, cv2.CC_STAT_AREA] > SPECK * UNIT**2)[index]).astype(np.uint8)
    wide = cv2.dilate(kept, disc(HALO[1])) > 0
    return np.asarray((cv2.dilate(kept, disc(HALO[0])) > 0) | wide & strong)
