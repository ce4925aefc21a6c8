"""Edges of lenses without rims: thin faint lines that go on around the lenses, which networks miss.

Wrinkles and lids lie elsewhere or run another way.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.glasses.frames import axes
from mien.guides.glasses.lines import UNIT, disc, light_of
from mien.guides.glasses.seen import Seen
from mien.guides.glasses.surround import BROWS
from mien.types import Bool, Float32, Float64

OFFSETS, ALONG = (0.5, 0.9), 1.6
"""How far beside a line it is compared with, and how far along it is averaged, units."""

CLEAR, FAINTEST, USUALLY = 1.9, 2.5, 0.8
"""Levels of a line, as multiples of what the skin below has; at least; and which quantile of the skin counts."""

BAND, SKIN = (-1.5, 5.0), (6.0, 11.0)
"""How far from the parser's lenses edges lie, and where skin is compared, units."""

CLOSE, MOSTLY = 2.0, 0.5
"""How far from a front an edge may be, units, and which share of it must be as close."""

STRONG, RIM, FAINTLY = (15.0, 0.7), (-1.5, 3.0), 0.15
"""Levels of a line that goes on from a frame, at least and as a share of the frame's; how far from the border of the
lenses it may be, units; and how likely a frame must be there."""

RIMLESS, OWN, HARDLY, OUTER, LONGER = 8.0, 0.6, 0.03, (-1.5, 3.5), 10.0
"""Levels of lines along the frame below which it has no rims; share of these that a rim has at least where a network
hardly sees it; how likely it is there; how far from the border of the lenses, and how long, units."""

WARMTH = 0.7
"""How much levels of red over blue count, in which hair seen through an edge differs from skin."""

LONG, BELOW, ABOVE = 4.0, 2.0, 6.0
"""Length of an edge at least; and how far below and above the middle of the eyes edges are looked for, units."""


def lens_edges(picture: Float32, seen: Seen, points: Float64, known: Bool) -> Bool:
    """(h, w) lines along the lower and outer border of the lenses; above, those that go on from known ones.

    Args:
        picture: (h, w, 3) levels, some rows of the plane, as all that follows.
        seen: what a network sees; edges lie in or beside the front.
        points: (478, 2) landmarks.
        known: (h, w) parts of the frame that were found.
    """
    if not seen.front.any():
        return np.zeros(seen.front.shape, np.bool_)
    away, soft = _away(seen.lenses), cv2.GaussianBlur(picture, (0, 0), 0.8)
    light, warmth = light_of(soft), (soft[..., 0] - soft[..., 2]) * np.float32(WARMTH)
    lines = np.maximum(*(_lines_along(one, away) for one in (light, warmth)))
    below, beside, inner, outer = _places(points, light.shape)
    skin = (away > SKIN[0] * UNIT) & (away < SKIN[1] * UNIT) & (below > 2 * BELOW * UNIT)
    skin &= (beside > inner) & (beside < outer + 4 * UNIT)
    usual = float(np.quantile(lines[skin], USUALLY)) if skin.any() else 0.0
    lids = cv2.dilate((seen.eyes > 0).astype(np.uint8), disc(4.0)) > 0
    outlines = [np.round(points[list(one)]).astype(np.int32) for one in BROWS]
    brows = cv2.fillPoly(np.zeros(light.shape, np.uint8), outlines, 1)
    band = (away > BAND[0] * UNIT) & (away < BAND[1] * UNIT) & (below > -ABOVE * UNIT)
    band &= ~(lids | (cv2.dilate(brows, disc(3.0)) > 0))
    band &= ((below > BELOW * UNIT) | (beside > outer + UNIT)) & (beside > inner)
    clear = ((lines > max(FAINTEST, CLEAR * usual)) & band).astype(np.uint8)
    _, index, stats, _ = cv2.connectedComponentsWithStats(clear)
    length = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    close = cv2.dilate(seen.front.astype(np.uint8), disc(2 * CLOSE)) > 0
    shares = np.bincount(index[close], minlength=len(stats)) / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    found = (clear > 0) & ((length > LONG * UNIT) & (shares > MOSTLY))[index]
    found |= _going_on(lines, away, lids, known, seen.likely) | _beyond(lines, away, lids, known, seen.likely)
    return np.asarray(found, np.bool_)


def _going_on(lines: Float32, away: Float32, eyes: Bool, known: Bool, likely: Float32) -> Bool:
    """(h, w) lines about as strong as a frame's that touch it, in brows as well."""
    reference = float(np.quantile(lines[known], 0.8)) if known.any() else 0.0
    strong = (lines > max(STRONG[0], STRONG[1] * reference)) & (likely > FAINTLY) & ~eyes
    strong &= (away > RIM[0] * UNIT) & (away < RIM[1] * UNIT)
    _, index, stats, _ = cv2.connectedComponentsWithStats(strong.astype(np.uint8))
    length = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    close = cv2.dilate(known.astype(np.uint8), disc(1.0)) > 0
    touching = np.isin(np.arange(len(stats)), np.unique(index[close & strong]))
    return np.asarray(strong & (touching & (length > LONG * UNIT))[index], np.bool_)


def _beyond(lines: Float32, away: Float32, lids: Bool, known: Bool, likely: Float32) -> Bool:
    """(h, w) long lines along the lenses as clear as the frame, where it reaches beyond what a network takes for it.

    In brows, too, whose hairs run another way.
    """
    reference = float(np.quantile(lines[known], 0.8)) if known.any() else 0.0
    if reference < RIMLESS:
        return np.zeros(known.shape, np.bool_)
    clear = (lines > OWN * reference) & (likely > HARDLY) & ~lids
    clear &= (away > OUTER[0] * UNIT) & (away < OUTER[1] * UNIT)
    whole = cv2.morphologyEx(clear.astype(np.uint8), cv2.MORPH_CLOSE, disc(CLOSE / 2))
    _, index, stats, _ = cv2.connectedComponentsWithStats(whole)
    length = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    return np.asarray(clear & (length > LONGER * UNIT)[index] & (index > 0), np.bool_)


def _away(lenses: Float32) -> Float32:
    """(h, w) pixels from the border of the lenses, negative within."""
    inside = (lenses > 0.5).astype(np.uint8)
    out, within = (cv2.distanceTransform(one, cv2.DIST_L2, 5) for one in (1 - inside, inside))
    return np.asarray(cv2.GaussianBlur(out - within, (0, 0), 1.2 * UNIT), np.float32)


def _lines_along(light: Float32, away: Float32) -> Float32:
    """(h, w) levels of lines, dark or bright, that run as the border does."""
    x, y = (cv2.Sobel(away, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    size = np.hypot(x, y) + np.float32(1e-6)
    x, y = x / size, y / size
    ys, xs = np.mgrid[: light.shape[0], : light.shape[1]].astype(np.float32)

    def at(plane: Float32, by: float, x: Float32, y: Float32) -> Float32:
        maps = xs + np.float32(by * UNIT) * x, ys + np.float32(by * UNIT) * y
        return np.asarray(cv2.remap(plane, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)

    best = np.zeros_like(light)
    for offset in OFFSETS:
        out, within = at(light, offset, x, y), at(light, -offset, x, y)
        signed = np.maximum(np.minimum(out, within) - light, 0) - np.maximum(light - np.maximum(out, within), 0)
        steps = np.linspace(-ALONG, ALONG, 7)
        best = np.maximum(best, np.abs(np.mean([at(signed, float(by), -y, x) for by in steps], axis=0)))
    return np.asarray(best, np.float32)


def _places(points: Float64, shape: tuple[int, ...]) -> tuple[Float64, Float64, float, float]:
    """How far each pixel (h, w) is below the eyes and beside the face's middle; and the eyes' corners."""
    right, down = axes(points)
    middle = points[[33, 133, 362, 263]].mean(0)
    ys, xs = np.mgrid[: shape[0], : shape[1]]
    below = (xs - middle[0]) * down[0] + (ys - middle[1]) * down[1]
    beside = np.abs((xs - middle[0]) * right[0] + (ys - middle[1]) * right[1])
    inner, outer = (float(np.abs((points[two] - middle) @ right).mean()) for two in ([133, 362], [33, 263]))
    return below, beside, inner, outer
