"""Areas made larger and smaller, by a disc."""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, UInt8

LARGE = 12
"""Radius, pixels, from which distances cost less than discs; borders differ by a pixel now and then."""


def disc(radius: float) -> UInt8:
    """A structuring element, (2r + 1, 2r + 1) with r at least 1 pixel."""
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(radius)) + 1,) * 2), np.uint8)


def grown(area: Bool, radius: float) -> Bool:
    """An area (h, w) and what lies within a radius of it, pixels."""
    reach = max(1, round(radius))
    if reach < LARGE:
        return np.asarray(cv2.dilate(area.astype(np.uint8), disc(reach)) > 0)
    part = _around(area, reach + 1)
    if part is None:
        return area.copy()
    made = np.zeros(area.shape, np.bool_)
    made[part] = _within(area[part], reach)
    return made


def shrunk(area: Bool, radius: float) -> Bool:
    """An area (h, w) without what lies within a radius of its border, pixels."""
    reach = max(1, round(radius))
    if reach < LARGE:
        return ~grown(~area, radius)
    made = np.zeros(area.shape, np.bool_)
    if (part := _around(area, 1)) is not None:  # what is no area is seen beside it, where it goes on
        made[part] = area[part] if area[part].all() else ~_within(~area[part], reach)
    return made


def _within(area: Bool, reach: int) -> Bool:
    """What is at most so many pixels away from an area that is not empty."""
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away <= np.sqrt(reach * (reach + 0.5)))  # the discs' rows end at rounded lengths


def _around(area: Bool, room: int) -> tuple[slice, slice] | None:
    """Rows and columns of an area and so many pixels beside it; None where there is none."""
    rows, columns = (np.flatnonzero(area.any(axis)) for axis in (1, 0))
    if not rows.size:
        return None
    along, across = (slice(max(0, int(one[0]) - room), int(one[-1]) + room + 1) for one in (rows, columns))
    return along, across


def thin(area: Bool, width: float) -> Bool:
    """What of an area (h, w) is narrower than so many pixels."""
    return area & ~grown(shrunk(area, width / 2), width / 2)
