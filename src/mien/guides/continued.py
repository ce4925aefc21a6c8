"""What is known of a backdrop, or of clothes, continued into what is not known: mirrored at the border, or spread.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.compose.border import wide_blur
from mien.compose.grain import levels, noise
from mien.guides.scene import Scene
from mien.types import Bool, Float32


def mirrored(here: Scene, known: Bool) -> Float32:
    """What is known of one kind, mirrored at the border of what is not; where that leads nowhere, spread smoothly."""
    if int(known.sum()) < 30:
        return here.picture
    height, width = here.shape
    closest = wide_blur(np.dstack(nearest(known)).astype(np.float32), 0.15 * here.unit)
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    inner = cv2.erode(known.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    filled = membrane(here.picture, inner, 255.0) + noise(here.shape, levels(here.picture, known))
    mx, my = _folded(2 * closest[..., 0] - xs, width), _folded(2 * closest[..., 1] - ys, height)
    sure = np.clip(2 * wide_blur(cv2.remap(inner, mx, my, cv2.INTER_LINEAR), 0.05 * here.unit) - 1, 0, 1)
    detail = np.abs(here.picture - wide_blur(here.picture, 0.06 * here.unit)).mean(2)[known]
    sure = sure * np.float32(np.clip(float(np.median(detail)) / 2 - 1, 0, 1))  # a calm backdrop is better spread
    filled = filled + sure[..., None] * (cv2.remap(here.picture, mx, my, cv2.INTER_LINEAR) - filled)
    speck = np.ones((max(3, round(0.06 * here.unit)),) * 2, np.uint8)
    whole = cv2.morphologyEx(known.astype(np.uint8), cv2.MORPH_CLOSE, speck)
    mx, valid = _sideways(here, whole > 0)
    found = cv2.remap(here.picture, mx, ys, cv2.INTER_LINEAR)
    there = cv2.remap(whole.astype(np.float32), mx, ys, cv2.INTER_LINEAR)
    beside = np.abs(closest[..., 0] - xs) - 0.5 * np.abs(closest[..., 1] - ys)  # not above the head
    valid = valid * np.clip(beside / (0.1 * here.unit) + 0.5, 0, 1)
    sure = np.clip(2 * wide_blur(there * valid, 0.05 * here.unit) - 1, 0, 1)
    found = found + membrane(here.picture - found, inner * (sure > 0.9), 40.0)
    return np.asarray(filled + sure[..., None] * (found - filled), np.float32)


def _sideways(here: Scene, known: Bool) -> tuple[Float32, Float32]:
    """Columns (h, w) that mirror what is known beside the head towards it, again and again, and where that works.

    Rows stay rows: bricks, shelves and horizons go on straight.
    """
    middle = int(np.clip(here.points[list(mesh.OUTLINE), 0].mean(), 1, known.shape[1] - 1))
    halves = []
    for flips, half in ((False, known[:, :middle]), (True, known[:, middle:][:, ::-1])):
        border = np.where(half.all(1), half.shape[1], np.argmin(half, 1)).astype(np.float32)[:, None]
        border = cv2.erode(border, np.ones((max(1, round(0.1 * here.unit)), 1), np.uint8))
        border = np.maximum(cv2.blur(border, (1, 2 * round(0.2 * here.unit) + 1)), 2).reshape(-1, 1)
        steps = np.mod(np.arange(half.shape[1], dtype=np.float32)[None], 2 * border)
        columns = np.minimum(steps, 2 * border - steps)
        valid = np.broadcast_to(border > 0.15 * here.unit, half.shape).astype(np.float32)
        halves.append((known.shape[1] - 1 - columns[:, ::-1], valid[:, ::-1]) if flips else (columns, valid))
    (left, on_left), (right, on_right) = halves
    return np.concatenate([left, right], 1).astype(np.float32), np.concatenate([on_left, on_right], 1)


def nearest(known: Bool) -> tuple[np.ndarray, np.ndarray]:
    """Column and row (h, w) of the known pixel that is nearest to each pixel."""
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(known)
    index = np.zeros(int(labels.max()) + 1, np.int64)
    index[labels[rows, columns]] = np.arange(len(rows))
    return columns[index[labels]], rows[index[labels]]


def _folded(places: Float32, size: int) -> Float32:
    """Places within 0 and size - 1, mirrored at both."""
    last = np.float32(size - 1)
    return np.asarray(last - np.abs(np.mod(places, 2 * last) - last), np.float32)
