"""Lips of a head of nobody parted without a smile: between them it is dark below the edges of the upper teeth.

Legend: H, W of the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.borrow import box_around, unit_of
from mien.guides.laid import blurred, filled
from mien.guides.mouth import shut_at
from mien.guides.move import displaced
from mien.guides.smile import parting
from mien.guides.still import Labelled
from mien.guides.traits import lab_of
from mien.types import Face, Float32, Float64, Photo, UInt8

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)

GAP, WIDE = 0.085, 0.75
"""Eye distances between the lips, and the share of the mouth's width that opens."""

DEEP, FLESH = (0.15, 0.5), (0.9, 0.55)
"""Shares of the lips' L* below the upper lip and above the lower one, where a tongue is; and of their a* and b*."""

UPPER, LOWER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308), (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""Landmarks of the inner edges of the lips, from corner to corner."""

TALL, ACROSS, CRISP = 0.32, 0.72, 0.006
"""How high teeth are seen, in heights of the gap, over which share of its width, and eye distances over which they end:
a gap without any is a hole."""

TOOTH, DIMMER = (66.0, 1.0, 9.0), (0.22, 0.28)
"""CIE L*, a*, b* of teeth; and by which share they are darker beside the middle, and below the lip."""

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
    between = _toothed(_inside(here, lips & ~inner, goals, box[1]), goals[:, :2] - box[:2], CRISP * unit)
    here[:] = np.clip(np.rint(here + weight * (between - here)), 0, 255)
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


def _toothed(between: Float32, points: Float64, soft: float) -> Float32:
    """What is between lips (h, w, 3) with the edges of upper teeth, given landmarks (478, 2) and how soft they end."""
    height, width = between.shape[:2]
    across, down = np.arange(width) + 0.5, np.arange(height)[:, None] + 0.5
    upper, lower = (np.interp(across, *points[list(edge)].T) for edge in (UPPER, LOWER))
    first, last = points[[UPPER[0], UPPER[-1]], 0]
    aside = np.abs(across - (first + last) / 2) / max((last - first) / 2, 1e-6)
    tall = TALL * float(np.max(lower - upper)) * np.sqrt(np.clip(1 - (aside / ACROSS) ** 2, 0, 1))
    share = np.clip((upper + tall - down) / soft + 0.5, 0, 1) * (tall > 0)
    deep = np.clip((down - upper) / np.maximum(tall, 1), 0, 1)
    light = (1 - DIMMER[0] * np.clip(aside, 0, 1)) * (1 - DIMMER[1] * (1 - deep))
    lab = np.dstack([TOOTH[0] * light, *(np.full((height, width), tint) for tint in TOOTH[1:])]).astype(np.float32)
    rgb = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255
    return np.asarray(between + share[..., None] * (rgb - between), np.float32)
