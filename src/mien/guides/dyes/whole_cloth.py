"""Clothes that the parser sees in part: holes in them filled, and no backdrop in them, by their colors.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side. Colors are Lab.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.compose.morphology import disc
from mien.types import Bool, Float32, UInt8

LARGEST = 320
"""Longer side at which colors are compared."""

SURE, WALL, OTHER = 0.85, 0.9, 0.3
"""Likely clothes, and likely backdrop above the chin, whose colors are looked for; hair or skin that stays as it is."""

COLORS, DRAWN, FEW = 8, 1500, 50
"""How many colors clothes, backdrop and skin have; of how many pixels they are found, and of how many at least."""

ALIKE, NEARER = 7.0, (0.5, 0.6)
"""Distance to one of the clothes' colors up to which a pixel is cloth, as a share of that to the backdrop's colors and
to the skin's."""

BEHIND, FAR, DOUBTED = 6.0, 12.0, 0.03
"""Distance to one of the backdrop's colors up to which a pixel is backdrop; of one that is farther than the second from
all of the clothes', and of which clothes are at least so likely that it would be dyed."""

SOFT, THIN, SLIVER = 0.8, 1.2, 0.8
"""Units by which colors are averaged, and half the width of places too narrow to count, in and beside clothes."""


def whole_cloth(picture: UInt8, found: Sequence[Float32], chin: float, unit: float) -> Float32:
    """Likely clothes without holes or backdrop.

    A hole has the clothes' colors, goes on from them, and has clothes to its left and to its right: a flag of that
    color beside a shoulder is none. Where clothes have the backdrop's colors, or the skin's, nothing changes.

    Args:
        picture: (H, W, 3) uint8, sRGB.
        found: four of (h, w), how likely clothes, skin, backdrop and hair are.
        chin: its height in the maps, in pixels from above: what is above it is no cloth that is doubted.
        unit: in pixels of the maps.
    """
    cloth = found[0]
    shrink = min(1.0, LARGEST / max(cloth.shape))
    size = (max(8, round(cloth.shape[1] * shrink)), max(8, round(cloth.shape[0] * shrink)))
    seen, skin, wall, hair = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in found)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    lab = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), (0, 0), max(0.6, SOFT * unit * shrink))
    below = np.arange(size[1])[:, None] > chin * shrink
    sure = seen > SURE
    to_cloth, to_wall = away_from(lab, sure), away_from(lab, (wall > WALL) & ~below)
    if to_cloth is None or to_wall is None:
        return cloth
    to_skin = away_from(lab, (skin > 1 - OTHER) & (seen < OTHER))
    like = (to_cloth < ALIKE) & (to_cloth < NEARER[0] * to_wall)
    like &= True if to_skin is None else to_cloth < NEARER[1] * to_skin
    doubted = below & ~sure & (hair < OTHER) & (skin < OTHER)
    holes = going_on(opened(doubted & like & _between(sure), THIN * unit * shrink), sure)
    bare = below & (seen < WALL) & (seen > DOUBTED) & (to_wall < BEHIND) & (to_wall < NEARER[0] * to_cloth)
    spilt = going_on(opened(bare & (to_cloth > FAR), SLIVER * unit * shrink), wall > WALL)
    filled, gone = (enlarged(one, cloth.shape) for one in (holes, spilt))
    return np.asarray(np.maximum(cloth, filled) * (1 - gone), np.float32)


def away_from(lab: Float32, area: Bool) -> Float32 | None:
    """(h, w): how far colors are from the nearest one of an area; None where it is too small to have any."""
    pixels = lab[area]
    if len(pixels) < FEW:
        return None
    pixels = pixels[np.random.default_rng(0).choice(len(pixels), min(DRAWN, len(pixels)), replace=False)]
    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 0.5)
    _, index, colors = cv2.kmeans(pixels, COLORS, np.empty(0), stop, 1, cv2.KMEANS_PP_CENTERS)
    colors = colors[np.bincount(index.ravel(), minlength=COLORS) > 0.01 * len(pixels)]
    return np.asarray(np.sqrt(np.min([((lab - one) ** 2).sum(2) for one in colors], 0)), np.float32)


def _between(sure: Bool) -> Bool:
    """(h, w) what has clothes to its left and to its right."""
    ways = (np.maximum.accumulate(one, 1) for one in (sure, sure[:, ::-1]))
    left, right = ways
    return np.asarray(left & right[:, ::-1], np.bool_)


def opened(area: Bool, radius: float) -> Bool:
    """(h, w): an area without what is narrower than twice a radius."""
    return np.asarray(cv2.morphologyEx(area.astype(np.uint8), cv2.MORPH_OPEN, disc(radius)) > 0, np.bool_)


def going_on(area: Bool, start: Bool) -> Bool:
    """What of an area goes on from where something is sure."""
    count, index = cv2.connectedComponents((area | start).astype(np.uint8), connectivity=4)
    reached = np.bincount(index[start], minlength=count) > 0
    reached[0] = False
    return np.asarray(area & reached[index], np.bool_)


def enlarged(area: Bool, shape: tuple[int, ...]) -> Float32:
    """An area at another size, a pixel larger, with a soft border."""
    grown = cv2.dilate(area.astype(np.float32), disc(1))
    return np.asarray(cv2.resize(grown, shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)
