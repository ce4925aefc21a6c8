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
from numpy.typing import NDArray

from mien.types import Bool, Float32, Float64, UInt8

SQUARE, MARGIN = 512, 64
SIDE = SQUARE + 2 * MARGIN
UNIT = SQUARE / 100

SCALES = ((0.25, 1.15), (0.4, 1.15), (0.65, 1.0), (1.0, 0.85), (1.5, 0.7))
"""Half widths of lines, units, and how much each counts: brows are wider than most rims."""

DISCS = (0.8, 1.2, 1.8, 2.6, 3.6, 5.0)
"""Diameters of the discs that take lines away, units."""

WIDEST = 8.0
"""Diameter of a disc that is wider than any part of a frame, units."""

SHARE, LEAST = 0.18, 9.0
"""What a line's pixels differ by at least: a share of its middle; and levels."""

Int = NDArray[np.int64]


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
    def of(cls, picture: Float32) -> Lines:
        """Those of a plane (SIDE, SIDE, 3)."""
        soft = cv2.GaussianBlur(picture, (0, 0), 0.6)
        hats = []
        for width in DISCS:
            element = disc(width)
            dark = (cv2.morphologyEx(soft, cv2.MORPH_CLOSE, element) - soft).max(2)
            light = (soft - cv2.morphologyEx(soft, cv2.MORPH_OPEN, element)).max(2)
            hats.append(np.maximum(dark, 0.8 * light))
        light = np.asarray(picture @ np.array([0.25, 0.55, 0.2], np.float32), np.float32)
        small = cv2.resize(light, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)
        wide = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc(WIDEST / 2)) - small
        wide = cv2.resize(wide, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        return cls(_ridges(light), np.stack(hats).astype(np.float32), np.asarray(wide, np.float32))


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


def covered(lines: Lines, drawn: list[Drawn], least: Float32, share: float = SHARE) -> Bool:
    """The pixels (SIDE, SIDE) of some lines: as wide, at each place, as the line is seen there.

    Args:
        lines: of the plane.
        drawn: at least one of them not empty.
        least: (SIDE, SIDE) levels that a line has at least.
        share: what a line's pixels differ by at least, of its middle.
    """
    points, choice = (np.concatenate([getattr(one, name) for one in drawn]) for name in ("points", "disc"))
    x, y = np.clip(np.round(points).astype(int), 0, SIDE - 1).T
    strong = np.concatenate([one.levels(lines) for one in drawn])
    seed = np.ones((SIDE, SIDE), np.uint8)
    seed[y, x] = 0
    away, index = cv2.distanceTransformWithLabels(seed, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    of = np.zeros(int(index.max()) + 1, np.int64)
    of[index[y, x]] = np.arange(len(x))
    nearest = of[index]
    found = np.take_along_axis(lines.hats, choice[nearest][None], 0)[0]
    reach = (0.62 * np.array(DISCS)[choice[nearest]] + 0.7) * UNIT
    sure = (found > np.maximum(LEAST, share * strong[nearest])) & (strong[nearest] > least)
    return np.asarray(sure & (away < reach))


@dataclass(frozen=True, eq=False)
class Drawn:
    """A line with its width.

    Attributes:
        points: (N, 2) a pixel apart.
        disc: (N,) number of the disc that the line is just narrower than.
        closed: whether it ends where it begins.
    """

    points: Float64
    disc: Int
    closed: bool

    @classmethod
    def of(cls, lines: Lines, line: Float64, *, closed: bool = False) -> Drawn:
        """A line (N, 2) as wide as it is seen."""
        points = np.concatenate([line, line[:1]]) if closed else line
        run = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        at = np.arange(0, run[-1], 1.0) if len(points) > 1 else np.zeros(0)
        points = np.stack([np.interp(at, run, points[:, axis]) for axis in (0, 1)], -1) if len(at) else np.zeros((0, 2))
        drawn = cls(points, np.zeros(len(points), np.int64), closed)
        if not len(points):
            return drawn
        seen = np.stack([drawn._along(one) for one in lines.hats])
        following = np.concatenate([seen[1:], seen[-1:]])
        enough = (following < 1.25 * seen + 3) & (seen > np.maximum(LEAST, 0.35 * seen[-1]))
        enough[-1] = True
        return cls(points, _ranked(enough.argmax(0), 0.5, closed).round().astype(np.int64), closed)

    def levels(self, lines: Lines) -> Float64:
        """(N,) how far the line stands out at each place."""
        if not len(self.points):
            return np.zeros(0)
        seen = np.stack([self._along(one) for one in lines.hats])
        return np.asarray(seen[self.disc, np.arange(len(self.points))])

    def _along(self, values: Float32) -> Float64:
        x, y = np.clip(np.round(self.points).astype(int), 0, SIDE - 1).T
        return _ranked(cv2.dilate(values, np.ones((5, 5)))[y, x], 0.5, self.closed)


def _ranked(values: NDArray[np.generic], quantile: float, closed: bool) -> Float64:
    """A quantile of 15 values around each."""
    padded = np.pad(values, 7, "wrap" if closed and len(values) > 7 else "edge")
    return np.asarray(np.quantile(np.lib.stride_tricks.sliding_window_view(padded, 15), quantile, axis=1), np.float64)
