"""Strands of this head's hair, straightened: strips along which it runs in one direction, and a wide piece of them.

    strip(v, u) = picture(p(v, u))      p follows the strands through a line across them

Strips are put side by side (:mod:`mien.guides.hair.quilted`). What is broad of light and hue is taken off, so that
strips of different places meet.

Convention:
    That of :mod:`mien.guides.scene`. A strip has v down its strands and u across them, both in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.errors import LayerError
from mien.guides.hair.quilted import quilted, tall
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

STEP, APART = 0.07, 0.65
"""Distance of places that are tried, units, and of strips that are taken, in widths of one."""

SMALLEST = 60.0
"""Pixels of a unit from which strands are seen."""

PACE = 2
"""Pixels between places of a strip that are looked at."""

AROUND = 0.06
"""Units over which strands are taken to run in one direction."""

LENGTHS = 0.15
"""Square units of hair below the eyes from which its color counts as much as that above."""

SURE, SPACING = 0.99, (0.5, 1.8)
"""Share of a strip that is hair; and how near, and far, strands may come to one another, times their distance."""

ALIKE = 0.3
"""Agreement of directions, in [0, 1], that nine tenths of a strip have."""

MOST, FEWEST, WORSE = 8, 3, 1.0
"""Strips that are taken at most, and at least; and how much worse than the best they may suit."""

SIZES, SHORTEST = ((1.0, 0.26), (0.75, 0.26), (0.55, 0.24), (0.4, 0.22), (0.4, 0.18), (0.2, 0.16)), 0.33
"""Shares of the wished length, and widths in units, that are tried until there are strips enough; least length, units.
"""

STRETCH = 2.8
"""How much longer short strips are drawn at most, before they are put below one another."""

LEAST = 0.04
"""Difference of strands, in logarithms, from which they are seen."""

BROAD = (0.09, 0.22)
"""Units across and down over which light and hue are even."""

DEEP, BRIGHT = 2.4, 2.2
"""Times the usual difference of strands by which they are darker, and lighter, than those around at most."""

HUE = 3.0
"""Most of the differences in a* and b* between strands that is kept."""

OVERLAP, BELOW = 0.1, 0.2
"""Units in which strips overlap, side by side and below one another."""

DARK = 24
"""Level below which light and dark count less."""


@dataclass(frozen=True, eq=False)
class Strands:
    """A wide piece of straightened hair.

    Attributes:
        places: (V, U, 2) where in the scene each place is.
        light: (V, U) logarithm of how light strands are, less what is around.
        hue: (V, U, 2) a* and b*, less those around.
        area: (h, w) the places.
        unit: in pixels.
    """

    places: Float32
    light: Float32
    hue: Float32
    area: Bool
    unit: float


def light_of(picture: Float32) -> Float32:
    """(h, w): logarithm of how light a picture (h, w, 3) is."""
    return np.asarray(np.log(cv2.cvtColor(np.clip(picture, 0, 255), cv2.COLOR_RGB2GRAY) + np.float32(DARK)), np.float32)


def slopes(light: Float32, unit: float) -> tuple[Float32, Float32, Float32]:
    """The structure tensor (h, w) of light: the difference of both squared slopes, twice their product, their sum."""
    gray = cv2.GaussianBlur(light, (0, 0), max(0.7, 0.008 * unit))
    x, y = (np.asarray(cv2.Sobel(gray, cv2.CV_32F, *one), np.float32) for one in ((1, 0), (0, 1)))
    return x * x - y * y, 2 * x * y, x * x + y * y


def agreement(here: Scene, near: Bool) -> float:
    """How far directions agree in hair (h, w), in [0, 1]: 0.4 in frizzy hair, 0.45 to 0.8 where strands are seen."""
    sure = _sure(here).astype(np.float32)
    a, b, total = (wide_blur(one * sure, AROUND * here.unit)[near] for one in slopes(light_of(here.picture), here.unit))
    return float((np.hypot(a, b) / np.maximum(total, 1e-6)).mean())


def straightened(here: Scene, near: Bool, colors: Float32, length: float, width: float) -> Strands:
    """A piece of this head's hair as wide as wished.

    Args:
        here: any scene.
        near: (h, w) hair whose colors the strips should have.
        colors: (h, w, 3) the hair's colors.
        length, width: in units; strips are put below one another where hair does not run straight for so long.

    Raises:
        LayerError: too little of the hair runs in one direction, or its strands are not seen.
    """
    if here.unit < SMALLEST:
        raise LayerError("This face is too small for the strands of its hair to be seen.")
    lab = cv2.cvtColor(colors / np.float32(255), cv2.COLOR_RGB2LAB)
    field = _Field.of(here, lab, near)
    strips: list[Float32] = []
    for share, wide in SIZES:
        strips = max(field.strips(max(share * length, SHORTEST), wide), strips, key=len)
        if len(strips) >= FEWEST:
            break
    if len(strips) < FEWEST:
        raise LayerError("Too little of this hair runs in one direction.")
    if np.median([field.detail(one) for one in strips]) < LEAST:
        raise LayerError("No strands are seen in this hair.")
    found = [_evened(here, one, colors, lab) for one in strips]
    usual = float(np.median([_spread(one[..., 2]) for one in found]))
    for one in found:
        one[..., 2] *= np.clip(usual / max(_spread(one[..., 2]), 1e-4), 0.7, 1.4)
    overlap, height = max(3, round(OVERLAP * here.unit)), round(length * here.unit)
    below = max(3, round(BELOW * here.unit))
    longer = [_drawn_out(one, height) for one in found]
    made = quilted(tall(longer, height, below), round(width * here.unit), overlap)
    area = np.zeros(here.shape, np.bool_)
    for one in strips:
        xs, ys = (np.rint(one[..., n]).astype(np.int64) for n in (0, 1))
        area[ys, xs] = True
    places, light, hue = (np.ascontiguousarray(one) for one in (made[..., :2], made[..., 2], made[..., 3:]))
    return Strands(places, light, hue, area, here.unit)


@dataclass(frozen=True, eq=False)
class _Field:
    """Attributes:
    way, alike: (h, w, 2) unit vectors along strands, and (h, w) how far directions nearby agree.
    sure: (h, w) hair alone.
    lab: (h, w, 3) colors; fine: (h, w) how much the light of single strands differs.
    usual: (3,) color of the hair that strips should be like.
    unit: pixels.
    places: (N, 2) that are tried.
    """

    way: Float32
    alike: Float32
    sure: Bool
    lab: Float32
    fine: Float32
    usual: Float64
    unit: float
    places: Float32

    @classmethod
    def of(cls, here: Scene, lab: Float32, near: Bool) -> _Field:
        unit, light = here.unit, light_of(here.picture)
        sure = _sure(here)
        a, b, total = (wide_blur(one * sure.astype(np.float32), AROUND * unit) for one in slopes(light, unit))
        angle = 0.5 * np.arctan2(b, a) + np.pi / 2
        way = np.dstack([np.cos(angle), np.sin(angle)]).astype(np.float32)
        alike = np.asarray(np.hypot(a, b) / np.maximum(total, 1e-6), np.float32)
        rows = np.arange(here.shape[0])[:, None]
        low = near & (rows > here.points[[33, 263], 1].mean())
        parts = [near, low] if float(low.sum()) > LENGTHS * unit**2 else [near]
        usual = np.mean([np.median(lab[one], axis=0) for one in parts], axis=0)
        step = max(4, round(STEP * unit))
        ys, xs = (one.ravel() for one in np.mgrid[0 : here.shape[0] : step, 0 : here.shape[1] : step])
        close = np.abs(np.stack([xs, ys], 1) - here.points[9, :2] - (0, 0.5 * unit)).max(1) < 2 * unit
        ok = sure[ys, xs] & close
        fine = wide_blur(np.abs(light - cv2.GaussianBlur(light, (0, 0), 0.03 * unit)), 0.04 * unit)
        return cls(way, alike, sure, lab, fine, usual, unit, np.stack([xs[ok], ys[ok]], 1).astype(np.float32))

    def strips(self, length: float, wide: float) -> list[Float32]:
        """The best strips (V, U, 2) of a length and width in units, none near another."""
        if not len(self.places):
            return []
        every = self._traced(round(length * self.unit / 2 / PACE), round(wide * self.unit / PACE))
        cost = self._cost(every)
        taken: list[int] = []
        for n in np.argsort(cost):
            if not cost[n] < cost.min() + WORSE or len(taken) == MOST:
                break
            away = [np.hypot(*(self.places[n] - self.places[other])) for other in taken]
            if min(away, default=np.inf) > APART * wide * self.unit:
                taken.append(int(n))
        size, last = (round(wide * self.unit), round(length * self.unit)), np.array(self.sure.shape[::-1]) - 1
        return [np.clip(cv2.resize(every[n], size), 0, last).astype(np.float32) for n in taken]

    def detail(self, strip: Float32) -> float:
        """How much light differs between strands in all of a strip (V, U, 2) but a fifth."""
        return float(np.quantile(self._at(self.fine, strip), 0.2))

    def _traced(self, steps: int, count: int) -> Float32:
        """(N, V, U, 2) places along the strands through a line across each place."""
        first = self._at(self.way, self.places)
        across = np.stack([first[:, 1], -first[:, 0]], 1)
        start = self.places[:, None] + (np.arange(count) - count / 2)[:, None] * PACE * across[:, None]
        sides = []
        for sign in (-1, 1):
            lanes, at, way = [], start, np.broadcast_to((sign * first)[:, None], start.shape)
            for _ in range(steps):
                lanes.append(at)
                found = self._at(self.way, at)
                way = found * np.where((found * way).sum(-1, keepdims=True) < 0, -1, 1)
                at = at + PACE * way
            sides.append(np.stack(lanes, 1))
        return np.concatenate([sides[0][:, ::-1], sides[1][:, 1:]], 1).astype(np.float32)

    def _cost(self, every: Float32) -> Float64:
        """(N,): how badly each strip suits; infinity where it is none."""
        lab, alike = self._at(self.lab, every), self._at(self.alike, every)
        apart = np.linalg.norm(np.diff(every, axis=2), axis=-1).reshape(len(every), -1) / PACE
        near, far = np.quantile(apart, (0.05, 0.95), axis=1)
        away = np.linalg.norm(np.median(lab, axis=(1, 2)) - self.usual, axis=1)
        broad = np.concatenate([lab[..., 0].mean(2), lab[..., 0].mean(1)], 1).std(1)
        fine = np.quantile(self._at(self.fine, every), 0.2, axis=(1, 2))
        cost = away / 12 + broad / 7 - 2 * alike.mean((1, 2)) - 6 * np.minimum(fine, 0.12)
        good = (self._at(self.sure, every).mean((1, 2)) > SURE) & (near > SPACING[0]) & (far < SPACING[1])
        good &= np.quantile(alike, 0.1, axis=(1, 2)) > ALIKE
        return np.asarray(np.where(good, cost, np.inf), np.float64)

    @staticmethod
    def _at(plane: Any, places: Any) -> Any:
        """A map at the nearest pixels of places (..., 2)."""
        found = np.rint(places).astype(np.int64)
        xs, ys = (np.clip(found[..., n], 0, plane.shape[1 - n] - 1) for n in (0, 1))
        return plane[ys, xs]


def _sure(here: Scene) -> Bool:
    """(h, w): hair alone."""
    worn = cv2.dilate(here.shares["worn"], np.ones((9, 9), np.uint8)) < 0.1
    others = here.shares["clothes"] + here.shares["face"] + here.shares["ears"]
    hair = cv2.erode(((here.hair > 0.9) & (others < 0.3)).astype(np.uint8), disc(0.015 * here.unit)) > 0
    return np.asarray(hair & worn, np.bool_)


def _evened(here: Scene, strip: Float32, colors: Float32, lab: Float32) -> Float32:
    """(V, U, 5): places, light and hue without what is broad."""
    unit = here.unit

    def fine(plane: Float32) -> Float32:
        found = cv2.remap(plane, strip[..., 0], strip[..., 1], cv2.INTER_CUBIC)
        broad = cv2.GaussianBlur(found, (0, 0), sigmaX=BROAD[0] * unit, sigmaY=BROAD[1] * unit)
        found = found - broad
        return np.asarray(found - found.mean((0, 1)), np.float32)

    light = fine(light_of(colors))
    usual = max(_spread(light), 1e-4)
    most = usual * np.where(light < 0, DEEP, BRIGHT)
    hue = HUE * np.tanh(fine(np.ascontiguousarray(lab[..., 1:])) / (1.6 * HUE))
    return np.dstack([strip, most * np.tanh(light / most), hue]).astype(np.float32)


def _drawn_out(strip: Float32, height: int) -> Float32:
    """A strip (V, U, 5) that is too short, as much longer as it may be."""
    long = min(height, round(STRETCH * len(strip)))
    if long <= len(strip):
        return strip
    return np.asarray(cv2.resize(strip, (strip.shape[1], long), interpolation=cv2.INTER_LINEAR), np.float32)


def _spread(light: Float32) -> float:
    return 1.25 * float(np.abs(light).mean())
