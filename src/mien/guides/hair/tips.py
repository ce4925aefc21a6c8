"""Where cut hair ends: strands of different lengths along their own direction, darker below, single hairs beyond.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.guides.hair.strands import along
from mien.guides.scene import Scene
from mien.types import Float32, Float64

LENGTHS = ((0.1, 0.012), (0.03, 0.008), (0.006, 0.012))
"""Widths, units, of locks and strands of one length; and by how much lengths differ, units."""

TIP, FINE = 0.05, 0.02
"""Units in which a strand ends softly, and by which light ones are longer than dark ones."""

SINGLE, BEYOND, THIN = 1.6, 0.07, 0.55
"""How rare single hairs are, deviations; by how many units they are longer; and how much of a pixel they hide."""

ABOVE, REACH, SLANTED = 0.1, 0.1, 0.7
"""Units above the line at which the direction of strands is told; over which; and how far they slant at most."""

DARKER, SHADED = 0.3, 0.3
"""How much darker ends are, which lie in the shade of what hangs over them, and units above in which that begins."""


def tips(here: Scene, offsets: Float32, line: Float64, left: Float32, run: float) -> tuple[Float32, Float32]:
    """How much of the hair is seen (h, w), and how dark it is (h, w).

    Args:
        here: the scene.
        offsets: (h, w, 2) how far away the hair is that comes to a place.
        line: (w,) rows at which it is cut.
        left: (h, w) units from a place down to where hair ends there.
        run: units above the line in which hair may change.
    """
    unit = here.unit
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    rows = np.asarray(line - ABOVE * unit, np.float32)
    columns = xs + offsets[..., 0]
    columns = columns - (ys - rows) * _slants(here, rows)
    strands = along(here.picture, here.hair, unit)[1]
    light = cv2.remap(strands, xs + offsets[..., 0], ys + offsets[..., 1], cv2.INTER_LINEAR)
    longer, single = _lengths(here.shape[1], unit, columns)
    ends = left + longer + FINE * light
    shown = np.clip(ends / np.float32(TIP) + 0.5, 0, 1)
    hairs = THIN * np.clip((ends + BEYOND * np.clip(single, 0, 1.5)) / np.float32(TIP) + 0.5, 0, 1) * (single > 0)
    begins = min(SHADED, run + 0.05)
    dark = DARKER * np.clip(1 - left / np.float32(begins), 0, 1) ** 2
    return np.asarray(np.maximum(shown, hairs), np.float32), np.asarray(dark, np.float32)


def _slants(here: Scene, rows: Float32) -> Float32:
    """(w,) columns by which strands move aside a row, at rows (w,)."""
    unit = here.unit
    gray = cv2.GaussianBlur(cv2.cvtColor(here.picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    gx, gy = (cv2.Sobel(gray, cv2.CV_32F, *way) for way in ((1, 0), (0, 1)))
    sure = np.asarray(cv2.erode((here.hair > 0.95).astype(np.uint8), np.ones((3, 3), np.uint8)), np.float32)
    xx, yy, xy = (wide_blur(one * sure, REACH * unit) for one in (gx * gx, gy * gy, gx * gy))
    turned = 0.5 * np.arctan2(2 * xy, xx - yy + 1e-6)  # across the strands, from the row
    slant = np.clip(-np.tan(np.clip(turned, -1.0, 1.0)), -SLANTED, SLANTED)
    known = wide_blur(sure, REACH * unit)
    places = np.clip(rows, 0, here.shape[0] - 1).astype(int), np.arange(here.shape[1])
    weight = known[places][None]
    found = cv2.GaussianBlur(slant[places][None] * weight, (0, 0), 2 * REACH * unit)
    return np.asarray((found / np.maximum(cv2.GaussianBlur(weight, (0, 0), 2 * REACH * unit), 1e-3))[0], np.float32)


def _lengths(width: int, unit: float, columns: Float32) -> tuple[Float32, Float32]:
    """By how many units strands at columns (h, w) are longer; and above 0 where a single hair is, up to its length."""
    rng, longer = np.random.default_rng(0), np.zeros(width, np.float32)
    for wide, share in LENGTHS:
        longer += share * _noise(rng, width, wide * unit)
    single = _noise(rng, width, 0.004 * unit) - SINGLE
    flags = cv2.INTER_LINEAR
    found = [
        cv2.remap(one[None].astype(np.float32), columns, np.zeros_like(columns), flags, borderMode=cv2.BORDER_REFLECT)
        for one in (longer, single)
    ]
    return found[0], found[1]


def _noise(rng: np.random.Generator, width: int, wide: float) -> Float32:
    one = cv2.GaussianBlur(rng.standard_normal((1, width)).astype(np.float32), (0, 0), max(0.6, wide))[0]
    return np.asarray(one / max(float(one.std()), 1e-6), np.float32)
