"""Another's whole hair brought to an outline that a map asks for, and ended where that ends.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.guides.hair.bare import face_of
from mien.guides.hair.crown import signed
from mien.guides.hair.fit import FEATURES, Fitted, bent
from mien.guides.hair.fringe import moved
from mien.guides.hair.strands import along
from mien.guides.scene import Scene
from mien.guides.spline import Spline
from mien.types import Bool, Float32, Float64

STEP, RAYS, WIDEST = 0.12, 17, 80.0
"""Units between rows in which edges are compared; and number of directions above the temples, and how far aside they
go, degrees."""

OUTER, INNER, FRONT = 0.5, 0.3, 50.0
"""Units by which an outer edge and an inner one are moved at most; degrees from straight up within which a hairline is.
"""

BELOW = 0.15
"""Units below the eyes from which the inner edge is moved: above, the other's hairline is seen as it is."""

AROUND = 4.5
"""Units from the face from which nothing is moved."""

SMOOTH = 2.0
"""Rows over which what is moved is the same."""

BEYOND, EDGE = 0.09, 0.05
"""Units beyond a wished outline in which strands are seen, and over which they fade."""

TEMPLE = 0.06
"""Units around the face in which hair is seen whatever is wished."""

SHADED, NARROW, HOLE, NOTCH = (0.75, 0.45), 0.04, 0.02, 0.12
"""How dark hair is that fills gaps beside the face, and beside the neck; half the width, units, of openings through
which a gap is none; square units of holes within hair; and half the width of notches beside a face."""

FARTHER = 0.2
"""Units farther out from which strands are taken that fill gaps."""

LINE, TIP, LOCKS, FINE = 0.5, 0.09, 0.35, 0.4
"""Units above the lowest wished hair of a side in which hair ends; units within which strands do, and how much sooner
or later locks and strands end, in that."""

DARKER = 0.25
"""How much darker ends are."""


def to_outline(here: Scene, fit: Fitted, wished: Bool) -> Fitted:
    """Hair moved to an outline, seen within it, with ends where it ends.

    Args:
        here: the scene.
        fit: the other's hair on this head.
        wished: (h, w) where hair is to be; it falls on below where that reaches the scene's end.
    """
    fit = moved(fit, _offsets(here, fit, wished))
    return _ended(here, _filled(here, fit, wished), wished)


def _filled(here: Scene, fit: Fitted, wished: Bool) -> Fitted:
    """Hair without gaps between it and the head, and without the other's ears, inside of what is wished."""
    unit = here.unit
    gap = _gaps(here, fit, wished)
    ys, level = np.arange(here.shape[0])[:, None], float(here.points[[132, 361], 1].mean())
    ears = np.clip(1 - 2 * cv2.GaussianBlur(wished.astype(np.float32), (0, 0), 0.02 * unit), 0, 1)
    below = np.clip((level - ys) / np.float32(0.1 * unit) + 0.5, 0, 1)  # there this head's own skin is seen
    shares = {**fit.shares, "ears": fit.shares["ears"] * ears}
    shares |= {name: fit.shares[name] * (1 - gap) for name in ("face", "neck", "background")}
    shares |= {"face": shares["face"] * below, "hair": np.maximum(fit.shares["hair"], gap)}
    shares = {name: np.asarray(one, np.float32) for name, one in shares.items()}
    light = SHADED[0] + (SHADED[1] - SHADED[0]) * np.clip((ys - level) / (0.5 * unit) + 0.5, 0, 1)
    more = (gap * np.maximum(1 - fit.alpha, np.clip(2 * fit.shares["ears"], 0, 1)))[..., None]
    planes = []
    for one in (fit.front, fit.picture, fit.real):
        found = _beyond(here, one, fit)
        planes.append(np.asarray(one + more * (light[..., None] * found - one), np.float32))
    alpha = np.maximum(fit.alpha, gap).astype(np.float32)
    return replace(fit, alpha=alpha, front=planes[0], picture=planes[1], real=planes[2], shares=shares)


def _beyond(here: Scene, picture: Float32, fit: Fitted) -> Float32:
    """(h, w, 3): hair that is seen farther out, strands and all, and its color nearby where none is."""
    spread, _ = local_colors(picture, (fit.alpha > 0.9).astype(np.float32), 0.06 * here.unit)
    middle = float(here.points[[4, 152, 10], 0].mean())
    way = np.where(np.arange(here.shape[1]) < middle, np.float32(-1), np.float32(1))[None]
    there = (FARTHER * here.unit * way).astype(np.float32) + np.zeros(here.shape, np.float32)
    offsets = np.dstack([there, np.zeros_like(there)])
    known = bent((fit.alpha > 0.9) * (1 - fit.shares["ears"]), offsets, 0)[..., None]
    return np.asarray(spread + known * (bent(picture, offsets) - spread), np.float32)


def _gaps(here: Scene, fit: Fitted, wished: Bool) -> Float32:
    """(h, w): 1 where neither the other's hair nor this head is seen, inside of their common outline."""
    unit = here.unit
    head = cv2.dilate(face_of(here), disc(TEMPLE * unit)) > 0.5
    person = here.shares["neck"] + here.shares["clothes"] > 0.5
    face = (here.shares["face"] > 0.5) & (here.hair < 0.3) & (face_of(here) > 0.5)
    solid = (fit.alpha > 0.6) | person | face
    room = round(NARROW * unit) + 2  # so that what is left and right of hair that the scene cuts off is one
    open_ = cv2.copyMakeBorder((~solid).astype(np.uint8), room, 0, room, room, cv2.BORDER_CONSTANT, value=1)
    open_ = cv2.erode(open_, disc(NARROW * unit))
    cv2.floodFill(open_, None, (0, 0), (2,))
    outside = cv2.dilate((open_ == 2).astype(np.uint8), disc(2 * NARROW * unit))[room:, room:-room] > 0
    above = np.arange(here.shape[0])[:, None] < here.points[[33, 263], 1].mean()
    gaps = (wished | (head & above)) & ~outside & ~person & ~face & (fit.alpha < 0.85)
    gaps &= ~(above & (fit.shares["face"] > 0.5))  # its hairline
    gaps = cv2.morphologyEx(gaps.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    inner = cv2.erode(wished.astype(np.uint8), disc(0.5 * NARROW * unit)) > 0
    hairy = cv2.morphologyEx((fit.alpha > 0.85).astype(np.uint8), cv2.MORPH_CLOSE, disc(NOTCH * unit)) > 0
    gaps |= (inner & ~above & hairy & (fit.alpha < 0.85)).astype(np.uint8)
    ears = np.maximum(here.shares["ears"] * (fit.alpha < 0.85), fit.shares["ears"]) > 0.3
    gaps |= (inner & ~above & cv2.dilate(ears.astype(np.uint8), disc(0.02 * unit)).astype(bool)).astype(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((fit.alpha < 0.7).astype(np.uint8))
    gaps |= ((stats[:, cv2.CC_STAT_AREA] < HOLE * unit**2)[pieces] & (pieces > 0) & wished).astype(np.uint8)
    gaps &= (~outside).astype(np.uint8)  # along an outline strands stand off by themselves
    grown = np.maximum(gaps, cv2.dilate(gaps, disc(0.02 * unit)) & (~face & ~outside))
    return np.asarray(cv2.GaussianBlur(grown.astype(np.float32), (0, 0), max(0.6, 0.012 * unit)), np.float32)


def _offsets(here: Scene, fit: Fitted, wished: Bool) -> Float32:
    """(h, w, 2): how far away what comes to a place is."""
    unit, points = here.unit, here.points[:, :2]
    solid = wide_blur(fit.alpha, 0.03 * unit) > 0.5
    places, away = [], []
    for mine, theirs in [*_beside(here, wished, solid), *_above(here, wished, solid)]:
        places.append(mine)
        away.append(theirs - mine)
    still = points[list(FEATURES)]
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = points[168] + AROUND * unit * np.stack([np.cos(angles), np.sin(angles)], 1)
    places += [still, ring]
    away += [np.zeros_like(still), np.zeros_like(ring)]
    spline = Spline.fit(np.concatenate(places), np.concatenate(away), smoothing=1e-3)
    return spline.field((0, 0, here.shape[1], here.shape[0]))


def _beside(here: Scene, wished: Bool, solid: Bool) -> list[tuple[Float64, Float64]]:
    """Places of the outer and the inner edge of wished hair, on both sides below the temples, and of the other's."""
    unit, found = here.unit, []
    # a head may be cut off by the photo's edge beyond its middle, or above its temples
    middle = min(max(1, round(float(here.points[[4, 152, 10], 0].mean()))), here.shape[1] - 1)
    top = max(0.0, float(here.points[[127, 356], 1].mean()))
    eyes = float(here.points[[33, 263], 1].mean())
    rows = np.arange(top, here.shape[0] - 1, STEP * unit).astype(int)
    for way in (-1, 1):
        mine, theirs = (_edges(one, rows, middle, way) for one in (wished, solid))
        low = rows[np.isfinite(mine[0])].max(initial=0)
        for n, most in ((0, OUTER), (1, INNER)):
            by = _smooth(np.clip(theirs[n] - mine[n], -most * unit, most * unit))
            known = np.isfinite(by) & (rows < low - 0.2 * unit)
            known &= (n == 0) | (rows > eyes + BELOW * unit)
            x = mine[n][known]
            edges = [np.stack([middle + way * one, rows[known]], 1) for one in (x, x + by[known])]
            found.append((edges[0], edges[1]))
    return found


def _edges(hair: Bool, rows: np.ndarray, middle: int, way: int) -> tuple[Float64, Float64]:
    """(N,) how far aside of a column hair ends and begins in rows, NaN where there is none."""
    side = hair[rows][:, middle:] if way > 0 else hair[rows][:, :middle][:, ::-1]
    some = side.sum(1) > 3
    outer = np.where(some, side.shape[1] - side[:, ::-1].argmax(1), np.nan)
    outer = np.where(outer > side.shape[1] - 3, np.nan, outer)
    return outer, np.where(some, side.argmax(1), np.nan)


def _above(here: Scene, wished: Bool, solid: Bool) -> list[tuple[Float64, Float64]]:
    """Places of the outer edge above the temples, and of the hairline, and of the other's."""
    unit, line = here.unit, here.points[[127, 356], :2]
    middle, across = line.mean(0), line[1] - line[0]
    angles = np.radians(np.linspace(-WIDEST, WIDEST, RAYS)) + np.arctan2(across[1], across[0])
    ways = np.stack([np.sin(angles), -np.cos(angles)], 1)
    start = round(0.4 * unit)
    far = np.arange(start, round(3 * unit))
    grid = (middle + far[None, :, None] * ways[:, None]).astype(np.float32)
    outer, inner = [], []
    for plane in (wished, solid):
        seen = cv2.remap(plane.astype(np.float32), grid[..., 0], grid[..., 1], cv2.INTER_LINEAR) > 0.5
        first, last = seen.argmax(1), len(far) - 1 - seen[:, ::-1].argmax(1)
        ends = grid[np.arange(RAYS), last]
        inside = seen.any(1) & ((ends > 3) & (ends < np.array(here.shape[::-1]) - 3)).all(1)
        outer.append(np.where(inside, start + last, np.nan))
        inner.append(np.where(seen.any(1) & (first > 0), start + first, np.nan))
    found = []
    for reach, most in ((outer, OUTER), (inner, INNER)):
        by = _smooth(np.clip(reach[1] - reach[0], -most * unit, most * unit))
        known = np.isfinite(by) & ((reach is outer) | (np.abs(np.linspace(-WIDEST, WIDEST, RAYS)) < FRONT))
        ends_ = [middle + one[known, None] * ways[known] for one in (reach[0], reach[0] + by)]
        found.append((ends_[0], ends_[1]))
    return found


def _smooth(values: Float64) -> Float64:
    known, at = np.isfinite(values), np.arange(len(values))
    weights = np.exp(-0.5 * ((at[:, None] - at) / SMOOTH) ** 2) * known
    return np.where(known, (weights @ np.nan_to_num(values)) / np.maximum(weights.sum(1), 1e-9), np.nan)


def _ended(here: Scene, fit: Fitted, wished: Bool) -> Fitted:
    """Hair within an outline, and with ends below."""
    unit = here.unit
    inner = wished | (cv2.dilate(face_of(here), disc(TEMPLE * unit)) > 0.5)
    inner = cv2.morphologyEx(inner.astype(np.uint8), cv2.MORPH_CLOSE, disc(2 * TEMPLE * unit)) > 0
    locks, strands = along(fit.front, fit.alpha, unit)
    inward = signed(inner) / np.float32(unit)
    shown = np.clip((inward + BEYOND) / EDGE + 0.25 * strands, 0, 1)
    depth = _depth(here, wished) / np.float32(unit)
    below = np.clip(depth / TIP + 0.5 + LOCKS * locks + FINE * strands, 0, 1)
    dark = DARKER * np.clip(1 - depth / np.float32(0.3), 0, 1) ** 2
    front, real = (np.asarray(one * (1 - dark)[..., None], np.float32) for one in (fit.front, fit.real))
    return replace(fit, alpha=np.asarray(fit.alpha * shown * below, np.float32), front=front, real=real)


def _depth(here: Scene, wished: Bool) -> Float32:
    """(h, w) pixels above the line at which wished hair ends on a side; many where it goes on.

    The line is the lowest wished hair of each column near the lowest of the side: farther up hair ends at a face.
    """
    columns, height = np.arange(wished.shape[1]), len(wished)
    low = np.where(wished.any(0), height - 1 - np.argmax(wished[::-1], 0), 0).astype(np.float64)
    middle, line = round(float(here.points[[4, 152, 10], 0].mean())), np.full(len(columns), 2.0 * height)
    for side in (columns < middle, columns >= middle):
        last = low[side].max(initial=0)
        known = np.flatnonzero(side & (low > last - LINE * here.unit) & (low > 0))
        if len(known) and last < height - 3:
            line[side] = np.interp(columns[side], known, low[known])
    line = cv2.GaussianBlur(line[None], (0, 0), 0.04 * here.unit, borderType=cv2.BORDER_REPLICATE)[0]
    return np.asarray(line[None] - np.arange(height)[:, None], np.float32)
