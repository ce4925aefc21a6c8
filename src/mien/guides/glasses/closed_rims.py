"""Rims that are found around most of a lens, closed where they pass before brows.

Brows are dark and full of lines, so that networks lose a rim there. But a rim is one thin closed line around its lens:
the cheapest closed path along thin lines is that rim, and what of it was not found belongs to the frame, too.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.guides.glasses.bands import Int, cheapest
from mien.guides.glasses.frames import axes
from mien.guides.glasses.lines import SIDE, UNIT, disc, light_of
from mien.guides.glasses.seen import Seen
from mien.types import Bool, Float32, Float64

ANGLES, STEP, RADII = 240, 0.2, (2.5, 20.0)
"""Directions around a lens, and places along each of them, units."""

THIN, LIDS = 1.6, 1.2
"""Width of a rim's lines at most, and how far beyond the eyes lids are, units."""

WITHIN, BEYOND, ABOVE, FADING = 2.0, 2.0, 4.0, 2.5
"""How far within and beyond the border of the parser's glasses a rim is, and above; how softly; units."""

OUTER, LID, STIFF = 0.08, 0.8, 0.5
"""What a unit farther out is worth, beside a clear line, which is worth 1; what lids cost; and how much all that counts
against smoothness. Creases of lids lie within the rim."""

STRONG, CLEAR, LONG = 20.0, 0.52, 2.0
"""Levels of a rim's lines: weaker ones may be brows; share of these that is clear; and length of a gap, units."""

CLEARER, INNER = 1.5, (6.0, 1.0)
"""Levels of a line within a path, as a share of the rim's, from which it is the rim; and how far within, units."""

FARTHEST, DARKER, BLACK, MOST, EDGE = 2.5, 40.0, 60.0, 0.5, 0.5
"""Half a dark rim's width at most, units; levels by which it is darker, and that it has at most; how much of it is so
dark; and how far beyond its edge it is seen, units."""

DARKEST, FAINTEST, SURE, HARDLY = 0.5, 12.0, 0.6, 0.2
"""Levels of lines that were missed, as a share of the frame's, and at least; how likely frames are there."""

NEAR, SPECK = 0.6, 0.1
"""How far beside a frame lines are its edges, units; and square units of what was missed at least: 0.3 to 1.1 on three
wearers, 0.08 and less on 22 others."""

UPPER, WIDE = 0.2, 2.0
"""Sine of the angle from which a path is above its lens; and the width of what is added, units."""


@dataclass(frozen=True, eq=False)
class _Around:
    """Places around a lens; planes are (ANGLES, radii).

    Attributes:
        radii: units.
        xs, ys: the places.
        upper: (ANGLES, 1) which are above the lens.
    """

    radii: Float64
    xs: Float32
    ys: Float32
    upper: Bool

    @classmethod
    def of(cls, lens: Bool, down: Float64) -> _Around:
        """Those around a lens's middle."""
        ys, xs = np.nonzero(lens)
        turned = np.arange(ANGLES)[:, None] * (2 * np.pi / ANGLES)
        radii = np.arange(*RADII, STEP)
        right, below = np.cos(turned), np.sin(turned)
        places = (xs.mean() + radii * UNIT * right, ys.mean() + radii * UNIT * below)
        upper = right * down[0] + below * down[1] < -UPPER
        return cls(radii, places[0].astype(np.float32), places[1].astype(np.float32), upper)

    def see(self, plane: Bool | Float32) -> Float32:
        """A plane's values there."""
        made = cv2.remap(plane.astype(np.float32), self.xs, self.ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(made, np.float32)

    def border(self, area: Bool) -> Float64:
        """(ANGLES,) how far an area reaches, units, without its corners; 0 where there is none of it."""
        seen = self.see(area) > 0.5
        last = np.where(seen.any(1), self.radii[seen.shape[1] - 1 - seen[:, ::-1].argmax(1)], 0)
        around = np.lib.stride_tricks.sliding_window_view(np.pad(last, 6, "wrap"), 13)
        return np.asarray(np.median(around, 1), np.float64)


def closed_rims(picture: Float32, frame: Bool, worn: Bool, lenses: Bool, eyes: Bool, points: Float64) -> Bool:
    """(SIDE, SIDE) what is missing of the rims above the lenses.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        frame, worn, lenses, eyes: (SIDE, SIDE) what was found, the parser's glasses, what is seen through them, and
            the eyes.
        points: (478, 2) landmarks.
    """
    (away, down), missing = axes(points), np.zeros(frame.shape, np.uint8)
    light = cv2.GaussianBlur(light_of(picture), (0, 0), 0.7)
    lines = [cv2.morphologyEx(light, cv2.MORPH_CLOSE, disc(THIN)) - light]
    lines += [light - cv2.morphologyEx(light, cv2.MORPH_OPEN, disc(THIN))]
    lids = cv2.dilate(eyes.astype(np.uint8), disc(2 * LIDS)) > 0
    ys, xs = np.mgrid[:SIDE, :SIDE]
    right = (xs - points[168, 0]) * away[0] + (ys - points[168, 1]) * away[1] > 0
    for half in (~right, right):
        if int((lenses & half).sum()) < UNIT**2 or not (worn & half).any():
            continue
        around = _Around.of(lenses & half, down)
        path = _path(around, [around.see(one) for one in lines], frame, worn & half, lids)
        if path is None:
            continue
        for piece in _missing(around, path, frame):
            cv2.polylines(missing, [np.round(piece * 16).astype(np.int32)], False, 1, round(WIDE * UNIT), cv2.LINE_8, 4)
        for piece in _upper_half(around, path.places, around.see(light), frame):
            cv2.fillConvexPoly(missing, np.round(piece * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    return missing > 0


def missed_lines(picture: Float32, frame: Bool, seen: Seen) -> Bool:
    """(SIDE, SIDE) dark lines of a frame's front that are no part of it yet, such as rims before lids.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        frame: (SIDE, SIDE) what was found.
        seen: what a network sees.
    """
    sure = frame & (seen.likely > SURE)
    if not sure.any():
        return np.zeros_like(frame)
    light = cv2.GaussianBlur(light_of(picture), (0, 0), 0.7)
    dark = cv2.morphologyEx(light, cv2.MORPH_CLOSE, disc(WIDE)) - light
    least = max(DARKEST * float(np.quantile(dark[sure], 0.8)), FAINTEST)
    beside = cv2.dilate(frame.astype(np.uint8), disc(NEAR)) > 0
    lines = seen.front & ~beside & (seen.likely > HARDLY) & (dark > least)
    _, index, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8))
    large = lines & (stats[:, cv2.CC_STAT_AREA] > SPECK * UNIT**2)[index]
    return np.asarray(cv2.dilate(large.astype(np.uint8), disc(WIDE)) > 0, np.bool_)


@dataclass(frozen=True, eq=False)
class _Path:
    """A closed path around a lens, (ANGLES,): its places along each direction; how clear its line is, and lines within
    it are, as shares of the rim's levels."""

    places: Int
    clear: NDArray[np.floating]
    within: NDArray[np.floating]


def _path(around: _Around, lines: list[Float32], frame: Bool, worn: Bool, lids: Bool) -> _Path | None:
    """The rim around a lens; None where none is seen."""
    clear = np.maximum(*(_along(one) for one in lines))
    off = around.radii[None] - around.border(worn)[:, None]
    beyond = np.maximum(off - np.where(around.upper, ABOVE, BEYOND), -off - WITHIN)
    unlikely = np.clip(beyond / FADING, 0, 1)
    known = around.see(frame) > 0.5
    level = float(np.median((clear * known * (unlikely < 0.5)).max(1)))
    if level < STRONG:
        return None
    cost = unlikely * (0.6 + np.clip(clear / level, 0, 1.2)) - np.clip(clear / level, 0, 1.2)
    cost += LID * (around.see(lids) > 0.3) - np.where(around.upper, OUTER * np.clip(off, -3, 3), 0)
    path = cheapest(STIFF * np.vstack([cost] * 3).astype(np.float32))[ANGLES : 2 * ANGLES]
    seen = np.pad(clear[np.arange(ANGLES), path], 3, "wrap") / level
    away = around.radii[path][:, None] - around.radii[None]
    inner = np.where((away > INNER[1]) & (away < INNER[0]), clear, 0).max(1) / level
    seen = np.median(np.lib.stride_tricks.sliding_window_view(seen, 7), 1)
    return _Path(path, seen, inner)


def _missing(around: _Around, path: _Path, frame: Bool) -> list[Float64]:
    """Pieces (N, 2) of the path around a lens that are clear and no part of the frame."""
    wide = cv2.dilate((around.see(frame) > 0.5).astype(np.uint8), np.ones((3, 5), np.uint8)) > 0
    gaps = np.flatnonzero(~wide[np.arange(ANGLES), path.places] & around.upper[:, 0])
    found = []
    for run in np.split(gaps, np.flatnonzero(np.diff(gaps) > 1) + 1) if len(gaps) else []:
        joined = np.arange(run[0] - 4, run[-1] + 5) % ANGLES
        piece = np.stack([one[joined, path.places[joined]] for one in (around.xs, around.ys)], 1).astype(np.float64)
        length = float(np.linalg.norm(np.diff(piece[4:-4], axis=0), axis=1).sum())
        if length > LONG * UNIT and np.median(path.clear[run]) > CLEAR and np.median(path.within[run]) < CLEARER:
            found.append(piece)
    return found


def _upper_half(around: _Around, path: Int, light: Float32, frame: Bool) -> list[Float64]:
    """Quadrangles (4, 2) of a dark rim from its middle to its upper edge, as wide as elsewhere before dark brows."""
    number, steps = np.arange(ANGLES), np.arange(-round(0.6 / STEP), round(FARTHEST / STEP) + 1)
    rows = light[number[:, None], np.clip(path[:, None] + steps, 0, light.shape[1] - 1)]
    middle = rows[:, steps <= 0.6 / STEP].min(1)
    ends = (rows > ((middle + rows.max(1)) / 2)[:, None]) & (steps > 0)
    close = cv2.dilate((around.see(frame) > 0.5).astype(np.uint8), np.ones((3, 9), np.uint8))
    known = close[number, path] > 0
    black = known & ends.any(1) & (rows.max(1) - middle > DARKER) & (middle < BLACK)
    dark = black & around.upper[:, 0]
    if black.mean() < MOST or not dark.any():  # a brow over a lens without a rim
        return []
    width = np.where(dark, steps[ends.argmax(1)] * STEP, np.inf)
    usual = float(np.median(width[dark]))
    width = np.minimum(width, usual) + EDGE
    smooth = np.lib.stride_tricks.sliding_window_view(np.pad(width, 4, "wrap"), 9).mean(1)
    outer = np.clip(path + smooth / STEP, 0, light.shape[1] - 1).astype(int)
    inner_line, outer_line = (np.stack([one[number, at] for one in (around.xs, around.ys)], 1) for at in (path, outer))
    both = [np.stack([inner_line[[i - 1, i]], outer_line[[i, i - 1]]]).reshape(4, 2) for i in number]
    return [both[i].astype(np.float64) for i in np.flatnonzero(known & around.upper[:, 0])]


def _along(lines: Float32) -> Float32:
    """Lines that go on around the lens, without hairs across it."""
    wide = np.vstack([lines[-20:], lines, lines[:20]])
    return np.asarray(cv2.GaussianBlur(wide, (0, 0), sigmaX=0.5, sigmaY=3.0)[20:-20], np.float32)
