"""Thin lines on a picture: how clear and how wide they are, and the pixels that they cover.

What a line covers is what a closing, or an opening, by a disc just wider than the line takes away.

Convention:
    A plane is (SIDE, SIDE), the FFHQ square with a margin, upright. A unit is 1/100 of the FFHQ square's side, UNIT
    pixels of the plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.types import Float32, UInt8

SQUARE, MARGIN = 512, 64
SIDE = SQUARE + 2 * MARGIN
UNIT = SQUARE / 100

SCALES = ((0.25, 1.15), (0.4, 1.15), (0.65, 1.0), (1.0, 0.85), (1.5, 0.7))
"""Half widths of lines, units, and how much each counts: brows are wider than most rims."""

DISCS = (0.8, 1.2, 1.8, 2.6, 3.6, 5.0)
"""Diameters of the discs that take lines away, units."""

WIDEST = 8.0
"""Diameter of a disc that is wider than any part of a frame, units."""


@dataclass(frozen=True, eq=False)
class Lines:
    """What a line is made of.

    Attributes:
        ridges: (SIDE, SIDE) levels of thin lines, dark or light.
        hats: (len(DISCS), SIDE, SIDE) levels by which a closing or an opening by each disc changes the picture.
        widest: (SIDE, SIDE) the same of its light, for dark things as wide as ends of thick frames.
    """

    ridges: Float32
    hats: Float32
    widest: Float32

    @classmethod
    def of(cls, picture: Float32, first: int = 0, last: int = SIDE) -> Lines:
        """Those of a plane (SIDE, SIDE, 3); none but in some of its rows, the last one excluded."""
        if (first, last) != (0, SIDE):
            part = cls.of(picture[first:last], 0, SIDE)
            rest = ((first, SIDE - last), (0, 0))
            return cls(np.pad(part.ridges, rest), np.pad(part.hats, ((0, 0), *rest)), np.pad(part.widest, rest))
        soft = cv2.GaussianBlur(picture, (0, 0), 0.6)
        hats = []
        for width in DISCS:
            element = disc(width)
            dark = (cv2.morphologyEx(soft, cv2.MORPH_CLOSE, element) - soft).max(2)
            light = (soft - cv2.morphologyEx(soft, cv2.MORPH_OPEN, element)).max(2)
            hats.append(np.maximum(dark, 0.8 * light))
        light = light_of(picture)
        small = cv2.resize(light, (SIDE // 2, len(light) // 2), interpolation=cv2.INTER_AREA)
        wide = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc(WIDEST / 2)) - small
        wide = cv2.resize(wide, light.shape[::-1], interpolation=cv2.INTER_LINEAR)
        return cls(_ridges(light), np.stack(hats).astype(np.float32), np.asarray(wide, np.float32))


def light_of(picture: Float32) -> Float32:
    """(SIDE, SIDE) levels of a plane (SIDE, SIDE, 3)."""
    return np.asarray(picture @ np.array([0.25, 0.55, 0.2], np.float32), np.float32)


def _ridges(light: Float32) -> Float32:
    """The larger curvature of the light at each pixel, at the scale where it is largest."""
    best = np.zeros(light.shape, np.float32)
    for scale, counts in SCALES:
        sigma = scale * UNIT
        soft = cv2.GaussianBlur(light, (0, 0), sigma)
        # a quarter: Sobel's smoothing across, and that of the mixed one along both
        xx, yy, xy = (sigma**2 / 4 * cv2.Sobel(soft, cv2.CV_32F, *o, ksize=3) for o in ((2, 0), (0, 2), (1, 1)))
        half, gap = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
        dark, bright = half + gap, -(half - gap)
        # a spot or a saddle curves both ways: what the other curvature has is taken off
        dark, bright = dark - np.abs(half - gap), bright - np.abs(half + gap)
        best = np.maximum(best, 1.6 * counts * np.maximum(dark, 0.8 * bright))
    return np.asarray(best, np.float32)


def disc(units: float) -> UInt8:
    """A structuring element of a diameter."""
    side = 2 * max(1, round(units * UNIT / 2)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
