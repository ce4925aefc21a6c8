"""New colors under the photo's own light: strands, folds and highlights stay where they are.

    x' = x · (Y(p) / Ȳ(p)) / (Y(x) / Ȳ(x))        x painted, p the photo, Y luminance, Ȳ its mean around each pixel

Convention:
    Pictures are (S, S, 3) float32 sRGB in [0, 255]; areas are (S, S) bool.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool, Float32

AROUND = 1 / 12
"""Standard deviation of the mean around a pixel, in sides of the crop; what varies more slowly is the painted one's."""

FLOOR = 24.0
"""Levels added to all luminances: dark pixels are mostly noise."""

LIMIT = 1.6
"""How much lighter or darker a pixel may become."""

RIM = 4 / 128
"""Depth inside the area, in sides of the crop, to which pixels may become less lighter: what is light at the border is
not hair, but what lies behind it."""


def relit(painted: Float32, photo: Float32, area: Bool) -> Float32:
    """The painted picture with the photo's light and dark inside an area; (S, S, 3), the same outside of it."""
    side = len(painted)
    wanted, found = _relief(photo, area), _relief(painted, area)
    depth = cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    highest = LIMIT ** np.minimum(depth / (RIM * side), 1)
    factor = np.clip(wanted / found, 1 / LIMIT, highest)
    lit: Float32 = np.clip(painted * factor[..., None], 0, 255).astype(np.float32)
    return np.where(area[..., None], lit, painted)


def _relief(picture: Float32, area: Bool) -> Float32:
    """Luminance over its mean around each pixel, both taken inside the area: (S, S)."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) + np.float32(FLOOR)
    weight = area.astype(np.float32)
    sigma = AROUND * len(picture)
    total, share = (cv2.GaussianBlur(x, (0, 0), sigma) for x in (light * weight, weight))
    relief: Float32 = light * np.maximum(share, np.float32(1e-4)) / np.maximum(total, np.float32(1e-4))
    return relief
