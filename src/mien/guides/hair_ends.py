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

NEAR = 0.1
"""Units over which colors are gathered."""


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
