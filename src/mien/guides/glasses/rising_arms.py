"""Arms that rise steeply, as those of a bowed head do: followed to the ear, as steep as the other one.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.glasses.frames import BEYOND, across, axes
from mien.guides.glasses.lines import SIDE, UNIT, disc, light_of
from mien.types import Bool, Float32, Float64

STEEP, SAME, THIN = 25.0, 30.0, 0.45
"""Degrees by which an arm rises at least, and by which both may differ; and its width, by its length, at most."""

BESIDE, ABOVE, BELOW = 2.0, 14.0, 0.7
"""How far beyond the eyes arms are, units; how far above the rims' upper ends, units; and how far below these, by the
rims' height."""

DARK, WIDE, CLEAR = 0.5, 4.0, 28.0
"""Light of dark frames, by that of what is around, at most; width of arms at most, units; and levels by which they are
darker than what is around."""

NEAR, LONG, BARE = 1.0, 2.0, 0.3
"""How far from a frame they begin, and their length at least, units; and the share of them that is not before hair."""


def rising_arms(picture: Float32, frame: Bool, lenses: Bool, hair: Bool, points: Float64) -> Bool:
    """(SIDE, SIDE) what belongs to the arm of one side that was not found; nothing where the other one is level.

    Args:
        picture: (SIDE, SIDE, 3) levels.
        frame: (SIDE, SIDE) what was found.
        lenses, hair: (SIDE, SIDE) what is seen through them; and what is hair, behind the frame, too.
        points: (478, 2) landmarks.
    """
    found = np.zeros(frame.shape, np.bool_)
    if not (frame.any() and lenses.any()):
        return found
    (right, beside, _, outer), (_, down) = across(points), axes(points)
    ys, xs = np.mgrid[:SIDE, :SIDE]
    height = (xs * down[0] + ys * down[1]).astype(np.float32)
    side = (xs - points[168, 0]) * right[0] + (ys - points[168, 1]) * right[1] > 0
    top, bottom = np.quantile(height[lenses], (0.02, 0.98))
    zone = (beside > outer + BESIDE * UNIT) & (height > top - ABOVE * UNIT)
    zone &= height < top + BELOW * (bottom - top)
    beyond = frame & zone & (cv2.dilate(lenses.astype(np.uint8), disc(6.0)) == 0)
    rises = [_rise(beyond & one, right * way, down) for one, way in ((~side, -1), (side, 1))]
    if max(rises) < STEEP:
        return found
    dark = _dark(picture, frame) & zone & ~frame
    for one, way, rise in ((~side, -1, rises[1]), (side, 1, rises[0])):
        if rise > STEEP:
            found |= _going_on(dark & one, frame, hair, right * way, down, rise)
    return np.asarray((cv2.dilate(found.astype(np.uint8), disc(2 * BEYOND)) > 0) & zone, np.bool_)


def _dark(picture: Float32, frame: Bool) -> Bool:
    """(SIDE, SIDE) what is as dark as a dark frame and no wider than an arm; nothing beside other frames."""
    around = (cv2.dilate(frame.astype(np.uint8), disc(3.0)) > 0) & ~frame
    light = cv2.GaussianBlur(light_of(picture), (0, 0), 0.8)
    usual, skin = float(np.quantile(light[frame], 0.15)), float(np.median(light[around]))
    if usual > DARK * skin:
        return np.zeros_like(frame)
    narrow = cv2.morphologyEx(light, cv2.MORPH_CLOSE, disc(WIDE)) - light > CLEAR
    return np.asarray(narrow & (light < usual), np.bool_)


def _rise(area: Bool, away: Float64, down: Float64) -> float:
    """Degrees by which an arm goes up on its way to the ear; 0 where it is no thin line."""
    ys, xs = np.nonzero(area)
    if len(xs) < LONG * UNIT**2:
        return 0.0
    places = np.stack([xs, ys], 1).astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov((places - places.mean(0)).T))
    if values[0] > THIN**2 * values[1]:
        return 0.0
    out, below = vectors[:, 1] @ away, vectors[:, 1] @ down
    return float(np.degrees(np.arctan2(-below * np.sign(out), abs(out))))


def _going_on(dark: Bool, frame: Bool, hair: Bool, away: Float64, down: Float64, rise: float) -> Bool:
    """Dark pieces that begin at a frame and rise as the other arm does."""
    near, found = cv2.dilate(frame.astype(np.uint8), disc(2 * NEAR)) > 0, np.zeros_like(frame)
    count, index = cv2.connectedComponents(dark.astype(np.uint8))
    for number in np.unique(index[near & dark]).tolist() if count > 1 else []:
        ys, xs = np.nonzero(index == number)
        places = np.stack([xs, ys], 1).astype(np.float64)
        steps = places - places[near[ys, xs]].mean(0)
        far = steps[np.linalg.norm(steps, axis=1).argmax()]
        if np.linalg.norm(far) < LONG * UNIT or (~hair[ys, xs]).mean() < BARE:
            continue
        if abs(float(np.degrees(np.arctan2(-(far @ down), far @ away))) - rise) < SAME:
            found[ys, xs] = True
    return found
