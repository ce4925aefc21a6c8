"""The color of lips that shut: nothing of the open mouth shows, and their red goes as far as their border.

Convention:
    That of :mod:`mien.guides.mouths.lip_lines`; samples are (h, w, C) float32 over a box of the photo.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.guides.guide import Box
from mien.guides.laid import blurred, filled
from mien.guides.mouths.lip_lines import LipLines
from mien.types import Bool, Float32, Float64

RIM, CORNER, DIM = 0.011, 0.05, 0.7
"""Units by which the inside of a mouth is taken to be larger than it is seen, those around it in which what is darker
than this share of the lips belongs to it, too."""

WIDER, AT_END = 1.5, 0.1
"""By how many times itself that is larger at a corner, where shade is soft, and within how many units of it."""

CORES, RAMP, EVEN = (0.2, 0.35, 0.5), (0.25, 0.6), 0.8
"""Shares of a lip's height, from where lips meet, at one of which its color is looked up, the one that is least like
skin; from where on it is brought to that color, and how far."""

SKIN = 1.5
"""The same, at which skin is seen."""

ENDS, LAST = (0.22, 0.1), 0.14
"""Share of the mouth's width from a corner from where on all of a lip is brought to that color, and where it is looked
up at the last: the corners of an open mouth show none."""

LESS, MORE = 0.4, 1.06
"""Most by which that may darken and lighten."""

SOFT = 0.009
"""Units over which the color of lips ends."""


def without_inside(picture: Any, lips: LipLines, box: Box) -> Any:
    """Samples (h, w, C) of an open mouth whose inside is filled with what the lips' edges show.

    Args:
        picture: the photo's own samples in the box.
        lips: as they are seen in it.
        box: in the photo.
    """
    x0, y0, x1, y1 = _mouth_box(lips, box)
    part = picture[y0 - box[1] : y1 - box[1], x0 - box[0] : x1 - box[0]]
    inside = _inside(part.astype(np.float32), lips, (x0, y0, x1, y1))
    made = _spread(part.astype(np.float32), inside)
    found = picture.copy()
    found[y0 - box[1] : y1 - box[1], x0 - box[0] : x1 - box[0]] = np.rint(made).astype(picture.dtype)
    return found


def _inside(part: Float32, lips: LipLines, box: Box) -> Bool:
    """(h, w): the inside of a mouth, with the dark of its corners."""
    inside = filled(np.concatenate([lips.points[1], lips.points[2][::-1]]), box)
    whole = filled(np.concatenate([lips.points[0], lips.points[3][::-1]]), box)
    light = cv2.GaussianBlur(part.mean(2), (0, 0), max(0.6, 0.006 * lips.unit))
    lip = whole & ~inside
    dark = light < DIM * float(np.median(light[lip])) if lip.any() else np.zeros_like(inside)
    near = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    rim, corner = max(RIM * lips.unit, 1.5), max(CORNER * lips.unit, 4.0)
    x, y = np.meshgrid(np.arange(box[0], box[2]) + 0.5, np.arange(box[1], box[3]) + 0.5)
    ends = np.minimum(*(np.hypot(x - a, y - b) for a, b in lips.points[0, [0, -1]]))
    wider = 1 + WIDER * np.clip(1 - ends / (AT_END * lips.unit), 0, 1)
    return np.asarray((near < rim * wider) | (dark & (near < corner)))


def _spread(part: Float32, inside: Bool) -> Float32:
    """Samples (h, w, C) that go on where nothing is to be seen: ever coarser means of what is beside."""
    seen = (~inside).astype(np.float32)
    made, known = part.copy(), seen.copy()
    sigma = 1.0
    while known.min() <= 0 and sigma < max(part.shape):
        total = cv2.GaussianBlur(part * seen[..., None], (0, 0), sigma).reshape(part.shape)
        weight = cv2.GaussianBlur(seen, (0, 0), sigma)
        fresh = (known <= 0) & (weight > 0.05)
        made[fresh] = (total / np.maximum(weight, 1e-6)[..., None])[fresh]
        known[fresh] = 1
        sigma *= 1.5
    share = blurred(inside, 1.0)[..., None]
    smooth = cv2.GaussianBlur(made, (0, 0), 1.2).reshape(part.shape)
    return np.asarray(np.where(inside[..., None], made + share * (smooth - made), part), np.float32)


def evenly_red(made: Float32, lips: LipLines, box: Box) -> Float32:
    """Shut lips (h, w, C) whose color goes as far as their border.

    Lips that are drawn apart are thin and pale at their border; as they were, it would not be seen where they end.
    """
    x0, y0, x1, y1 = small = _mouth_box(lips, box)
    rows, columns = slice(y0 - box[1], y1 - box[1]), slice(x0 - box[0], x1 - box[0])
    part = made[rows, columns]
    area = filled(np.concatenate([lips.points[0], lips.points[3][::-1]]), small)
    broad = _broad(part, area, 0.025 * lips.unit)
    away, ends, edges = _coordinates(lips, small)
    looked = _core(broad, edges, away, small, lips)
    looked = cv2.GaussianBlur(looked, (0, 0), 0.06 * lips.unit).reshape(part.shape)
    share = np.maximum(_ramp(away, RAMP), _ramp(ends, ENDS))
    weight = EVEN * share * blurred(area, SOFT * lips.unit)
    gain = np.exp(weight[..., None] * np.log((looked + 1) / (broad + 1)))
    found = made.copy()
    found[rows, columns] = part * np.clip(gain, LESS, MORE)
    return found


def _ramp(values: Float64, ends: tuple[float, float]) -> Float64:
    """0 at the first end, 1 at the second one, and smooth between."""
    t = np.clip((values - ends[0]) / (ends[1] - ends[0]), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _broad(part: Float32, area: Bool, sigma: float) -> Float32:
    """Samples (h, w, C) blurred, in an area and outside of it each on its own."""
    found = np.empty_like(part)
    for within in (area, ~area):
        seen = within.astype(np.float32)
        total = cv2.GaussianBlur(part * seen[..., None], (0, 0), sigma).reshape(part.shape)
        weight = np.maximum(cv2.GaussianBlur(seen, (0, 0), sigma), 1e-3)[..., None]
        found[within] = (total / weight)[within]
    return found


def _core(broad: Float32, edges: Float64, away: Float64, box: Box, lips: LipLines) -> Float32:
    """(h, w, C) color of the lip across from each place: where either lip is least like the skin beside it."""
    looks = {}
    for share in (*CORES, SKIN):
        places = np.stack([edges[..., 0], edges[..., 1] + share * (edges[..., 2] - edges[..., 1])], -1) @ lips.turn
        at = (places - (box[0] + 0.5, box[1] + 0.5)).astype(np.float32)
        seen = cv2.remap(broad, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        looks[share] = seen.reshape(broad.shape)
    found = np.empty_like(broad)
    for lip in (edges[..., 2] < edges[..., 1], edges[..., 2] >= edges[..., 1]):
        within = lip & (away < 1)
        colors = {share: _hue(np.median(look[within], axis=0)) for share, look in looks.items() if within.any()}
        best = max(CORES, key=lambda share: np.abs(colors[share] - colors[SKIN]).max()) if colors else CORES[1]
        found[lip] = looks[best][lip]
    return found


def _hue(color: Float32) -> Float64:
    """A color without its light."""
    return np.asarray(color / max(float(color.mean()), 1e-3), np.float64)


def _coordinates(lips: LipLines, box: Box) -> tuple[Float64, Float64, Float64]:
    """How far from where lips meet to their border (h, w), from a corner across, and where the lip is that is alike.

    The last is (h, w, 3): where across, the height of the line where lips meet, and of the border, all upright.
    """
    x0, y0, x1, y1 = box
    xs, ys = np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5)
    upright = np.stack([xs, ys], -1) @ lips.turn.T
    across = lips.upright[0, :, 0]
    top, seam, bottom = (np.interp(upright[..., 0], across, lips.upright[line, :, 1]) for line in (0, 1, 3))
    border = np.where(upright[..., 1] < seam, top, bottom)
    height = np.where(np.abs(border - seam) < 1, np.copysign(1.0, border - seam), border - seam)
    along = (upright[..., 0] - across[0]) / (across[-1] - across[0])
    inner = across[0] + along.clip(LAST, 1 - LAST) * (across[-1] - across[0])
    lines = [np.interp(inner, across, lips.upright[line, :, 1]) for line in (0, 1, 3)]
    deep = np.where(upright[..., 1] < seam, lines[0], lines[2])
    ends = np.minimum(along, 1 - along)
    return np.asarray((upright[..., 1] - seam) / height), np.asarray(ends), np.stack([inner, lines[1], deep], -1)


def _mouth_box(lips: LipLines, box: Box) -> Box:
    """Where lips lie, within a box."""
    places, room = lips.points.reshape(-1, 2), 0.12 * lips.unit
    low, high = np.floor(places.min(0) - room).astype(int), np.ceil(places.max(0) + room).astype(int)
    return max(box[0], int(low[0])), max(box[1], int(low[1])), min(box[2], int(high[0])), min(box[3], int(high[1]))
