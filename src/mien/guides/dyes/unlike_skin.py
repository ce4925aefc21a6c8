"""Clothes that the parser takes for skin, as it does an orange suit: no face has their color.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side. Colors are Lab.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.compose.morphology import disc
from mien.guides.dyes.whole_cloth import away_from, enlarged, going_on, opened
from mien.types import Bool, Float32, UInt8

LARGEST = 320
"""Longer side at which colors are compared."""

SURE, BEHIND = 0.7, 0.93
"""Likely skin above the chin, and likely backdrop anywhere, whose colors are looked for."""

LIKELY, HALF, WALL = 0.3, 0.5, 0.9
"""Skin below the chin that may be none; hair, skin or clothes that are likely; backdrop that stays."""

LIGHT, UNLIKE = 0.5, 25.0
"""How much L* counts beside a* and b*, since a chest lies in the light of its own; and the distance to all of the
face's colors from which on skin is none: an orange suit has 48, bare chests, necks and hands at most 16."""

SOFT, THIN, LEAST = 0.8, 2.0, 150.0
"""Units by which colors are averaged, half the width of places too narrow to count, and how many square units of such
cloth there must be."""

ALIKE, NEARER, SHADED = 7.0, 0.6, 5.0
"""Distance to one of its colors up to which what lies beside it is cloth, too (twice that where the parser agrees), as
a share of those to the backdrop's colors and to the face's; and how many times as far gaps toward other clothes are."""

JOINED, CLOSED = 1.5, 3.0
"""Half the widths, in units, of bridges too narrow for cloth to go on over them, and of gaps that are closed."""


def unlike_skin(picture: UInt8, found: Sequence[Float32], chin: float, unit: float) -> list[Float32]:
    """What the parser sees, with cloth that it takes for skin as cloth; as it was where skin has the face's colors.

    Args:
        picture: (H, W, 3) uint8, sRGB.
        found: four of (h, w), how likely clothes, skin, backdrop and hair are.
        chin: its height in the maps, in pixels from above: what is above it is left as it is.
        unit: in pixels of the maps.
    """
    shape = found[0].shape
    shrink = min(1.0, LARGEST / max(shape))
    size = (max(8, round(shape[1] * shrink)), max(8, round(shape[0] * shrink)))
    seen, skin, wall, hair = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in found)
    unit *= shrink
    below = np.arange(size[1])[:, None] > chin * shrink
    doubted = below & (seen < HALF) & (skin > LIKELY)
    if doubted.sum() < LEAST * unit**2:
        return list(found)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    lab = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), (0, 0), max(0.6, SOFT * unit))
    to_face = away_from(np.asarray(lab * np.array([LIGHT, 1, 1], np.float32), np.float32), (skin > SURE) & ~below)
    if to_face is None:
        return list(found)
    start = opened(doubted & (to_face > UNLIKE), THIN * unit)
    to_start = away_from(lab, start)
    if to_start is None or start.sum() < LEAST * unit**2:
        return list(found)
    to_wall = away_from(lab, wall > BEHIND)
    like = below & (hair < HALF) & (wall < WALL) & (to_start < np.where(seen > HALF, 2 * ALIKE, ALIKE))
    like &= to_start < NEARER * (to_face if to_wall is None else np.minimum(to_face, to_wall))
    worn = going_on(opened(like | start, JOINED * unit), start)
    joined = _closed(worn | (below & (seen > HALF)), CLOSED * unit) & (to_start < SHADED * ALIKE)
    whole = (_surrounded(_closed(worn, CLOSED * unit)) | joined) & below & (hair < HALF)
    whole &= ~((skin > HALF) & (to_face < UNLIKE))
    share = enlarged(worn | whole, shape)
    return [np.maximum(found[0], share), *(np.asarray(one * (1 - share), np.float32) for one in found[1:])]


def _closed(area: Bool, gap: float) -> Bool:
    return np.asarray(cv2.morphologyEx(area.astype(np.uint8), cv2.MORPH_CLOSE, disc(gap)) > 0, np.bool_)


def _surrounded(area: Bool) -> Bool:
    """(h, w): an area with what it surrounds, as badges on a suit."""
    count, index = cv2.connectedComponents((~area).astype(np.uint8), connectivity=4)
    outer = np.ones(count, np.bool_)
    outer[1:] = np.isin(np.arange(1, count), np.concatenate([index[0], index[-1], index[:, 0], index[:, -1]]))
    return np.asarray(area | ~outer[index], np.bool_)
