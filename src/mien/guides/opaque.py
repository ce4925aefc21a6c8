"""What of a frame hides the face, apart from the wider area where it casts shadows, reflects and shines.

There the skin, the lids and the brows are seen, and stay: only their light changes.

Convention:
    That of :mod:`mien.guides.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.guides.frames import area_of
from mien.guides.lines import UNIT, Lines, disc, light_of
from mien.guides.surround import BROWS
from mien.guides.uncovering import Uncovering
from mien.types import Bool, Float32, Float64

LEVELS, SHARE, PLAIN = (10.0, 60.0), 0.4, 0.6
"""Levels by which it differs from what would be behind it, least and most; and the same as a share of the most around;
and how much less it differs below the eyes, where skin is plain and lines are seen at once."""

THIN = (25.0, 45.0)
"""Levels below which nothing but thin lines is a frame, and from which everything may be."""

SHINING, GLARING, EDGES = (14.0, 9.0, 6.0), 20.0, 4.0
"""Levels of thin bright lines that are a rim's, in brows, along strong frames, and elsewhere; of those beside a front,
too; and of what is left of its edges."""

TINT = 16.0
"""Levels of red over blue by which a reflection differs from skin."""

SPECK, LIKELY, SURE, HALO, ROUNDS = 0.5, 0.3, 0.4, (0.8, 1.2), 2
"""The smallest part, square units; how likely it is at least; how far it shines, units, twice; and how often it is
looked for: with less hidden, what would be behind is better known."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network sees of glasses; planes are (SIDE, SIDE).

    Attributes:
        front: the frame's front with its shadows and reflections.
        likely: how likely it is.
        low: what lies below the eyes.
        lenses: what is seen through lenses, roughly.
        eyes: with their lids.
        made: (SIDE, SIDE, 3) what would be there without it.
        within: where that is known.
    """

    front: Bool
    likely: Float32
    low: Bool
    lenses: Float32
    eyes: Float32
    made: Float32
    within: Float32


def opaque(picture: Float32, lines: Lines, seen: Seen, points: Float64) -> Bool:
    """(SIDE, SIDE) what hides the face: what differs much from what would be behind it, as lines and bars do."""
    soft, known = cv2.GaussianBlur(picture, (0, 0), 0.8), seen.front & (seen.within > 0.1)
    brows = area_of([points[list(one)] for one in BROWS])
    thin, thick = np.maximum(lines.hats[2], lines.ridges), np.maximum(lines.hats[5], lines.widest)
    shine, plain = _shining(soft), np.where(seen.low, PLAIN, 1)
    shining = np.where(seen.likely > SURE, shine, 0)
    beside = cv2.dilate(seen.front.astype(np.uint8), disc(2.0)) > 0
    usual = float(np.quantile(shine[beside], 0.9)) if beside.any() else 0.0  # of hard light, and of hairs
    glare = (shine > max(GLARING, 3 * usual)) & beside & (seen.within > 0.1) & ~(seen.eyes > 0)
    made, found = seen.made, seen.front
    for turn in range(ROUNDS):
        if turn:
            made = _without(picture, found, seen, points)
        apart = np.minimum(np.abs(soft - made).max(2) * known, 1.5 * thick)
        around = cv2.dilate((apart * np.clip(seen.likely, 0, 1)).astype(np.float32), disc(3.0))
        most = cv2.GaussianBlur(around, (0, 0), UNIT)
        weak = np.clip((THIN[1] - most) / (THIN[1] - THIN[0]), 0, 1)
        strong = (weak < 0.5) & ~(seen.eyes > 0)
        apart = apart + weak * (np.minimum(apart, 1.2 * thin) - apart)
        clear = (apart > plain * np.clip(SHARE * most, *LEVELS)) & (seen.likely > LIKELY)
        clear |= shining > plain * np.where(brows, SHINING[0], np.where(weak < 0.5, *SHINING[1:]))
        clear |= (np.abs(_warmth(soft - made)) > TINT) & (seen.likely > LIKELY) & ~brows & ~(seen.eyes > 0)
        found = _grown(clear & known | seen.front & ~known | glare, strong)
    made = _without(picture, found, seen, points)
    return found | _grown(_left(made, found, seen, brows), strong)


def _without(picture: Float32, found: Bool, seen: Seen, points: Float64) -> Float32:
    """The picture without what was found, as the network paints it."""
    behind, more, _ = Uncovering.bundled().behind(picture, found.astype(np.float32), seen.lenses, seen.eyes, points)
    return np.where(found[..., None], behind, picture + more).astype(np.float32)


def _warmth(picture: Float32) -> Float32:
    """Levels of red over blue, which reflections have less of than skin."""
    return np.asarray(picture[..., 0] - picture[..., 2], np.float32)


def _shining(soft: Float32) -> Float32:
    """Levels of thin bright lines; skin has few."""
    light = light_of(soft)
    return np.asarray(light - cv2.morphologyEx(light, cv2.MORPH_OPEN, disc(1.2)), np.float32)


def _left(made: Float32, found: Bool, seen: Seen, brows: Bool) -> Bool:
    """Thin lines along what was found: its edges, which stand out where it is gone."""
    light = cv2.GaussianBlur(light_of(made), (0, 0), 0.6)
    dark = cv2.morphologyEx(light, cv2.MORPH_CLOSE, disc(1.2)) - light
    lines = np.maximum(dark, light - cv2.morphologyEx(light, cv2.MORPH_OPEN, disc(1.2)))
    near = (cv2.dilate(found.astype(np.uint8), disc(1.6)) > 0) | seen.low & (seen.likely > LIKELY)
    beyond = (cv2.dilate(found.astype(np.uint8), disc(4.0)) > 0) & ~near
    usual = float(np.quantile(lines[beyond], 0.8)) if beyond.any() else 0.0
    return np.asarray(
        (lines > np.where(brows, 4, np.where(seen.low, PLAIN, 1)) * max(EDGES, 1.3 * usual))
        & near
        & seen.front
        & ~(seen.eyes > 0)
    )


def _grown(clear: Bool, strong: Bool) -> Bool:
    """What is found without specks and gaps, with what shines around it."""
    whole = cv2.morphologyEx(clear.astype(np.uint8), cv2.MORPH_CLOSE, disc(1.2))
    _, index, stats, _ = cv2.connectedComponentsWithStats(whole)
    kept = ((whole > 0) & (stats[:, cv2.CC_STAT_AREA] > SPECK * UNIT**2)[index]).astype(np.uint8)
    wide = cv2.dilate(kept, disc(HALO[1])) > 0
    return np.asarray((cv2.dilate(kept, disc(HALO[0])) > 0) | wide & strong)
