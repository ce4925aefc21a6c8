"""What makes cut hair hard to believe: necks that nobody sees, patterned clothes, busy backdrops.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.guides.guide import Doubt
from mien.guides.hair.torso import Torso
from mien.guides.scene import Scene
from mien.types import Bool, Float32

NECK, HIDDEN = 0.2, "little of the neck is seen, and most of it is made up"
"""Square units of a neck that are seen, up to which that is told."""

PATTERN, DETAIL = (0.1, 9.5, 0.6), 0.05
"""Square units of clothes that tell a pattern; their detail, levels, over so many units, that is one; and square units
of it that are made up without a word."""

PATTERNED = "the pattern of the clothes that the cut hair hid is made up"

BUSY, AROUND, CALM = (12.0, 0.6), 0.4, 0.08
"""Detail, levels, of a backdrop that has things of its own, over units of CALM, and square units of it that are made up
without a word; and units around what is made up in which it counts."""

THINGS = "the backdrop that the cut hair hid has things of its own, and they are made up"

WORN, CLOTHED = (0.3, 0.1), "clothes are taken for hair and go with it"
"""Share of clothes of a pixel, and share of such pixels in what goes, from which that is told."""

MADE, MADE_UP = 4.5, "the neck, clothes and backdrop that the cut hair hid are made up, and are seldom believed"
"""Square units that are made up without a word, and what is told of more."""


def figures(here: Scene, torso: Torso, known: Bool, gone: Float32) -> dict[str, float]:
    """What tells whether it will be believed.

    Args:
        here: the scene.
        torso: neck and clothes.
        known: (h, w) clothes that are seen.
        gone: (h, w) how much of what is made is shown.

    Returns:
        Square units of neck that are seen, of clothes that are seen and made, of backdrop that is made, of all that is;
        the detail of clothes and backdrop, levels; and the share of clothes in what goes.
    """
    square, unit = here.unit**2, here.unit
    neck = (here.shares["neck"] > 0.7) & torso.body & (here.hair < 0.05)
    clothes = gone * (torso.clothes & ~known)
    backdrop = gone * ~torso.body
    seen = (here.shares["background"] > 0.9) & (here.loose < 0.03) & ~torso.body
    away = cv2.distanceTransform((backdrop < 0.5).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(unit)
    around = cv2.erode(seen.astype(np.uint8), disc(0.04 * unit)).astype(np.bool_) & (away < AROUND)
    rough = np.abs(here.picture - wide_blur(here.picture, CALM * unit)).mean(2)
    fine = np.abs(here.picture - wide_blur(here.picture, DETAIL * unit)).mean(2)
    return {
        "neck": float(neck.sum()) / square,
        "seen": float(known.sum()) / square,
        "clothes": float(clothes.sum()) / square,
        "backdrop": float(backdrop.sum()) / square,
        "made": float(gone.sum()) / square,
        "pattern": float(fine[known].mean()) if known.any() else 0.0,
        "busy": float(rough[around].mean()) if around.any() else 0.0,
        "worn": float((gone * (here.shares["clothes"] > WORN[0])).sum() / max(float(gone.sum()), 1.0)),
    }


def cut_doubts(found: dict[str, float]) -> tuple[Doubt, ...]:
    """What is told of :func:`figures`."""
    told = (
        (found["neck"] < NECK, HIDDEN),
        (found["seen"] > PATTERN[0] and found["pattern"] > PATTERN[1] and found["clothes"] > PATTERN[2], PATTERNED),
        (found["busy"] > BUSY[0] and found["backdrop"] > BUSY[1], THINGS),
        (found["worn"] > WORN[1], CLOTHED),
        (found["made"] > MADE, MADE_UP),
    )
    return tuple(Doubt(words) for wrong, words in told if wrong)
