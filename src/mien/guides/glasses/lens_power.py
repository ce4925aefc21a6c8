"""How strong lenses are: a face's outline, seen through one, lies nearer to its middle, or farther, than it goes on.

A lens of power P, seen from afar, shows what lies a distance d behind it at 1 / (1 - P d) of its size: temples, which
are farther behind than eyes, more than these. Sizes of eyes tell nothing here: landmarks hardly follow them.

Convention:
    That of :mod:`mien.guides.glasses.lines`; lengths are units of it, powers are :attr:`Power.eyes` and what follows
    from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.guides.glasses.frames import axes
from mien.guides.glasses.lines import UNIT, disc
from mien.types import Bool, Float32, Float64

STEP = 0.25
"""Way between samples."""

BESIDE, NEAR = (0.8, 11.0), 3.0
"""How far above and below a pair of glasses the outline is followed, and how fast it counts less."""

REFINED, COLORS, LEAST_SEEN, STRAIGHT = 1.5, 2.0, 2.5, 0.6
"""How far from where the parser sees an outline it may be; how wide a border tells colors; what is seen of the outline
above and below, at least; and how far it is from a curve, at most."""

UNLIKE, NEITHER, CONTRAST, FROM_RIM = 8.0, 25.0, 12.0, 8.0
"""Levels of Lab by which one color is surely another; from which a pixel is none of those that are known; and by which
what is behind a face must differ from it, and from rims."""

BARE, SHOWN, SHARE, SPREAD = 0.75, 4.0, 0.5, 0.06
"""Width of backdrop in a lens; rows of it, and their share of all that might show it, at least; how far these may
differ, as a share."""

LEAST, LATE, RIM = 0.12, 0.5, 6.0
"""Share by which outlines must be displaced; how far beyond the parser's glasses they are seen, units, at most; and how
far above and below what is seen through a lens its rim may hide more."""

BEFORE, DEPTH, FLANK = 0.155, (0.15, 0.35), 1.5
"""How far lenses are before eyes, and temples behind these, as shares of the distance of the eyes' outer corners; and
how far within a face's outline points tell its depth."""

SHARP = (1.0, 0.75)
"""Width over which an outline is seen through a lens, and its step there, as a share of that beside the lens: shade is
softer."""

BOUNDS, AGREE = (0.8, 1.25), 0.06
"""Of magnification; and how much both lenses may differ."""


@dataclass(frozen=True, eq=False)
class Outline:
    """How a face goes on behind a lens.

    Attributes:
        rows: (N,) heights, downwards from the iris.
        beside: (N,) how far outwards from the iris it ends.
        seen: where that is seen through the lens, as a share of it.
        way: (2, 2) what one row, and one outwards, is in the plane, pixels.
        start: (2,) the iris in the plane.
    """

    rows: Float64
    beside: Float64
    seen: float
    way: Float64
    start: Float64

    def area(self, shape: tuple[int, ...], first: Float64, last: Float64) -> Bool:
        """(h, w) what is, in each row, between two distances (N,) outwards from the iris."""
        there = np.concatenate([np.stack([self.rows, first], 1), np.stack([self.rows, last], 1)[::-1]])
        plane = np.zeros(shape[:2], np.uint8)
        return np.asarray(cv2.fillPoly(plane, [np.round(self.start + there @ self.way).astype(np.int32)], 1) > 0)


@dataclass(frozen=True, eq=False)
class Power:
    """What lenses do.

    Attributes:
        eyes: magnification of what is as far behind them as eyes are; below 1 where they shrink.
        depth: how far behind the eyes the outline is, as a multiple of how far lenses are before them.
        outlines: those that were measured.
    """

    eyes: float
    depth: float
    outlines: tuple[Outline, ...]


def lens_power(
    picture: Float32, frame: Bool, parsed: Bool, lenses: Bool, kinds: Float32, points: Float64
) -> Power | None:
    """How strong a pair of lenses is; None where that is not clear, as with most.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        frame: of the glasses.
        parsed: the parser's glasses, lenses included.
        lenses: what is seen through them.
        kinds: (SIDE, SIDE, k) how likely the face, first of all, is there.
        points: (478, 3) landmarks in the plane, with their depth.
    """
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.0) / np.float32(255), cv2.COLOR_RGB2LAB)
    lab[..., 0] *= 0.6
    covered = cv2.dilate((frame | parsed).astype(np.uint8), disc(1.0)) > 0
    unit = float(np.linalg.norm(points[33, :2] - points[263, :2]))
    found: list[tuple[float, float, Outline]] = []
    for side in (0, 1):
        window = _Window.of(lab, (covered, parsed, lenses), kinds, points, side)
        told = None if window is None else window.displaced()
        if told is not None:
            deeper = float(np.clip(_depth(points, side) / unit, *DEPTH)) / BEFORE
            eyes = 1 / (1 + (1 / told.seen - 1) / (1 + deeper))
            found.append((eyes, deeper, told))
    each = [one[0] for one in found]
    if not each or max(each) - min(each) > AGREE:
        return None
    deeper = float(np.mean([one[1] for one in found]))
    return Power(float(np.clip(np.mean(each), *BOUNDS)), deeper, tuple(one[2] for one in found))


def _depth(points: Float64, side: int) -> float:
    """How far behind the eye's corner a face's outline is at its height, pixels."""
    away, down = axes(points[:, :2])
    from_iris = points[:468, :2] - points[(468, 473)[side], :2]
    beside, below = from_iris @ (away * (2 * side - 1)), from_iris @ down
    near = np.flatnonzero(np.abs(below) < 4 * UNIT)
    flank = near[beside[near] > beside[near].max() - FLANK * UNIT]
    return float(points[flank, 2].min() - points[(33, 263)[side], 2])


@dataclass(frozen=True, eq=False)
class _Window:
    """The plane from an iris outwards, upright: rows (N,) and columns (M,), of which the first is at the iris.

    Attributes:
        lab: (N, M, 3), lightness counts less.
        covered: (N, M) by glasses.
        face: (N, M) how likely the face is there.
        ends: (N,) where the parser's glasses end.
        rows, columns: where they are.
        span: heights of the lens.
        way, start: see :class:`Outline`.
    """

    lab: Float32
    covered: Bool
    face: Float32
    ends: Float64
    rows: Float64
    columns: Float64
    span: tuple[float, float]
    way: Float64
    start: Float64

    @classmethod
    def of(
        cls, lab: Float32, glasses: tuple[Bool, Bool, Bool], kinds: Float32, points: Float64, side: int
    ) -> _Window | None:
        """None where no lens is seen; of what glasses cover, the parser's, and what is seen through them."""
        away, down = axes(points[:, :2])
        outwards, start = away * (2 * side - 1), points[(468, 473)[side], :2]
        places = np.stack(np.nonzero(glasses[2])[::-1], 1)
        places = places[(places - points[168, :2]) @ outwards > 0]
        if len(places) < 60 * UNIT**2:
            return None
        top, bottom = np.quantile((places - start) @ down / UNIT, (0.01, 0.99))
        rows, columns = np.arange(top - BESIDE[1], bottom + BESIDE[1], STEP), np.arange(0, 34, STEP)
        way = UNIT * np.stack([down, outwards])
        maps = (start + rows[:, None, None] * way[0] + columns[None, :, None] * way[1]).astype(np.float32)
        planes = [lab, *(one.astype(np.float32) for one in glasses[:2]), np.ascontiguousarray(kinds[..., 0])]
        seen, covered, parsed, face = (
            cv2.remap(p, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for p in planes
        )
        ends = np.where(parsed > 0.5, columns, 0).max(1)
        return cls(seen, covered > 0.2, face, ends, rows, columns, (float(top), float(bottom)), way, start)

    def displaced(self) -> Outline | None:
        """The outline, and where it is seen through the lens; None where this is not clear."""
        edges, inner, outer = self._followed()
        above, below = (edges > 0) & (self.rows < self.span[0]), (edges > 0) & (self.rows > self.span[1])
        if min(above.sum(), below.sum()) * STEP < LEAST_SEEN:
            return None
        true, off = self._curve(edges, above | below)
        face = np.median(inner[above | below], 0)
        behind = np.stack([np.median(outer[one], 0) for one in (above, below)])
        rims = self._rims()
        behind = behind[np.linalg.norm(behind[:, None] - rims, axis=2).min(1) > FROM_RIM]
        if off > STRAIGHT or not len(behind) or np.linalg.norm(behind - face, axis=1).min() < CONTRAST:
            return None
        shares = self._through(true, face, behind, rims)
        known = np.isfinite(shares)
        seen = shares[known & (shares > 0)]
        if len(seen) * STEP < SHOWN or len(seen) < SHARE * known.sum():
            return None
        usual = float(np.median(seen))
        agreed = np.abs(seen - usual) < SPREAD
        if agreed.mean() < SHARE or agreed.sum() * STEP < SHOWN or abs(usual - 1) < LEAST:
            return None
        here = (self.rows > self.span[0] - RIM) & (self.rows < self.span[1] + RIM)
        usual = float(np.median(seen[agreed]))
        return Outline(self.rows[here], true[here], usual, self.way, self.start)

    def _followed(self) -> tuple[Float64, Float32, Float32]:
        """Where the outline is above and below glasses (N,), 0 where it is not seen, and colors on both sides of it."""
        edges, wide = np.zeros(len(self.rows)), round(COLORS / STEP)
        inner, outer = np.zeros((2, len(self.rows), 3), np.float32)
        summed = np.cumsum(np.pad(self.lab, ((0, 0), (1, 0), (0, 0))), 1)
        places = np.arange(wide, len(self.columns) - wide)
        sides = [(summed[:, places] - summed[:, places - by]) / by for by in (wide, wide // 2)]
        others = [(summed[:, places + by] - summed[:, places]) / by for by in (wide, wide // 2)]
        strength = np.linalg.norm(sides[1] - others[1], axis=2)
        for row in range(len(self.rows)):
            if self.span[0] - BESIDE[0] < self.rows[row] < self.span[1] + BESIDE[0]:
                continue
            ends = np.flatnonzero((self.face[row] < 0.5) & (self.columns > 5))
            if not len(ends):
                continue
            near = np.flatnonzero(np.abs(places - ends[0]) <= REFINED / STEP)
            if not len(near) or self.covered[row, places[near[0]] - wide : places[near[-1]] + wide].any():
                continue
            best = near[int(strength[row, near].argmax())]
            edges[row], inner[row], outer[row] = self.columns[places[best]], sides[0][row, best], others[0][row, best]
        return edges, inner, outer

    def _curve(self, edges: Float64, seen: Bool) -> tuple[Float64, float]:
        """The outline at all rows (N,), and how far from it its parts are, usually."""
        away = np.minimum(np.abs(self.rows - self.span[0]), np.abs(self.rows - self.span[1]))
        counts, kept = 1 / (1 + away / NEAR), seen
        for _ in range(3):
            fit = np.polyfit(self.rows[kept], edges[kept], 2, w=counts[kept])
            off = np.abs(np.polyval(fit, self.rows) - edges)
            kept = seen & (off <= max(1.0, 2 * float(np.median(off[kept]))))
        return np.asarray(np.polyval(fit, self.rows), np.float64), float(np.sqrt((off[kept] ** 2).mean()))

    def _rims(self) -> Float32:
        """(2, 3) colors of the rim above and below the eye: what is least like skin there."""
        columns = np.flatnonzero(self.columns < 4)
        found = []
        for first, last in ((self.span[0] - 5, self.span[0] + 1), (self.span[1] - 1, self.span[1] + 5)):
            part = self.lab[(self.rows > first) & (self.rows < last)][:, columns]
            off = np.linalg.norm(part - np.median(part.reshape(-1, 3), 0), axis=2).argmax(0)
            found.append(np.median(part[off, np.arange(len(columns))], 0))
        return np.asarray(found, np.float32)

    def _through(self, true: Float64, face: Float32, behind: Float32, rims: Float32) -> Float64:
        """(N,) where the outline is seen through the lens, as a share of the true distance; 0 where it is not seen.

        Not a number in rows that tell nothing.
        """
        shares, wide = np.full(len(self.rows), np.nan), round(SHARP[0] / STEP)
        sharp = SHARP[1] * float(np.linalg.norm(behind - face, axis=1).min())
        for row in np.flatnonzero((self.rows > self.span[0] + 1) & (self.rows < self.span[1] - 1)):
            within = np.flatnonzero((self.columns > 3) & (self.columns < true[row]))
            if len(within) < 4 * BARE / STEP:
                continue
            lab = self.lab[row, within]
            own = np.stack([face, np.median(lab[: len(within) // 2], 0)])
            skin, other, rim = (np.linalg.norm(lab[:, None] - one, axis=2).min(1) for one in (own, behind, rims))
            sure = np.clip((other - skin) / UNLIKE, -1, 1)
            sure[(np.minimum(skin, other) > NEITHER) | (rim < np.minimum(skin, other))] = 0
            gained = 2 * np.concatenate([[0], np.cumsum(sure)]) - sure.sum()
            end = int(gained.argmax())
            bare = float(np.clip(-sure[end:], 0, 1).sum()) * STEP
            by = slice(max(0, end - wide), end), slice(end, end + wide)
            step = np.linalg.norm(np.subtract(*(lab[one].mean(0) for one in by))) if 0 < end < len(lab) else 0.0
            edge = self.columns[within[min(end, len(within) - 1)]] - STEP / 2
            clear = bare > BARE and step > sharp and edge < self.ends[row] + LATE
            shares[row] = edge / true[row] if clear else 0
        return shares
