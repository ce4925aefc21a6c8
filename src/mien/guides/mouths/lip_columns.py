"""Lips column by column: the heights of their lines in an upright grid around a mouth.

Convention:
    That of :mod:`mien.guides.mouths.lip_lines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.align.crop import between_pixels
from mien.conditions.labels import INDEX
from mien.guides.mouths.lip_lines import PARTED
from mien.guides.still import Labelled
from mien.types import Bool, Float64, UInt8

GRID, ROOM = 160, 0.3
"""Pixels per unit at which lips are looked at, and units around them."""

KNOWN = 0.4
"""Share of a mouth's columns in which a line must be seen: lines touch at the corners."""

TOUCHING = 1.7
"""Thicknesses of a line from which on a run of ink is two lines."""


@dataclass(frozen=True)
class Patch:
    """A grid over upright places: where it begins, pixels per pixel of the photo, (width, height)."""

    corner: tuple[float, float]
    scale: float
    size: tuple[int, int]

    @classmethod
    def around(cls, upright: Float64, unit: float) -> Patch:
        """Around upright places (N, 2)."""
        low, high = upright.min(0) - ROOM * unit, upright.max(0) + ROOM * unit
        width, height = np.ceil((high - low) * GRID / unit).astype(int)
        return cls((float(low[0]), float(low[1])), GRID / unit, (int(width), int(height)))

    def inside(self, upright: Float64) -> Float64:
        """Upright places (N, 2) in the grid."""
        return np.asarray((upright - self.corner) * self.scale)

    def outside(self, inside: Float64) -> Float64:
        """Places in the grid (N, 2), upright."""
        return np.asarray(inside / self.scale + self.corner)


@dataclass(frozen=True, eq=False)
class Columns:
    """Four heights (4, W) in the columns of a grid, NaN where there is none, from the first to the last column."""

    heights: Float64
    first: float
    patch: Patch

    @classmethod
    def of_drawing(cls, area: Bool, ink: UInt8, patch: Patch) -> Columns | None:
        """Of lines (h, w) that are 1 within an area (h, w) that they enclose; None where that is too small."""
        columns = np.flatnonzero(area.any(0))
        if len(columns) < 10:
            return None
        runs = [_runs(ink[:, column]) for column in columns]
        thick = float(np.median([one[-1, 1] - one[-1, 0] for one in runs if len(one)]))
        found = np.full((4, len(columns)), np.nan)
        for at, one in enumerate(runs):
            if len(one):
                found[:, at] = _heights(one, thick)
        return cls(found[:, int(thick / 2) : len(columns) - int(thick / 2)], columns[0] + int(thick / 2) + 0.5, patch)

    @classmethod
    def of_labels(cls, labels: UInt8, patch: Patch) -> Columns | None:
        """Of what a parser sees in the grid (h, w); None where it sees too little."""
        upper, mouth, lower = (labels == INDEX[name] for name in ("upper_lip", "mouth", "lower_lip"))
        area = largest(upper | mouth | lower)
        columns = np.flatnonzero(area.any(0))
        if len(columns) < GRID // 4:
            return None
        found = np.full((4, len(columns)), np.nan)
        for at, column in enumerate(columns):
            rows, inside = np.flatnonzero(area[:, column]), np.flatnonzero((area & mouth)[:, column])
            found[[0, 3], at] = rows[0], rows[-1] + 1
            above, below = (np.flatnonzero((area & lip)[:, column]) for lip in (upper, lower))
            if len(inside):
                found[1:3, at] = inside[0], inside[-1] + 1
            elif len(above) and len(below):
                found[1:3, at] = (above[-1] + 1 + below[0]) / 2
        return cls(found, columns[0] + 0.5, patch)

    @property
    def open(self) -> bool:
        """Whether a mouth is seen open."""
        return bool(np.nanmean(self.heights[2] - self.heights[1]) > PARTED * self.heights.shape[1])

    def corners(self) -> tuple[Float64, Float64]:
        """(1, 2) each, upright: left and right."""
        last = self.first + self.heights.shape[1] - 1
        middles = np.nanmean(self.heights[[0, 3]], axis=0)
        ends = [(self.first - 0.5, middles[:3].mean()), (last + 0.5, middles[-3:].mean())]
        left, right = self.patch.outside(np.array(ends))
        return left[None], right[None]

    def at(self, across: Float64) -> Float64:
        """(4, N) upright heights at upright places across; NaN throughout where a line is nowhere seen."""
        places = self.patch.inside(np.stack([across, np.zeros_like(across)], -1))[:, 0] - self.first
        found = np.full((4, len(across)), np.nan)
        middles = np.nanmean(self.heights[[0, 3]], axis=0)
        for line, heights in enumerate(self.heights):
            known = np.flatnonzero(~np.isnan(heights))
            if len(known) > KNOWN * len(heights):
                ends = [-1.0, *known, len(heights)]
                found[line] = np.interp(places, ends, [middles[0], *heights[known], middles[-1]])
        return np.asarray(found / self.patch.scale + self.patch.corner[1])


def _runs(column: UInt8) -> Float64:
    """(N, 2) where the runs of ink begin and end in a column."""
    steps = np.diff(np.pad(column.astype(np.int8), 1))
    return np.stack([np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)], -1).astype(np.float64)


def _heights(runs: Float64, thick: float) -> tuple[float, float, float, float]:
    """Heights of four lines of a thickness in a column, of runs (N, 2); NaN where none lies between the outer ones."""
    top, bottom = runs[0, 0] + thick / 2, runs[-1, 1] - thick / 2
    if top >= bottom:
        return (*[float(runs.mean())] * 4,)  # type: ignore[return-value]
    inner = [(low, high) for low, high in runs[1:-1]]
    for low, high in (runs[0], runs[-1])[: len(runs)]:  # lines that touch are one run
        if high - low > TOUCHING * thick:
            inner.append((high - thick, high) if low == runs[0, 0] else (low, low + thick))
    if not inner:
        return top, np.nan, np.nan, bottom
    edges = min(low for low, _ in inner) + thick / 2, max(high for _, high in inner) - thick / 2
    return top, min(edges), max(edges), bottom


def columns_of(labelled: Labelled, upright: Float64, turn: Float64, unit: float) -> Columns | None:
    """Heights of what the parser takes for lips; None where that is nothing."""
    patch = Patch.around(upright, unit)
    back = turn.T @ np.column_stack([np.eye(2) / patch.scale, patch.corner])  # grid -> photo
    to_crop = np.linalg.inv(labelled.matrix[:, :2])
    matrix = np.column_stack([to_crop @ back[:, :2], to_crop @ (back[:, 2] - labelled.matrix[:, 2])])
    labels: Any = cv2.warpAffine(
        labelled.labels,
        between_pixels(matrix),
        patch.size,
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    found = Columns.of_labels(labels, patch)
    if found is None or np.isnan(found.heights).all(1).any():
        return None
    return found


def largest(area: Bool) -> Bool:
    """The largest piece of an area."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8), connectivity=8)
    if count < 2:
        return np.zeros_like(area)
    return np.asarray(pieces == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))
