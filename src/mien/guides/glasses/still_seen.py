"""Hair and ears that a network takes for a part of an arm of glasses, though nothing lies before them.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.glasses.lines import UNIT, disc
from mien.types import Bool, Float32

REACH, SEEN = 5.0, 0.02
"""How far usual colors are looked up, units; and how much must be seen of them."""

ALIKE, LEAST = 1.0, 10.0
"""Square distance from the usual color, in its deviations, of what is taken for the same; and levels of these at
least."""

SPECK, BORDER = 1.5, 1.0
"""Width of what is too small to stay, and of the border around what goes, units."""


def still_seen(picture: Float32, hidden: Bool, kinds: Float32) -> Bool:
    """(SIDE, SIDE) parts of what is supposed to be hidden that look as hair, or an ear, does right beside it.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        hidden: (SIDE, SIDE).
        kinds: (SIDE, SIDE, 4) how likely face, hair, ears and background are.
    """
    stays, kind = np.zeros(hidden.shape, np.bool_), kinds.argmax(2)
    seen = cv2.dilate(hidden.astype(np.uint8), disc(2 * BORDER)) == 0
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    for number in (1, 2):
        inside = hidden & (kind == number)
        if not inside.any():
            continue
        rows, columns = (np.flatnonzero(inside.any(axis)) for axis in (1, 0))
        by = round(2 * REACH * UNIT)
        part = np.s_[max(0, rows[0] - by) : rows[-1] + by, max(0, columns[0] - by) : columns[-1] + by]
        near = _unlike(soft[part], seen[part] & (kind[part] == number)) < ALIKE
        stays[part] |= inside[part] & near
    stays = cv2.morphologyEx(stays.astype(np.uint8), cv2.MORPH_OPEN, disc(SPECK)) > 0
    goes = cv2.dilate((hidden & ~stays).astype(np.uint8), disc(BORDER)) > 0
    stays = cv2.morphologyEx((stays & ~goes).astype(np.uint8), cv2.MORPH_OPEN, disc(SPECK))
    return np.asarray(stays > 0, np.bool_)


def _unlike(picture: Float32, known: Bool) -> Float32:
    """(h, w) square distance of colors from those of what is known around, in their deviations."""
    counts = known.astype(np.float32)[..., None]
    planes = np.dstack([picture * counts, picture**2 * counts, counts])
    small = cv2.resize(planes, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    total = cv2.GaussianBlur(small, (0, 0), 0.25 * REACH * UNIT)
    total = cv2.resize(total, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    weight = np.maximum(total[..., 6:], 1e-4)
    mean = total[..., :3] / weight
    spread = np.maximum(total[..., 3:6] / weight - mean**2, 0) + LEAST**2
    off = ((picture - mean) ** 2 / spread).mean(2)
    return np.asarray(np.where(total[..., 6] > SEEN, off, np.inf), np.float32)
