"""An iris as rings: its colours from the pupil outwards, and its fibres around, free of lids, lashes and highlights."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.guides.laid import filled
from mien.guides.tint import linear
from mien.photos.color import to_srgb
from mien.types import Float32, Float64, Photo

RADII, ANGLES, WIDEST = 40, 96, 1.25
"""Rings, places around each, and the radius of the outermost one in those of the iris."""

LIDS = 0.15
"""Radii from the lids within which an iris lies in their shade, or under lashes."""

BRIGHT = 1.6
"""Light over the iris's median from which something on it is a reflection."""

FIBRES = 0.4
"""Most that a fibre is lighter or darker than its ring, in logarithms."""

PUPIL = 0.7
"""Share of the contrast of this face's pupil that another iris has at least: flashes hide pupils."""

FINE = 12.0
"""Levels that a radius in pixels must be for fibres to be seen whole."""


@dataclass(frozen=True, eq=False)
class Rings:
    """Attributes:
    profile: (R, 3) logarithms of linear light, from the middle to ``WIDEST`` radii.
    fibres: (R, A) what is added to them around, clockwise from the right.
    """

    profile: Float64
    fibres: Float32

    @classmethod
    def of(cls, photo: Photo, middle: Float64, radius: float, contour: Float64, shown: float) -> Rings:
        """Of an iris.

        Args:
            photo: any.
            middle, radius: of the iris, pixels.
            contour: (N, 2) the eye's opening.
            shown: radius at which it will be shown, pixels.
        """
        reach = (WIDEST + 0.4) * radius + 3
        x0, y0 = np.maximum(np.floor(middle - reach), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(middle + reach), (photo.width, photo.height)).astype(int)
        light = linear(to_srgb(photo, (int(x0), int(y0), int(x1), int(y1))))
        step = radius / shown
        if step > 1.3:
            light = cv2.GaussianBlur(light, (0, 0), 0.45 * float(np.sqrt(step**2 - 1)))
        box = (int(x0), int(y0), int(x1), int(y1))
        free = cv2.distanceTransform(filled(contour, box).astype(np.uint8), cv2.DIST_L2, 3) / radius
        away = WIDEST * (np.arange(RADII) + 0.5) / RADII
        around = 2 * np.pi * np.arange(ANGLES) / ANGLES
        xs = (middle[0] - x0 + radius * away[:, None] * np.cos(around) - 0.5).astype(np.float32)
        ys = (middle[1] - y0 + radius * away[:, None] * np.sin(around) - 0.5).astype(np.float32)
        seen = cv2.remap(light, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        known = cv2.remap(free.astype(np.float32), xs, ys, cv2.INTER_LINEAR) > LIDS
        return _rings(np.log(np.maximum(seen, 1e-4)), known, away, min(1.0, radius / FINE))

    @property
    def color(self) -> Float64:
        """(3,) linear light between pupil and rim."""
        away = WIDEST * (np.arange(RADII) + 0.5) / RADII
        return np.asarray(np.exp(self.profile[(away > 0.5) & (away < 0.85)].mean(0)))

    def over(self, base: Rings) -> Rings:
        """These rings with what they lack of the pupil and the fibres of the iris that they are laid over."""
        away = WIDEST * (np.arange(RADII) + 0.5) / RADII
        ring = (away > 0.5) & (away < 0.8)
        level, there = (one.profile.mean(1)[ring].mean() for one in (self, base))
        dark = level + PUPIL * (base.profile.mean(1) - there)
        more = np.minimum(dark - self.profile.mean(1), 0) * np.clip((0.5 - away) / 0.1, 0, 1)
        rough, usual = (float(one.fibres[ring].std()) for one in (self, base))
        share = float(np.clip(1 - rough / max(usual, 1e-3), 0, 1))
        return Rings(self.profile + more[:, None], self.fibres + np.float32(share) * base.fibres)

    def at(self, away: Float64, angle: Float64) -> Float32:
        """Linear light (h, w, 3) at radii and angles (h, w)."""
        row = np.clip(away / WIDEST * RADII - 0.5, 0, RADII - 1)
        column = (angle / (2 * np.pi) % 1) * ANGLES
        wrapped = np.concatenate([self.fibres, self.fibres[:, :1]], 1)
        fibre = cv2.remap(wrapped, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR)
        logs = [np.interp(row, np.arange(RADII), self.profile[:, i]) + fibre for i in range(3)]
        return np.asarray(np.exp(np.dstack(logs)), np.float32)


def _rings(logs: Float32, known: np.ndarray, away: Float64, fine: float) -> Rings:
    """Of an iris in polar coordinates (R, A, 3)."""
    gray = logs.mean(2)
    iris = known & (away < 0.95)[:, None]
    iris = iris if iris.sum() > ANGLES else np.broadcast_to((away < 0.95)[:, None], known.shape)
    usual = float(np.median(gray[iris]))
    bright = (gray > usual + np.log(BRIGHT)) & (away < 0.85)[:, None]
    known = known & (cv2.dilate(bright.astype(np.uint8), np.ones((5, 9), np.uint8)) == 0)
    enough = known.sum(1) >= 8
    if not enough.any():
        known, enough = iris, iris.any(1)
    rows = [np.median(logs[i][known[i]], axis=0) for i in np.flatnonzero(enough)]
    profile = np.stack([np.interp(away, away[enough], [row[i] for row in rows]) for i in range(3)], 1)
    profile = cv2.GaussianBlur(profile, (1, 7), 1.5, borderType=cv2.BORDER_REPLICATE)
    rest = np.where(known, gray - profile.mean(1)[:, None], 0)
    weight = known.astype(np.float32)
    tiled = [np.tile(one, (1, 3)) for one in (rest.astype(np.float32), weight)]
    broad = [cv2.GaussianBlur(one, (0, 0), 6)[:, ANGLES : 2 * ANGLES] for one in tiled]
    rest = np.where(known, rest - broad[0] / np.maximum(broad[1], 1e-3), 0)
    mirrored = rest[:, (ANGLES - np.arange(ANGLES)) % ANGLES]
    rest = np.where(known, rest, mirrored)
    ends = np.clip((away - 0.35) / 0.15, 0, 1) * np.clip((1.0 - away) / 0.15, 0, 1)
    fibres = fine * FIBRES * np.tanh(rest / FIBRES) * ends[:, None]
    return Rings(np.asarray(profile, np.float64), np.asarray(fibres, np.float32))
