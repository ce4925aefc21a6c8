"""Hair cut shorter: what hangs below a line goes, and what it hid is made up of what lies beside it.

Its ends curve in as those of a bob. The neck is another head's where nothing is seen of these clothes; elsewhere neck
and shoulders go on from what is seen.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.guides.bare import bare, held
from mien.guides.bob import bobbed, cut_line
from mien.guides.fringe import moved
from mien.guides.guide import Guide
from mien.guides.hair import piece
from mien.guides.hair_fit import Fitted, fitted
from mien.guides.hair_over import over_photo
from mien.guides.hair_roots import in_colors, told
from mien.guides.scene import Scene, polygon
from mien.guides.shoulders import body, skinned
from mien.types import Bool, Float32, Photo

NEAR = 0.15
"""Units around what a map takes away in which hair below the line goes, too: lines beside a jaw."""

WIDE, WIDEST, UNDER = 1.08, 1.35, (0.02, 0.15)
"""Units that a neck is wide at least; how much wider another's becomes at most; and units below the chin at which that
is so, and at which its width is told."""

STRANDS = 0.14
"""Units around hair that goes in which a neck is made anew."""

SEEN = 0.1
"""Square units of clothes that are seen for them to go on below the hair."""

SHADOW, FALL = 0.3, 0.1
"""How dark the shadow of the ends is, and its blur, units."""


def shortened(photo: Photo, here: Scene, other: Photo, there: Scene, area: Bool, allowed: Bool) -> Guide:
    """A guide without the hair of an area (h, w), where it may change (h, w); the other's head shows its neck.

    Raises:
        LayerError: as :func:`mien.guides.hair_fit.fitted`.
    """
    unit = here.unit
    fit = _widened(here, fitted(here, there))
    below = np.arange(here.shape[0])[:, None] > cut_line(here, area)
    area = area | (below & (here.loose > 0.05) & (cv2.dilate(area.astype(np.uint8), disc(NEAR * unit)) > 0))
    bob = bobbed(here, area, allowed)
    kept, alpha = np.asarray(np.where(bob.area, 0, np.maximum(here.hair, here.loose)), np.float32), bob.fit.alpha
    head = in_colors(here, fit, held(here), told(fit, unit)[0])
    none = np.zeros(here.shape, np.float32)
    own = float((here.shares["clothes"] > 0.75).sum()) >= SEEN * unit**2
    shares = body(here, held(here), fit.shares) if own else fit.shares
    fill, gone = bare(here, shares, fit.picture, head, kept, none)
    if own:
        fill = skinned(here, shares["neck"], fill)
    else:  # none are seen that could go on below the hair
        worn = cv2.GaussianBlur(np.clip(2 * fit.shares["clothes"] - 0.5, 0, 1), (0, 0), 0.01 * unit)[..., None]
        fill = np.asarray(fill + worn * (fit.picture - fill), np.float32)
    around = cv2.GaussianBlur(cv2.dilate(bob.area.astype(np.float32), disc(0.03 * unit)), (0, 0), 0.03 * unit)
    gone = np.maximum(gone * np.clip(3 * around, 0, 1), _strands(here, area)) * (1 - kept)
    gone = np.asarray(gone, np.float32)
    down = np.array([[1, 0, 0], [0, 1, FALL * unit]], np.float32)
    fallen = cv2.warpAffine(wide_blur(np.maximum(kept, alpha), FALL * unit), down, here.shape[::-1])
    dark = np.asarray(SHADOW * fallen * gone * np.clip(shares["neck"] + fit.shares["face"], 0, 1), np.float32)
    under = Guide(*over_photo(photo, other, here, there, fit, (fill, head, none, gone, dark, none)))
    return _both(photo, under, piece(under.over(photo)[0], here, photo, here, bob.fit, none))


def _widened(here: Scene, fit: Fitted) -> Fitted:
    """Another's head whose neck is as wide as necks are at least."""
    unit, chin = here.unit, float(here.points[152, 1])
    rows = fit.shares["neck"][round(chin) : round(chin + UNDER[1] * unit)] > 0.5
    if not rows.any():
        return fit
    wide = float(np.median(rows.sum(1))) / unit
    times = float(np.clip(WIDE / max(wide, 0.1), 1, WIDEST))
    middle = float(np.median(np.nonzero(rows)[1]))
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    jaw = float(here.points[[172, 397], 1].mean())
    t = np.clip((ys - jaw) / np.float32(max(chin + UNDER[0] * unit - jaw, 1)), 0, 1)
    factor = 1 + (times - 1) * t * t * (3 - 2 * t)
    aside = (xs - np.float32(middle)) * (1 / factor - 1)
    return moved(fit, np.dstack([aside, np.zeros_like(aside)]).astype(np.float32))


def _strands(here: Scene, area: Bool) -> Float32:
    """(h, w): 1 on the neck beside hair that goes (h, w): single strands lie there, and their shadows."""
    near = cv2.dilate(area.astype(np.uint8), disc(STRANDS * here.unit)).astype(np.float32)
    below = np.arange(here.shape[0])[:, None] > here.points[[172, 397], 1].mean()
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, 0.01 * here.unit)
    neck = cv2.morphologyEx(np.clip(2 * here.shares["neck"], 0, 1), cv2.MORPH_CLOSE, disc(0.1 * here.unit))
    neck = neck * below * (1 - oval)
    return np.asarray(wide_blur(near, 0.05 * here.unit) * cv2.GaussianBlur(neck, (0, 0), 1.5), np.float32)


def _both(photo: Photo, under: Guide, upper: Guide) -> Guide:
    """A guide of two, the second made over what the first gives."""
    boxes = np.array([under.box, upper.box])
    x0, y0, x1, y1 = (int(one) for one in (*boxes[:, :2].min(0), *boxes[:, 2:].max(0)))
    sure = np.zeros((y1 - y0, x1 - x0), np.float32)
    for one in (under, upper):
        left, top, right, bottom = one.box
        area = np.s_[top - y0 : bottom - y0, left - x0 : right - x0]
        sure[area] = np.maximum(sure[area], one.confidence)
    samples: Any = upper.part_over(under.over(photo)[0], (x0, y0, x1, y1)).pixels
    return Guide((x0, y0, x1, y1), samples, sure)
