"""Hair that is cut as a bob: its ends curve in towards the jaw, at slightly different lengths.

    result(x, y) = under + A(x', y) E (F(x', y) - under)      x' farther out than x; E ends along strands

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.compose.border import local_colors
from mien.compose.morphology import disc
from mien.guides.hair.fit import Fitted, bent, places_of
from mien.guides.hair.lent import pure
from mien.guides.hair.tips import tips
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

BESIDE, DEEPER = 0.35, 0.12
"""Units around a column in which the line is looked for, and by which it may lie deeper than there."""

RUN = (0.12, 0.5)
"""Units above the line from which hair curves in at least and at most: where it may first change."""

CURL, INWARD, SHARE = 0.22, 0.0, 0.4
"""Units by which the outer and the inner edge have come in at the line; and most of the width of the hair."""

USUAL, MORE, STEEP = 0.5, 0.5, 0.45
"""Units of width from which hair comes in by so much more of it; and by how much at most, in what it has to do so."""

LOWER, ROUND, CORNER, INNER = 0.06, 0.34, 0.3, (0.05, 0.15)
"""Units by which ends lie lower than the line at their inner edge, and higher than there at the outer one; the place,
from the inner edge, 0, to the outer one, 1, from which they rise; and units by which they rise at the inner edge, and
the place from which they do."""

RISEN = 0.5
"""Share of the rows above the line in which hair may change by which ends rise at most."""

REACH = 0.3
"""Beyond the inner edge, in widths of the hair, nothing is hair of that side."""

CLOSE, DEEP = 0.5, 0.12
"""Units in which hair tells what color hair beside it has, and how deep inside it does."""

LEAST = 0.02
"""Square units of hair that goes on a side for it to be cut."""


@dataclass(frozen=True, eq=False)
class Bob:
    """Attributes:
    fit: the hair down to its ends; its matte is 0 where hair stays as it is.
    area: (h, w) old hair that goes, or is drawn anew.
    begun: (h, w) 0 above, to 1 a little below the rows where hair first changes.
    fading: (h, w) the same, to 1 at the line: what lies beside the new hair goes by and by.
    """

    fit: Fitted
    area: Bool
    begun: Float32
    fading: Float32


def bobbed(here: Scene, area: Bool, allowed: Bool) -> Bob:
    """The hair of a scene, cut above an area (h, w), where it may change (h, w)."""
    unit, shape = here.unit, here.shape
    line = cut_line(here, area)
    line = cv2.GaussianBlur(line[None], (0, 0), 0.15 * unit, borderType=cv2.BORDER_REPLICATE)[0].astype(np.float32)
    ys, xs = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    run = _run(line, area, allowed, unit)
    t = np.clip((ys - line) / np.float32(run) + 1, 0, 1.25)
    moved, place, sides = np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.bool_)
    for way in (-1.0, 1.0):
        aside = (way * (xs - np.float32(here.points[152, 0]))).astype(np.float32)
        if float((area & (aside > 0)).sum()) < LEAST * unit**2:
            continue
        inner, outer = _edges(here, aside, (t > 0.4) & (t < 1))
        curl = min(CURL * unit + MORE * max(0.0, outer - inner - USUAL * unit), STEEP * run)
        by = [min(one, SHARE * (outer - inner)) * t * t for one in (INWARD * unit, curl)]
        share = (aside - inner + by[0]) / np.maximum(outer - by[1] - inner + by[0], 1)
        side = (aside > 0) & (share > -REACH)
        moved = np.where(side, way * (inner + share * (outer - inner) - aside), moved)
        place, sides = np.where(side, share, place), sides | side
    zone = sides & (t > 0) & (np.maximum(here.loose, here.hair) > 0.02) | area
    offsets = np.dstack([moved * (t > 0), np.zeros_like(moved)]).astype(np.float32)
    found = np.clip((bent(_solid(here), offsets, 0) - 0.05) / 0.9, 0, 1)
    depth = (ys - line) / np.float32(unit)
    corner = np.clip((place - CORNER) / (1.05 - CORNER), 0, 1)
    rise = min(ROUND, RISEN * run / unit + LOWER) * (1 - np.sqrt(1 - corner**2))
    rise = rise + INNER[0] * np.clip(1 - place / INNER[1], 0, 1) ** 2
    ends = LOWER - np.minimum(rise, RISEN * run / unit)
    shown, dark = tips(here, offsets, line, ends - depth, run / unit)
    alpha = np.asarray(found * shown * sides, np.float32)
    front = np.asarray(bent(pure(here, here.hair), offsets) * (1 - dark)[..., None], np.float32)
    fit = Fitted(alpha, front, front, front, here.shares, places_of(offsets))
    begun, fading = (np.asarray(np.clip(times * t, 0, 1), np.float32) for times in (8, 1.2))
    return Bob(fit, np.asarray(zone, np.bool_), begun, fading * fading * (3 - 2 * fading))


def _solid(here: Scene) -> Float32:
    """(h, w): the matte without what has not the color of the hair beside it: a shadow on a wall is not cut."""
    soft = cv2.GaussianBlur(here.picture, (0, 0), max(0.6, 0.015 * here.unit))
    lab = cv2.cvtColor(soft / np.float32(255), cv2.COLOR_RGB2LAB)
    core = cv2.erode((here.hair > 0.97).astype(np.uint8), disc(DEEP * here.unit)).astype(np.float32)
    if float(core.sum()) < LEAST * here.unit**2:
        return here.hair
    mean, spread = local_colors(lab, core, CLOSE * here.unit)
    away = np.linalg.norm(lab - mean, axis=2) / (spread + 8)
    alike = np.maximum(np.clip(3.6 - 2 * away, 0, 1), np.clip(4 * here.shares["hair"] - 2, 0, 1))
    return np.asarray(here.hair * alike, np.float32)


def _run(line: Float32, area: Bool, allowed: Bool, unit: float) -> float:
    """Pixels above the line (w,) from which hair may change."""
    columns = np.flatnonzero(area.any(0) & allowed.any(0))
    free = line[columns] - np.argmax(allowed[:, columns], 0)
    return float(np.clip(np.median(free) / unit if free.size else 0, *RUN)) * unit


def _edges(here: Scene, aside: Float32, rows: Bool) -> tuple[float, float]:
    """How far aside hair begins and ends on a side, in an area of rows (h, w)."""
    unit = here.unit
    found = aside[(here.hair > 0.6) & rows & (aside > 0.3 * unit)]
    if found.size < 50:
        return 0.6 * unit, 1.0 * unit
    inner, outer = np.quantile(found, (0.03, 0.98))
    return float(inner), float(max(outer, inner + 0.1 * unit))


def cut_line(here: Scene, area: Bool) -> Float64:
    """(w,) the row at which hair is cut: where the area begins below hair that stays, and between such places."""
    tops, columns = np.argmax(area, 0), np.arange(area.shape[1])
    above = np.maximum(tops - round(0.04 * here.unit), 0)
    known = area.any(0) & (tops > 0) & (here.hair[above, columns] > 0.5)
    tops = np.where(known, tops, here.shape[0]).astype(np.float64)
    nearby = cv2.erode(tops[None], np.ones((1, 2 * round(BESIDE * here.unit) + 1)))[0]
    known &= tops < nearby + DEEPER * here.unit  # where hair begins below a jaw, it is not cut there
    left = columns < here.points[152, 0]
    for side in (left, ~left):
        if (known & side).any():
            known &= ~side | (tops < np.quantile(tops[known & side], 0.2) + 2 * DEEPER * here.unit)
    if not known.any():
        return np.full(area.shape[1], float(np.argmax(area.any(1))) if area.any() else float(area.shape[0]))
    return np.asarray(np.interp(columns, columns[known], tops[known]), np.float64)
