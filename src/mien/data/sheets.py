"""Contact sheets: many pictures of one size as one."""

from __future__ import annotations

import math

import numpy as np

from mien.types import UInt8


def contact_sheet(pictures: UInt8, columns: int | None = None, *, gap: int = 0) -> UInt8:
    """(N, S, S, 3) uint8 -> one picture (rows·(S + gap) − gap, columns·(S + gap) − gap, 3), row by row, white gaps.

    Args:
        pictures: at least one.
        columns: pictures per row; None for about as many as there are rows.
        gap: pixels between pictures.
    """
    if pictures.ndim != 4 or pictures.shape[3] != 3 or not len(pictures):
        raise ValueError(f"expected (N, S, S, 3) with N > 0, got {pictures.shape}")
    columns = min(columns or math.ceil(math.sqrt(len(pictures))), len(pictures))
    rows = math.ceil(len(pictures) / columns)
    height, width = (side + gap for side in pictures.shape[1:3])
    sheet = np.full((rows * height, columns * width, 3), 255, np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * height, index % columns * width
        sheet[top : top + height - gap, left : left + width - gap] = picture
    return sheet[: rows * height - gap, : columns * width - gap]
