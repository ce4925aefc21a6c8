"""Single hairs along the outline of a head that lends its hair, told by their color before a calm backdrop.

A matte is as soft as the network that made it; where hair and what is behind it differ, and that is calm, each pixel
tells by itself how much of it is hair.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.guides.scene import Scene
from mien.types import Float32

BAND = 0.14
"""Units beyond solid hair in which hairs are looked for."""

APART = (35.0, 70.0)
"""Levels between hair and backdrop from which each pixel tells, and tells alone."""

CALM = (0.06, 0.14)
"""How uneven a backdrop is, over that distance, up to which pixels tell alone, and from which they tell nothing."""

NOISE, LEAST, FULL = 1.6, 0.05, 0.92
"""Times its unevenness, and shares, that are the backdrop's; and the share that is hair alone."""

DEEP, RIM = 0.12, 0.25
"""Units inside hair from which its own hue is told; and beyond its outline up to which that of its backdrop is taken
off, and twice that where none is."""

HUES = (5.0, 10.0)
"""Distances in a* and b* between hair and backdrop from which that is done, and done fully."""

NEAR = 0.1
"""Units over which colors are gathered."""


def unspilled(there: Scene, picture: Float32, matte: Float32) -> Float32:
    """The other's picture (h, w, 3) whose hair has none of the hue of what is behind it along its outline.

    Backdrops shine through thin hair and on it; before another one that is a colored rim.
    """
    unit = there.unit
    behind = ((there.shares["background"] > 0.9) & (matte < 0.02)).astype(np.float32)
    inner = cv2.erode((matte > 0.9).astype(np.uint8), disc(DEEP * unit)).astype(np.float32)
    if min(float(inner.sum()), float(behind.sum())) < 50:
        return picture
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    hair, back = (local_colors(lab, one, RIM * unit)[0][..., 1:] for one in (inner, behind))
    toward = back - hair
    far = np.einsum("ijk,ijk->ij", toward, toward) + 1
    placed = np.clip(np.einsum("ijk,ijk->ij", lab[..., 1:] - hair, toward) / far, 0, 1)
    away = cv2.distanceTransform((behind == 0).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(unit)
    rim = np.clip(2 - away / np.float32(RIM), 0, 1) * np.clip(
        (far - HUES[0] ** 2) / (HUES[1] ** 2 - HUES[0] ** 2), 0, 1
    )
    lab[..., 1:] -= (placed * rim * matte)[..., None] * toward
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)


def stranded(there: Scene, matte: Float32) -> tuple[Float32, Float32]:
    """A matte (h, w) with the single hairs that its photo shows, and (h, w) how far they are told."""
    unit = there.unit
    solid = (matte > 0.97).astype(np.float32)
    reach = cv2.dilate((matte > 0.6).astype(np.uint8), disc(BAND * unit))
    behind = ((there.shares["background"] > 0.9) & (matte < 0.02) & (reach == 0)).astype(np.float32)
    if min(float(solid.sum()), float(behind.sum())) < 50:
        return matte, np.zeros_like(matte)
    front, _ = local_colors(there.picture, solid, NEAR * unit)
    back, uneven = local_colors(there.picture, behind, NEAR * unit)
    toward = front - back
    far = np.sqrt(np.einsum("ijk,ijk->ij", toward, toward)) + 1
    share = np.einsum("ijk,ijk->ij", there.picture - back, toward) / far**2
    rough = uneven / far
    told = np.clip((far - APART[0]) / (APART[1] - APART[0]), 0, 1)
    told = told * np.clip((CALM[1] - rough) / (CALM[1] - CALM[0]), 0, 1)
    told = (
        told
        * np.clip(20 * wide_blur(behind, 2 * NEAR * unit), 0, 1)
        * cv2.GaussianBlur(reach.astype(np.float32), (0, 0), max(0.6, 0.02 * unit))
    )
    skin = there.shares["face"] + there.shares["ears"] + there.shares["neck"] + there.shares["clothes"]
    told = told * (1 - np.clip(8 * wide_blur(np.asarray(skin, np.float32), 0.04 * unit), 0, 1))
    told = told * (1 - np.clip(2 * cv2.erode(solid, disc(0.02 * unit)), 0, 1))
    floor = np.maximum(NOISE * rough, LEAST)
    found = np.clip((share - floor) / np.maximum(FULL - floor, 0.1), 0, 1)
    return np.asarray(matte + told * (found - matte), np.float32), np.asarray(told, np.float32)
