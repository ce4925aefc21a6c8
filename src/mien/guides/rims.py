"""The rims of a pair of glasses: two mirrored outlines of few numbers, fitted to the lines of a picture.

A lens is a superellipse, rounder above or below, narrower above or below, tilted; both are mirrored, up to the turn of
the head. So what is seen of one rim tells where the rest of both is, and lids, brows and wrinkles, which are lines as
clear as thin rims, lead astray only where they have that form. The fit is a search by cross-entropy (Rubinstein, 1999);
afterwards, each rim follows the lines close to it.

Convention:
    That of :mod:`mien.guides.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.guides.bands import SCALES, followed
from mien.guides.frames import axes, eyes_of
from mien.guides.lines import SIDE, UNIT, disc, light_of
from mien.types import Float32, Float64

POINTS = 72
"""Of an outline while it is fitted."""

MEAN = np.array([0, 14.0, 1.8, 9.8, 6.9, 0.42, 0.45, -0.02, 0, 0, 0], np.float64)
SPREAD = np.array([0.8, 1.4, 1.6, 1.8, 1.6, 0.14, 0.12, 0.07, 0.06, 0.06, 0.4], np.float64)
"""Of the middle of both, the distance of each from it, how far below the eyes they are, half width and half height,
units; exponents above and below (0.5 for an ellipse, less for a box); how much wider below; slope outwards and up; how
much wider the right one is; how much lower."""

CLEAR = 24.0
"""Levels of a line that surely is one."""

ROUNDS, DRAWN, BEST, RUNS = 14, 300, 30, 2
"""Of the search: rounds, outlines in each, those that tell the next ones, and how often it is begun anew."""

PARSED = 0.25
"""What it costs to be four units off the parser's outline."""

ABOVE = 0.6
"""How much the upper half counts, where lids and brows are."""

ALONE = 0.35
"""How far one rim may be from what both are, against the spread of all."""

SAME = 0.08
"""What it costs that one rim is off what both are, by the spread of all."""

BOTH = 0.25
"""How much more it counts where both rims have a line."""


@dataclass(frozen=True, eq=False)
class _Scene:
    """Attributes:
    curvature: (len(SCALES), 3, SIDE, SIDE) second derivatives of the light: across, mixed, down; levels.
    off: (SIDE, SIDE) distance from the outline of the parser's region, units.
    eyes: (SIDE, SIDE) 1 on eyes and lids.
    origin, right, down: (2,) between the eyes, and the face's axes.
    """

    curvature: Float32
    off: Float32
    eyes: Float32
    origin: Float64
    right: Float64
    down: Float64


def rims(picture: Float32, likely: Float32, brows: Float32, points: Float64) -> list[Float64]:
    """Middle lines (N, 2) of both rims, a pixel apart; left one first.

    Args:
        picture: (SIDE, SIDE, 3).
        likely: (SIDE, SIDE) how likely glasses are, lenses included.
        brows: (SIDE, SIDE) how likely brows are, seen beside rims: lines as clear as those.
        points: (478, 2) landmarks.
    """
    light = light_of(picture)
    lenses = cv2.morphologyEx((likely > 0.5).astype(np.uint8), cv2.MORPH_OPEN, disc(3.0))
    inside = cv2.distanceTransform(lenses, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - lenses, cv2.DIST_L2, 5)
    right, down = axes(points)
    free = np.clip(1 - 0.75 * brows, 0, 1).astype(np.float32)
    scene = _Scene(
        _curvature(light) * free,
        np.minimum(np.abs(inside / np.float32(UNIT) - np.float32(0.5)), 99),
        eyes_of(points, 0.7).astype(np.float32),
        points[[33, 133, 362, 263]].mean(0),
        right,
        down,
    )
    rng = np.random.default_rng(0)
    start = MEAN, 1.3 * SPREAD, ROUNDS
    found = max((_searched(scene, rng, *start, (0, 1)) for _ in range(RUNS)), key=lambda one: one[1])[0]
    alone = [_searched(scene, rng, found, ALONE * SPREAD, ROUNDS // 2, (side,))[0] for side in (0, 1)]
    outlines = [_outlines(one[None], scene)[0][0, side] for side, one in enumerate(alone)]
    return [followed(light, one, closed=True, free=free) for one in outlines]


def _curvature(light: Float32) -> Float32:
    maps = []
    for scale, counts in SCALES:
        sigma = scale * UNIT
        soft = cv2.GaussianBlur(light, (0, 0), sigma)
        orders = ((2, 0), (1, 1), (0, 2))
        maps.append(1.6 * counts * sigma**2 / 4 * np.stack([cv2.Sobel(soft, cv2.CV_32F, *o, ksize=3) for o in orders]))
    return np.stack(maps).astype(np.float32)


def _searched(
    scene: _Scene, rng: np.random.Generator, mean: Float64, spread: Float64, rounds: int, sides: tuple[int, ...]
) -> tuple[Float64, float]:
    """The numbers (11,) that fit best, and how well they do; of both rims, or of one."""
    best, start = mean, mean
    for _ in range(rounds):
        drawn = rng.normal(mean, spread, (DRAWN, len(MEAN)))
        drawn[0] = best
        value = _fit(drawn, scene, sides)
        if len(sides) == 1:
            value -= SAME * (((drawn - start) / SPREAD) ** 2).sum(1)
        chosen = drawn[np.argsort(-value)[:BEST]]
        best = chosen[0]
        mean = 0.3 * mean + 0.7 * chosen.mean(0)
        spread = np.maximum(0.3 * spread + 0.7 * chosen.std(0), 0.03 * SPREAD)
    return best, float(_fit(best[None], scene, sides)[0])


def _outlines(drawn: Float64, scene: _Scene) -> tuple[Float64, Float64]:
    """Points (K, 2, POINTS, 2) of both outlines for each K of numbers (K, 11), and their directions."""
    middle, apart, low, wide, high, upper, lower, taper, slope, turn, roll = (one[:, None] for one in drawn.T)
    angle = np.arange(POINTS) * 2 * np.pi / POINTS
    cos, sin = np.cos(angle)[None], np.sin(angle)[None]
    power = 2 * np.clip(np.where(sin < 0, upper, lower), 0.12, 0.5)
    across, below = np.sign(cos) * np.abs(cos) ** power, np.sign(sin) * np.abs(sin) ** power
    outward = wide * across * (1 + taper * below)
    both = []
    for side in (-1, 1):
        away = (apart + outward) * (1 + side * turn)
        y = high * below - slope * outward * (1 + side * turn) + low + side * roll
        both.append(np.stack([side * away + middle, y], -1))
    plane = np.stack(both, 1)
    along = np.roll(plane, -1, 2) - np.roll(plane, 1, 2)
    along /= np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-6)
    turned = np.stack([scene.right, scene.down])
    return scene.origin + UNIT * plane @ turned, along @ turned


def _fit(drawn: Float64, scene: _Scene, sides: tuple[int, ...]) -> Float64:
    """(K,) how well outlines lie on lines, by the lines' direction, and on the parser's outline."""
    places, along = (one[:, list(sides)] for one in _outlines(drawn, scene))
    x, y = (np.clip(np.round(places[..., axis]).astype(int), 0, SIDE - 1) for axis in (0, 1))
    nx, ny = -along[..., 1], along[..., 0]
    seen = np.zeros(x.shape)
    for xx, xy, yy in ((one[0][y, x], one[1][y, x], one[2][y, x]) for one in scene.curvature):
        mixed = 2 * nx * ny * xy
        across, lengthwise = nx * nx * xx + mixed + ny * ny * yy, ny * ny * xx - mixed + nx * nx * yy
        seen = np.maximum(seen, np.maximum(across, -0.9 * across) - np.abs(lengthwise))
    clear = np.minimum(seen / CLEAR, 1.2)
    counts = np.where(np.sin(np.arange(POINTS) * 2 * np.pi / POINTS) < -0.3, ABOVE, 1.0)
    counts /= counts.sum()
    off = np.minimum((scene.off[y, x] / 4) ** 2, 3).mean((-1, -2))
    unusual = (drawn - MEAN) / SPREAD
    likely = 0.02 * (np.maximum(np.abs(unusual) - 1.5, 0) ** 2).sum(1) + 0.004 * (unusual**2).sum(1)
    lines = (clear * counts).sum(-1).mean(1) + BOTH * (clear.min(1) * counts).sum(-1)
    return np.asarray(lines - PARSED * off - 2 * scene.eyes[y, x].mean((-1, -2)) - likely, np.float64)
