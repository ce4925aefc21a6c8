"""Lines reduced to their center, and widened again.

Zhang & Suen, "A fast parallel algorithm for thinning digital patterns", CACM 1984, as a table look-up on the eight
neighbors, so that one pass is a handful of operations on the whole picture.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from mien.types import Bool, UInt8

_OFFSETS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
"""Neighbors P2 to P9, clockwise from the one above; bit k of a code is the k-th."""


@functools.cache
def _staying() -> tuple[UInt8, UInt8]:
    """(256,) for each of the two sub-passes: 0 where a line pixel with these neighbors goes, 1 where it stays."""
    tables: tuple[list[int], list[int]] = ([], [])
    for code in range(256):
        p = [code >> k & 1 for k in range(8)]
        rises = sum(not a and bool(b) for a, b in zip(p, [*p[1:], p[0]], strict=True))
        common = 2 <= sum(p) <= 6 and rises == 1
        tables[0].append(not (common and not p[0] * p[2] * p[4] and not p[2] * p[4] * p[6]))
        tables[1].append(not (common and not p[0] * p[2] * p[6] and not p[0] * p[4] * p[6]))
    return np.array(tables[0], np.uint8), np.array(tables[1], np.uint8)


def thin(lines: Bool, passes: int | None = None) -> Bool:
    """One pixel wide, connected as before.

    Args:
        lines: (H, W).
        passes: at most so many; each takes a layer of pixels off. None goes on until nothing changes.

    Returns:
        (H, W), a subset of ``lines``.
    """
    current = lines.astype(np.uint8)
    height, width = lines.shape
    done = 0
    while passes is None or done < passes:
        before = current
        for table in _staying():
            padded = np.pad(current, 1)
            code = np.zeros_like(current)
            for bit, (dy, dx) in enumerate(_OFFSETS):
                code |= padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width] << np.uint8(bit)
            current = current & table[code]
        done += 1
        if np.array_equal(before, current):
            break
    return current > 0


def widen(lines: Bool, width: int) -> Bool:
    """Dilates (H, W) by a square so that a line of one pixel becomes ``width`` pixels wide."""
    if width <= 1:
        return lines
    square, centre = np.ones((width, width), np.uint8), (width - 1) // 2
    wide: Bool = cv2.dilate(lines.astype(np.uint8), square, anchor=(centre, centre)) > 0
    return wide
