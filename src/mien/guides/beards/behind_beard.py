"""Clothes and backdrop where a beard hid them: patches of what is seen of both beside it.

Convention:
    That of :mod:`mien.guides.beards.lower`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.patches import patched
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import dilated, larger
from mien.types import Bool, Float32

BEHIND = 64.0
"""Most pixels between the outer corners of the eyes at which clothes and backdrop are made."""

ENOUGH = 400
"""Pixels of clothes and backdrop from which patches are of these alone; else a neck lends, too."""

SPILLED = 0.3
"""Probability from which hair beside a beard lends no clothes or backdrop."""

KINDS, PLACES = np.float32(200), np.float32(100)
"""Levels that clothes and backdrop are apart, and two places an eye distance apart, where patches are chosen."""


def behind_beard(here: AroundBeard, picture: Float32, wanted: Bool, unit: float) -> Float32:
    """The picture (h, w, 3), levels, with clothes and backdrop made where a beard hid them.

    Args:
        here: what is seen.
        picture: the part of the photo, at any size.
        wanted: (h, w) where anything is asked for.
        unit: pixels of the picture between the outer corners of the eyes.
    """
    if np.count_nonzero(wanted) < 10:
        return picture
    rows, columns = np.nonzero(wanted)
    room = round(0.5 * unit)
    part = np.s_[max(0, rows.min() - room) : rows.max() + room, max(0, columns.min() - room) : columns.max() + room]
    scale = min(1.0, BEHIND / unit)
    shape = picture[part].shape
    size = (max(8, round(shape[1] * scale)), max(8, round(shape[0] * scale)))

    def reduced(one: Bool | Float32) -> Float32:
        one = one if one.shape[:2] == picture.shape[:2] else larger(one, picture.shape)
        return np.asarray(cv2.resize(np.asarray(one[part], np.float32), size, interpolation=cv2.INTER_AREA), np.float32)

    small, backdrop = reduced(picture), reduced(here.below["background"])
    hair = reduced(dilated(here.hairs, 5) | (here.shares["hair"] > SPILLED))
    hole = dilated(reduced(wanted) > 0.02, 1)
    clothes, skin = reduced(here.below["clothes"]), reduced(here.below["skin"])
    clear = (hair < 0.1) & (reduced(dilated(here.oval, 2)) < 0.1)
    known = clear & (clothes + backdrop > 0.6)
    if known.sum() < ENOUGH:
        known = clear & (clothes + backdrop + skin > 0.6)
    made, todo = small, hole & ~known
    if todo.any() and known.sum() > 150:
        others = ~known & ~todo
        ys, xs = np.indices(hole.shape, np.float32) * np.float32(PLACES / (unit * scale))
        kind = backdrop / np.maximum(backdrop + clothes, 0.05)  # along a jaw skin has a share, too
        hints = np.dstack([KINDS * kind.clip(0, 1), xs, ys])
        made = patched(small, todo, others, np.random.default_rng(0), hints=hints, void=others)
    elif todo.any() and known.sum() > 20:
        made = membrane(small, known.astype(np.float32), 255.0)
    share = larger(hole & ~known, shape).clip(0, 1)[..., None]
    result = picture.copy()
    result[part] += share * (larger(made, shape) - result[part])
    return result
