from __future__ import annotations

import cv2
import numpy as np

from mien.conditions.thinning import thin, widen
from mien.types import Bool


def literal_zhang_suen(image: Bool) -> Bool:
    """The algorithm as the paper words it, pixel by pixel."""
    lines = np.pad(image.astype(int), 1)
    while True:
        changed = False
        for step in (0, 1):
            gone = []
            for i in range(1, lines.shape[0] - 1):
                for j in range(1, lines.shape[1] - 1):
                    p2, p3, p4 = lines[i - 1, j], lines[i - 1, j + 1], lines[i, j + 1]
                    p5, p6, p7 = lines[i + 1, j + 1], lines[i + 1, j], lines[i + 1, j - 1]
                    p8, p9 = lines[i, j - 1], lines[i - 1, j - 1]
                    around = [p2, p3, p4, p5, p6, p7, p8, p9]
                    rises = sum(a == 0 and b == 1 for a, b in zip(around, [*around[1:], p2], strict=True))
                    sides = (p2 * p4 * p6, p4 * p6 * p8) if step == 0 else (p2 * p4 * p8, p2 * p6 * p8)
                    if lines[i, j] and 2 <= sum(around) <= 6 and rises == 1 and sides == (0, 0):
                        gone.append((i, j))
            for place in gone:
                lines[place] = 0
            changed |= bool(gone)
        if not changed:
            return lines[1:-1, 1:-1] > 0


def test_equals_the_literal_algorithm() -> None:
    canvas = np.zeros((40, 40), np.uint8)
    cv2.ellipse(canvas, (18, 20), (12, 8), 20, 0, 300, 1, 5)
    cv2.line(canvas, (3, 36), (37, 5), 1, 4)
    cv2.rectangle(canvas, (0, 0), (9, 9), 1, -1)
    thinned = thin(canvas > 0)
    assert (thinned == literal_zhang_suen(canvas > 0)).all()
    assert 0 < thinned.sum() < canvas.sum() / 3


def test_thinning_is_idempotent_and_keeps_connections() -> None:
    canvas = np.zeros((2, 48, 48), np.uint8)
    cv2.circle(canvas[0], (24, 24), 15, 1, 6)
    cv2.line(canvas[1], (5, 5), (40, 30), 1, 7)
    for before in canvas:
        once = thin(before > 0)
        assert (thin(once) == once).all()
        assert cv2.connectedComponents(once.astype(np.uint8))[0] == cv2.connectedComponents(before)[0]


def test_passes_limit_how_much_comes_off() -> None:
    block = np.zeros((30, 30), np.bool_)
    block[5:25, 5:25] = True
    assert thin(block, passes=1).sum() > thin(block, passes=3).sum() > thin(block).sum()


def test_widening_gives_lines_of_a_width() -> None:
    line = np.zeros((20, 20), np.bool_)
    line[10] = True
    for width in (1, 2, 3, 4):
        assert widen(line, width)[:, 10].sum() == width
