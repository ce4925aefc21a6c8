"""Lips as they are seen: by landmarks, by a parser, and where their red ends to the eye.

Parsers and landmarks draw the thin lips of a smile too thick, and landmarks lie on teeth at times.

Convention:
    That of :mod:`mien.guides.mouths.lip_lines`.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.guides.mouths.lip_columns import columns_of
from mien.guides.mouths.lip_lines import LINES, STATIONS, LipLines, smoothed
from mien.guides.shapes import Placement, Shapes
from mien.guides.still import Labelled
from mien.photos.color import to_srgb
from mien.types import Float32, Float64, Photo

SEEN, FADE = 0.75, 0.1
"""Weight of what the parser sees against landmarks, and the share of the width at the corners over which it fades."""

STEPS = 64
"""Of a lip's height, and as many beyond it."""

LIP, SKIN = (0.15, 0.6), (1.25, 1.8)
"""From the inner edge, in heights of the lip as it was found: what is lip for sure, and what is skin."""

INSIDE, OUTSIDE, UNLIKE = (-0.45, -0.2), (0.6, 0.9), 10.0
"""The same of what is between the lips, and of lip, and how far apart both must be to be told from each other."""

MISSED = 0.6
"""Heights of a lip up to which what is between the lips may go on."""

LEAST, MOST = 0.3, 1.15
"""Heights of the lip between which its border lies."""

ALIKE = 5.0
"""Distance of lip and skin in Lab, lightness by half, below which nothing is told."""

BESIDE = 2.0
"""Stations over which colors are compared."""


def lips_in(photo: Photo, landmarks: Float64, labelled: Labelled | None) -> LipLines:
    """The lips of a face (478, 3), as they are seen."""
    return with_seen_borders(photo, seen_lips(landmarks, labelled))


def with_seen_borders(photo: Photo, lips: LipLines) -> LipLines:
    """Lips whose outer borders lie where their color changes into that of the skin."""
    found = lips.upright.copy()
    for inner, outer in ((1, 0), (2, 3)):
        if lips.opened:
            height = found[outer, :, 1] - found[inner, :, 1]
            found[inner, :, 1] += _edges(photo, lips, found[inner], height) * height
        height = found[outer, :, 1] - found[inner, :, 1]
        share = _borders(_colors(photo, lips, found[inner], height, np.linspace(0, 2, 2 * STEPS)))
        found[outer, :, 1] = found[inner, :, 1] + share * height
    return LipLines(found, lips.turn, lips.unit)


def _edges(photo: Photo, lips: LipLines, edge: Float64, height: Float64) -> Float64:
    """(STATIONS,) share of a lip's height that is teeth, or the dark between: parsers miss teeth in half shade."""
    out = np.linspace(-0.5, 1.5, 2 * STEPS)
    colors = _colors(photo, lips, edge, height, out)
    inside, lip = (np.median(colors[(out >= low) & (out <= high)], axis=0) for low, high in (INSIDE, OUTSIDE))
    apart = inside - lip
    square = (apart**2).sum(1)
    like = ((colors - lip) * apart).sum(2) / np.maximum(square, 1e-6)
    found = np.zeros(STATIONS)
    within = np.flatnonzero((out >= 0) & (out <= MISSED))
    for at in np.flatnonzero(square > UNLIKE**2):
        below = like[within, at] < 0.5
        found[at] = out[within[int(below.argmax())]] if below.any() else 0.0
    found[:2], found[-2:] = found[2], found[-3]
    return smoothed(np.median(np.lib.stride_tricks.sliding_window_view(np.pad(found, 2, "edge"), 5), axis=1), 1.5)


def _colors(photo: Photo, lips: LipLines, edge: Float64, height: Float64, out: Float64) -> Float32:
    """(2 STEPS, STATIONS, 3) Lab at shares of the height outwards from an inner edge, lightness by half."""
    places = np.repeat(edge[None], len(out), 0)
    places[..., 1] += out[:, None] * height
    places = places @ lips.turn
    flat = places.reshape(-1, 2)
    low, high = np.floor(flat.min(0)).astype(int) - 2, np.ceil(flat.max(0)).astype(int) + 2
    x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
    box = x0, y0, min(photo.width, int(high[0])), min(photo.height, int(high[1]))
    soft = cv2.GaussianBlur(to_srgb(photo, box).astype(np.float32) / 255, (0, 0), max(0.6, 0.006 * lips.unit))
    lab = cv2.cvtColor(soft, cv2.COLOR_RGB2LAB) * np.array((0.5, 1.0, 1.0), np.float32)
    at: Any = (places - (x0 + 0.5, y0 + 0.5)).astype(np.float32)
    seen = cv2.remap(lab, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), sigmaX=BESIDE, sigmaY=0.5), np.float32)


def _borders(colors: Float32) -> Float64:
    """(STATIONS,) share of a lip's height at which it turns into skin: where it is as much the one as the other."""
    out = np.linspace(0, 2, len(colors))
    lip, skin = (np.median(colors[(out >= low) & (out <= high)], axis=0) for low, high in (LIP, SKIN))
    apart = lip - skin
    square = (apart**2).sum(1)
    like = ((colors - skin) * apart).sum(2) / np.maximum(square, 1e-6)
    found = np.ones(STATIONS)
    within = np.flatnonzero((out >= LEAST) & (out <= MOST))
    for at in np.flatnonzero(square > ALIKE**2):
        below = like[within, at] < 0.5
        found[at] = out[within[int(below.argmax())]] if below.any() else MOST
    ends = 2
    found[:ends], found[-ends:] = found[ends], found[-ends - 1]
    middle = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(found, 2, "edge"), 5), axis=1)
    return smoothed(middle, 1.5)


def seen_lips(landmarks: Float64, labelled: Labelled | None) -> LipLines:
    """The lips of a face.

    Args:
        landmarks: (478, 3) pixels.
        labelled: what is seen where in the photo; it is more exact than landmarks, which lie on teeth at times.
    """
    placement = Placement.of(landmarks, Shapes.bundled().mean)
    x, y = placement.rotation[:2, 0] / np.linalg.norm(placement.rotation[:2, 0])
    turn, unit = np.array([[x, y], [-y, x]]), placement.scale
    lines = [landmarks[line, :2] @ turn.T for line in LINES]
    low, high = lines[0][[0]], lines[0][[-1]]
    columns = columns_of(labelled, np.concatenate(lines), turn, unit) if labelled is not None else None
    if columns is not None:
        low, high = _corners((low, high), columns.corners(), columns.open)
    across = np.linspace(low[0, 0], high[0, 0], STATIONS)
    found = np.stack([np.interp(across, *_spread(line, low, high).T) for line in lines])
    if columns is not None:
        share = SEEN * np.clip(np.minimum(np.linspace(0, 1, STATIONS), np.linspace(1, 0, STATIONS)) / FADE, 0, 1)
        found += share * (columns.at(across) - found)
    found[:, 0], found[:, -1] = low[0, 1], high[0, 1]
    even = smoothed(found)
    even[1], even[2] = np.minimum(found[1], even[1]), np.maximum(found[2], even[2])  # all that is between lies within
    found = np.stack(
        [np.minimum(even[0], even[1]), even[1], np.maximum(even[1], even[2]), np.maximum(even[2], even[3])]
    )
    return LipLines(np.stack([np.broadcast_to(across, found.shape), found], -1), turn, unit)


def _corners(found: tuple[Float64, Float64], seen: tuple[Float64, Float64], opened: bool) -> tuple[Float64, Float64]:
    """(1, 2) each, left and right: an open mouth ends where landmarks or parser end it, the farther of both."""
    left, right = ((one + other) / 2 for one, other in zip(found, seen, strict=True))
    if opened:
        left[0, 0], right[0, 0] = min(found[0][0, 0], seen[0][0, 0]), max(found[1][0, 0], seen[1][0, 0])
    return left, right


def _spread(line: Float64, low: Float64, high: Float64) -> Float64:
    """A line (N, 2) whose ends lie at the corners, sorted from left to right."""
    share = (line[:, 0] - line[0, 0]) / max(float(line[-1, 0] - line[0, 0]), 1e-6)
    across = low[0, 0] + np.maximum.accumulate(share.clip(0, 1)) * (high[0, 0] - low[0, 0])
    return np.stack([across, line[:, 1]], -1)
