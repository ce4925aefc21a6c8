"""The shade and the down between hair and forehead, as the head that lends its hair has them.

Hair does not end at a line: towards it skin grows darker over a tenth of the distance between the temples, by its own
curve, by shade and by down.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import local_colors, wide_blur
from mien.guides.hair.fit import Fitted
from mien.guides.scene import Scene
from mien.types import Float32

REACH, AWAY = 0.12, 0.2
"""Units from hair within which skin is shaded; and over which plain skin is gathered that tells how dark it is."""

PLAIN = 0.05
"""Units from hair from which skin is plain."""

DARKEST, GENTLE = 0.3, 0.03
"""The least that is left of light; and the part of darkness that is not told from unevenness."""

FADED = 0.3
"""Units around the eyes over which shade fades: beside cheeks there is none."""

WARM = np.array([0.85, 1.0, 1.05], np.float32)
"""How dark shaded skin is by channel."""


def shaded(skin: Float32, here: Scene, fit: Fitted) -> Float32:
    """Skin of the other's forehead in this face's colors, as dark towards the hair as the other's is.

    Args:
        skin: (h, w, 3), 0 to 255.
        here, fit: the scenes.

    Returns:
        (h, w, 3) the same, nowhere lighter.
    """
    unit = here.unit
    close = wide_blur((fit.alpha > 0.5).astype(np.float32), PLAIN * unit)
    plain = ((fit.shares["face"] > 0.8) & (fit.alpha < 0.02) & (close < 0.02)).astype(np.float32)
    if float(plain.sum()) < 50:
        return skin
    theirs, mine = (_relative(one, plain, unit) for one in (fit.picture, skin))
    near = np.clip(4 * wide_blur((fit.alpha > 0.5).astype(np.float32), 0.5 * REACH * unit), 0, 1)
    able = near * np.clip(fit.shares["face"] + fit.alpha, 0, 1) * (1 - fit.shares["strained"])
    able *= above_eyes(here, 0)
    left = np.clip((theirs + GENTLE) / np.maximum(mine, 0.05), DARKEST, 1)
    dark = (able * (1 - left))[..., None]
    return np.asarray(skin * (1 - np.clip(dark * WARM, 0, 1)), np.float32)


def above_eyes(here: Scene, least: float) -> Float32:
    """(h, 1): 1 above the eyes, and the least below them, where what is dark is a shadow of the other's locks."""
    rows, eyes = np.arange(here.shape[0])[:, None], here.points[[33, 263], 1].mean()
    return np.asarray(np.clip((eyes - rows) / (FADED * here.unit) + 0.5, least, 1), np.float32)


def _relative(picture: Float32, plain: Float32, unit: float) -> Float32:
    """(h, w): light over that of plain skin nearby."""
    around = cv2.cvtColor(local_colors(picture, plain, AWAY * unit)[0], cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) / np.maximum(around, 8), np.float32)
