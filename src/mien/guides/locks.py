"""Hair that grows longer beside a face: another's long hair, moved to the wished outline, in the tones of this hair.

Each row of the other's hair is moved so that its inner edge lies on that of the wished hair; its outer edge and its
ends are cut strand by strand.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.errors import LayerError
from mien.guides.fringe import bent_hair
from mien.guides.hair_fit import Fitted, bent
from mien.guides.scene import Scene
from mien.guides.strands import strand_light, toned
from mien.types import Bool, Float32, Float64

ROOTS = 0.22
"""Units around the new hair in which it begins among the old."""

SLOPE = 0.6
"""How fast the outline leaves that of the old hair, downwards."""

OUTER, ENDS, TIP = 0.06, 0.45, 0.12
"""Units within which strands end at the outer side; in which they end below; and how softly a strand ends."""

CLOSED, SMOOTH = 0.25, 0.06
"""Units of notches that the inner edge passes over, and by which edges are smoothed."""

LEAST = 0.1
"""Units that new hair is high at least."""

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
    offsets, within = _moved(here, fit, area, allowed)
    front, alpha = bent(fit.front, offsets), bent(fit.alpha, offsets, 0)
    colors = toned(here.picture, sure, front, alpha, unit)
    upper = strand_light(front, alpha, unit)
    alpha = np.clip((alpha - 0.1) / 0.75, 0, 1) * np.clip(within + 0.4 * upper * (within > 0) * (within < 1), 0, 1)
    alpha = np.asarray(alpha * (1 - here.shares["worn"]), np.float32)
    fresh = np.clip(alpha - here.hair, 0, 1)
    fallen = wide_blur(fresh, FALL * unit)
    onto = np.clip(here.shares["face"] + here.shares["neck"] + here.shares["clothes"], 0, 1)
    shade = SHADOW * np.clip(1.5 * fallen, 0, 1) * onto * (1 - here.hair)
    return replace(fit, front=colors, alpha=alpha), np.asarray(shade, np.float32)


def _moved(here: Scene, fit: Fitted, area: Bool, allowed: Bool) -> tuple[Float32, Float32]:
    """How far away (h, w, 2) the other's hair is that comes to a place, and where (h, w) it is seen.

    Raises:
        LayerError: no hair is wished beside the face.
    """
    unit = here.unit
    offsets, within = np.zeros((*here.shape, 2), np.float32), np.zeros(here.shape, np.float32)
    levels = np.asarray((area & (here.hair < 0.5)).any(1))[:, None]
    area = area | (levels & allowed & (cv2.dilate(here.shares["ears"], disc(0.03 * unit)) > 0.3))
    new = area & (here.hair < 0.5)
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
        outer = _leaving(here, outer, int(rows[0]), sign)
        theirs = _inner(fit.alpha, middle, sign, unit)
        offsets[side, 0] = np.broadcast_to((theirs - inner)[:, None], here.shape)[side]
        found = _within(here, (inner, outer), rows, sign) * np.clip(1 - away, 0, 1)
        within = np.where(side, found, within)
    if not within.any():
        raise LayerError("The map asks for no more hair beside the face; paint more of it as hair.")
    return offsets, np.asarray(within, np.float32)


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


def _smoothed(line: Float64, sigma: float) -> Float64:
    return np.asarray(cv2.GaussianBlur(line[None], (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)[0], np.float64)


def _inner(alpha: Float32, middle: int, sign: int, unit: float) -> Float64:
    """(h,) column at which the other's hair begins beside its face."""
    start = int(middle + sign * 0.45 * unit)
    part = alpha[:, max(0, start) :] if sign > 0 else alpha[:, : max(1, start)][:, ::-1]
    solid = wide_blur(np.ascontiguousarray(part), 0.03 * unit) > 0.6
    known = solid.any(1)
    if not known.any():
        raise LayerError("The other head has no hair beside its face; choose another photo.")
    first = np.interp(np.arange(len(alpha)), np.flatnonzero(known), np.argmax(solid, 1)[known])
    return _smoothed(start + sign * first, SMOOTH * unit)


def _within(here: Scene, edges: tuple[Float64, Float64], rows: np.ndarray, sign: int) -> Float32:
    """(h, w): where strands are seen on a side."""
    unit = here.unit
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    inner, outer = (edge[:, None].astype(np.float32) for edge in edges)
    beside = np.clip(sign * (outer - xs) / np.float32(OUTER * unit), 0, 1)
    beside = beside * np.clip(sign * (xs - inner) / np.float32(0.03 * unit) + 1, 0, 1)
    place = np.clip((xs - inner) * sign / np.maximum(sign * (outer - inner), 1), 0, 1)  # strands run along the outline
    mean = float(np.abs(outer - inner).mean())
    ends = uneven(here.shape[1], unit, (inner[rows[-1] // 2] + sign * place * mean).astype(np.float32))
    last = rows[-1] + (0.3 * ends - 0.3) * np.float32(ENDS * unit)
    below = np.clip((last - ys) / np.float32(TIP * unit), 0, 1)
    return np.asarray(beside * below, np.float32)


def uneven(width: int, unit: float, columns: Float32) -> Float32:
    """How long strands at columns (h, w) are, each the same at every call: some alike, in locks; around -1 to 1."""
    rng, length = np.random.default_rng(0), np.zeros(width, np.float64)
    for wide, share in ((0.008, 0.35), (0.03, 0.5), (0.09, 0.5)):
        one = _smoothed(rng.standard_normal(width), max(0.6, wide * unit))
        length += share * one / max(float(one.std()), 1e-6)
    line, row = length[None].astype(np.float32), np.zeros_like(columns)
    return np.asarray(cv2.remap(line, columns, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)
