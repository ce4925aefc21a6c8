"""Where neck, shoulders and clothes lie below hair that is cut, told from what is seen of this person beside the hair.

A usual outline of neck and shoulders, measured on a head of the bank, is drawn to the shoulders that are seen.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.guides.scene import Scene, polygon
from mien.types import Bool, Float32, Float64

ASIDE = np.array([0.53, 0.54, 0.56, 0.65, 0.80, 1.10, 1.35, 1.65, 1.83, 1.95, 2.05, 3.0])
DOWN = np.array([-0.6, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 3.0])
"""Half the width of a body by how far it is below the chin, units."""

BASE, FLATTER = 0.1, (0.2, 3.0)
"""Units below the chin at which a neck begins to be wider; and by how much less or more shoulders fall than usual."""

SINGLE = 0.62
"""Units beside the middle from which a shoulder is no neck."""

AXIS, SWAY = (0.15, 0.7), 0.2
"""Units below the chin in which a neck tells where its middle is; and by how much that may be aside of the jaw's."""

ROOM, STEEP = 0.25, ((0.3, 0.8), (0.8, 2.2))
"""Units beyond the neckline that is seen in which it rises; and by which power it does, by how low it is."""

NECKLINE, DEEP, HOLE = 0.72, 0.8, 0.12
"""Units beside the middle at which a neckline meets the shoulders, below the chin at which it is deepest where nobody
sees it; and between skin and clothes that meet."""

LOWER, HIGHEST = 0.15, -0.4
"""Units below the chin from which clothes are looked for, and from which the parser is believed."""

BESIDE = (0.1, 0.15, 0.3)
"""Units around the angle of a jaw in which skin beside it tells how wide a neck begins; by how many units more than
usual, at most; and in how many below that ends."""

RARE = 0.08
"""How rare a color is in the backdrop, over what is usual there, below which it is none of the backdrop's."""

ALIKE = (25.0, 8.0)
"""How much L*, and a* and b*, of skin differ from those of a neck."""

BINS, STEPS = (16, 48, 48), np.array([10.0, 6.0, 6.0], np.float32)
"""Of the histogram of L*, a* and b*."""


@dataclass(frozen=True, eq=False)
class Torso:
    """Attributes:
    body: (h, w) neck and clothes.
    clothes: (h, w) of it.
    worn: (h, w) clothes that are seen.
    middle: (h,) the column of the neck's middle.
    """

    body: Bool
    clothes: Bool
    worn: Bool
    middle: Float64

    @classmethod
    def of(cls, here: Scene, seen: Bool) -> Torso:
        """Told from a scene and (h, w) where no hair is."""
        worn = dress(here, seen)
        middle = _middle(here, seen)
        low = float(middle[_row(here, 0.5)])
        tops = _shoulders(here, seen, worn, low)
        ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
        level = float(here.points[[172, 397], 1].mean()) - 0.2 * here.unit
        aside = (xs - middle[:, None]) / here.unit
        neck = (aside > -_wide(here, seen, middle, -1)[:, None]) & (aside < _wide(here, seen, middle, 1)[:, None])
        neck &= ys > level
        body = (ys > tops) | neck | worn
        front = _front(here, seen, worn, low, tops)
        return cls(body, (body & (ys > front)) | worn, worn, middle)


def _row(here: Scene, below: float) -> int:
    """The row so many units below the chin, within the scene."""
    return int(np.clip(round(float(here.points[152, 1]) + below * here.unit), 0, here.shape[0] - 1))


def _wide(here: Scene, seen: Bool, middle: Float64, way: int) -> Float64:
    """(h,) units by which a neck reaches aside of its middle: as usual, or as skin that is seen beside a chin does."""
    down = (np.arange(here.shape[0]) - float(here.points[152, 1])) / here.unit
    usual = np.interp(down, DOWN[:3], ASIDE[:3])
    jaw = float(here.points[172 if way < 0 else 397, 1] - here.points[152, 1]) / here.unit
    face = polygon(here.points[list(mesh.OUTLINE)], here.shape, 0.6) > 0.1
    skin = (here.shares["face"] + here.shares["neck"] + here.shares["ears"] > 0.6) & seen & ~face
    rows = np.flatnonzero((np.abs(down - jaw) < BESIDE[0]) & skin.any(1))
    if not rows.size:
        return np.asarray(usual, np.float64)
    columns = np.arange(here.shape[1])[None]
    far = np.where(skin[rows], way * (columns - middle[rows, None]) / here.unit, 0).max(1)
    last = rows[int(np.argmax(far))]
    more = np.clip(float(np.quantile(far, 0.9)) - usual, 0, BESIDE[1])
    fades = np.exp(-((np.maximum(np.arange(here.shape[0]) - last, 0) / (BESIDE[2] * here.unit)) ** 2))
    return np.asarray(usual + more * fades, np.float64)


def dress(here: Scene, seen: Bool) -> Bool:
    """(h, w): clothes that are seen below the chin and down to the end of the photo: of a color that no backdrop above
    has, or what the parser calls clothes, which is often wrong at the end of a photo."""
    unit, rows = here.unit, np.arange(here.shape[0])[:, None]
    skin = here.shares["face"] + here.shares["neck"]
    sure = (here.shares["clothes"] > 0.7) & (here.loose < 0.5)
    sure &= rows > _row(here, HIGHEST)
    odd = _odd(here, seen) & (here.shares["background"] < 0.97) & ~_bare(here, seen) & (rows > _row(here, LOWER))
    likely_worn = (here.shares["clothes"] > 0.5) & (rows > _row(here, HIGHEST))
    low = (likely_worn | odd) & seen & (here.loose < 0.04)
    likely = (sure | low) & (skin < 0.5)
    worn = cv2.morphologyEx(likely.astype(np.uint8), cv2.MORPH_OPEN, disc(0.03 * unit))
    _, pieces = cv2.connectedComponents(worn)
    by = max(2, round(0.05 * unit))
    end = np.unique(np.concatenate([pieces[-by:].ravel(), pieces[:, :by].ravel(), pieces[:, -by:].ravel()]))
    return np.asarray(np.isin(pieces, end[end > 0]), np.bool_)


def _odd(here: Scene, seen: Bool) -> Bool:
    """(h, w): of a color that the backdrop above the chin has not."""
    known = (here.shares["background"] > 0.85) & seen & (np.arange(here.shape[0])[:, None] < _row(here, 0.1))
    if int(known.sum()) < 200:
        return np.zeros(here.shape, np.bool_)
    lab = cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB) + np.array([0, 128, 128], np.float32)
    places = np.clip(lab / STEPS, 0, np.array(BINS) - 1).astype(np.int64)
    index = np.ravel_multi_index(tuple(places[..., n] for n in range(3)), BINS)
    counts = np.bincount(index[known], minlength=int(np.prod(BINS))).astype(np.float32).reshape(BINS)
    slices = np.stack([cv2.GaussianBlur(one, (0, 0), 1.0) for one in counts])
    counts = cv2.GaussianBlur(slices.reshape(BINS[0], -1), (1, 5), 0, sigmaY=1.0)
    often = counts.reshape(-1)[index]
    odd = (often < RARE * float(np.median(often[known]))).astype(np.float32)
    return np.asarray(wide_blur(odd, 0.02 * here.unit) > 0.5, np.bool_)


def _middle(here: Scene, seen: Bool) -> Float64:
    """(h,) the column of the neck's middle."""
    unit, chin = here.unit, float(here.points[152, 1])
    jaw = float(here.points[[172, 397, 152], 0].mean())
    neck = ((here.shares["neck"] > 0.6) & seen)[_row(here, AXIS[0]) : _row(here, AXIS[1])]
    wide = np.count_nonzero(neck.any(0)) > 0.2 * unit
    by = 0.5 * (float(np.median(np.nonzero(neck)[1])) - jaw) if wide else 0.0
    share = np.clip((np.arange(here.shape[0]) - chin) / (0.6 * unit), 0, 1)
    return np.asarray(jaw + np.clip(by, -SWAY * unit, SWAY * unit) * share, np.float64)


def _shoulders(here: Scene, seen: Bool, worn: Bool, middle: float) -> Float64:
    """(w,) row at which shoulders begin: as they are seen, and as usual from the neck to there."""
    unit, chin, (height, width) = here.unit, float(here.points[152, 1]), here.shape
    columns = np.arange(width)
    backdrop = (here.shares["background"] > 0.6) & seen & ~worn
    lowest = np.where(backdrop.any(0), height - 1 - np.argmax(backdrop[::-1], 0), 0)
    first = np.where(worn.any(0), np.argmax(worn, 0), height)
    above = [np.clip(first - round(by * unit), 0, height - 1) for by in (0.06, 0.12)]
    free = (here.shares["background"] > 0.6) & ~worn
    met = worn.any(0) & (free[above[0], columns] | free[above[1], columns])
    found = np.full(width, float(height))
    for way in (-1, 1):
        aside = way * (columns - middle) / unit
        usual = np.interp(aside, ASIDE, DOWN) - BASE
        known, base = (aside > SINGLE) & met, BASE
        if known.any():
            near = columns[known][np.argsort(aside[known])][: max(3, round(0.1 * unit))]
            falls = float(np.median((first[near] - chin) / unit))
            base = min(BASE, falls - 0.02)
            times = (falls - base) / max(float(np.median(usual[near])), 0.05)
        else:  # below the backdrop that is seen
            under = (aside > SINGLE) & (lowest > chin)
            need = ((lowest - chin) / unit - BASE)[under] / np.maximum(usual[under], 0.05)
            times = max(1.0, float(np.quantile(need, 0.9)) if under.any() else 1.0)
        line = chin + unit * (base + np.clip(times, *FLATTER) * np.maximum(usual, 0))
        if known.any():
            order = np.sort(columns[known])
            beyond = np.interp(columns, order, first[order].astype(np.float64))
            share = np.clip((aside - float(aside[known].min())) / 0.1 + 0.5, 0, 1)
            line = line + share * (beyond - line)
        found = np.where((aside > 0) & (aside >= ASIDE[0]), line, np.where(aside > 0, chin + BASE * unit, found))
    return _smooth(found, 0.02 * unit)


def _front(here: Scene, seen: Bool, worn: Bool, middle: float, tops: Float64) -> Float64:
    """(w,) row at which clothes begin before the neck, and beside it."""
    unit, chin, (height, width) = here.unit, float(here.points[152, 1]), here.shape
    columns = np.arange(width)
    skin = _bare(here, seen) & ~worn
    low = np.where(skin.any(0), height - 1 - np.argmax(skin[::-1], 0), 0)
    first = np.where(worn.any(0), np.argmax(worn, 0), height)
    gap = (first - low) / unit
    near = np.abs(columns - middle) / unit
    met = worn.any(0) & (low > chin) & (gap < HOLE) & (gap > -0.05) & (near < NECKLINE)
    if int(met.sum()) > 0.05 * unit:
        xs, ys = columns[met].astype(np.float64), first[met].astype(np.float64)
    else:
        deepest = float(low[near < 0.5].max(initial=0))
        xs, ys = np.array([middle]), np.array([max(chin + DEEP * unit, deepest + 0.1 * unit)])
    front, ends = np.interp(columns, xs, ys), list[float]()
    for way in (-1, 1):
        place = int(np.argmax(way * xs))
        end = middle + way * max(NECKLINE * unit, way * (xs[place] - middle) + ROOM * unit)
        meets = float(tops[int(np.clip(end, 0, width - 1))]) + 0.03 * unit
        share = np.clip(way * (columns - xs[place]) / max(way * (end - xs[place]), 1.0), 0, 1)
        steep = np.interp((ys[place] - chin) / unit, *STEEP)
        front = np.where(way * (columns - xs[place]) >= 0, ys[place] + (meets - ys[place]) * share**steep, front)
        ends.append(way * (end - middle))
    front = _smooth(front, 0.015 * unit)
    within = (columns > middle - ends[0]) & (columns < middle + ends[1])
    return np.where(within, np.maximum(front, tops), tops)


def _bare(here: Scene, seen: Bool) -> Bool:
    """(h, w): skin by the parser, or of the hue of the neck."""
    skin = seen & (here.shares["neck"] + here.shares["face"] > 0.6)
    neck = here.shares["neck"] > 0.8
    if int(neck.sum()) < 50:
        return np.asarray(skin, np.bool_)
    lab = cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB)
    away = np.abs(lab - np.median(lab[neck], 0))
    alike = (away[..., 0] < ALIKE[0]) & (away[..., 1:].max(2) < ALIKE[1]) & (here.loose < 0.4)
    alike = cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, disc(0.015 * here.unit)) > 0
    return np.asarray(skin | alike, np.bool_)


def _smooth(line: Float64, sigma: float) -> Float64:
    found = cv2.GaussianBlur(line[None], (0, 0), max(0.6, sigma), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(found[0], np.float64)


def soft(area: Bool, unit: float) -> Float32:
    """(h, w): an area with an edge as soft as those of photos."""
    return wide_blur(area.astype(np.float32), 0.008 * unit)
