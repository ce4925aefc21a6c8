"""Ends of dark arms that go on from a frame over hair, ears and the backdrop: as dark as the frame, and narrow.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.glasses.frames import BEYOND, across, axes
from mien.guides.glasses.lines import SIDE, UNIT, disc, light_of
from mien.types import Bool, Float32, Float64

HIGH, LONG = 7.0, 0.5
"""Height of arms at most; and how far along them they are averaged, units."""

DARK, ALIKE, CLEAR = 0.5, 0.35, 38.0
"""Light of dark frames, by that of what is around, at most; how much lighter, as a share of that difference, their ends
are; and levels by which these are darker than what is above and below."""

BESIDE, ABOVE, BELOW = 3.0, 10.0, 0.6
"""How far beyond the eyes they are, units; how far above the rims' upper ends, units; and how far below these, by the
rims' height."""

ENCLOSED = 6.0
"""Width of gaps between parts of glasses beside a face, units."""

GAP, SLIM, SHORT = 2.0, 0.6, 1.5
"""Width of a gap before them, units; their width, by their height, and in units, at least."""


def arm_ends(picture: Float32, frame: Bool, lenses: Bool, points: Float64) -> Bool:
    """(SIDE, SIDE) what belongs to a frame's arms and was not found.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        frame: (SIDE, SIDE) what was found.
        lenses: (SIDE, SIDE) what is seen through them.
        points: (478, 2) landmarks.
    """
    around = (cv2.dilate(frame.astype(np.uint8), disc(3.0)) > 0) & ~frame
    if not (frame.any() and lenses.any() and around.any()):
        return np.zeros_like(frame)
    light = cv2.GaussianBlur(light_of(picture), (0, 0), 0.8)
    usual, skin = float(np.quantile(light[frame], 0.15)), float(np.median(light[around]))
    if usual > DARK * skin:
        return np.zeros_like(frame)
    element = np.ones((2 * round(HIGH * UNIT / 2) + 1, 1), np.uint8)
    soft = cv2.GaussianBlur(light, (0, 0), sigmaX=LONG * UNIT, sigmaY=0.5)
    narrow = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, element) - soft > CLEAR
    return _joined(narrow & (light < usual + ALIKE * (skin - usual)) & _level(lenses, points), frame)


def _level(lenses: Bool, points: Float64) -> Bool:
    """(SIDE, SIDE) where arms are: beside the eyes, as high as the upper part of the lenses."""
    _, down = axes(points)
    _, beside, _, outer = across(points)
    ys, xs = np.mgrid[:SIDE, :SIDE]
    height = xs * down[0] + ys * down[1]
    top, bottom = np.quantile(height[lenses], (0.02, 0.98))
    level = (height > top - ABOVE * UNIT) & (height < top + BELOW * (bottom - top))
    return np.asarray(level & (beside > outer + BESIDE * UNIT))


def _joined(ends: Bool, frame: Bool) -> Bool:
    """Those that go on from a frame and are no vertical lines."""
    _, index, stats, _ = cv2.connectedComponentsWithStats((ends & ~frame).astype(np.uint8))
    wide = stats[:, cv2.CC_STAT_WIDTH] > np.maximum(SLIM * stats[:, cv2.CC_STAT_HEIGHT], SHORT * UNIT)
    wide[0] = False
    found = wide[index]
    _, whole = cv2.connectedComponents(cv2.dilate((found | frame).astype(np.uint8), disc(GAP)))
    found &= np.isin(whole, np.unique(whole[frame]))
    return np.asarray(cv2.dilate(found.astype(np.uint8), disc(2 * BEYOND)) > 0)


def enclosed(hidden: Bool, kinds: Float32, ears: Bool) -> Bool:
    """(SIDE, SIDE) what parts of glasses beside the face enclose, or nearly: their lenses, and pieces of rims."""
    closed = cv2.morphologyEx(hidden.astype(np.uint8), cv2.MORPH_CLOSE, disc(ENCLOSED)) > 0
    return np.asarray(closed & (kinds.argmax(2) > 0) & ~ears)
