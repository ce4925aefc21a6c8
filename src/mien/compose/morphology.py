"""Areas made larger and smaller, by a disc."""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, Float32, UInt8

LARGE = 12
"""Radius, pixels, from which distances cost less than discs; they agree but for a pixel here and there."""


def disc(radius: float) -> UInt8:
    """A structuring element, (2r + 1, 2r + 1) with r at least 1 pixel."""
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(radius)) + 1,) * 2), np.uint8)


def grown(area: Bool, radius: float) -> Bool:
    """An area (h, w) and what lies within a radius of it, pixels."""
    reach = max(1, round(radius))
    if reach < LARGE:
        return np.asarray(cv2.dilate(area.astype(np.uint8), disc(reach)) > 0)
    if not area.any():
        return area.copy()
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away <= np.sqrt(reach * (reach + 0.5)))  # the discs' rows end at rounded lengths


def shrunk(area: Bool, radius: float) -> Bool:
    """An area (h, w) without what lies within a radius of its border, pixels."""
    return ~grown(~area, radius)


def highest(values: Float32, radius: float) -> Float32:
    """The highest of values (h, w) within a radius, pixels: ``cv2.dilate`` by a disc, row by row of the disc."""
    kernel = disc(radius)
    reach, found = len(kernel) // 2, np.full_like(values, -np.inf)
    for width in np.unique(kernel.sum(1)):
        across = cv2.dilate(values, np.ones((1, int(width)), np.uint8))
        for row in np.flatnonzero(kernel.sum(1) == width) - reach:
            over, under = (slice(max(0, n), len(values) + min(0, n)) for n in (row, -row))
            np.maximum(found[under], across[over], out=found[under])
    return found
