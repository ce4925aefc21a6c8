"""Dye: a region takes on a colour; strands, shadows and highlights stay.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100. Pictures are (H, W, 3) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.compose.matte import colors
from mien.guides.guide import Box, Guide
from mien.photos.color import from_srgb, to_srgb
from mien.types import Float32, Photo

LARGEST = 768
"""Longer side at which the region's colours are told from those behind it."""

SEEN = 1 / 255
"""Part of a pixel below which a matte says that nothing of the region is there."""


OWN = "own"
"""As a colour: what the region had before other hair was borrowed."""


@dataclass(frozen=True)
class Dye:
    """How a colour is laid on.

    Attributes:
        strength: in [0, 1], 1 takes all of the colour.
        contrast: range of the factor by which light and dark within the region may change with its lightness.
        variety: how much of the region's own play of hues stays.
        light: in [0, 1], how much of the colour's lightness counts against the region's: eyes lie in shadow.
    """

    strength: float = 1.0
    contrast: tuple[float, float] = (0.5, 2.0)
    variety: float = 0.35
    light: float = 1.0


SETTINGS: Mapping[str, Dye] = {
    "irises": Dye(0.85, light=0.35),
    "brows": Dye(light=0.8),
    "beard": Dye(contrast=(0.6, 1.5), light=0.6),
    "lips": Dye(contrast=(0.6, 1.4), light=0.75),
}
"""Where the defaults are not what looks real."""


def dye(photo: Photo, alpha: Float32, color: tuple[int, int, int], settings: Dye | None = None) -> Guide:
    """A region in another colour.

    Args:
        photo: any.
        alpha: (H, W) the region's matte.
        color: sRGB, what the region's mean shall be.
        settings: None takes the defaults.

    Raises:
        ValueError: the matte is empty.
    """
    box = _box_of(alpha)
    x0, y0, x1, y1 = box
    part, a = to_srgb(photo, box).astype(np.float32) / np.float32(255), alpha[y0:y1, x0:x1]
    front = _front(part, a)
    dyed = recolored(front, a, np.array(color, np.float32) / np.float32(255), settings or Dye())
    made = np.clip(part + a[..., None] * (dyed - front), 0, 1)
    change = from_srgb(made * 255, photo) - from_srgb(part * 255, photo)
    samples = photo.pixels[y0:y1, x0:x1].astype(np.float32) + change.astype(np.float32)
    return Guide(box, samples, (a > SEEN).astype(np.float32))


def mean_color(photo: Photo, alpha: Float32) -> tuple[int, int, int]:
    """The mean sRGB colour of a region with a matte (H, W)."""
    box = _box_of(alpha)
    weight = alpha[box[1] : box[3], box[0] : box[2], None] ** 4
    red, green, blue = (to_srgb(photo, box) * weight).sum((0, 1)) / weight.sum()
    return round(float(red)), round(float(green)), round(float(blue))


def recolored(front: Float32, alpha: Float32, color: Float32, settings: Dye) -> Float32:
    """The region's colours (H, W, 3) with their mean at ``color`` (3,), light and dark kept."""
    weight = np.where(alpha > 0.5, alpha, 0)
    weight = weight / max(float(weight.sum()), 1e-6)
    lab, wanted = _lab(front), _lab(color[None, None])[0, 0]
    mean: Any = np.tensordot(weight, lab, 2)
    wanted[0] += (1 - settings.light) * (mean[0] - wanted[0])
    low, high = settings.contrast
    gain = float(np.clip(((wanted[0] + 16) / (mean[0] + 16)) ** 0.7, low, high))
    detail, hues = lab[..., 0] - mean[0], settings.variety * (lab[..., 1:] - mean[1:])
    aim: Any = wanted.copy()
    for _ in range(4):  # the range is limited, so that what was aimed at is missed by a little
        made = _rgb(_laid_on(detail, hues, aim, gain))
        aim = aim + (wanted - np.tensordot(weight, _lab(made), 2))
        aim[0] = np.clip(aim[0], 2, 98)
    result: Any = front + np.float32(settings.strength) * (made - front)
    return np.asarray(result, np.float32)


def _laid_on(detail: Float32, hues: Float32, aim: Float32, gain: float) -> Float32:
    """Lab: lightness around the aim, softly kept within the range; colours fade towards black and white."""
    light = aim[0] + gain * detail
    room = np.where(light > aim[0], 99 - aim[0], aim[0] - 1)
    away = (light - aim[0]) / np.maximum(room, 1)
    light = aim[0] + room * np.tanh(away * 1.0)
    deep = np.clip(light / max(aim[0], 1), 0, 1) ** 0.4
    pale = np.clip((100 - light) / max(100 - aim[0], 1), 0, 1) ** 0.7
    return np.dstack([light, (aim[1:] * (deep * pale)[..., None]) + hues * deep[..., None]]).astype(np.float32)


def _front(part: Float32, alpha: Float32) -> Float32:
    """The region's colours at every pixel: the picture's, but where something shines through."""
    height, width = alpha.shape
    shrink = min(1.0, LARGEST / max(height, width))
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    small, a = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (part, alpha))
    front, _ = colors(small, a, radius=max(4, round(max(size) * 0.03)))
    if shrink == 1:
        return front
    change = cv2.resize(front - small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(part + (1 - alpha[..., None]) * change, 0, 1), np.float32)


def _box_of(alpha: Float32) -> Box:
    rows, columns = (np.flatnonzero((alpha > SEEN).any(axis)) for axis in (1, 0))
    if not rows.size:
        raise ValueError("the matte is empty")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _lab(rgb: Float32) -> Float32:
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32), cv2.COLOR_RGB2LAB), np.float32)


def _rgb(lab: Float32) -> Float32:
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1), np.float32)
