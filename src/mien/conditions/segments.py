"""Mean colors of regions and of superpixels."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.conditions.labels import COUNT, UNKNOWN

WORKING_SIDE = 128
"""Superpixels are found at this side and enlarged: color maps are coarse by intention."""

ACROSS, ROUNDS, COMPACTNESS = 16, 4, 0.12
"""Defaults of :func:`superpixel_means`."""


def region_means(image: Tensor, labels: Tensor) -> Tensor:
    """Every pixel gets the mean color of its semantic class (the paper's color map).

    Args:
        image: (B, 3, H, W) in [-1, 1].
        labels: (B, H, W) uint8; ``UNKNOWN`` becomes 0.

    Returns:
        (B, 3, H, W).
    """
    known = labels != UNKNOWN
    index = torch.where(known, labels, COUNT).long()
    return segment_means(image, index, COUNT + 1) * known[:, None]


def superpixel_means(
    image: Tensor, across: int = ACROSS, rounds: int = ROUNDS, compactness: float = COMPACTNESS
) -> Tensor:
    """Every pixel gets the mean color of its superpixel.

    Args:
        image: (B, 3, H, W) in [-1, 1].
        across: superpixels along a side; divides 128.
        rounds: of the clustering.
        compactness: what the distance of one superpixel's width weighs, as a difference of color in [-1, 1].

    Returns:
        (B, 3, H, W).
    """
    segments = superpixels(image, across, rounds, compactness)
    return segment_means(image, segments, across * across)


def superpixels(image: Tensor, across: int, rounds: int, compactness: float) -> Tensor:
    """SLIC (Achanta et al., PAMI 2012), a pixel's choice limited to the 3 x 3 cells around it, as tensor operations.

    Args:
        image, across, rounds, compactness: see :func:`superpixel_means`.

    Returns:
        (B, H, W) int64 indices below ``across ** 2``.
    """
    if WORKING_SIDE % across:
        raise ValueError(f"{WORKING_SIDE} pixels cannot be cut into {across} equal cells")
    cell = WORKING_SIDE // across
    position = (torch.arange(WORKING_SIDE, device=image.device) + 0.5) / cell * compactness
    small = F.interpolate(image, (WORKING_SIDE, WORKING_SIDE), mode="area")
    place = torch.stack(torch.meshgrid(position, position, indexing="xy")).expand(len(image), -1, -1, -1)
    points = torch.cat([small, place], 1)
    # Seen as (cell row, row in cell, cell column, column in cell), all pixels of a cell have the same nine candidates.
    blocks = points.reshape(*points.shape[:2], across, cell, across, cell)
    numbers = torch.arange(across * across, device=image.device, dtype=torch.float32).view(1, 1, across, across)
    centres = F.adaptive_avg_pool2d(points, across)
    nearest = torch.empty(0)
    for _ in range(rounds):
        padded = F.pad(centres, (1, 1, 1, 1), mode="replicate")
        names = F.pad(numbers, (1, 1, 1, 1), mode="replicate")
        best = torch.full_like(blocks[:, 0], torch.inf)
        nearest = torch.zeros_like(best)
        for dy in range(3):
            for dx in range(3):
                window = (..., slice(dy, dy + across), slice(dx, dx + across))
                away = (blocks - padded[window][:, :, :, None, :, None]).square_().sum(1)
                nearest = torch.where(away < best, names[window][:, 0, :, None, :, None], nearest)
                best = torch.minimum(best, away)
        index = nearest.flatten(3, 4).flatten(1, 2).long()
        centres = _means(points, index, across * across, fallback=centres.flatten(2)).view_as(centres)
    flat = nearest.flatten(3, 4).flatten(1, 2)[:, None]
    return F.interpolate(flat, tuple(image.shape[2:]), mode="nearest")[:, 0].long()


def segment_means(image: Tensor, index: Tensor, count: int) -> Tensor:
    """(B, 3, H, W) and (B, H, W) int64 below ``count`` -> (B, 3, H, W), each pixel the mean of its segment."""
    means = _means(image, index, count, fallback=None)
    spread = index.flatten(1)[:, None].expand(-1, image.shape[1], -1)
    return means.gather(2, spread).view_as(image)


def _means(values: Tensor, index: Tensor, count: int, fallback: Tensor | None) -> Tensor:
    """(B, C, count) mean of the values of each segment; empty segments get ``fallback`` or 0."""
    batch, channels = values.shape[:2]
    flat = index.flatten(1)
    total = values.new_zeros(batch, channels, count)
    total.scatter_add_(2, flat[:, None].expand(-1, channels, -1), values.flatten(2))
    number = values.new_zeros(batch, 1, count)
    number.scatter_add_(2, flat[:, None], values.new_ones(1, 1, 1).expand(batch, 1, flat.shape[1]))
    means = total / number.clamp(min=1)
    return means if fallback is None else torch.where(number > 0, means, fallback)
