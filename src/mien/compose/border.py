"""The border of a region: local colours on both sides of it, and what they say about the pixels between.

Convention:
    Pictures are (h, w, 3) in [0, 255]; mattes and areas (h, w) float32 in [0, 1].
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.matte import part_at
from mien.types import Float32, UInt8

WORKING, STRIP = 768, 256
"""Longer side at which local colours are found, and rows that are told at a time."""

REACH = 0.035
"""Over which colours are local, in longer sides of the picture."""

RIM = 0.015
"""Width of the rim where hair may be thin, in longer sides of the picture."""

THIN = 0.4
"""How far firm pixels of the rim are told."""

FAR = 0.01
"""How much colours four times as far away count: they do where there are no closer ones."""


def told_by_color(picture: UInt8, alpha: Float32, bare: Float32 | None = None) -> Float32:
    """A matte that is right where its soft pixels can be told by their own colours, and firmer where they cannot.

    Where the colours on both sides of the border differ, a soft pixel lies on the line between them. Where they do not
    (dark hair before dark clothes), a wide soft border would glow under a bright dye.

    Args:
        picture: (H, W, 3) uint8 sRGB.
        alpha: (H, W) the matte.
        bare: (h, w) of the same part, 1 where skin is near: there, firm pixels are told, too, as skin shines through
            thin hair.

    Returns:
        (H, W); 0 wherever the matte is 0; 1 wherever it is 1 and no skin is near.
    """
    height, width = alpha.shape
    shrink = min(1.0, WORKING / max(height, width))
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    small, a = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (picture, alpha))
    near = np.zeros_like(a) if bare is None else cv2.resize(bare, size, interpolation=cv2.INTER_LINEAR)
    border = _border(small.astype(np.float32), a, near)
    told = np.empty_like(alpha)
    for top in range(0, height, STRIP):
        bottom = min(height, top + STRIP)
        here, part = alpha[top:bottom], picture[top:bottom].astype(np.float32)
        soft = ((here > 0) & (here < 0.99)).any() or ((here > 0).any() and bare is not None)
        sides = part_at(border, (width, height), (0, top, width, bottom)) if soft else None
        told[top:bottom] = here if sides is None else _told(here, part, sides)
    return told


def _border(picture: Float32, alpha: Float32, near: Float32) -> Float32:
    """(h, w, 8) of a picture in [0, 255]: local colours in and around the region, how surely they differ, skin near."""
    reach = max(2.0, REACH * max(alpha.shape))
    inside, outside = ((one > 0.97).astype(np.float32) for one in (alpha, 1 - alpha))
    deep = 20 * inside * (1.01 - near) ** 2  # hair's colours are those away from skin, if there are any
    (front, _), (back, spread) = (local_colors(picture, area, reach) for area in (deep, outside))
    if near.any():
        skin, uneven = local_colors(picture, outside * (near > 0.99), 1.5 * reach)
        back, spread = back + near[..., None] * (skin - back), spread + near * (uneven - spread)
    seen = np.minimum(
        *(np.maximum(wide_blur(one, reach), near * wide_blur(one, 4 * reach)) for one in (inside, outside))
    )
    apart = np.sqrt(((front - back) ** 2).sum(2))
    sure = np.clip((apart - 2 * spread - 15) / 40, 0, 1) * np.clip(seen / 0.02, 0, 1)
    if near.any():  # thin hair at the rim is told as skin is
        edge = cv2.GaussianBlur(alpha, (0, 0), max(1.0, RIM * max(alpha.shape)))
        near = np.maximum(near, THIN * np.clip((0.95 - edge) / 0.2, 0, 1))
    return np.dstack([front, back, sure, near]).astype(np.float32)


def _told(alpha: Float32, picture: Float32, border: Float32) -> Float32:
    """The matte (h, w), where it is soft and the colours on both sides differ, as the pixels' own colours tell it."""
    front, back, sure, near = border[..., :3], border[..., 3:6], border[..., 6], border[..., 7]
    toward = front - back
    away, length = picture - back, (toward**2).sum(2) + 1
    placed = (away * toward).sum(2) / length
    beside = np.sqrt(np.maximum((away**2).sum(2) / length - placed**2, 0))
    placed, near = np.clip(placed, 0, 1), near * np.clip(1.6 - 4 * beside, 0, 1)  # what shines has no skin's colour
    soft = np.clip((0.99 - alpha) / 0.12, 0, 1)
    trust = sure * np.maximum(soft, near)
    placed = np.where(near > soft, np.minimum(placed / np.float32(0.97), alpha), placed)
    firm = np.clip((alpha - 0.45) / 0.45, 0, 1)
    unsure = soft * (1 - sure)
    told = alpha + trust * (np.minimum(placed, 2.5 * alpha) - alpha) + unsure * (firm - alpha)
    shadow = 1 - np.clip((told - 0.1) / 0.45, 0, 1)  # what is a little darker than skin is its shadow rather than hair
    return np.asarray(told * (1 - near * shadow), np.float32)


def local_colors(picture: Float32, area: Float32, reach: float) -> tuple[Float32, Float32]:
    """Mean (h, w, 3) and standard deviation (h, w), over all channels, of the colours of an area near each pixel."""
    height, width = area.shape
    shrink = min(1.0, 8 / reach)
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    small, weight = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (picture, area))
    weight = weight[..., None]
    known = np.dstack([weight, small * weight, small**2 * weight])
    planes = wide_blur(known, reach * shrink) + FAR * wide_blur(known, 4 * reach * shrink)
    share = planes[..., :1] + np.float32(1e-4)
    mean, square = planes[..., 1:4] / share, planes[..., 4:] / share
    spread = np.sqrt(np.maximum(square - mean**2, 0).sum(2))
    large = cv2.resize(np.dstack([mean, spread]), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[..., :3], np.float32), np.asarray(large[..., 3], np.float32)


def wide_blur(picture: Float32, sigma: float) -> Float32:
    """A Gaussian blur that is computed at a reduced size, which a wide one does not show."""
    height, width = picture.shape[:2]
    shrink = min(1.0, 4 / sigma)
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    planes = []
    for plane in cv2.split(picture):
        small = cv2.GaussianBlur(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), (0, 0), sigma * shrink)
        planes.append(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(planes[0] if len(planes) == 1 else np.dstack(planes), np.float32)
