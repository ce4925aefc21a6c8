"""How a face's border goes on below what hides it: from where it is seen on one side to where it is on the other.

Convention:
    That of :mod:`mien.guides.hidden.face_border`. Ways are pixels along the outline of the landmarks.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.morphology import grown
from mien.guides.guide import Box
from mien.types import Bool, Float32, Float64

SEEN, OFF = 0.2, 0.15
"""Units along the border, from what hides it, in which it is seen, and by which it lies off the outline at most."""

NEAREST = 0.05
"""Units over which places farther from what hides it tell less of its direction."""

FEWEST, STEEPEST = 6, 0.25
"""Places at which a border must be seen on a side, and pixels by which it leaves the outline in one along it."""

APART = 0.09
"""Units off the outline from which on what is seen of a side is an ear or a scarf rather than the border."""

BULGE = 0.01
"""Units by which it may lie farther off than on both sides."""


def bridged(outline: Float64, signed: Float32, on_face: Bool, here: Bool, box: Box, unit: float) -> Float32 | None:
    """Depths (h, w) after a border that meets what is seen of it in place and direction; None where too little is.

    Args:
        outline: (N, 2) pixels of the photo, closed.
        signed: (h, w) depths after the outline alone.
        on_face: (h, w) what is seen to be of the face.
        here: (h, w) what is hidden.
        box: of the photo.
        unit: eye distance.
    """
    ways, length = _ways(outline, box)
    crossing = here & (np.abs(signed) < max(2.0, 0.02 * unit))
    if not crossing.any():
        return None
    middle = ways[crossing][np.abs(signed[crossing]).argmin()]
    ways = (ways - middle + length / 2) % length - length / 2
    low, high = float(ways[crossing].min()), float(ways[crossing].max())
    around = on_face & ~here & grown(here, 2 * SEEN * unit)
    edge = around & (cv2.blur((on_face | here).astype(np.float32), (3, 3)) < 0.99)
    edge[[0, -1]], edge[:, [0, -1]] = False, False
    edge &= np.abs(signed) < OFF * unit
    at, off = (
        ways[edge].astype(np.float64),
        signed[edge].astype(np.float64) - 1,
    )  # the outermost pixel of a face has a depth of 1
    ends = [
        _end(at[side], off[side], SEEN * unit, NEAREST * unit, towards)
        for side, towards in (((at < low + 0.5 * (high - low)), 1.0), ((at > low + 0.5 * (high - low)), -1.0))
    ]
    if ends[0] is None or ends[1] is None or ends[1][0] - ends[0][0] < 2:
        return None
    least, most = sorted((ends[0][1], ends[1][1]))
    if max(-least, most) > APART * unit:
        return None
    room = BULGE * unit
    return np.asarray(signed - np.clip(_hermite(ways, ends[0], ends[1]), least - room, most + room), np.float32)


def _ways(outline: Float64, box: Box) -> tuple[Float32, float]:
    """(h, w): how far along a closed outline the nearest place of it is, and how long it is."""
    closed = np.concatenate([outline, outline[:1]])
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    along = np.arange(0, steps[-1], 0.5)
    places = np.stack([np.interp(along, steps, closed[:, i]) for i in (0, 1)], -1)
    size = (box[3] - box[1], box[2] - box[0])
    pad = max(size) // 4 + 2
    columns, rows = (np.floor(places - box[:2]).astype(int) + pad).T
    free = np.ones((size[0] + 2 * pad, size[1] + 2 * pad), np.uint8)
    within = (rows >= 0) & (rows < free.shape[0]) & (columns >= 0) & (columns < free.shape[1])
    free[rows[within], columns[within]] = 0
    _, labels = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    told = np.zeros(int(labels.max()) + 1, np.float32)
    told[labels[rows[within], columns[within]]] = along[within]
    part = np.s_[pad : pad + size[0], pad : pad + size[1]]
    return np.asarray(told[labels[part]]), float(steps[-1])


def _end(at: Float64, off: Float64, reach: float, near: float, towards: float) -> tuple[float, float, float] | None:
    """Where a border that is seen ends, how deep it lies there, and how that changes along it; None if too few tell."""
    if not len(at):
        return None
    last = float((at * towards).max()) * towards
    close = np.abs(at - last) < reach
    steps = np.round((at[close] - last) / 2).astype(int)
    outermost = np.array([off[close][steps == one].min() for one in np.unique(steps)])
    away = 2.0 * np.unique(steps)
    if len(away) < FEWEST:
        return None
    weights = np.exp(-np.abs(away) / (2 * near))
    slope, value = np.polyfit(away, outermost, 1, w=weights)
    return last, float(value), float(np.clip(slope, -STEEPEST, STEEPEST))


def _hermite(ways: Float32, first: tuple[float, float, float], second: tuple[float, float, float]) -> Float64:
    """(h, w): a cubic from one end to the other; beyond them as it is there."""
    (a, low, falls), (b, high, rises) = first, second
    t = np.clip((ways.astype(np.float64) - a) / (b - a), 0, 1)
    u = 1 - t
    bent = t * u * (u * falls - t * rises) * (b - a)
    return np.asarray(u * u * (1 + 2 * t) * low + t * t * (1 + 2 * u) * high + bent)
