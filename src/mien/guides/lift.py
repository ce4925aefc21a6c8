"""Dark hair opened up: what is hidden in black is seen in blond.

Black hair shows little but highlights; fair hair shows soft light and dark over the head, and strands everywhere. Both
were measured on 194 portraits (standard deviations of L* by the hair's mean): see ``BROAD`` and ``FINE``.

Convention:
    L is CIE L*, 0 to 100. Maps are (h, w) float32 over a region, reduced if it is large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.types import Float32

LIGHTNESS = (8.0, 15.0, 24.0, 34.0, 47.0, 54.0, 73.0, 90.0)
BROAD = (4.0, 8.0, 10.5, 12.5, 13.5, 14.5, 10.5, 6.5)
FINE = (3.0, 4.5, 5.5, 6.0, 6.0, 6.0, 4.5, 3.0)
"""How much real hair of a mean lightness varies: over wide parts, and from strand to strand."""

START = 3.0
"""Lightness that the logarithm of dark hair starts from."""

MOST = 8.0
"""How much the difference between strands is raised at most; where that is not enough, strands are drawn."""

LEVEL = 0.27
"""L* of one of 8 bits' levels in black: what is raised is dithered by as much."""


@dataclass(frozen=True, eq=False)
class Lift:
    """What makes hair lighter, with L' = broad + gain · (L − base) + drawn.

    Attributes:
        base: lightness without strands.
        broad: the same in the new hair, its mean 0.
        gain: for what is finer.
        drawn: strands where the photo shows none.
    """

    base: Float32
    broad: Float32
    gain: Float32
    drawn: Float32

    @classmethod
    def of(cls, light: Float32, weight: Float32, wanted: float, steady: float, share: float) -> Lift:
        """Of hair.

        Args:
            light: (h, w) L of the hair alone.
            weight: (h, w) how much of each pixel counts, its sum 1.
            wanted: mean L that the hair shall have.
            steady: factor for contrast of hair that is not lifted.
            share: in [0, 1], how much it is lifted.
        """
        inside = (weight > 0).astype(np.float32)
        sigma = float(np.clip(0.025 * np.sqrt(inside.sum()), 1.5, 14))
        base = _within(light, inside, sigma)
        fine = light - base
        local = np.sqrt(_within(fine**2, inside, 2 * sigma)) + np.float32(0.15)
        depth = np.log(np.maximum(base, 0) + START)
        sure = cv2.erode((weight >= 0.97 * weight.max()).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        sure = sure if sure.sum() > 100 else weight > 0
        low, middle, high = np.percentile(depth[sure], (14, 50, 86))
        away = (depth - middle) / (0.5 * (high - low) + 0.08)
        mean = float((weight * base).sum())
        deep = np.maximum(np.where(away < 0, away * (1 - 0.2 * away), 1.6 * np.tanh(away / 1.6)), -3.2)
        broad = float(np.interp(wanted, LIGHTNESS, BROAD)) * deep
        aim = float(np.interp(wanted, LIGHTNESS, FINE)) * np.clip(1 + broad / max(wanted, 20), 0.4, 1.2)
        typical = float(np.median(local[sure]))
        gain = np.minimum(aim / np.sqrt(local * typical), MOST)
        lacking = np.sqrt(np.maximum((0.65 * aim) ** 2 - (gain * local) ** 2, 0))
        drawn = share * lacking * _strands(np.log(np.maximum(light, 0) + START), inside, sigma)
        mixed = (1 - share) * steady * (base - mean) + share * broad
        maps: Any = (base, mixed, (1 - share) * steady + share * gain, drawn)
        return cls(*(np.asarray(one, np.float32) for one in maps))

    @property
    def maps(self) -> Float32:
        """(h, w, 4), to be enlarged."""
        return np.dstack([self.base, self.broad, self.gain, self.drawn])


def detail(maps: Float32, light: Float32) -> Float32:
    """Lightness around the new mean, (h, w), of L (h, w) and maps (h, w, 4) of the same part."""
    base, broad, gain, drawn = cv2.split(maps)
    noise = np.random.default_rng(0).random(light.shape, np.float32) - np.float32(0.5)
    steps = LEVEL * noise * np.clip(2 - light / 8, 0, 1)
    return np.asarray(broad + gain * (light + steps - base) + drawn, np.float32)


def _within(values: Float32, inside: Float32, sigma: float) -> Float32:
    """Blurred over a region alone."""
    total, share = (cv2.GaussianBlur(one, (0, 0), sigma) for one in (values * inside, inside))
    return np.where(share > 1e-3, total / np.maximum(share, 1e-3), values).astype(np.float32)


def _strands(depth: Float32, inside: Float32, sigma: float) -> Float32:
    """Noise drawn along the hair's direction (line integral convolution), mean 0 and standard deviation 1 at most."""
    gx, gy = (cv2.Sobel(depth, cv2.CV_32F, *way, ksize=3) for way in ((1, 0), (0, 1)))
    sure = cv2.erode(inside, np.ones((3, 3), np.uint8))
    xx, yy, xy = (cv2.GaussianBlur(one * sure, (0, 0), sigma) for one in (gx * gx, gy * gy, gx * gy))
    turn = 0.5 * np.arctan2(2 * xy, xx - yy) + np.float32(np.pi / 2)
    dx, dy = np.cos(turn), np.sin(turn)
    height, width = depth.shape
    noise = np.random.default_rng(0).standard_normal((height, width)).astype(np.float32)
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    total = noise.copy()
    for way in (1.0, -1.0):
        x, y, u, v = xs, ys, way * dx, way * dy
        for _ in range(9):
            x, y = x + u, y + v
            total += cv2.remap(noise, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            nu, nv = (cv2.remap(one, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT) for one in (dx, dy))
            turned = np.sign(nu * u + nv * v) + np.float32(1e-6)
            u, v = nu * turned, nv * turned
    clear = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / (
        xx + yy + np.float32(1e-6)
    )  # no strands where curls have no direction
    return np.asarray(np.clip(2 * clear, 0, 1) * (total - total.mean()) / max(float(total.std()), 1e-6), np.float32)
