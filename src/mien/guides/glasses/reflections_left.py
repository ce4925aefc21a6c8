"""Colored reflections of lenses that stay on the skin when glasses come off: they are told."""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.morphology import grown
from mien.guides.guide import Doubt
from mien.guides.traits import lab_of
from mien.types import Bool, Float32

GREENER, BLUER, STRONG = 16.0, 24.0, 12.0
"""CIE a* and b* below those of the skin, and chroma, from which a place is no shade of skin."""

SHARE = 0.004
"""Share of the lenses beside the eyes from which it is told: 0.01 where green streaks are left, 0 on 17 other faces."""

OTHER, MUCH = 7.0, 0.6
"""Median a* by which one eye, with its lids, is greener than the other: at least, and by the mean of both. 8.3 to 9.3
and 0.76 and more where a lens's reflection is left; on 49 other faces up to 7.7, but 0.49."""

EYE = "one eye has a lens's reflection on it: the two differ in color"
LEFT = "a colored reflection of the lenses is left beside the eyes"


def left_reflections(picture: Float32, lenses: Bool, eyes: Bool, skin: Bool, unit: float) -> list[str]:
    """Doubts; none where what was seen through the lenses has the colors of skin.

    Args:
        picture: (H, W, 3) the result, 0 to 255, at any size.
        lenses, eyes, skin: (h, w) what is seen through glasses, the eyes, and skin around them.
        unit: distance of the eyes, pixels.
    """
    beside = lenses & ~grown(eyes, 0.05 * unit)
    small = np.asarray(cv2.resize(picture, lenses.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
    told: list[str] = [Doubt(LEFT)] if odd_share(small, beside, skin) > SHARE else []
    return [*told, Doubt(EYE)] if odd_eye(small, eyes) else told


def odd_share(picture: Float32, beside: Bool, skin: Bool) -> float:
    """Share of an area (h, w) that is green or blue beside skin."""
    if not beside.any() or not skin.any():
        return 0.0
    lab = lab_of(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
    usual = np.median(lab[skin], axis=0)
    colors = lab[beside]
    odd = (colors[:, 1] < usual[1] - GREENER) | (colors[:, 2] < usual[2] - BLUER)
    return float((odd & (np.hypot(colors[:, 1], colors[:, 2]) > STRONG)).mean())


def odd_eye(picture: Float32, eyes: Bool) -> bool:
    """Whether one of two eyes (h, w) is much greener than the other."""
    columns = np.flatnonzero(eyes.any(0))
    if not len(columns):
        return False
    half = np.arange(eyes.shape[1]) < columns.mean()
    green = lab_of(np.clip(np.rint(picture), 0, 255).astype(np.uint8))[..., 1]
    sides = [green[eyes & one] for one in (half, ~half)]
    if min(len(one) for one in sides) == 0:
        return False
    left, right = (float(np.median(one)) for one in sides)
    return abs(left - right) > max(OTHER, MUCH * (left + right) / 2)
