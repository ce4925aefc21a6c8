"""Reflections of lamps, windows and screens in lenses: painted away on lids and skin, made colorless on the eyes.

Convention:
    That of :mod:`mien.guides.glasses.behind`; L*, a*, b* are OpenCV's.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.morphology import grown
from mien.guides.glasses.lenses import usual
from mien.types import Bool, Float32

BRIGHTER, STANDS, WIDE = 12.0, 10.0, 0.09
"""L* above usual skin, and above what is around, that lamps have; and the width of their mirror images, units."""

GREENER, BLUER, DARKER = 9.0, 13.0, 10.0
"""a* and b* below those of usual skin that colored reflections have; and L* by which these may be darker."""

PALER = 0.5
"""Share of the usual a* or b* below which they have it: shaded skin has less of both, too."""

SEEDS = 1.5
"""By how much more some part of a reflection differs."""

SPECK, HALO = 0.0004, 0.014
"""Square units that a reflection has at least, and how far it shines, units."""

OPEN = 0.012
"""How far beyond the outline of an eye its white is seen, units."""

LIDS = 0.04
"""How far beyond the opening of an eye lids lose colors that no skin has, units."""

GREEN, BLUE, LEFT = -4.0, (-8.0, -22.0), 0.15
"""a* and b* (of the white, and of the iris) below which a reflection colors eyes; what of that is left."""


def without_reflections(
    picture: Float32, lenses: Bool, eyes: Bool, skin: Bool, points: Float32
) -> tuple[Float32, Float32, Bool]:
    """The picture (h, w, 3) with eyes without colored reflections, where (h, w), and others, to be painted over.

    Args:
        picture: with glasses.
        lenses, eyes: (h, w) what is seen through them, and the openings of the eyes.
        skin: (h, w) without eyes, brows and frame.
        points: (478, 2 or more) landmarks.
    """
    unit = float(np.linalg.norm(points[33, :2] - points[263, :2]))
    irises = np.zeros(eyes.shape, np.uint8)
    for middle in (468, 473):
        size = float(np.linalg.norm(points[middle + 1 : middle + 5, :2] - points[middle, :2], axis=1).mean())
        cv2.circle(irises, np.round(points[middle, :2]).astype(int).tolist(), round(size), 1, -1)
    calm = colorless(picture, lenses, grown(eyes, LIDS * unit), irises > 0)
    changed = (calm != picture).any(2).astype(np.float32)
    return calm, changed, glints(picture, lenses, eyes, skin, unit)


def glints(picture: Float32, lenses: Bool, eyes: Bool, skin: Bool, unit: float) -> Bool:
    """(h, w) reflections on lids and skin.

    Args:
        picture: (h, w, 3) with glasses.
        lenses, eyes: (h, w) what is seen through them, and the openings of the eyes.
        skin: (h, w) without eyes, brows and frame.
        unit: distance of the outer corners of the eyes, pixels.
    """
    area = lenses & ~grown(eyes, OPEN * unit)
    if not area.any() or not skin.any():
        return np.zeros_like(lenses)
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    skin_color = usual(lab, skin, unit)[0]
    off = lab - skin_color
    size = 2 * max(2, round(WIDE * unit / 2)) + 1
    flat = cv2.morphologyEx(lab[..., 0], cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    lamps = np.minimum(off[..., 0] / BRIGHTER, (lab[..., 0] - flat) / STANDS)
    colors = np.where(off[..., 0] > -DARKER, np.maximum(-off[..., 1] / GREENER, -off[..., 2] / BLUER), 0)
    colors *= (lab[..., 1:] < PALER * skin_color[..., 1:]).any(2)
    signs = np.maximum(lamps, colors) * area
    _, index, stats, _ = cv2.connectedComponentsWithStats((signs > 1).astype(np.uint8))
    kept = (stats[:, cv2.CC_STAT_AREA] > SPECK * unit**2) & np.isin(
        np.arange(len(stats)), np.unique(index[signs > SEEDS])
    )
    kept[0] = False
    return np.asarray(grown(kept[index], HALO * unit) & grown(lenses, HALO * unit) & ~eyes, np.bool_)


def colorless(picture: Float32, lenses: Bool, eyes: Bool, irises: Bool) -> Float32:
    """The picture (h, w, 3) with eyes that no reflection makes green or blue.

    Args:
        picture: with glasses.
        lenses, eyes, irises: (h, w).
    """
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    green, blue = np.float32(GREEN), np.where(irises, np.float32(BLUE[1]), np.float32(BLUE[0]))
    over = [np.minimum(one, least) for one, least in ((lab[..., 1], green), (lab[..., 2], blue))]
    shares = [(least + LEFT * (one - least)) / one for one, least in zip(over, (green, blue), strict=True)]
    share = np.where(eyes & lenses, np.minimum(*shares), 1)
    changed = share < 1 - 1e-4
    if not changed.any():
        return picture
    lab[..., 1:] *= share[..., None]  # purple loses its red, too
    made = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * np.float32(255)
    return np.where(changed[..., None], made, picture).astype(np.float32)
