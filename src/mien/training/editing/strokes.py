"""A drawing as it grows: lines cut into strokes, of which the first ones are there.

The drawing process is simulated, as in AniFaceDrawing (Huang et al., 2023), from finished drawings alone. Long strokes
tend to come first. Legend: S side.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Bool

CELL = 4
"""A stroke is no longer than about a quarter of the drawing's side."""

LENGTH_FIRST = 0.5
"""How much the order follows length rather than chance."""


def unfinished(lines: Bool, rng: np.random.Generator, share: float | None = None) -> Bool:
    """A drawing (S, S) of which only some strokes are there.

    Args:
        lines: True on lines.
        rng: where cuts and the order come from; the same one gives drawings that grow with ``share``.
        share: of the strokes, in [0, 1]; None draws it: a fifth of the drawings is finished.
    """
    share = min(1.0, 1.25 * float(rng.random())) if share is None else share
    drawn = np.zeros_like(lines)
    if not lines.any():
        return drawn
    count, index = cv2.connectedComponents(lines.astype(np.uint8), connectivity=8)
    step = max(lines.shape[0] // CELL, 1)
    y, x = np.nonzero(lines)
    cells = (y + rng.integers(step)) // step * (CELL + 2) + (x + rng.integers(step)) // step
    _, stroke, sizes = np.unique(index[lines] + count * cells, return_inverse=True, return_counts=True)
    order = np.argsort(LENGTH_FIRST * -np.log(sizes) + rng.random(len(sizes)), kind="stable")
    place = np.argsort(order)
    drawn[y, x] = place[stroke] < round(share * len(sizes))
    return drawn
