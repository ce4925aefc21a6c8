"""Color models that learn from sure pixels, and the edge-aware smoothing that cleans what they say."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from mien.types import Bool, Float32, UInt8

BINS = (16, 32, 32)
"""Of lightness, green-red and blue-yellow (CIELAB): light varies, skin hardly changes its chroma."""


def lab(image: UInt8) -> Float32:
    """(H, W, 3) uint8 RGB -> CIELAB as float32, each channel scaled to [0, 1]."""
    return cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32) / 255


def bins(colors: Float32) -> np.ndarray:
    """(..., 3) CIELAB -> flat histogram index (...). Chroma bins cover the half of the range that photos use."""
    lightness = np.clip(colors[..., 0] * BINS[0], 0, BINS[0] - 1).astype(np.int32)
    a = np.clip((colors[..., 1] - 0.3) / 0.4 * BINS[1], 0, BINS[1] - 1).astype(np.int32)
    b = np.clip((colors[..., 2] - 0.3) / 0.4 * BINS[2], 0, BINS[2] - 1).astype(np.int32)
    return (lightness * BINS[1] + a) * BINS[2] + b


def log_density(cells: np.ndarray, seeds: Bool | Float32, *, floor: float = 0.05, spread: float = 1.2) -> Float32:
    """How well each pixel's color fits the seeds, as a log density relative to the uniform one.

    Args:
        cells: (H, W) from :func:`bins`.
        seeds: (H, W) weights of the pixels to learn from.
        floor: weight of the uniform density, for colors that the seeds have not shown.
        spread: blur of the histogram along lightness, in bins; chroma is blurred half as much.
    """
    count = BINS[0] * BINS[1] * BINS[2]
    histogram = np.bincount(cells.ravel(), np.asarray(seeds, np.float32).ravel(), count).reshape(BINS)
    smooth = gaussian_filter(histogram, (spread, spread / 2, spread / 2))
    density = smooth.ravel() / max(float(smooth.sum()), 1e-6) * count
    result: Float32 = np.log(floor + (1 - floor) * density).astype(np.float32)[cells]
    return result


def guided_filter(guide: Float32, value: Float32, radius: int, eps: float) -> Float32:
    """He et al. 2010 with the three channels of ``guide`` taken one at a time and averaged; (H, W) -> (H, W)."""
    box = (2 * radius + 1, 2 * radius + 1)
    mean = cv2.blur(value, box)
    out = np.zeros_like(value)
    for channel in np.moveaxis(guide, 2, 0):
        centre = cv2.blur(channel, box)
        covariance = cv2.blur(channel * value, box) - centre * mean
        slope = covariance / (cv2.blur(channel * channel, box) - centre * centre + eps)
        out += cv2.blur(slope, box) * channel + cv2.blur(mean - slope * centre, box)
    return out / guide.shape[2]


def components(mask: Bool, smallest: int) -> Bool:
    """Drops connected pieces of fewer than ``smallest`` pixels."""
    _, index, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= smallest
    keep[0] = False
    result: Bool = keep[index]
    return result


def opened(mask: Bool, radius: int) -> Bool:
    """Removes what is narrower than ``2 * radius + 1`` pixels."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0


def closed(mask: Bool, radius: int) -> Bool:
    """Fills what is narrower than ``2 * radius + 1`` pixels."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
