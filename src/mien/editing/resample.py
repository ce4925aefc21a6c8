"""Layers at the side that the networks work at, each kind by its own rule, so that nothing a user painted gets lost.

Legend: D side of a layer as it was drawn, S side of the crop that is edited.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import torch

from mien.conditions.color import normalise_color
from mien.conditions.thinning import thin
from mien.conditions.types import Conditions
from mien.types import Bool, Float32, UInt8


def lines_at(lines: Bool, side: int) -> Bool:
    """(D, D) bool -> (S, S) bool: where lines cover half a pixel, and the centre lines of whatever is thinner."""
    if lines.shape[0] == side:
        return lines
    cover = levels_at(lines.astype(np.float32), side)
    centres: Bool = thin(torch.from_numpy(cover > 0)[None, None])[0, 0].numpy()
    return (cover >= 0.5) | centres if lines.shape[0] > side else cover >= 0.5


def labels_at(labels: UInt8, side: int) -> UInt8:
    """(D, D) labels -> (S, S) labels: the one at each pixel's centre."""
    index = ((np.arange(side) + 0.5) * labels.shape[0] / side).astype(np.intp)
    chosen: UInt8 = labels[index[:, None], index[None]]
    return chosen


def color_at(color: UInt8, side: int) -> UInt8:
    """(D, D, 4) RGBA -> (S, S, 4): the mean of what is painted, where it covers half a pixel; alpha 255 or 0."""
    if color.shape[0] == side:
        return normalise_color(color)
    painted = (color[..., 3:] >= 128).astype(np.float32)
    sums = levels_at(np.concatenate([color[..., :3] * painted, painted], 2), side)
    mean = sums[..., :3] / np.maximum(sums[..., 3:], 1e-6)
    return normalise_color(np.rint(np.concatenate([mean, sums[..., 3:] * 255], 2)).clip(0, 255).astype(np.uint8))


def levels_at(levels: Float32, side: int) -> Float32:
    """(D, D) or (D, D, C) float32 -> (S, S) or (S, S, C): area means, or bilinear where it grows."""
    if levels.shape[0] == side:
        return levels
    smaller = levels.shape[0] > side
    resized: Any = cv2.resize(levels, (side, side), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    return resized  # type: ignore[no-any-return]


def picture_at(pixels: UInt8, side: int) -> UInt8:
    """(D, D, 3) uint8 -> (S, S, 3)."""
    return np.rint(levels_at(pixels.astype(np.float32), side)).astype(np.uint8)


def conditions_at(conditions: Conditions, side: int) -> Conditions:
    """All maps of some conditions at another side; the exemplar stays as it is."""
    c = conditions
    return replace(
        c,
        mask=None if c.mask is None else levels_at(c.mask, side),
        sketch=None if c.sketch is None else lines_at(c.sketch, side),
        semantic=None if c.semantic is None else labels_at(c.semantic, side),
        color=None if c.color is None else color_at(c.color, side),
    )
