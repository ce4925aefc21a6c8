"""Hair cut shorter: what hangs below a line goes, and what it hid is made up of what is seen of this person beside it.

    result = under + A (F - under)      under = photo + gone (fill - photo)

Its ends curve in as those of a bob.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.guides.guide import Guide
from mien.guides.hair.bob import bobbed, cut_line
from mien.guides.hair.cut_doubts import cut_doubts
from mien.guides.hair.over import over_photo
from mien.guides.hair.shoulders import bared
from mien.guides.hair.strays import strays
from mien.guides.scene import Scene
from mien.types import Bool, Photo

NEAR = 0.15
"""Units around what a map takes away in which hair below the line goes, too: lines beside a jaw."""

AROUND, RIM = 0.06, 0.04
"""Units around hair that goes in which its shade does, and in which hair does: a map is no exact outline."""

SHADOW, FALL = 0.3, 0.07
"""How dark the shadow of the ends is, its blur and how far it falls, units."""


def shortened(photo: Photo, here: Scene, area: Bool, allowed: Bool) -> Guide:
    """A guide without the hair of an area (h, w), where it may change (h, w)."""
    unit, here = here.unit, replace(here, loose=np.maximum(here.loose, here.hair))
    below = np.arange(here.shape[0])[:, None] > cut_line(here, area)
    loose = strays(here, below & allowed)
    here = replace(here, loose=np.maximum(here.loose, loose))
    area = area | (below & (here.loose > 0.05) & (cv2.dilate(area.astype(np.uint8), disc(NEAR * unit)) > 0))
    bob = bobbed(here, area, allowed)
    going = (cv2.dilate(bob.area.astype(np.uint8), disc(RIM * unit)) > 0) & (bob.begun > 0)
    kept, alpha = np.asarray(np.where(going, 0, np.maximum(here.hair, here.loose)), np.float32), bob.fit.alpha
    around = wide_blur(cv2.dilate(bob.area.astype(np.uint8), disc(AROUND * unit)).astype(np.float32), 0.02 * unit)
    here = replace(here, hair=np.maximum(here.hair, loose))
    fill, gone, skin, found = bared(here, np.clip(3 * around, 0, 1))
    gone = gone * (1 - kept) * (bob.begun * alpha + bob.fading * (1 - alpha))
    gone = gone * np.where(bob.begun < 1, (1 - alpha) / np.maximum(1 - bob.begun * alpha, 1e-3), 1)
    down = np.array([[1, 0, 0], [0, 1, FALL * unit]], np.float32)
    fallen = cv2.warpAffine(wide_blur(alpha, FALL * unit), down, here.shape[::-1])
    dark = np.asarray(SHADOW * fallen * gone * skin, np.float32)
    none = np.zeros(here.shape, np.float32)
    planes = (fill, here.picture, np.asarray(alpha * bob.begun, np.float32), np.asarray(gone, np.float32), dark, none)
    return Guide(*over_photo(photo, photo, here, here, bob.fit, planes), cut_doubts(found))
