"""Brows that move as a whole: landmarks lie within them, so that their lower ends would be drawn out.

Legend: N points, D side of labels.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import inverse
from mien.conditions.labels import INDEX
from mien.guides.still import Labelled
from mien.types import Bool, Float64

BELOW = ((46, 53, 52, 65, 55), (285, 295, 282, 283, 276))
"""Landmarks along the lower edge of both brows; the upper ones are those of :mod:`mien.align.mesh`."""

BESIDE, APART = 0.025, 0.06
"""Distances of the outer corners of the eyes: of what goes along with a brow, and of points on its outline."""


def with_brows(points: Float64, shift: Float64, labelled: Labelled, unit: float) -> tuple[Float64, Float64]:
    """Points (N, 2) and where they go, (N, 2), with points of the brows' lower outlines; landmarks there go with them.

    Args:
        points: 478 landmarks, pixels.
        shift: of each.
        labelled: tells brows.
        unit: distance of the outer corners of the eyes.
    """
    places, pulls = [points], [shift.copy()]
    back = inverse(labelled.matrix)
    size = np.sqrt(abs(np.linalg.det(back[:, :2]))) * unit
    for upper, below in zip((mesh.LEFT_BROW, mesh.RIGHT_BROW), BELOW, strict=True):
        own = [*upper, *below]
        near = points[own].mean(0) @ back[:, :2].T + back[:, 2]
        area = _nearest(np.isin(labelled.labels, (INDEX["left_brow"], INDEX["right_brow"])), near, size)
        if area is None:
            continue
        away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 5) / size
        seen = points @ back[:, :2].T + back[:, 2]
        at = (seen - 0.5).round().astype(int).clip(0, np.array(area.shape[::-1]) - 1)
        along = (away[at[:, 1], at[:, 0]] < BESIDE) & _under(seen, area)
        pulls[0][along] = _pulled(points[along], points[own], shift[own])
        outlines, _ = cv2.findContours(area.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        outline = max(outlines, key=len)[:: max(1, round(APART * size)), 0] + 0.5
        outline = outline[_under(outline, area)]
        there = outline @ labelled.matrix[:, :2].T + labelled.matrix[:, 2]
        places.append(there)
        pulls.append(_pulled(there, points[own], shift[own]))
    return np.concatenate(places), np.concatenate(pulls)


def _under(places: Float64, area: Bool) -> Bool:
    """(M,) which places, in pixels of the labels, lie below the middle of a brow (D, D)."""
    columns = np.flatnonzero(area.any(0))
    middle = (area * (np.arange(len(area)) + 0.5)[:, None]).sum(0)[columns] / area.sum(0)[columns]
    return np.asarray(places[:, 1] > np.interp(places[:, 0], columns + 0.5, middle), np.bool_)


def _pulled(places: Float64, brow: Float64, shift: Float64) -> Float64:
    """Where places (M, 2) of a brow go: as its landmarks (10, 2) above and below them."""
    middle, mean = (brow[:5, 0] + brow[5:, 0]) / 2, (shift[:5] + shift[5:]) / 2
    order = np.argsort(middle)
    return np.stack([np.interp(places[:, 0], middle[order], mean[order, axis]) for axis in (0, 1)], 1)


def _nearest(brows: Bool, place: Float64, size: float) -> Bool | None:
    """The piece (D, D) of brows at a place; None where there is none."""
    _, index, _, middles = cv2.connectedComponentsWithStats(brows.astype(np.uint8))
    far = np.linalg.norm(middles[1:] - place, axis=1)
    return index == 1 + int(far.argmin()) if len(far) and far.min() < 0.3 * size else None
