"""Locks of a fringe: strands that draw together, begin and end sooner or later, and lie over one another.

Convention:
    That of :mod:`mien.guides.hair.fringe_flow`; u runs across strands, "up" from their ends, both in units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.types import Float32, Float64

WIDTHS, UPPER = (0.07, 0.2), (0.05, 0.24)
"""Widths of locks, and of those on top, units."""

TOGETHER, FROM = 0.25, (0.1, 0.3)
"""How far locks draw together at most, and from how far above their ends."""

EDGE, SOFT, BROAD = 0.016, 0.6, 0.025
"""Units over which a lock's side fades, pixels by which its matte is blurred, and units by which its tone is."""

LOCKS, LONE, THIN = 0.03, 0.1, 0.06
"""Units by which locks end sooner or later, by which single hairs go on, and over which ends thin out."""

FEW, BEYOND = 0.6, 0.07
"""How much is seen of the few hairs that go on beyond and between locks, and units by which they do."""

STRANDS = ((2.2, 0.05), (9.0, 0.03), (120.0, 0.025))
"""Widths, in samples, and units by which strands, tufts, and all of one side end sooner or later."""

SOME, TURNED, SHORTER, BEGIN = 0.5, 0.1, (-0.03, 0.3), (0.25, 0.3)
"""Share of locks on top that are there; by how much they lean otherwise (tangent); units by which they are shorter;
share of the length above which they begin, and over which share they do."""

SAMPLES = 1600
"""Values across by which strands differ."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Attributes:
    across: (h, w) where across a piece of strands each pixel is looked up, units.
    alpha: (h, w) how much is seen of it.
    tone: (h, w) how light a lock is among others, about -1 to 1.
    """

    across: Float64
    alpha: Float32
    tone: Float32


def lowest(across: Float64, up: Float64, span: float, unit: float, rng: np.random.Generator) -> Layer:
    """Locks side by side, without gaps but at their ends."""
    sway = 0.02 * np.interp(up, np.linspace(-1, 2, 200), noise(rng, 200, 14)) * np.clip(1 - up / 0.6, 0, 1)
    across = across + sway
    middle, width, lock = _cut(across, span, WIDTHS, rng)
    tight, start = TOGETHER * rng.uniform(0, 1, len(middle)) ** 3, rng.uniform(*FROM, len(middle))
    aside, later = 0.012 * rng.standard_normal(len(middle)), LOCKS * rng.standard_normal(len(middle))
    drawn = np.clip(1 - up / start[lock], 0, 1.5) ** 1.4
    across = middle[lock] + (across - middle[lock] - aside[lock] * drawn) * (1 + tight[lock] * drawn)
    out = 2 * np.abs(across - middle[lock]) / width[lock]
    side = np.clip((1 - out) * width[lock] / 2 / EDGE + 0.5, 0, 1)
    side = side + (1 - side) * np.clip(1 - 6 * drawn, 0, 1)
    end = later[lock] + 0.02 * np.minimum(out**2, 2) * (0.2 + 2 * tight[lock])
    alpha = _ends(across, up, span, end, rng) * side
    thin = np.clip(0.8 * np.interp(across, np.linspace(-span, span, 2 * SAMPLES), noise(rng, 2 * SAMPLES, 1.3)), 0, 1)
    alpha = np.maximum(alpha, FEW * thin * np.clip((up - end + BEYOND) / THIN + 0.5, 0, 1))
    tone = _even(rng.standard_normal(len(middle))[lock] * np.clip(1.2 - up, 0.3, 1), BROAD * unit)
    return Layer(across, _even(alpha, SOFT), tone)


def upper(across: Float64, up: Float64, length: float, span: float, unit: float, rng: np.random.Generator) -> Layer:
    """Some locks on top of others, which lean a little otherwise and end in points."""
    middle, width, lock = _cut(across, span, UPPER, rng)
    count = len(middle)
    there = rng.uniform(size=count) < SOME
    turned = TURNED * rng.standard_normal(count)
    shorter = rng.uniform(*SHORTER, count)
    begin = length * (1 - BEGIN[0] * rng.uniform(0, 2, count))
    moved = across + turned[lock] * (up - 0.6 * length)
    rest = np.clip((up - shorter[lock]) / 0.3, 0, 1)
    grown = np.clip((begin[lock] - up) / (BEGIN[1] * length), 0, 1)
    half = width[lock] / 2 * (0.25 + 0.75 * rest) * (0.5 + 0.5 * grown)
    off = moved - middle[lock]
    steps = np.linspace(-span, span, 2 * SAMPLES)
    uneven = np.interp(moved, steps, noise(rng, 2 * SAMPLES, 3.0))
    side = np.clip((half - np.abs(off)) / (3 * EDGE) + 0.5 + 0.5 * uneven * (np.abs(off) > half - 3 * EDGE), 0, 1)
    alpha = _ends(moved, up, span, shorter[lock], rng) * side * grown * there[lock]
    tone = _even(rng.standard_normal(count)[lock], BROAD / 2 * unit)
    return Layer(moved + rng.uniform(-span, span, count)[lock], _even(alpha, SOFT), tone)


def noise(rng: np.random.Generator, count: int, sigma: float) -> Float64:
    """(count,) smooth noise of a standard deviation of 1."""
    found = cv2.GaussianBlur(rng.standard_normal((1, count)), (0, 0), sigma, borderType=cv2.BORDER_REFLECT)[0]
    return np.asarray(found / max(float(found.std()), 1e-6), np.float64)


def _cut(across: Float64, span: float, widths: tuple[float, float], rng: np.random.Generator) -> tuple[Any, ...]:
    """Middles and widths of locks (N,), and of which lock each pixel (h, w) is."""
    half = max(span / 2, float(np.abs(across).max()))
    span = 2 * half
    edges = -half + np.cumsum(rng.uniform(*widths, round(2 * span / sum(widths) + 9)))
    edges = np.r_[-half - widths[1], edges[edges < half], half + widths[1]]
    lock = np.clip(np.searchsorted(edges, across) - 1, 0, len(edges) - 2)
    return (edges[1:] + edges[:-1]) / 2, np.diff(edges), lock


def _ends(across: Float64, up: Float64, span: float, end: Float64, rng: np.random.Generator) -> Float64:
    """(h, w): what is seen of strands, of which each ends a little sooner or later than a lock (h, w)."""
    steps = np.linspace(-span, span, 2 * SAMPLES)
    uneven = sum(much * noise(rng, 2 * SAMPLES, sigma) for sigma, much in STRANDS)
    lone = np.maximum(noise(rng, 2 * SAMPLES, 1.4) - 1.3, 0)
    end = end + np.interp(across, steps, uneven - LONE * lone)
    return np.asarray(np.clip((up - end) / THIN + 0.5, 0, 1), np.float64)


def _even(plane: Float64, pixels: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(plane.astype(np.float32), (0, 0), pixels), np.float32)
