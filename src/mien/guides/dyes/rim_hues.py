"""Hues at the border of dyed hair: none that lies neither in the new hair nor in what is behind it.

A matte that gives hair too large a share there takes away more of the old color than there is, and leaves its
complement: a blue line around hair that was blond before a gray wall.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255], maps (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import both_colors, local_colors
from mien.compose.morphology import disc
from mien.types import Float32

CORE, HAIR, CLEAR = 0.95, 0.4, 0.03
"""Mattes from which on there is nothing but hair, from which on there is hair, and below which there is none."""

REACH, NEARBY, INSIDE = 4.0, 4.0, 1.0
"""Units around hair, and of hair within its border, within which hues are held, and within which colors are looked
for."""

EASE, UNEVEN = 3.0, 0.6
"""a*, b* that a hue may lie beside the way from what is behind to the new hair, and how much of the unevenness of what
is behind is added."""

APART = 15.0
"""L* between hair and what is behind it from which on lightness tells how much hair there is, and fully from twice."""

HUES = np.array([0, 1, 1], np.float32)
"""Of L*, a*, b*."""

SKIN = (0.1, 0.3)
"""Shares of skin from which on thin hair lies before it, which is mended otherwise, and wholly."""

LEAST = 0.5
"""Levels below which nothing is mended."""


def held(photo: Float32, dyed: Float32, matte: Float32, skin: Float32, unit: float) -> Float32:
    """A dyed picture (h, w, 3) whose border has hues between those of what is behind and of the new hair.

    What the photo's own border lies beside its way from what is behind to the old hair stays.

    Args:
        photo, dyed: before, and after.
        matte, skin: of the hair, and of the face's and neck's skin.
        unit: in pixels.
    """
    solid = cv2.erode((matte > CORE).astype(np.uint8), disc(0.5 * unit)).astype(np.float32)
    behind = ((cv2.dilate(matte, disc(unit)) < CLEAR) & (skin < SKIN[0])).astype(np.float32)
    if min(float(solid.sum()), float(behind.sum())) < 30:
        return dyed
    before, after = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (photo, dyed))
    (back, _), (old, _) = both_colors(before, (behind, solid), NEARBY * unit)
    ((new, _),) = both_colors(after, (solid,), NEARBY * unit)
    _, uneven = local_colors(before * HUES, behind, NEARBY * unit)
    beside, was = _beside(after, back, new), _beside(before, back, old)
    own = (beside * was).sum(2) / np.maximum((was * was).sum(2), np.float32(1))
    beside -= np.clip(own, 0, 1)[..., None] * was
    most = EASE + UNEVEN * uneven
    over = np.clip(1 - most / np.maximum(np.hypot(beside[..., 0], beside[..., 1]), np.float32(1e-3)), 0, 1)
    share = over * _border(matte, skin, unit) * np.clip(np.abs(dyed - photo).max(2) / 4, 0, 1)
    plain = cv2.cvtColor(after, cv2.COLOR_LAB2RGB)
    after[..., 1:] -= share[..., None] * beside
    change = np.float32(255) * (cv2.cvtColor(after, cv2.COLOR_LAB2RGB) - plain)
    return np.asarray(np.clip(dyed + change, 0, 255), np.float32)


def _beside(seen: Float32, start: Float32, end: Float32) -> Float32:
    """(h, w, 2) from the nearest place of the way between two hues to the hue that is seen.

    What is as dark (or as light) as the end is of the end's hue: only the rest of the way counts.
    """
    way, toward = end - start, seen - start
    apart = np.abs(way[..., 0])
    least = np.clip(way[..., 0] * toward[..., 0] / np.maximum(apart * apart, np.float32(1)), 0, 1)
    least *= np.clip(apart / APART - 1, 0, 1)
    along = (way * toward)[..., 1:].sum(2) / np.maximum((way * way)[..., 1:].sum(2), np.float32(1))
    return np.asarray(toward[..., 1:] - np.clip(along, least, 1)[..., None] * way[..., 1:], np.float32)


def _border(matte: Float32, skin: Float32, unit: float) -> Float32:
    """(h, w) how much of the border is mended: around hair, and hardly inside of it."""
    near = cv2.dilate((matte > HAIR).astype(np.float32), disc(REACH * unit))
    inner = cv2.erode((matte > CORE).astype(np.float32), disc(INSIDE * unit))
    bare = 1 - np.clip((cv2.dilate(skin, disc(unit)) - SKIN[0]) / (SKIN[1] - SKIN[0]), 0, 1)
    return np.asarray(cv2.GaussianBlur(near * (1 - inner), (0, 0), 0.5 * unit) * bare, np.float32)
