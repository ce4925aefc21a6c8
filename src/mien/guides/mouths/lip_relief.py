"""The relief of lips that shut: light on the lower one, shade on the upper one, and the line where they meet.

An open mouth stretches its lips, and when they meet again they are as flat as a painted band. What lips that are shut
have more of was measured: the middle of 35 shut mouths of real portraits against the same of mouths that were shut
here, as logarithms of light over the skin around them.

Convention:
    That of :mod:`mien.guides.mouths.lip_lines`; samples are (h, w, C) float32 over a box of the photo. Depth counts
    from where lips meet, downwards, in heights of the lip: -1 is the border of the upper lip, 1 that of the lower one.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.guide import Box
from mien.guides.mouths.lip_lines import LipLines
from mien.types import Float32, Float64

DEPTHS = (-1.3, -1.05, -0.7, -0.4, -0.15, -0.03, 0.06, 0.15, 0.4, 0.7, 0.95, 1.1, 1.45, 1.8)
LIGHT = (0.0, 0.0, -0.09, -0.08, -0.04, 0.0, 0.2, 0.12, 0.1, 0.13, 0.1, 0.03, -0.03, 0.0)
"""Logarithm of light that is added at these depths."""

RED = (0.0, 0.02, 0.07, 0.11, 0.3, 0.3, 0.1, 0.06, 0.0, -0.03, -0.03, 0.0, 0.0, 0.0)
"""Logarithm of red over green and blue that is added at these depths."""

THIN = 0.4
"""Share of a lip's height in its middle below which its height does not count as less: corners end in a point."""

ENDS = 0.16
"""Share of the mouth's width from a corner over which relief begins."""


def with_relief(made: Float32, lips: LipLines, box: Box) -> Float32:
    """Shut lips (h, w, C) with light and shade.

    Args:
        made: lips that have shut.
        lips: where they are; their inner edges are one line.
        box: in the photo.
    """
    depth, along = _depths(lips, box)
    ends = np.sin(0.5 * np.pi * np.clip(np.minimum(along, 1 - along) / ENDS, 0, 1))
    light, red = (ends * np.interp(depth, DEPTHS, one) for one in (LIGHT, RED))
    color = made.shape[2] == 3
    change = np.stack([light + red / 2, light - red / 2, light - red / 2], -1) if color else light[..., None]
    soft = cv2.GaussianBlur(change.astype(np.float32), (0, 0), max(0.6, 0.004 * lips.unit))
    return np.asarray(made * np.exp(soft.reshape(change.shape)), np.float32)


def _depths(lips: LipLines, box: Box) -> tuple[Float64, Float64]:
    """(h, w) each: how deep a place lies, and how far along the mouth, of its width."""
    x0, y0, x1, y1 = box
    xs, ys = np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5)
    upright = np.stack([xs, ys], -1) @ lips.turn.T
    across = lips.upright[0, :, 0]
    top, seam, bottom = (np.interp(upright[..., 0], across, lips.upright[line, :, 1]) for line in (0, 1, 3))
    heights = [np.maximum(one, max(1.0, THIN * float(np.median(one)))) for one in _heights(lips)]
    upper, lower = (np.interp(upright[..., 0], across, one) for one in heights)
    away = upright[..., 1] - seam
    depth = np.where(away < 0, away / np.maximum(upper, seam - top), away / np.maximum(lower, bottom - seam))
    return np.asarray(depth), np.asarray((upright[..., 0] - across[0]) / (across[-1] - across[0]))


def _heights(lips: LipLines) -> tuple[Float64, Float64]:
    """(STATIONS,) each: how high the upper and the lower lip are, pixels."""
    y = lips.upright[..., 1]
    return np.asarray(y[1] - y[0]), np.asarray(y[3] - y[2])
