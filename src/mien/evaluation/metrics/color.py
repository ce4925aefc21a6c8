"""Color differences: CIEDE2000 (Sharma et al., 2005), for each pixel and for each region of a face.

sRGB, D65, 2 degree observer; about 1 is just noticeable.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import torch

from mien.conditions.labels import CLASSES, COUNT, UNKNOWN
from mien.conditions.segments import segment_means
from mien.errors import ConfigError
from mien.evaluation.metrics.base import Metric, Pair
from mien.evaluation.metrics.parsing import labels_of
from mien.pixels import to_tensor
from mien.types import Bool, Float32, Float64, UInt8


def skimage_color() -> Any:
    """The module ``skimage.color``.

    Raises:
        ConfigError: scikit-image is not installed.
    """
    try:
        return import_module("skimage.color")
    except ImportError as error:
        raise ConfigError("Colors need scikit-image; install it with pip install 'mien[evaluate]'.") from error


def delta_e(a: UInt8 | Float64, b: UInt8 | Float64) -> Float64:
    """ΔE2000 for each pixel.

    Args:
        a, b: (..., 3) sRGB, uint8 or floating point in [0, 1].

    Returns:
        (...) at least 0.

    Raises:
        ConfigError: scikit-image is not installed.
    """
    color = skimage_color()
    difference: Float64 = color.deltaE_ciede2000(color.rgb2lab(a), color.rgb2lab(b))
    return difference


def mean_delta_e(a: UInt8, b: UInt8, mask: Bool | None = None) -> float:
    """Mean ΔE2000 over the pixels of two pictures (H, W, 3), or over those where ``mask`` (H, W) is True."""
    return float(delta_e(a, b).mean() if mask is None else delta_e(a[mask], b[mask]).mean())


def region_delta_e(a: UInt8, b: UInt8, labels: UInt8) -> dict[str, float]:
    """ΔE2000 of the mean colors of each region, by the name of its class: what a color map asks for.

    Args:
        a, b: (H, W, 3) sRGB.
        labels: (H, W) whose regions are compared; ``UNKNOWN`` and absent classes are left out.
    """
    index = torch.from_numpy(np.where(labels == UNKNOWN, COUNT, labels).astype(np.int64))[None]
    means = [segment_means(to_tensor(one), index, COUNT + 1)[0].numpy() for one in (a, b)]
    errors = {}
    for c in np.unique(labels[labels != UNKNOWN]):
        row, column = np.argwhere(labels == c)[0]
        first, second = ((mean[:, row, column].astype(np.float64) + 1) / 2 for mean in means)
        errors[CLASSES[c]] = float(delta_e(first[None], second[None])[0])
    return errors


def _measure(pair: Pair, mask: Float32 | None) -> float | None:
    chosen = None if mask is None else mask > 0.5
    if chosen is not None and not chosen.any():
        return None
    differences = pair.once("ΔE2000", lambda: delta_e(pair.made, pair.wanted))
    return float((differences if chosen is None else differences[chosen]).mean())


def _measure_regions(pair: Pair, mask: Float32 | None) -> float:
    return float(np.mean(list(region_delta_e(pair.made, pair.wanted, labels_of(pair)[1]).values())))


DELTA_E = Metric("ΔE2000", _measure, masked=True, lower_is_better=True)
REGION_DELTA_E = Metric("ΔE2000 of region means", _measure_regions, lower_is_better=True)
