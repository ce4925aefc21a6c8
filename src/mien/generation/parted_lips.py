"""Lips of a head of nobody parted without a smile: what is between them is dark, and no teeth are seen.

Legend: H, W of the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.borrow import box_around, unit_of
from mien.guides.laid import blurred, filled
from mien.guides.mouths.mouth_seen import shut_at
from mien.guides.mouths.smile import parting
from mien.guides.move import displaced
from mien.guides.still import Labelled
from mien.guides.traits import lab_of
from mien.types import Face, Float32, Photo, UInt8

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)

GAP, WIDE = 0.075, 0.75
"""Eye distances between the lips, and the share of the mouth's width that opens."""

DEEP, FLESH = (0.15, 0.5), (0.9, 0.55)
"""Shares of the lips' L* below the upper lip and above the lower one, where a tongue is; and of their a* and b*."""

SOFT = 0.012
"""Eye distances over which lips end in shade."""


def parted_lips(photo: Photo, face: Face, labelled: Labelled) -> Photo:
    """A picture in which a mouth that is shut is open.

    Args:
        photo: sRGB, 8 bits, (H, W).
        face: found in it.
        labelled: what is seen where.

    Raises:
        LayerError: this face bears no move.
    """
    unit, start = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    box = box_around(photo, start[OUTER], unit, 0.1)
    picture: UInt8 = np.asarray(photo.pixels, np.uint8)[box[1] : box[3], box[0] : box[2]]
    start, way = shut_at(start, box, picture, unit), parting(face, GAP, WIDE)
    moved, share = displaced(photo, start, way, unit, labelled=labelled, torn=INNER)
    goals = start + share * way
    made = np.asarray(moved.over(photo)[0].pixels, np.uint8).copy()
    here = made[box[1] : box[3], box[0] : box[2]]
    inner, lips = filled(goals[INNER], box), filled(goals[OUTER], box)
    weight = blurred(inner, SOFT * unit)[..., None]
    here[:] = np.clip(np.rint(here + weight * (_inside(here, lips & ~inner, goals, box[1]) - here)), 0, 255)
    return photo.with_pixels(made)


def _inside(here: UInt8, lips: np.ndarray, goals: np.ndarray, top: int) -> Float32:
    """(h, w, 3) sRGB of what is between lips (h, w), given landmarks and the first row's place."""
    flesh = np.median(lab_of(here)[lips], 0) if lips.any() else np.array([40.0, 15.0, 10.0])
    first, last = (float(goals[point, 1]) - top for point in (13, 14))
    down = np.clip((np.arange(len(here)) - first) / max(last - first, 1.0), 0, 1) ** 2
    share = DEEP[0] + (DEEP[1] - DEEP[0]) * down
    lab = np.stack(
        [share * flesh[0], *(part * tint * share**0.5 for part, tint in zip(FLESH, flesh[1:], strict=True))], 1
    )
    rgb = cv2.cvtColor(lab.astype(np.float32)[:, None], cv2.COLOR_LAB2RGB) * 255
    return np.broadcast_to(rgb, here.shape).astype(np.float32)
