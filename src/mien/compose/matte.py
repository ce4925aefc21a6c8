"""Mattes: how much of each pixel belongs to a region, single strands of hair included, and the colors on either side.

The closed-form matte (Levin et al., 2008) in the form of He et al., "Fast matting using large kernel matting Laplacian
matrices" (2010): the Laplacian is never built, its product with a vector is the vector minus its guided filter.

Convention:
    Pictures are (H, W, 3) float32 in [0, 1]; mattes and probabilities (H, W) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np

from mien.compose.enlarging import Box, Planes, nearby, part_at, tiles
from mien.compose.morphology import disc
from mien.interrupt import checkpoint
from mien.threads import side_by_side
from mien.types import Float32, UInt8

WORKING = 448
"""Longer side at which the matte is solved; local color lines carry it to the photo's own resolution."""

RADIUS, EPSILON = 3, 1e-4
"""Of the windows, in pixels of the working size, and how flat a window's colors may be."""

TIED, ROUNDS = 8.0, 40
"""How firmly known pixels are held, and steps of the conjugate gradients."""

TILE = 512
"""Side of the parts in which large pictures are worked on, pixels."""

LARGEST = 900
"""Longer side at which the band of a region's border is drawn."""


PURE = 3
"""Power of the shares by which colors count in local means: mixtures are neither side's."""

_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))


@dataclass(frozen=True, eq=False)
class GuidedFilter:
    """The guided filter (He et al., 2013) of one picture: local lines from its colors to anything else.

    Attributes:
        picture: (H, W, 3).
        radius: of the windows.
        mean: (H, W, 3) of each window.
        inverse: (H, W, 6), the upper triangle of each window's inverse covariance.
    """

    picture: Float32
    radius: int
    mean: Float32
    inverse: Float32

    @classmethod
    def of(cls, picture: Float32, radius: int = RADIUS, epsilon: float = EPSILON) -> GuidedFilter:
        """Prepares the windows' means and inverse covariances."""
        mean = _box(picture, radius)
        rr, rg, rb, gg, gb, bb = (
            _box(picture[..., i] * picture[..., j], radius) - mean[..., i] * mean[..., j] + epsilon * (i == j)
            for i, j in _PAIRS
        )
        first = (gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb)
        adjugate = (*first, rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg)
        determinant = rr * adjugate[0] + rg * adjugate[1] + rb * adjugate[2]
        inverse = np.asarray(np.dstack(adjugate) / determinant[..., None], np.float32)
        return cls(picture, radius, mean, inverse)

    def lines(self, p: Float32) -> tuple[Float32, Float32]:
        """Slopes (H, W, 3) and offsets (H, W) that predict p from the colors, averaged over all windows of a pixel."""
        level = _box(p, self.radius)
        x, y, z = cv2.split(_box(self.picture * p[..., None], self.radius) - self.mean * level[..., None])
        a, b, c, d, e, f = cv2.split(self.inverse)
        slopes = cv2.merge([a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z])
        offsets = level - cv2.transform(slopes * self.mean, np.ones((1, 3), np.float32))
        return _box(slopes, self.radius), _box(offsets, self.radius)

    def __call__(self, p: Float32) -> Float32:
        """The filtered map."""
        slopes, offsets = self.lines(p)
        return np.asarray(cv2.transform(slopes * self.picture, np.ones((1, 3), np.float32)) + offsets, np.float32)


def matte(picture: UInt8, likely: Float32, known: Float32) -> Float32:
    """A region's matte at the picture's own size.

    Args:
        picture: (H, W, 3) uint8 sRGB.
        likely: (h, w) the region's probability, of the picture's size or smaller.
        known: (h, w) how sure that is: 1 deep inside and far outside, 0 in the band where strands decide.

    Returns:
        (H, W).
    """
    height, width = picture.shape[:2]
    shrink = min(1.0, WORKING / max(height, width))
    size = (max(16, round(width * shrink)), max(16, round(height * shrink)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    want, held = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (likely, known))
    guided = GuidedFilter.of(small)
    solved = _solve(guided, want, TIED * held**2)
    slopes, offsets = guided.lines(solved)
    lines, trimap = np.dstack([slopes, offsets]), np.dstack([likely, known])
    alpha = np.empty((height, width), np.float32)
    for y in range(0, height, TILE):
        checkpoint()
        for x in range(0, width, TILE):
            box = (x, y, min(width, x + TILE), min(height, y + TILE))
            here = cv2.split(part_at(trimap, (width, height), box))
            flat = here[1].min() >= 1 and here[0].min() == here[0].max()
            part = picture[box[1] : box[3], box[0] : box[2]]
            alpha[box[1] : box[3], box[0] : box[2]] = (
                here[0][0, 0] if flat else _detailed(part, part_at(lines, (width, height), box), *here)
            )
    return alpha


def sharpened(picture: UInt8, likely: Float32, reach: float, depth: float = 1) -> Float32:
    """The matte of a picture (h, w, 3) within a band of ``reach`` pixels around the border of what is likely.

    ``likely`` may be smaller than the picture; the matte has the picture's size. Inwards the band is ``depth`` as wide.
    """
    shrink = min(1.0, LARGEST / max(picture.shape[:2]))  # the band is as smooth as the probability is
    size = (max(8, round(picture.shape[1] * shrink)), max(8, round(picture.shape[0] * shrink)))
    small = likely if likely.shape == size[::-1] else cv2.resize(likely, size, interpolation=cv2.INTER_AREA)
    core = cv2.erode((small > 0.8).astype(np.uint8), disc(depth * reach * shrink))
    far = 1 - cv2.dilate((small > 0.15).astype(np.uint8), disc(reach * shrink))
    known = cv2.GaussianBlur((core | far).astype(np.float32), (0, 0), max(0.6, 0.25 * reach * shrink))
    want = np.where(core > 0, np.float32(1), np.where(far > 0, np.float32(0), small))
    return matte(picture, want, known)


def _detailed(picture: UInt8, lines: Float32, likely: Float32, known: Float32) -> Float32:
    """The matte (h, w) of a part of a picture out of its colors and local lines (h, w, 4)."""
    scaled = (lines[..., :3] * (picture.astype(np.float32) / np.float32(255))).sum(2)
    alpha = scaled + lines[..., 3]
    alpha = alpha * (1 - known) + (known * likely + (1 - known) * alpha) * known
    return np.asarray(np.clip((alpha - 0.03) / 0.94, 0, 1), np.float32)


def enlarged(picture: UInt8, small: UInt8, alpha: Float32) -> Float32:
    """A matte (h, w) of a reduced picture (h, w, 3) at the picture's own size (H, W), with the strands that show there.

    Local lines tell it from the colors, and stay within what the reduced matte has nearby.
    """
    height, width = picture.shape[:2]
    slopes, offsets = GuidedFilter.of(small.astype(np.float32) / np.float32(255)).lines(alpha)
    ends = [change(alpha, np.ones((3, 3), np.uint8)) for change in (cv2.erode, cv2.dilate)]
    planes, size = Planes.of(slopes, offsets, *ends), (width, height)
    whole = np.zeros((height, width), np.float32)

    def tile(box: Box) -> None:
        least, most = (nearby(one, size, box) for one in ends)
        here = np.s_[box[1] : box[3], box[0] : box[2]]
        if least.min() >= 1:
            whole[here] = 1
        elif most.any():
            *lines, low, high = planes.at(size, box)
            whole[here] = np.clip(told_by(lines, picture[here]), low, high)

    side_by_side(*(partial(tile, box) for box in tiles(size)))
    return whole


def told_by(lines: Sequence[Float32], picture: UInt8) -> Float32:
    """What planes (h, w) of local lines, three of slopes and one of offsets, tell from a picture's colors (h, w, 3)."""
    red, green, blue = (slope * color for slope, color in zip(lines[:3], cv2.split(picture), strict=True))
    return np.asarray((red + green + blue) / np.float32(255) + lines[3], np.float32)


def _solve(guided: GuidedFilter, want: Float32, ties: Float32) -> Float32:
    """argmin αᵀLα + (α − want)ᵀ ties (α − want) by conjugate gradients, where Lα = α − guided(α)."""

    def product(alpha: Float32) -> Float32:
        return alpha - guided(alpha) + ties * alpha

    alpha = want.copy()
    residual = ties * want - product(alpha)
    direction, power = residual, float((residual**2).sum())
    for _ in range(ROUNDS):
        if power < 1e-6 * want.size:
            break
        checkpoint()
        image = product(direction)
        step = power / max(float((direction * image).sum()), 1e-12)
        alpha = alpha + np.float32(step) * direction
        residual = residual - np.float32(step) * image
        before, power = power, float((residual**2).sum())
        direction = residual + np.float32(power / max(before, 1e-12)) * direction
    return np.asarray(alpha, np.float32)


def colors(picture: Float32, alpha: Float32, radius: int) -> tuple[Float32, Float32]:
    """Foreground and background (H, W, 3) of I = αF + (1 − α)B (Forte, 2021: twice a blurred fusion)."""
    front, back = picture, picture
    for reach in (radius, max(2, radius // 4)):
        front, back = _fused(picture, front, back, alpha, reach)
    return front, back


def _fused(picture: Float32, front: Float32, back: Float32, alpha: Float32, reach: int) -> tuple[Float32, Float32]:
    ahead, behind, a = alpha**PURE, (1 - alpha) ** PURE, alpha
    near, far = (_box(one, reach) + np.float32(1e-6) for one in (ahead, behind))
    made = []
    for level, before, after in zip(*(cv2.split(one) for one in (picture, front, back)), strict=True):
        f, b = _box(before * ahead, reach) / near, _box(after * behind, reach) / far
        made.append((np.clip(f + a * (level - a * f - (1 - a) * b), 0, 1), np.clip(b, 0, 1)))
    fronts, backs = zip(*made, strict=True)
    return np.asarray(cv2.merge(fronts), np.float32), np.asarray(cv2.merge(backs), np.float32)


def _box(values: Any, radius: int) -> Float32:
    """Means over windows of 2·radius + 1, mirrored at the edge; up to 4 channels."""
    side = (2 * radius + 1, 2 * radius + 1)
    return np.asarray(cv2.blur(values, side, borderType=cv2.BORDER_REFLECT_101), np.float32)
