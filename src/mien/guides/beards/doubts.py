"""Whether a face without its beard may be believed.

Convention:
    That of :mod:`mien.guides.beards.around_beard`.
"""

from __future__ import annotations

import numpy as np

from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import UNIT, dilated
from mien.guides.dyes.coloring import lab_of
from mien.guides.guide import Doubt
from mien.types import Bool, Float32

SIDED, ALIKE = 22.0, 11.5
"""L* by which one half of the bare skin of a face is lighter than the other, up to which skin that is made looks like
it; and the distance in Lab from which clothes are told from a beard."""

TURNED, UNSURE = 30.0, 0.45
"""Yaw, degrees, from which a head is turned too far; and how sure the parser is of a beard on average, below which
rests of it stay."""

ENOUGH = 20
"""Pixels of skin, or of clothes, that tell."""

CLOSE = 0.5
"""How far from a beard clothes count, eye distances."""

FROM_THE_SIDE = "light falls on this face from one side, so that the skin made below its beard may look false"
FAR_TURNED = "this head is turned far, so that the jaw made below its beard may look false"
SKIN_COLORED = "this beard looks much like the skin, so that some of it may be left"
ONE_COLOR = "the clothes have the color of the beard, so that its border at collar and neck may look false"


def beard_doubts(here: AroundBeard, yaw: float = 0.0) -> tuple[Doubt, ...]:
    """Why a face without its beard may look false: light from one side, clothes or skin that look like the beard, and a
    head that is turned far.

    Args:
        here: what is seen around the beard.
        yaw: of the head, degrees.
    """
    lab = lab_of(here.picture / np.float32(255))
    unsure = here.hairs.any() and float(here.beard[here.hairs].mean()) < UNSURE
    found = {
        FROM_THE_SIDE: sided(here, lab[..., 0]) > SIDED,
        ONE_COLOR: from_clothes(here, lab) < ALIKE,
        SKIN_COLORED: unsure,
        FAR_TURNED: abs(yaw) > TURNED,
    }
    return tuple(Doubt(words) for words, told in found.items() if told)


def sided(here: AroundBeard, light: Float32) -> float:
    """By how much one half of a face's bare skin is lighter than the other, L*; 0 where little of either is seen.

    Args:
        here: what is seen around the beard.
        light: (h, w) L*.
    """
    left = np.arange(here.shape[1])[None] < here.points[1, 0]
    halves = [here.facial & one for one in (left, ~left)]
    if min(one.sum() for one in halves) <= ENOUGH:
        return 0.0
    one, other = (float(np.median(light[half])) for half in halves)
    return abs(one - other)


def from_clothes(here: AroundBeard, lab: Float32) -> float:
    """How far the color of a beard is from that of clothes close to it, Lab; infinite where either is not seen.

    Args:
        here: what is seen around the beard.
        lab: (h, w, 3) of the picture.
    """
    core: Bool = here.hairs & (here.beard > 0.8)
    cloth = (here.shares["clothes"] > 0.7) & dilated(here.hairs, round(CLOSE * UNIT)) & ~here.hairs
    if not core.any() or cloth.sum() <= ENOUGH:
        return float("inf")
    return float(np.linalg.norm(np.median(lab[core], 0) - np.median(lab[cloth], 0)))
