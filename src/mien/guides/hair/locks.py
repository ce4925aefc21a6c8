"""Hair that grows longer beside a face: another's long hair, moved to the wished outline, in the tones of this hair.

Each row of the other's hair is moved so that its inner edge lies on that of the wished hair; its outer edge and its
ends are cut strand by strand.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.errors import LayerError
from mien.guides.hair.fit import Fitted
from mien.guides.hair.fringe import bent_hair, moved
from mien.guides.hair.strands import along, strand_light, toned
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

ROOTS = 0.22
"""Units around the new hair in which it begins among the old."""

SLOPE = 0.6
"""How fast the outline leaves that of the old hair, downwards."""

OUTER, TIP, LOCKS, FINE, LONGEST = 0.06, 0.14, 0.4, 0.5, 0.08
"""Units within which strands end at the outer side; how softly strands end below; how much sooner or later locks and
strands do, in that; and how much lower than is asked for any does."""

DIMMER, ROOTED = 0.08, 0.25
"""How much darker than this hair new strands are, and where they come out of it, more."""

COVERED, WIDER, INSIDE, MIRRORED = 0.05, 1.6, 0.03, 0.04
"""Units around ears that are covered; by how much another's hair becomes wider or narrower; units within its edge
from which it is taken; and how much more even that of its other side must be to be taken, units."""

CLOSED, SMOOTH = 0.25, 0.06
"""Units of notches that the inner edge passes over, and by which edges are smoothed."""

LEAST, SLIVER = 0.1, 0.04
"""Units that new hair is high at least; and half of those that it is wide."""

SHADOW, FALL = 0.45, 0.07
"""How dark the shadow beside and below is, and its blur in units."""


def laid_locks(here: Scene, there: Scene, area: Bool, allowed: Bool) -> tuple[Fitted, Float32]:
    """The other's hair beside this face, in this hair's colors, and its shadow (h, w).

    Args:
        here, there: both scenes.
        area: (h, w) where hair is wished, the old included.
        allowed: (h, w) what may change; ears that it holds beside wished hair are covered, too.

    Raises:
        LayerError: no hair is wished beside the face, or there is too little to go on from.
    """
    unit = here.unit
    sure = cv2.erode((here.hair > 0.9).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if float(sure.sum()) < 0.1 * unit**2:
        raise LayerError("There is too little hair on this head for longer hair to go on from; borrow all of the hair.")
    fit = bent_hair(here, there)
    offsets, within, last = _moved(here, fit, area, allowed)
    fit = moved(fit, offsets)
    colors = toned(here.picture, sure, fit.front, fit.alpha, unit)
    under = np.clip(2 * wide_blur(np.asarray(here.hair, np.float32), 0.1 * unit) - 0.1, 0, 1)
    colors = np.asarray(colors * (1 - DIMMER - ROOTED * under)[..., None], np.float32)
    upper, (locks, strands) = strand_light(fit.front, fit.alpha, unit), along(fit.front, fit.alpha, unit)
    ys = np.arange(here.shape[0], dtype=np.float32)[:, None]
    below = np.clip((last - ys) / np.float32(TIP * unit) + LOCKS * locks + FINE * strands, 0, 1)
    within = within * below * (ys < last + LONGEST * unit)
    alpha = np.clip((fit.alpha - 0.1) / 0.75, 0, 1)
    alpha = alpha * np.clip(within + 0.4 * upper * (within > 0) * (within < 1), 0, 1)
    alpha = np.asarray(alpha * (1 - here.shares["worn"]), np.float32)
    fresh = np.clip(alpha - here.hair, 0, 1)
    fallen = wide_blur(fresh, FALL * unit)
    onto = np.clip(here.shares["face"] + here.shares["neck"] + here.shares["clothes"], 0, 1)
    shade = SHADOW * np.clip(1.5 * fallen, 0, 1) * onto * (1 - here.hair)
    return replace(fit, front=colors, alpha=alpha), np.asarray(shade, np.float32)


def _moved(here: Scene, fit: Fitted, area: Bool, allowed: Bool) -> tuple[Float32, Float32, Float32]:
    """How far away (h, w, 2) the other's hair is that comes to a place, where (h, w) it is seen, and the row (h, w) at
    which it ends below.

    Raises:
        LayerError: no hair is wished beside the face.
    """
    unit = here.unit
    offsets = np.zeros((*here.shape, 2), np.float32)
    within, last = np.zeros(here.shape, np.float32), np.zeros(here.shape, np.float32)
    levels = np.asarray((area & (here.hair < 0.5)).any(1))[:, None]
    ears = levels & allowed & (cv2.dilate(here.shares["ears"], disc(COVERED * unit)) > 0.3)
    area = area | ears
    new = area & (here.hair < 0.5)
    new = cv2.morphologyEx(new.astype(np.uint8), cv2.MORPH_OPEN, disc(SLIVER * unit)) > 0
    away = cv2.distanceTransform((~new).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(ROOTS * unit)
    middle = int(here.points[[4, 152, 10], 0].mean())
    for sign in (-1, 1):
        side = np.zeros(here.shape, np.bool_)
        side[:, slice(0, middle) if sign < 0 else slice(middle, None)] = True
        rows = np.flatnonzero((new & side).sum(1) > 0.03 * unit)
        if len(rows) < LEAST * unit:
            continue
        inner, outer = (_edge(area & side, rows, at, unit) for at in (-sign, sign))
        reach = np.ones((1, max(1, round(CLOSED * unit))))
        inner = sign * _smoothed(cv2.erode(sign * inner[None], reach)[0], SMOOTH * unit)
        ear = _edge(ears & side, rows, sign, unit) if (ears & side)[rows].any(1).all() else inner
        outer = sign * np.maximum(sign * _leaving(here, outer, int(rows[0]), sign), sign * ear)
        outer = _smoothed(outer, 2 * SMOOTH * unit)
        theirs = _theirs(fit.alpha, middle, sign, rows, unit)
        wide = np.clip(theirs.width / np.maximum(sign * (outer - inner), 1), 1 / WIDER, WIDER)
        xs = np.arange(here.shape[1])[None]
        out = theirs.sign * (theirs.inner[:, None] + wide[:, None] * sign * (xs - inner[:, None])) + middle
        offsets[side, 0] = (out - xs)[side]
        found = _beside(here, (inner, outer), sign) * np.clip(1 - away, 0, 1)
        within = np.where(side, found, within)
        last = np.where(side, _smoothed(_lowest(area & side, rows), SMOOTH * unit)[None].astype(np.float32), last)
    if not within.any():
        raise LayerError("The map asks for no more hair beside the face; paint more of it as hair.")
    return offsets, np.asarray(within, np.float32), np.asarray(last, np.float32)


@dataclass(frozen=True, eq=False)
class Side:
    """Hair on a side of the other's face: its inner edge (h,), columns out of the middle, its width, and the side."""

    inner: Float64
    width: Float64
    sign: int


def _theirs(alpha: Float32, middle: int, sign: int, rows: np.ndarray, unit: float) -> Side:
    """The side of the other's hair (h, w) that is seen better at some rows, its edges as parabolas.

    Raises:
        LayerError: there is no hair beside its face.
    """
    solid, found = wide_blur(alpha, 0.03 * unit) > 0.6, []
    for way in (sign, -sign):
        part = solid[:, middle:] if way > 0 else solid[:, :middle][:, ::-1]
        part = part[:, round(0.3 * unit) :]
        seen = rows[part[rows].any(1)]
        if len(seen) < 0.5 * len(rows):
            continue
        first, last = part.argmax(1)[seen], part.shape[1] - part[:, ::-1].argmax(1)[seen]
        lines = [np.polynomial.Polynomial.fit(seen, one, 2 if len(seen) > 9 else 0) for one in (first, last)]
        uneven_ = float(np.abs(lines[0](seen) - first).mean()) / unit
        low, high = (np.clip(line(np.clip(np.arange(len(alpha)), seen[0], seen[-1])), 0, None) for line in lines)
        low = low + round(0.3 * unit) + INSIDE * unit
        width = np.maximum(high + round(0.3 * unit) - low, 0.1 * unit)
        found.append((uneven_ + (way != sign) * MIRRORED, Side(low, width, way)))
    if not found:
        raise LayerError("The other head has no hair beside its face; choose another photo.")
    return min(found, key=lambda one: one[0])[1]


def _edge(area: Bool, rows: np.ndarray, toward: int, unit: float) -> Float64:
    """(h,) column of the edge of an area towards a side, smoothed, and continued above and below."""
    found = np.array([np.flatnonzero(area[row])[-1 if toward > 0 else 0] for row in rows], np.float64)
    every = np.interp(np.arange(len(area)), rows, found)
    return _smoothed(every, SMOOTH * unit)


def _leaving(here: Scene, outer: Float64, first: int, sign: int) -> Float64:
    """(h,) the outer edge, no farther out than it comes on a slope from that of the old hair at a row."""
    row = max(0, first - round(0.05 * here.unit))
    columns = np.flatnonzero(here.hair[row] > 0.5)
    if not len(columns):
        return outer
    start = float(columns[-1 if sign > 0 else 0])
    most = sign * start + SLOPE * np.maximum(np.arange(len(outer)) - row, 0)
    return np.asarray(sign * np.minimum(sign * outer, most), np.float64)


def _lowest(area: Bool, rows: np.ndarray) -> Float64:
    """(w,) the lowest row of an area in each column."""
    known = np.flatnonzero(area[rows].any(0))
    low = len(area) - 1 - np.argmax(area[::-1][:, known], 0)
    return np.asarray(np.interp(np.arange(area.shape[1]), known, low.astype(np.float64)), np.float64)


def _smoothed(line: Float64, sigma: float) -> Float64:
    return np.asarray(cv2.GaussianBlur(line[None], (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)[0], np.float64)


def _beside(here: Scene, edges: tuple[Float64, Float64], sign: int) -> Float32:
    """(h, w): where strands are seen on a side, between two edges (h,)."""
    unit, xs = here.unit, np.arange(here.shape[1], dtype=np.float32)[None]
    inner, outer = (edge[:, None].astype(np.float32) for edge in edges)
    beside = np.clip(sign * (outer - xs) / np.float32(OUTER * unit) + 0.5, 0, 1)
    return np.asarray(beside * np.clip(sign * (xs - inner) / np.float32(0.03 * unit) + 1, 0, 1), np.float32)


def uneven(width: int, unit: float, columns: Float32) -> Float32:
    """How long strands at columns (h, w) are, each the same at every call: some alike, in locks; around -1 to 1."""
    rng, length = np.random.default_rng(0), np.zeros(width, np.float64)
    for wide, share in ((0.008, 0.35), (0.03, 0.5), (0.09, 0.5)):
        one = _smoothed(rng.standard_normal(width), max(0.6, wide * unit))
        length += share * one / max(float(one.std()), 1e-6)
    line, row = length[None].astype(np.float32), np.zeros_like(columns)
    return np.asarray(cv2.remap(line, columns, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)
