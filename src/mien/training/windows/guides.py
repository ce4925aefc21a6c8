"""Guides for training: the truth, as pixels that were brought there would look: bent, in another light, soft or grainy,
cut with a wrong border, with somebody else's pixels at the rim.

Letters: B batch, S side.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.conditions.freeform import irregular_mask
from mien.types import Float32, UInt8


@dataclass(frozen=True)
class GuideDraw:
    """How guides are drawn.

    Attributes:
        share: fraction of the edits that have one.
        bend: largest standard deviation of a knot's displacement, in sides.
        light, tint: bounds of a smooth change of all channels and of each, in levels of 255.
        blur: largest standard deviation, pixels.
        noise: largest standard deviation, levels.
        rim: fraction of the guides with somebody else's pixels at the rim.
        partial: fraction of the guides that cover only a part of the mask.
        reach: by how much at most the border is cut wrong, pixels each way.
        soft: largest standard deviation of the confidence's blur at the border, pixels.
    """

    share: float = 0.45
    bend: float = 0.02
    light: float = 30.0
    tint: float = 12.0
    blur: float = 2.0
    noise: float = 6.0
    rim: float = 0.35
    partial: float = 0.4
    reach: int = 5
    soft: float = 4.0


def draw_guide(
    truth: UInt8, mask: UInt8, foreign: UInt8, rng: np.random.Generator, c: GuideDraw
) -> tuple[UInt8, Float32]:
    """A guide for one window.

    Args:
        truth: (S, S, 3).
        mask: (S, S) in {0, 1}.
        foreign: (S, S, 3), a window of somebody else.
        rng: all that is random.
        c: how.

    Returns:
        (S, S, 3) uint8 and the confidence (S, S) in [0, 1]; both 0 where there is none.
    """
    if rng.random() >= c.share:
        return np.zeros_like(truth), np.zeros(mask.shape, np.float32)
    side = len(mask)
    area = mask > 0
    if rng.random() < c.partial:
        area = area & irregular_mask(side, rng, (0.3, 0.7))
    picture = _bent(truth, rng.uniform(0, c.bend) * side, rng).astype(np.float32)
    picture += _smooth(rng, side, c.light * rng.random(), c.tint * rng.random())
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, c.blur))
    picture += rng.normal(0, c.noise * rng.random() ** 2 + 1e-3, picture.shape)
    if rng.random() < c.rim:
        depth = cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, 3)
        rim = area & (depth < rng.uniform(1, 8)) & (_smooth(rng, side, 1.0, 0.0)[..., 0] > 0)
        picture = np.where(rim[..., None], foreign, picture)
    reach = int(rng.integers(-c.reach, c.reach + 1))
    shape = area.astype(np.uint8)
    if reach:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(reach) + 1,) * 2)
        shape = cv2.dilate(shape, kernel) if reach > 0 else cv2.erode(shape, kernel)
    sure = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), rng.uniform(0.6, c.soft)) * (mask > 0)
    sure *= rng.uniform(0.5, 1.0) if rng.random() < 0.5 else 1.0
    guide = np.rint(picture.clip(0, 255)).astype(np.uint8)
    return guide * (sure > 0)[..., None], np.clip(sure, 0, 1).astype(np.float32)


def _bent(picture: UInt8, spread: float, rng: np.random.Generator) -> UInt8:
    side = len(picture)
    knots = rng.normal(0, spread, (5, 5, 2)).astype(np.float32)
    moved = cv2.resize(knots, (side, side), interpolation=cv2.INTER_CUBIC)
    ys, xs = np.mgrid[:side, :side].astype(np.float32)
    return np.asarray(
        cv2.remap(picture, xs + moved[..., 0], ys + moved[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT),
        np.uint8,
    )


def _smooth(rng: np.random.Generator, side: int, common: float, each: float) -> Float32:
    """(S, S, 3): smooth fields, one for all channels and one for each."""
    knots = rng.normal(0, 1, (3, 3, 1)) * common + rng.normal(0, 1, (3, 3, 3)) * each
    return np.asarray(cv2.resize(knots.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
