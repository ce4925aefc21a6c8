"""Ears that hair lies beside: redder and lighter than the hair around, where ears are. The parser often misses them.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.border import both_colors
from mien.compose.morphology import disc
from mien.types import Float32, Float64, UInt8

SIDES = ((127, 132), (356, 361))
"""Landmarks of the face's outline beside the temple and the jaw, which ears lie between."""

ABOVE, OUTWARDS, INWARDS = 11.0, 13.0, 2.0
"""Units that ears reach above the first of these, and away from the face, at most, and over its outline."""

NEARBY = 10.0
"""Units within which colors of hair and of skin are looked for."""

REDDER, LIGHTER, ALIKE = (4.0, 8.0), (8.0, 16.0), (12.0, 24.0)
"""a* and L* over those of hair nearby from which on skin is told, and fully; and by how much its a* may be off that of
the face, for it to be told fully, and at all: ears are up to ``FLUSHED`` redder."""

REDDEST, RED = 95.0, (20.0, 28.0)
"""Percentile of the hair's a* from which on it has red locks, which are hardly told from ears, or not at all."""

FLUSHED = 4.0
"""a* by which ears are redder than faces."""

LIKELY, FAINT = (0.2, 0.7), ((1.0, 4.0), (6.0, 14.0))
"""What the parser must give for ears for less of both to be enough."""

SOME, SURE = 0.1, 0.95
"""How surely a place is an ear for it to count, and how surely some of it must be."""

FAIR = (40.0, 55.0)
"""L* of hair from which on it is hardly told from ears, and not at all: skin shines through gray hair."""

SOLID, FINE, GAPS = 0.4, 0.25, 0.6
"""Units that an ear is thick, at least (half of it); over which colors are told; and over which gaps are closed."""


def bare_ears(picture: UInt8, matte: Float32, skin: Float32, ears: Float32, points: Float64, unit: float) -> Float32:
    """How surely something is an ear, (h, w), beside hair that is not fair.

    Args:
        picture: (h, w, 3).
        matte: of its hair.
        skin, ears: what the parser takes for these.
        points: (478, 3) landmarks.
        unit: in pixels.
    """
    place = _place(points, matte.shape, unit)
    hair = (matte > 0.95) & (place < 0.05) & (skin + ears < 0.1)
    bare = (skin > 0.9) & (matte < 0.03)
    if not hair.any() or not bare.any():
        return np.zeros_like(matte)
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), max(0.6, FINE * unit))
    (dark, _), (face, _) = both_colors(lab, (hair, bare), NEARBY * unit)
    lighter, redder = (lab[..., n] - dark[..., n] for n in (0, 1))
    off = np.abs(lab[..., 1] - face[..., 1] - FLUSHED)
    told = _share(redder, REDDER) * _share(lighter, LIGHTER) * (1 - _share(off, ALIKE))
    likely = _share(ears, LIKELY) * _share(redder, FAINT[0]) * _share(lighter, FAINT[1])
    red = np.float32(np.percentile(lab[..., 1][hair], REDDEST))
    place = place * (1 - _share(dark[..., 0], FAIR)) * (1 - _share(red, RED))
    found = cv2.morphologyEx(place * np.maximum(told, likely), cv2.MORPH_OPEN, disc(SOLID * unit))
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, disc(GAPS * unit))
    return np.asarray(cv2.GaussianBlur(_surely(found), (0, 0), 0.2 * unit), np.float32)


def _surely(found: Float32) -> Float32:
    """Ears (h, w) without pieces of which nothing is sure: half of an ear in its own color looks worse than none."""
    count, index = cv2.connectedComponents((found > SOME).astype(np.uint8))
    sure = np.bincount(index[found > SURE], minlength=count) > 0
    sure[0] = False
    return np.asarray(found * sure[index], np.float32)


def _share(values: Any, ends: tuple[float, float]) -> Float32:
    """From 0 to 1, how far values lie between two."""
    return np.asarray(np.clip((values - np.float32(ends[0])) / np.float32(ends[1] - ends[0]), 0, 1), np.float32)


def _place(points: Float64, shape: tuple[int, ...], unit: float) -> Float32:
    """1 where ears may be, (h, w), with a soft border."""
    area = np.zeros(shape, np.uint8)
    up = points[10, :2] - points[152, :2]
    up = up / max(float(np.linalg.norm(up)), 1e-6) * unit
    across = np.array([-up[1], up[0]])
    for pair in SIDES:
        top, low = (points[one, :2] for one in pair)
        out = across if float(across @ (top - points[1, :2])) > 0 else -across
        top = top + ABOVE * up
        corners = [top - INWARDS * out, top + OUTWARDS * out, low + OUTWARDS * out, low - INWARDS * out]
        cv2.fillConvexPoly(area, np.round(corners).astype(np.int32), 1)
    return np.asarray(cv2.GaussianBlur(area.astype(np.float32), (0, 0), unit), np.float32)
