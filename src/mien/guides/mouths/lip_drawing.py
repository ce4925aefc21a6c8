"""Lips as somebody drew them.

Convention:
    That of :mod:`mien.guides.mouths.lip_lines`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.mouths.lip_columns import Columns, Patch, largest
from mien.guides.mouths.lip_lines import STATIONS, LipLines, smoothed
from mien.types import Float64

WIDTHS, AWAY, TALL = (0.6, 1.7), 0.25, 0.75
"""By how much a drawn mouth may be as wide as the one that is seen, how far off in units, and how tall, in widths."""


def drawn_lips(lines: Float64, seen: LipLines) -> LipLines | None:
    """Lips as they are drawn; None where the drawing shows no outline of this mouth's.

    Args:
        lines: (N, 2) pixels of the photo.
        seen: the lips as they are.
    """
    patch = Patch.around(seen.upright.reshape(-1, 2), seen.unit)
    places = np.floor(patch.inside(lines @ seen.turn.T)).astype(int)
    within = ((places >= 1) & (places < np.array(patch.size) - 1)).all(1)
    ink = np.zeros(patch.size[::-1], np.uint8)
    ink[places[within, 1], places[within, 0]] = 1
    ink = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    outside = np.pad(ink, 1)
    cv2.floodFill(outside, None, (0, 0), 2)
    area = largest(outside[1:-1, 1:-1] != 2)
    lips = Columns.of_drawing(area, ink * area, patch) if area.any() else None
    if lips is None:
        return None
    low, high = lips.corners()
    across = np.linspace(low[0, 0], high[0, 0], STATIONS)
    found = lips.at(across)
    found[:, 0], found[:, -1] = low[0, 1], high[0, 1]
    made = np.stack([np.broadcast_to(across, found.shape), smoothed(found)], -1)
    if np.isnan(made[1:3]).any():  # no line between the lips: they part as they do
        share = (seen.upright[1:3, :, 1] - seen.upright[0, :, 1]) / np.ptp(seen.upright[[0, 3], :, 1], axis=0).clip(
            1e-6
        )
        made[1:3, :, 1] = made[0, :, 1] + share.clip(0, 1) * (made[3, :, 1] - made[0, :, 1])
    return _believed(LipLines(made, seen.turn, seen.unit), seen)


def _believed(drawn: LipLines, seen: LipLines) -> LipLines | None:
    """Drawn lips, if they can be this mouth's."""
    away = np.abs(drawn.upright.mean((0, 1)) - seen.upright.mean((0, 1))).max() / seen.unit
    tall = float((drawn.upright[3, :, 1] - drawn.upright[0, :, 1]).max()) / seen.unit
    fits = WIDTHS[0] < drawn.width / seen.width < WIDTHS[1] and 0.1 * drawn.width < tall < TALL * drawn.width
    return drawn if fits and away < AWAY else None
