"""What lies behind a pair of glasses: the surroundings, spread over the few pixels that a frame hides.

The light and the colours are those of both sides, spread smoothly (:func:`mien.compose.blend.membrane`); the texture,
pores and hairs are those just beside the frame, mirrored at its border.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; areas are (h, w) bool.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.types import Bool, Float32

FINE = 0.022
"""Standard deviation of the blur that parts light from texture, units (distances of the outer corners of the eyes)."""

STRONG = 1.3
"""How much stronger than around it texture may be, so that no lash or edge is copied."""


def uncovered(picture: Float32, hole: Bool, barred: Bool, unit: float) -> Float32:
    """The picture (h, w, 3) with its hole filled.

    Args:
        picture: with what hides it.
        hole: what is hidden.
        barred: where neither colours nor texture may come from, such as eyes.
        unit: distance of the outer corners of the eyes, pixels.
    """
    known = (~(hole | barred)).astype(np.float32)
    sigma = max(1.2, FINE * unit)
    light = membrane(picture, known, 255.0)
    total, share = (cv2.GaussianBlur(one, (0, 0), sigma) for one in (picture * known[..., None], known))
    texture = (picture - total / np.maximum(share, 1e-3)[..., None]) * known[..., None]
    size, around = (cv2.GaussianBlur(one, (0, 0), 4 * sigma) for one in (np.abs(texture), known))
    highest = STRONG * size / np.maximum(around, 1e-3)[..., None]
    columns, rows = _mirrored(known > 0)
    copied = cv2.remap(texture, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    copied *= (cv2.remap(known, columns, rows, cv2.INTER_LINEAR) > 0.99)[..., None]
    made = light + np.clip(copied, -highest, highest)
    return np.where(hole[..., None], np.clip(made, 0, 255), picture).astype(np.float32)


def _mirrored(known: Bool) -> tuple[Float32, Float32]:
    """Columns and rows (h, w) of the places on the other side of the nearest border of what is known."""
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.argwhere(known)
    index = np.zeros(int(labels.max()) + 1, np.int64)
    index[labels[places[:, 0], places[:, 1]]] = np.arange(len(places))
    nearest = cv2.GaussianBlur(places[index[labels]].astype(np.float32), (0, 0), 1.0)
    ys, xs = np.mgrid[: known.shape[0], : known.shape[1]].astype(np.float32)
    return np.asarray(2 * nearest[..., 1] - xs, np.float32), np.asarray(2 * nearest[..., 0] - ys, np.float32)
