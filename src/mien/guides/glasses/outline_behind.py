"""A head's outline behind glasses that stand out beyond it: it goes on from above them to below them.

Seen through the end of a lens it is broken, and a frame hides it. There the backdrop begins where a curve from the
outline above to that below says, and all between this curve and the frame's end is hidden: a lens, or its reflections.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.glasses.frames import area_of
from mien.guides.glasses.lines import SIDE, UNIT, disc
from mien.types import Bool, Float32, Float64

ROOM, LOOKED, SLOPE = 0.6, 3.0, 0.5
"""Units above and below a frame before its outline is looked up; over how many; and how steep it may be, as a share."""

STANDS, APART, SEEN = 1.0, 5.0, 0.7
"""Units by which a frame stands out at least; by which both outlines may be apart; and the share of rows where they are
seen."""

EAR, EARS, HUE, TURNED = 0.6, 1.0, 10.0, 0.8
"""How likely an ear is that stays; its square units; a* and b* by which it is unlike the face at most; and width of one
half of a face, by the other's, from which ears are seen anyway."""

HIGHER = 6.0
"""How far above lenses ends of frames are, units."""

FACE = 6.0
"""Units beside the face's outline up to which a head's outline is the face's, or short hair's."""


def outlined(
    picture: Float32, likely: Mapping[str, Float32], frame: Bool, worn: Bool, points: Float64
) -> tuple[Bool, Bool, Bool, Bool]:
    """Where a head ends behind glasses; nothing where that is not known, or where they do not stand out.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        likely: (SIDE, SIDE) how likely hair, ears and background are.
        frame, worn: (SIDE, SIDE) what was found of a frame, and the parser's glasses with their lenses.
        points: (478, 2) landmarks.

    Returns:
        (SIDE, SIDE) the backdrop, and the head, near its outline; where that has no hair; and all that glasses hide
        beyond the face.
    """
    result = np.zeros((4, *frame.shape), np.bool_)
    plain = cv2.morphologyEx((likely["background"] > 0.5).astype(np.uint8), cv2.MORPH_OPEN, disc(0.8)) > 0
    face = area_of([points[list(mesh.OUTLINE)]])
    hues = np.asarray(cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)[..., 1:], np.float32)
    side = _Side(hues, plain, frame | worn, worn, likely["ears"] > EAR, likely["hair"] > 0.5, face, 0.0)
    for flip in (False, True):
        middle = float((SIDE - points[[168, 6], 0] if flip else points[[168, 6], 0]).mean())
        found = _side(replace(side.mirrored() if flip else side, middle=middle))
        if found is not None:
            result |= np.stack(found)[..., ::-1] if flip else np.stack(found)
    return result[0], result[1], result[2], result[3]


@dataclass(frozen=True, eq=False)
class _Side:
    """A plane whose right half is looked at: a* and b*, backdrop, glasses and lenses, ears, hair, face, its middle."""

    hues: Float32
    plain: Bool
    glass: Bool
    worn: Bool
    ears: Bool
    hair: Bool
    face: Bool
    middle: float

    def mirrored(self) -> _Side:
        """The left half, at the right."""
        planes = {one.name: getattr(self, one.name)[:, ::-1] for one in fields(self) if one.name != "middle"}
        return replace(self, **planes)


def _side(one: _Side) -> tuple[Bool, Bool, Bool, Bool] | None:
    """See :func:`outlined`, at the right; None where no frame stands out before a backdrop."""
    xs = np.arange(SIDE)
    half = one.glass & (xs > one.middle)
    rows = np.flatnonzero((one.worn & half).any(1))
    edge = np.where(one.face.any(1), SIDE - one.face[:, ::-1].argmax(1), 0)
    far = half & (xs[None] > edge[:, None] - UNIT)
    if len(rows) < 3 * UNIT:
        return None
    highest = max(0, rows[0] - round(HIGHER * UNIT))
    lined = highest + np.flatnonzero(far[highest : rows[-1] + 1].any(1))
    if not len(lined):
        return None
    first, last = int(min(lined[0], rows[0])), min(int(rows[-1]), int(lined[-1]) + round(2 * UNIT))
    above, below = _edge(one, first, -1), _edge(one, last, 1)
    if above is None or below is None or abs(above[0] - below[0]) > APART * UNIT:
        return None
    if max(above[0] - edge[first], below[0] - edge[last]) > FACE * UNIT:
        return None
    at = np.arange(first, last + 1)
    curve = _between(above[0], -above[1], *below, len(at))
    stands = np.where(half[at] & (xs[None] > curve[:, None]), xs[None], 0).max(1)
    end = int(stands.max())
    if end < curve[stands.argmax()] + STANDS * UNIT:
        return None
    outside, inside, hidden = (np.zeros(half.shape, np.bool_) for _ in range(3))
    outside[at] = (xs[None] > curve[:, None]) & (xs[None] <= end + 1)
    inside[at] = (xs[None] <= curve[:, None]) & (xs[None] > curve[:, None] - FACE * UNIT)
    hidden[at] = (xs[None] > np.minimum(curve, edge[at] - UNIT)[:, None]) & (xs[None] <= end + 1)
    if _has_ear(one, hidden & one.ears):
        return None
    return outside, inside, inside & _bald(one, first, last, below[0]), hidden


def _bald(one: _Side, first: int, last: int, below: float) -> Bool:
    """(SIDE, SIDE) rows where hair has ended that is not seen below the glasses."""
    bald = np.zeros(one.hair.shape, np.bool_)
    rows = np.s_[last + round(ROOM * UNIT) : last + round(LOOKED * UNIT)]
    if one.hair[rows, round(below - 2 * UNIT) : round(below)].mean() < 0.5:
        bald[first + (last - first) // 3 : last + 1] = True
    return bald


def _has_ear(one: _Side, ears: Bool) -> bool:
    """Whether what the parser takes for an ear is one: it has a face's hue, where lenses show the backdrop's."""
    if int(ears.sum()) < EARS * UNIT**2 or not one.face.any():
        return False
    unlike = np.median(one.hues[ears], axis=0) - np.median(one.hues[one.face], axis=0)
    left, right = (abs(np.flatnonzero(one.face.any(0))[end] - one.middle) for end in (0, -1))
    return right > TURNED * left or float(np.linalg.norm(unlike)) < HUE


def _edge(one: _Side, start: int, way: int) -> tuple[float, float] | None:
    """Where a head ends at the right beside a row, pixels, and how that changes away from it, a row; None if unseen."""
    at = start + way * np.arange(round(ROOM * UNIT), round((ROOM + LOOKED) * UNIT))
    if at.min() < 0 or at.max() >= SIDE:
        return None
    begun = round(one.middle)
    back = one.plain[at, begun:]
    first = np.where(back.any(1), back.argmax(1), -1)
    seen = first > 0
    for i in np.flatnonzero(seen):
        x = begun + first[i]
        seen[i] = not one.glass[at[i], max(0, x - 3) : x + 3].any()
    if seen.mean() < SEEN:
        return None
    line = np.polyfit(np.abs(at - start)[seen], begun + first[seen], 1)
    off = np.abs(np.polyval(line, np.abs(at - start)[seen]) - begun - first[seen])
    if float(np.median(off)) > UNIT:
        return None
    slope = float(np.clip(line[0], -SLOPE, SLOPE))
    return float(np.median(begun + first[seen] - slope * np.abs(at - start)[seen])), slope


def _between(above: float, up: float, below: float, down: float, count: int) -> Float64:
    """(count,) a cubic curve between two ends with their slopes."""
    t = np.linspace(0, 1, count)
    one, two = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t
    three, four = 3 * t**2 - 2 * t**3, t**3 - t**2
    return np.asarray(one * above + two * count * up + three * below + four * count * down, np.float64)
