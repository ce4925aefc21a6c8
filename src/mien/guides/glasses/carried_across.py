"""What an arm of glasses hides beside a face, carried across it: hair, ears, the face's outline go on behind it.

Strands and outlines that meet an arm's upper border leave it at its lower one, aside by as much as they slant. Which
ones belong together is told by the cheapest alignment of the two borders' colors; between them, the texture of both
sides is mirrored along the slant.

Convention:
    That of :mod:`mien.guides.glasses.surround`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.guides.glasses.bands import cheapest
from mien.types import Bool, Float32

PROFILE, OUTSIDE = 0.02, 0.012
"""Rows whose colors are those of a border, units; and how far from the hole they begin."""

SLANT, MOST = 1.0, 0.1
"""How far aside outlines leave at most, by the band's height, and units."""

UNLIKE, LEANING = 25.0, 0.15
"""Levels that cost as much as the farthest shift; and what that costs."""

TALL, LOW = (0.55, 0.7), (0.25, 0.35)
"""Height of a band, units, up to which it is carried across, and from which not at all; and of low ones."""

STIFF = 0.25
"""How much alignment counts against smoothness."""

THIN, DISAGREE, NEARBY = (0.2, 0.35), (22.0, 32.0), 0.05
"""Height, units, from which both borders must be alike; levels by which they are not, and within how many units."""

MIRRORED = 0.08
"""How far from a border texture is taken, units."""

SOFT, SHARP, DIFFERENT = 5.0, 18.0, (15.0, 45.0)
"""How fast one side goes over into the other: where they are alike, and where they differ by levels."""


@dataclass(frozen=True, eq=False)
class _Band:
    """One part of a hole.

    Attributes:
        columns, top, bottom: (n,) where it is.
        shift: (n,) by how much what is at the bottom is farther right than at the top.
        unlike: (n,) levels by which both borders differ.
    """

    columns: Float32
    top: Float32
    bottom: Float32
    shift: Float32
    unlike: Float32

    def height(self, shape: tuple[int, ...], left: int, unit: float) -> Float32:
        """(w,) its height, units, in the columns of a part of the picture."""
        at = np.arange(left, left + shape[1])
        return np.asarray(np.interp(at, self.columns, (self.bottom - self.top) / unit), np.float32)

    def agreed(self, unit: float) -> Float32:
        """(n,) how much both borders are alike around, in [0, 1]."""
        around = cv2.GaussianBlur(self.unlike[None], (0, 0), NEARBY * unit)[0]
        return _up_to(DISAGREE, around)


def carried_across(picture: Float32, hole: Bool, barred: Bool, low: Bool, unit: float) -> tuple[Float32, Float32]:
    """What lies in a hole (h, w, 3), and how much it is to be believed, (h, w) in [0, 1].

    Args:
        picture: (h, w, 3) the photo around the hole.
        hole: (h, w) bands that are wider than high.
        barred: (h, w) from where nothing is to be taken, besides the hole.
        low: (h, w) where nothing but low bands is carried across.
        unit: distance of the outer corners of the eyes, pixels.
    """
    filled, sure = picture.copy(), np.zeros(hole.shape, np.float32)
    known = (~(hole | barred)).astype(np.float32)
    count, index, stats, _ = cv2.connectedComponentsWithStats(hole.astype(np.uint8))
    for number in range(1, count):
        left, top, width, height, size = (int(v) for v in stats[number])
        if size < 12 or width < 4:
            continue
        band = _band(picture, index == number, known, unit)
        if band is None:
            continue
        part = np.s_[top : top + height, left : left + width]
        made, share = _drawn(picture, known, band, (left, top, width, height), unit)
        inside = index[part] == number
        share *= np.where(low[part], _up_to(LOW, band.height(made.shape, left, unit)), 1)
        filled[part][inside] = made[inside]
        sure[part][inside] = share[inside]
    return filled, sure


def _band(picture: Float32, area: Bool, known: Float32, unit: float) -> _Band | None:
    """One part of a hole; none where it reaches to the picture's border."""
    found = np.flatnonzero(area.any(0))
    margin = round(MOST * unit)
    columns = np.arange(max(0, found[0] - margin), min(area.shape[1], found[-1] + margin + 1))
    first = np.interp(columns, found, area[:, found].argmax(0))
    last = np.interp(columns, found, area.shape[0] - area[::-1, found].argmax(0))
    if first.min() < 2 or last.max() > area.shape[0] - 2:
        return None
    reach = max(1, round(OUTSIDE * unit))
    top, bottom = -_outermost(-first, reach), _outermost(last, reach)
    upper, lower = (_profile(picture, known, columns, rows, unit, way) for rows, way in ((top, -1), (bottom, 1)))
    gap = np.maximum(bottom - top, 1)
    most = max(2, round(min(MOST * unit, SLANT * float(np.quantile(gap, 0.7)))))
    shifts = np.arange(-most, most + 1)
    there = np.clip(np.arange(len(columns))[:, None] + shifts, 0, len(columns) - 1)
    apart = np.minimum(np.abs(upper[:, None] - lower[there]).mean(2) / UNLIKE, 2.0)
    apart -= apart.min(1, keepdims=True)
    cost = STIFF * (apart + LEANING * np.abs(shifts) / most)
    shift = shifts[cheapest(cost.astype(np.float32))].astype(np.float32)
    ends = np.maximum.accumulate(np.arange(len(columns)) + shift) - np.arange(len(columns))
    shift = cv2.GaussianBlur(ends.astype(np.float32)[None], (0, 0), max(1.0, 0.02 * unit))[0]
    at = np.clip(np.rint(np.arange(len(columns)) + shift), 0, len(columns) - 1).astype(int)
    unlike = np.abs(upper - lower[at]).mean(1).astype(np.float32)
    unlike = cv2.GaussianBlur(unlike[None], (0, 0), max(1.0, 0.01 * unit))[0]
    return _Band(columns.astype(np.float32), top, bottom, shift, unlike)


def _outermost(rows: Float32, reach: int) -> Float32:
    """(n,) a border's largest rows nearby, smoothed."""
    row = np.asarray(rows, np.float32)[None]
    wide = cv2.dilate(row, np.ones((1, 2 * reach + 1), np.uint8))
    return np.asarray(cv2.GaussianBlur(wide, (0, 0), reach)[0] + 1.0, np.float32)


def _profile(picture: Float32, known: Float32, columns: np.ndarray, rows: Float32, unit: float, way: int) -> Float32:
    """(n, 3) colors just outside of a border."""
    deep = np.arange(max(2, round(PROFILE * unit)), dtype=np.float32)
    ys = rows[None] + way * deep[:, None]
    xs = np.broadcast_to(columns.astype(np.float32), ys.shape)
    seen, counts = _at(picture, xs, ys), _at(known, xs, ys) + np.float32(1e-3)
    return np.asarray((seen * counts[..., None]).sum(0) / counts.sum(0)[:, None], np.float32)


def _drawn(
    picture: Float32, known: Float32, band: _Band, box: tuple[int, int, int, int], unit: float
) -> tuple[Float32, Float32]:
    """What lies in a box (left, top, width, height) of a band, (h, w, 3), and how much it is to be believed, (h, w)."""
    left, first, width, height = box
    ys, xs = (one.astype(np.float32) for one in np.mgrid[first : first + height, left : left + width])

    def of(values: Float32, at: Float32) -> Float32:
        return np.interp(at.ravel(), band.columns, values).reshape(at.shape).astype(np.float32)

    top, bottom = of(band.top, xs), of(band.bottom, xs)
    gap = np.maximum(bottom - top, 1)
    down = np.clip((ys - top) / gap, 0, 1)
    begun = xs
    for _ in range(4):
        begun = xs - down * of(band.shift, begun)
    shift = of(band.shift, begun)
    fast = SOFT + (SHARP - SOFT) * np.clip((of(band.unlike, begun) - DIFFERENT[0]) / np.diff(DIFFERENT)[0], 0, 1)
    lower = 1 / (1 + np.exp(-fast * (down - 0.5)))
    ends = 1 / (1 + np.exp(fast / 2))
    lower = np.clip((lower - ends) / (1 - 2 * ends), 0, 1)
    deep = MIRRORED * unit
    total, share = np.zeros((*xs.shape, 3), np.float32), np.full(xs.shape, 1e-4, np.float32)
    total += 1e-4 * _at(picture, begun, top)
    for way, start, border, far, weight in (
        (-1, begun, of(band.top, begun), down * gap, 1 - lower),
        (1, begun + shift, of(band.bottom, begun + shift), (1 - down) * gap, lower),
    ):
        turned = deep - np.abs(far % (2 * deep) - deep)  # back and forth
        at = start + way * shift / gap * turned, border + way * turned
        counts = weight * _at(known, *at) ** 2
        total += counts[..., None] * _at(picture, *at)
        share += counts
    sure = np.clip((TALL[1] * unit - gap) / ((TALL[1] - TALL[0]) * unit), 0, 1) * np.clip(4 * share, 0, 1)
    sure *= 1 - np.clip((gap / unit - THIN[0]) / np.diff(THIN)[0], 0, 1) * (1 - of(band.agreed(unit), begun))
    return np.asarray(total / share[..., None], np.float32), np.asarray(sure, np.float32)


def _up_to(limits: tuple[float, float], values: Float32) -> Float32:
    """1 up to the first limit, 0 from the second one on."""
    return np.asarray(np.clip((limits[1] - values) / (limits[1] - limits[0]), 0, 1), np.float32)


def _at(plane: Float32, xs: Float32, ys: Float32) -> Float32:
    maps = np.asarray(xs, np.float32), np.asarray(ys, np.float32)
    return np.asarray(cv2.remap(plane, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
