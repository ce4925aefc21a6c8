"""Hair cut shorter: what hangs below a line goes, and what it hid is made up of what lies beside it.

The neck's outline is another head's, its skin this face's; the ends are uneven, strand by strand.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.guides.bare import bare, held
from mien.guides.guide import Guide
from mien.guides.hair_fit import fitted
from mien.guides.hair_over import over_photo
from mien.guides.hair_roots import in_colors, told
from mien.guides.locks import uneven
from mien.guides.scene import Scene, polygon
from mien.guides.strands import along
from mien.types import Bool, Float32, Float64, Photo

NEAR = 0.15
"""Units around what a map takes away in which hair below the line goes, too: lines beside a jaw."""

BESIDE, DEEPER = 0.35, 0.12
"""Units around a column in which the line is looked for, and by which it may lie deeper than there."""

ENDS, TIP, FINE = 0.16, 0.08, 0.4
"""Units by which strands differ in length, how softly each ends, and how much sooner dark ones do, in that."""

STRANDS = 0.14
"""Units around hair that goes in which a neck is made anew."""

SEEN = 0.1
"""Square units of clothes that are seen for them to go on below the hair."""

SHADOW, FALL = 0.3, 0.1
"""How dark the shadow of the ends is, and its blur, units."""


def shortened(photo: Photo, here: Scene, other: Photo, there: Scene, area: Bool) -> Guide:
    """A guide without the hair of an area (h, w); the other's head shows its neck.

    Raises:
        LayerError: as :func:`mien.guides.hair_fit.fitted`.
    """
    unit = here.unit
    fit = fitted(here, there)
    below = np.arange(here.shape[0])[:, None] > _line(here, area)
    area = area | (below & (here.loose > 0.05) & (cv2.dilate(area.astype(np.uint8), disc(NEAR * unit)) > 0))
    kept = np.asarray(_kept(here, area) * np.maximum(here.hair, here.loose), np.float32)
    head = in_colors(here, fit, held(here), told(fit, unit)[0])
    none = np.zeros(here.shape, np.float32)
    fill, gone = bare(here, fit.shares, fit.picture, head, kept, none)
    if float((here.shares["clothes"] > 0.75).sum()) < SEEN * unit**2:  # none are seen that could go on below the hair
        worn = cv2.GaussianBlur(np.clip(2 * fit.shares["clothes"] - 0.5, 0, 1), (0, 0), 0.01 * unit)[..., None]
        fill = np.asarray(fill + worn * (fit.picture - fill), np.float32)
    around = cv2.GaussianBlur(cv2.dilate(area.astype(np.float32), disc(0.03 * unit)), (0, 0), 0.03 * unit)
    gone = np.maximum(gone * np.clip(3 * around, 0, 1), _strands(here, area)) * (1 - kept)
    gone = np.asarray(gone, np.float32)
    down = np.array([[1, 0, 0], [0, 1, FALL * unit]], np.float32)
    fallen = cv2.warpAffine(wide_blur(kept, FALL * unit), down, here.shape[::-1])
    dark = np.asarray(SHADOW * fallen * gone * np.clip(fit.shares["neck"] + fit.shares["face"], 0, 1), np.float32)
    return Guide(*over_photo(photo, other, here, there, fit, (fill, head, none, gone, dark, none)))


def _kept(here: Scene, area: Bool) -> Float32:
    """(h, w): 1 on hair that stays, down to the ends of its strands within the area."""
    depth = (np.arange(here.shape[0])[:, None] - _line(here, area)) / np.float32(here.unit)
    locks, strands = along(here.picture, here.hair, here.unit)
    columns = np.broadcast_to(np.arange(here.shape[1], dtype=np.float32), here.shape)
    ends = ENDS * (1 + 0.4 * locks + 0.3 * uneven(here.shape[1], here.unit, columns)) / 2
    shown = np.clip((ends - depth) / TIP + 0.5 + FINE * strands, 0, 1) * (depth < ENDS)
    return np.asarray(np.where(area, shown, 1), np.float32)


def _strands(here: Scene, area: Bool) -> Float32:
    """(h, w): 1 on the neck beside hair that goes (h, w): single strands lie there, and their shadows."""
    near = cv2.dilate(area.astype(np.uint8), disc(STRANDS * here.unit)).astype(np.float32)
    below = np.arange(here.shape[0])[:, None] > here.points[[172, 397], 1].mean()
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, 0.01 * here.unit)
    neck = cv2.morphologyEx(np.clip(2 * here.shares["neck"], 0, 1), cv2.MORPH_CLOSE, disc(0.1 * here.unit))
    neck = neck * below * (1 - oval)
    return np.asarray(wide_blur(near, 0.05 * here.unit) * cv2.GaussianBlur(neck, (0, 0), 1.5), np.float32)


def _line(here: Scene, area: Bool) -> Float64:
    """(w,) the row at which hair is cut: where the area begins below hair that stays, and between such places."""
    tops, columns = np.argmax(area, 0), np.arange(area.shape[1])
    above = np.maximum(tops - round(0.04 * here.unit), 0)
    known = area.any(0) & (tops > 0) & (here.hair[above, columns] > 0.5)
    tops = np.where(known, tops, here.shape[0]).astype(np.float64)
    nearby = cv2.erode(tops[None], np.ones((1, 2 * round(BESIDE * here.unit) + 1)))[0]
    known &= tops < nearby + DEEPER * here.unit  # where hair begins below a jaw, it is not cut there
    if not known.any():
        return np.full(area.shape[1], float(np.argmax(area.any(1))) if area.any() else float(area.shape[0]))
    return np.asarray(np.interp(columns, columns[known], tops[known]), np.float64)
