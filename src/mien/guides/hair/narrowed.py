"""Hair that is asked to be shorter than is seen of its ends: narrower, its real outline drawn towards the neck.

    result(x, y) = bare + A(x', y) (F(x', y) - bare)      x' = inner + (x - inner) / k(y), beside the face

What hangs before neck and clothes stays, so that neither has to be made up; what goes lies before a backdrop that is
seen beside it.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.errors import LayerError
from mien.guides.guide import Guide
from mien.guides.hair.bare import bare
from mien.guides.hair.fit import Fitted, bent, places_of
from mien.guides.hair.lent import pure
from mien.guides.hair.over import over_photo
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64, Photo

NARROW = 0.66
"""What is left of the width of hair beside the neck."""

ABOVE, BELOW = 0.04, 1.15
"""Units above and below the line at which a map cuts hair, within which that becomes narrower."""

SMOOTH = 0.25
"""Units by which the inner edge of the hair is smoothed."""

SOFT = (0.04, 0.96)
"""Values of the matte that are 0 and 1: less is haze."""

KEPT = (0.08, 0.25)
"""Units out of the inner edge up to which nothing becomes bare, beside neck and cheeks, and from which all may."""

LEAST = 0.02
"""Square units that become bare at least."""


def narrowed(photo: Photo, here: Scene, area: Bool) -> Guide:
    """A guide with narrower hair from where a map takes it away (h, w) downwards.

    Raises:
        LayerError: there is no such hair.
    """
    unit = here.unit
    offsets, out = _offsets(here, area)
    moved = np.clip(np.abs(offsets[..., 0]) / np.float32(0.012 * unit), 0, 1)
    found = np.clip((bent(here.hair, offsets, 0) - SOFT[0]) / (SOFT[1] - SOFT[0]), 0, 1)
    alpha = np.asarray(found * (moved > 0), np.float32)
    if float((here.hair * moved * (1 - found)).sum()) < LEAST * unit**2:
        raise LayerError("No hair hangs beside the face there; mask and paint what is to go.")
    front = bent(pure(here, here.hair), offsets)
    none = np.zeros(here.shape, np.float32)
    fill, gone = bare(here, _behind(here), here.picture, here.picture, alpha, none)
    outer = np.clip((out / np.float32(unit) - KEPT[0]) / (KEPT[1] - KEPT[0]), 0, 1)
    gone = np.asarray(gone * moved * outer * (1 - here.shares["face"]), np.float32)
    fit = Fitted(alpha, front, here.picture, here.picture, here.shares, places_of(offsets))
    return Guide(*over_photo(photo, photo, here, here, fit, (fill, here.picture, alpha, gone, none, none)))


def _behind(here: Scene) -> dict[str, Float32]:
    """Classes (h, w) of what lies behind the hair: backdrop, and clothes where these are seen at the same height."""
    none = np.zeros(here.shape, np.float32)
    clothes = (here.shares["clothes"] * (here.loose < 0.1)).sum(1)
    backdrop = (here.shares["background"] * (here.loose < 0.1)).sum(1)
    share = (clothes / (clothes + backdrop + 1e-3))[:, None].astype(np.float32)
    there = dict.fromkeys((*here.shares, "strained"), none)
    there["clothes"] = np.broadcast_to(share, here.shape).astype(np.float32)
    there["background"] = 1 - there["clothes"]
    return there


def _offsets(here: Scene, area: Bool) -> tuple[Float32, Float32]:
    """(h, w, 2): where hair that is seen at a place was, farther out; and (h, w) how far out of its inner edge that is.

    Raises:
        LayerError: nothing goes.
    """
    if not area.any():
        raise LayerError("The map takes no hair away.")
    unit, middle = here.unit, float(here.points[152, 0])
    line = int(np.flatnonzero(area.any(1))[0])
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    t = np.clip((ys - line + ABOVE * unit) / np.float32((ABOVE + BELOW) * unit), 0, 1)
    left = 1 - (1 - NARROW) * t * t * (3 - 2 * t)
    moved, found = np.zeros(here.shape, np.float32), np.zeros(here.shape, np.float32)
    for way in (-1.0, 1.0):
        aside = (way * (xs - middle)).astype(np.float32)
        if float((area & (aside > 0)).sum()) < LEAST * unit**2:
            continue
        out = aside - _inner(here, aside, unit)[:, None].astype(np.float32)
        moved = np.where(out > 0, way * (out / left - out), moved)
        found = np.maximum(found, out)
    return np.ascontiguousarray(np.dstack([moved, np.zeros_like(moved)]).astype(np.float32)), found


def _inner(here: Scene, aside: Float32, unit: float) -> Float64:
    """(h,): how far aside hair begins on a side, by row."""
    hair = (here.hair > 0.7) & (aside > 0.3 * unit)
    rows = np.flatnonzero(hair.sum(1) > 0.1 * unit)
    if not len(rows):
        return np.full(len(aside), 0.6 * unit)
    first = np.where(hair, aside, np.inf).min(1)[rows]
    every = np.interp(np.arange(len(aside)), rows, np.minimum(first, 0.75 * unit))
    found = cv2.GaussianBlur(every[None], (0, 0), SMOOTH * unit, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(found[0], np.float64)
