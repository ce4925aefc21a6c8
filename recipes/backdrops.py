"""Backdrops of photos: plain, shaded, blurred, busy; some in the color of the person's hair or skin."""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Float32, UInt8
from recipes.distort import Rng


def backdrop(size: int, image: UInt8, other: UInt8, rng: Rng) -> UInt8:
    """(size, size, 3) uint8 RGB.

    Args:
        size: side, pixels.
        image: the person's picture, for colors that are hard to tell from the person's.
        other: another picture, for what is behind the person out of focus.
        rng: draws.
    """
    kind = rng.random()
    if kind < 0.3:
        return _busy(size, other, rng)
    first = _color(image, rng)
    second = first + rng.normal(0, 35, 3) if kind < 0.8 else _color(image, rng)
    share = _ramp(size, rng)[..., None] if kind > 0.45 else np.zeros((size, size, 1), np.float32)
    picture = first * (1 - share) + second * share
    if rng.random() < 0.5:
        cells = int(rng.choice([3, 6, 20]))
        cloud = cv2.resize(rng.normal(0, rng.uniform(2, 14), (cells, cells)).astype(np.float32), (size, size))
        picture = picture + cloud[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def _color(image: UInt8, rng: Rng) -> Float32:
    if rng.random() < 0.5:
        y, x = rng.integers(0, image.shape[0]), rng.integers(0, image.shape[1])
        picked: Float32 = image[y, x].astype(np.float32)
        return picked
    gray = rng.uniform(0, 255)
    return np.clip(gray + rng.normal(0, rng.choice([3, 25, 80]), 3), 0, 255).astype(np.float32)


def _ramp(size: int, rng: Rng) -> Float32:
    """0 to 1: from one side to the other, or from the middle outwards as studio lamps do."""
    y, x = np.mgrid[:size, :size].astype(np.float32) / size - 0.5
    if rng.random() < 0.5:
        angle = rng.uniform(0, 2 * np.pi)
        ramp = x * np.cos(angle) + y * np.sin(angle) + 0.5
    else:
        ramp = np.hypot(x - rng.normal(0, 0.2), y - rng.normal(0, 0.2)) * 1.4
    return np.clip(ramp, 0, 1).astype(np.float32)


def _busy(size: int, other: UInt8, rng: Rng) -> UInt8:
    """Another picture, out of focus or nearly sharp, upright or upside down."""
    picture = cv2.resize(other, (size, size))[:: int(rng.choice([-1, 1]))]
    return cv2.GaussianBlur(np.ascontiguousarray(picture), (0, 0), float(rng.uniform(1, 12)))
