"""How badly a head fits that is brought into place: another map, parts that are drawn out, a crown that looks cut.

Legend: D side of labels, s side of the grid on which places are told.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.generation.heads import FLAT, SIDE, Head
from mien.generation.outlines import unlike
from mien.generation.registration import Registration
from mien.types import Float32, UInt8

DISAGREES, STRAINED, OUTSIDE, BEHIND = 10.0, 6.0, 40.0, 0.25
"""Costs of another map than the wanted one, of areas that change, and of a picture that ends too early, behind less
so."""

CROWN, MIDDLE = (200.0, 10.0), (0.4, 0.6)
"""Cost of each side of what is above the picture of a head whose crown looks cut there, and the most of it; and the
columns where it is looked for."""


def misfit(head: Head, labels: UInt8, wanted: UInt8, points: Float32, placed: Registration) -> float:
    """Cost of a head in its place.

    Args:
        head: as it is lent.
        labels: (D, D) what is seen in its crop.
        wanted: (D, D) the map.
        points: (478, 3) landmarks that are wanted, in sides.
        placed: where it is brought.
    """
    away = unlike(wanted, shown(labels, placed.places, len(wanted)), points)
    cost = DISAGREES * away + STRAINED * placed.strain + OUTSIDE * _outside(head, placed.places, wanted)
    return cost + min(CROWN[1], CROWN[0] * _crown(head, placed.places))


def shown(labels: UInt8, places: Float32, side: int) -> UInt8:
    """Labels (D, D) of a head as they lie in the result (side, side), given places (s, s, 2) in sides of the crop."""
    at = cv2.resize(places, (side, side), interpolation=cv2.INTER_LINEAR) * len(labels) - 0.5
    found: Any = cv2.remap(labels, at, None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.uint8)


def _crown(head: Head, places: Float32) -> float:
    """Sides of the result above a head's own picture, where its crown looks cut."""
    if head.entry.path.stem not in FLAT:
        return 0.0
    first, last = (int(one * places.shape[1]) for one in MIDDLE)
    rows = places[:, first:last] * SIDE @ head.crop.matrix[1, :2] + head.crop.matrix[1, 2]
    return float((rows < head.seam).mean())


def _outside(head: Head, places: Float32, wanted: UInt8) -> float:
    """The share of the wanted picture, of the person above all, that lies where the lent picture has ended."""
    person = cv2.resize((wanted > 0).astype(np.float32), places.shape[1::-1], interpolation=cv2.INTER_AREA) + BEHIND
    first, last = head.corners
    beyond = ((places < first) | (places > last)).any(-1)
    return float((beyond * person).sum() / max(1e-6, float(person.sum())))
