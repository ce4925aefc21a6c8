"""A head's own hair at its crown, above longer hair of another's: its hairline, parting and single hairs stay.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.guides.guide import Guide
from mien.guides.hair.strands import strand_light
from mien.guides.scene import Scene
from mien.types import Bool, Float32

ABOVE, HALF = 0.6, 0.4
"""Units above the lowest of a side's old hair at which old and new are equal; and above and below, from which there is
one alone."""

HIGHEST = 0.7
"""Units above the eyes up to which that may be."""

LATER = 0.5
"""Units farther down at which the outline becomes the wished one."""

WIDTH = 0.12
"""Units of hair in a row from which a side's hair goes on."""

ACROSS = 0.15
"""Units from the middle of a head over which one side's height becomes the other's."""

HAIRY, AGREES = 0.5, 0.6
"""Share of what is wished at the crown that has hair, and agreement of outlines there, from which old hair stays."""

OVER_SKIN = 0.045
"""Square units of skin beside an old hairline over which new hair may lie: cropped hair has corners at the temples."""

SHARP, LAID = 2.5, 0.5
"""How much sooner single strands change from old to new than their colors do, and how far light ones reach."""


@dataclass(frozen=True, eq=False)
class Crown:
    """Attributes:
    share: (h, w) how much of the photo stays.
    wished: (h, w) what is wished, which at the crown is the old hair.
    """

    share: Float32
    wished: Bool

    @classmethod
    def of(cls, here: Scene, wished: Bool, front: Float32) -> Crown:
        """What stays of a head's hair above wished hair (h, w).

        Args:
            here: the scene.
            wished: where hair is to be.
            front: (h, w) 1 where hair is of a beard.
        """
        own = (here.hair > 0.5) & (front < 0.5)
        share = _heights(here, own)
        upper = share > 0.5
        both, one = float((own & wished & upper).sum()), float(((own | wished) & upper).sum())
        if both < max(1.0, HAIRY * float((wished & upper).sum()), AGREES * one):
            return cls(np.zeros(here.shape, np.float32), wished)
        lower = _heights(here, own, LATER)
        return cls(share, np.asarray(lower * signed(own) + (1 - lower) * signed(wished) > 0))

    def fits(self, here: Scene, alpha: Float32) -> bool:
        """Whether another's hair (h, w) goes on from the old without lying over skin beside the old hairline."""
        skin = np.clip(here.shares["face"] - here.hair, 0, 1)
        over = 4 * self.share * (1 - self.share) * skin * alpha
        return float(over.sum()) <= OVER_SKIN * here.unit**2

    def kept(self, here: Scene, guide: Guide) -> Guide:
        """A guide that lets the photo's own hair stay, whose light strands lie over what is new."""
        light = strand_light(here.picture, here.hair, here.unit) * here.hair
        light = cv2.GaussianBlur(light, (0, 0), sigmaX=max(0.5, 0.004 * here.unit), sigmaY=0.03 * here.unit)
        edge = 4 * self.share * (1 - self.share)
        share = np.clip(SHARP * (self.share - 0.5) + 0.5 + LAID * edge * light, 0, 1)
        x0, y0, x1, y1 = here.box
        whole = cv2.resize(share.astype(np.float32), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        left, top, right, end = guide.box
        stays = whole[top - y0 : end - y0, left - x0 : right - x0]
        return replace(guide, confidence=np.asarray(guide.confidence * (1 - stays), np.float32))


def _heights(here: Scene, old: Bool, later: float = 0.0) -> Float32:
    """(h, w): 1 well above the ends of a side's old hair, 0 below, some units later."""
    unit, middle = here.unit, float(here.points[[4, 152, 10], 0].mean())
    eyes = float(here.points[[33, 263], 1].mean())
    columns, rows = np.arange(here.shape[1])[None], np.arange(here.shape[0])[:, None]
    levels = []
    for side in (columns < middle, columns >= middle):
        found = np.flatnonzero((old & side).sum(1) > WIDTH * unit)
        low = float(found[-1]) if found.size else eyes - HIGHEST * unit
        levels.append(max(low - ABOVE * unit, eyes - HIGHEST * unit) + later * unit)
    right = np.clip((columns - middle) / (2 * ACROSS * unit) + 0.5, 0, 1)
    level = levels[0] + right * (levels[1] - levels[0])
    ramp = np.clip((level - rows) / (2 * HALF * unit) + 0.5, 0, 1)
    return np.asarray(ramp * ramp * (3 - 2 * ramp), np.float32)


def signed(area: Bool) -> Float32:
    """(h, w) pixels into an area, less than 0 outside of it; what the scene cuts off goes on."""
    wide = cv2.copyMakeBorder(area.astype(np.uint8), 9, 9, 9, 9, cv2.BORDER_REPLICATE)
    inside, outside = (cv2.distanceTransform(one, cv2.DIST_L2, 5)[9:-9, 9:-9] for one in (wide, 1 - wide))
    return np.asarray(inside - outside, np.float32)
