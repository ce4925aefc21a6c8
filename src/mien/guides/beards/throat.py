"""A throat that is made below a jaw, as light as what is seen of it where they meet.

Convention:
    That of :mod:`mien.guides.beards.lower`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import UNIT, blurred, dilated, larger, mean_within, reduced
from mien.guides.beards.jaw import within_jaw
from mien.types import Float32

REACH = 0.16
"""How far from what is seen a throat is no longer as light as that, eye distances."""

NEAR, MOST = 0.12, 60.0
"""Eye distances around what is made in which a throat counts as seen; levels by which it is changed at most."""

ENOUGH = 12
"""Pixels of a throat that tell its light."""


def meeting(here: AroundBeard, picture: Float32, made: Float32, weight: Float32, share: Float32) -> Float32:
    """What is to be added (h, w, 3), levels, to what replaces a beard.

    Args:
        here: what is seen.
        picture: (h, w, 3) the part of the photo, levels, at any size.
        made: (h, w, 3) what replaces it.
        weight: (h, w) in [0, 1], how much is replaced.
        share: (h, w) in [0, 1], how much of that is skin.
    """
    size = here.shape[1], here.shape[0]
    before, after, replaced, skin = (reduced(one, size) for one in (picture, made, weight, share))
    face = within_jaw(here, here.shape)
    seen = (replaced < 0.15) & (skin > 0.6) & (face < 0.05) & (here.rows > here.points[61, 1])
    seen &= dilated(replaced > 0.5, round(NEAR * UNIT)) & (here.shares["clothes"] + here.shares["background"] < 0.3)
    if seen.sum() < ENOUGH:
        return np.zeros_like(picture)
    apart = mean_within((before - after).clip(-MOST, MOST), seen, 1.0)
    found = membrane(apart, seen.astype(np.float32), 255.0)
    away = cv2.distanceTransform((~seen).astype(np.uint8), cv2.DIST_L2, 5) / UNIT
    fade = np.clip(1 - away / REACH, 0, 1) ** 1.5
    throat = share * (1 - within_jaw(here, picture.shape))
    return np.asarray(larger(blurred(found * fade[..., None], 0.7), picture.shape) * throat[..., None], np.float32)
