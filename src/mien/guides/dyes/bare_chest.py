"""Bare chests and shoulders that the parser takes for clothes: they have the colors of this face and neck.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import local_colors
from mien.types import Float32, UInt8

LARGEST = 512
"""Longer side at which colors are compared."""

SOLID, BARE = 0.9, 0.7
"""Likely clothes, and likely skin, whose colors are looked for."""

ALIKE, MANY = 14.0, 0.2
"""Distance in Lab from skin up to which what is surely clothes may be skin, and the share of clothes that must lie
farther away for that to be so."""

NEARBY = 12.0
"""Units within which colors count most; where there are none, those farther away do."""

LIGHT = 0.5
"""How much L* counts beside a* and b*: a chest lies in the light of its own."""

APART, WITHIN = (12.0, 20.0), (0.45, 0.6)
"""Distance in Lab between skin and clothes from which on they are told, and fully; and how far from clothes to skin a
color must lie to be skin, and fully."""

SOFT = 0.5
"""Units over which it is told."""

LEAST = 0.25
"""Of skin from which on pieces count that go on from skin the parser sees."""


def without_bare_skin(picture: UInt8, matte: Float32, likely: Float32, skin: Float32, unit: float) -> Float32:
    """A matte (H, W) of clothes without the skin in it; as it was where clothes have the colors of skin.

    Args:
        picture: (H, W, 3).
        matte: of its clothes.
        likely: (h, w) what the parser takes for clothes.
        skin: (h, w) what it takes for a face or a neck.
        unit: in pixels of the picture.
    """
    shrink = min(1.0, LARGEST / max(matte.shape))
    size = (max(8, round(matte.shape[1] * shrink)), max(8, round(matte.shape[0] * shrink)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    cloth, bare = (cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for one in (likely, skin))
    unit *= shrink
    sure, seen = cloth > min(SOLID, 0.9 * float(cloth.max())), bare > BARE
    if not sure.any() or not seen.any():
        return matte
    lab = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), (0, 0), max(0.6, SOFT * unit))
    lab[..., 0] *= np.float32(LIGHT)
    face, _ = local_colors(lab, seen.astype(np.float32), NEARBY * unit)
    unlike = sure & (np.sqrt(((lab - face) ** 2).sum(2)) > ALIKE)
    if unlike.sum() > MANY * sure.sum():
        sure = unlike
    front, spread = local_colors(lab, sure.astype(np.float32), NEARBY * unit)
    way, toward = face - front, lab - front
    apart = np.sqrt((way**2).sum(2))
    placed = (way * toward).sum(2) / np.maximum(apart**2, np.float32(1))
    beside = np.sqrt(np.maximum((toward**2).sum(2) / np.maximum(apart**2, 1) - placed**2, 0))
    share = np.clip((placed - WITHIN[0]) / (WITHIN[1] - WITHIN[0]), 0, 1) * np.clip(2 - 2 * beside, 0, 1)
    share = share * np.clip((apart - spread - APART[0]) / (APART[1] - APART[0]), 0, 1)
    share = _going_on(np.asarray(share, np.float32), seen)
    gone = cv2.resize(share, matte.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(matte * (1 - gone), np.float32)


def _going_on(share: Float32, start: Float32) -> Float32:
    """What of skin (h, w) goes on from where the parser sees it, without nicks."""
    area = (share > LEAST) | np.asarray(start, np.bool_)
    count, index = cv2.connectedComponents(area.astype(np.uint8))
    reached = np.bincount(index[np.asarray(start, np.bool_)], minlength=count) > 0
    reached[0] = False
    around = cv2.dilate(reached[index].astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    closed = cv2.morphologyEx(share, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.GaussianBlur(closed * around, (0, 0), 0.8), np.float32)
