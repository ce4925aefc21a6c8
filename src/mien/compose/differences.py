"""What two pictures of a generator differ by, laid on a photo that is like the first.

    I' = warp(I) + Σ_r m_r · smooth_r(G(w') − warp(G(w)))

The generator's first picture is never the photo. So each region takes the difference where the region is in all three
pictures, smoothed within it; where the three do not meet, the region's mean difference counts. Movement within the face
is that of the landmarks between the two generated pictures. Strands, pores and edges stay the photo's.

Legend: S side of the pictures, R regions, V landmarks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.types import Bool, Float32, UInt8

FEWEST = 12
"""Pixels in which a region has to be seen in all three pictures."""

TRUST = 0.15
"""Weight of the region's mean beside what is seen around a pixel."""

REACH = 4.0
"""Standard deviation of what landmarks move around them, pixels."""

SPARSE = 0.002
"""Density of landmarks, per pixel, at which half of their movement is left."""

SOFT = 0.8
"""Standard deviation of the borders of regions, pixels."""


@dataclass(frozen=True)
class Region:
    """Classes that take one difference.

    Attributes:
        labels: of the classes.
        sigma: standard deviation of its smoothing, pixels.
        level: whether its mean changes; else folds and shades do, and the tone stays.
    """

    labels: tuple[int, ...]
    sigma: float
    level: bool = True


def carried(
    image: UInt8,
    pair: tuple[UInt8, UInt8],
    labels: tuple[UInt8, UInt8, UInt8],
    points: tuple[Float32, Float32, Float32],
    regions: Sequence[Region],
    moves: Float32 | None = None,
) -> tuple[Float32, float]:
    """The photo, changed as the pair of pictures changes: (S, S, 3) in [0, 255]; and the longest way of a pixel.

    Args:
        image: (S, S, 3) the photo.
        pair: of the generator, the same; before and after.
        labels: (S, S) of the photo and of both.
        points: (V, 2) landmarks of the photo and of both, pixels.
        regions: what may change; all else stays.
        moves: (V, 2) of the photo's landmarks; None for those of the generator's.
    """
    before, after = pair
    side, between = image.shape[0], points[2] - points[1]
    ways = between if moves is None else moves, between
    own, made = (_flow(at + way, way, side) for at, way in zip(points[:2], ways, strict=True))
    moved = _warped(image, own)
    apart = after.astype(np.float32) - _warped(before, made)
    total = np.zeros_like(moved)
    for region in regions:
        here, there = (
            _warped(np.isin(one, region.labels).astype(np.float32), flow)
            for one, flow in zip(labels, (own, made), strict=False)
        )
        sure = (here > 0.5) & (there > 0.5) & np.isin(labels[2], region.labels)
        if sure.sum() >= FEWEST:
            change = apart if region.level else apart - apart[sure].mean(0)
            total += np.clip(_blurred(here, SOFT), 0, 1)[..., None] * _within(change, sure, region.sigma)
    return np.clip(moved + total, 0, 255).astype(np.float32), float(np.linalg.norm(own, axis=-1).max())


def _within(apart: Float32, sure: Bool, sigma: float) -> Any:
    """A difference (S, S, 3) smoothed over the pixels that are sure (S, S), and its mean elsewhere."""
    weight = sure.astype(np.float32)[..., None]
    mean = (apart * weight).sum((0, 1)) / weight.sum()
    return (_blurred(apart * weight, sigma) + TRUST * mean) / (_blurred(weight[..., 0], sigma)[..., None] + TRUST)


def _flow(at: Float32, moves: Float32, side: int) -> Float32:
    """How far from where it was each pixel (S, S, 2) is, of landmarks that are at places (V, 2) and have moved so."""
    x, y = np.clip(np.rint(at).astype(int), 0, side - 1).T
    weight, sums = np.zeros((side, side), np.float32), np.zeros((side, side, 2), np.float32)
    np.add.at(weight, (y, x), 1)
    np.add.at(sums, (y, x), moves)
    flow: Float32 = -_blurred(sums, REACH) / (_blurred(weight, REACH)[..., None] + SPARSE)
    return flow


def _warped(values: Any, flow: Float32) -> Float32:
    y, x = np.mgrid[: flow.shape[0], : flow.shape[1]].astype(np.float32)
    mode = {"interpolation": cv2.INTER_CUBIC, "borderMode": cv2.BORDER_REFLECT}
    moved = cv2.remap(values.astype(np.float32), x + flow[..., 0], y + flow[..., 1], **mode)
    return np.asarray(moved, np.float32)


def _blurred(values: Any, sigma: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(np.asarray(values, np.float32), (0, 0), sigma), np.float32)
