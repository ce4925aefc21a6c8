"""Hair to its ends as a matte over the whole photo, single strands included; without beards and other people's hair.

Convention:
    Maps are (h, w) float32 in [0, 1] over the part that is looked at. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.matte import enlarged
from mien.compose.morphology import disc
from mien.conditions.areas import Seen, beard
from mien.conditions.hair_matting import HairMatting
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.guides.guide import Box
from mien.guides.looks import large_pieces, reaching
from mien.interrupt import checkpoint
from mien.photos.color import to_srgb
from mien.types import Face, Float32, Float64, Photo

OTHERS = "cloth+glasses+brows+eyes+hat"
"""What may look like hair, and is none."""

LARGEST = 900
"""Longer side at which what is likely is worked on."""

ROOM = 0.15
"""Sides of the crop around hair that are looked at for strands, and for what lies behind."""

NO_PICTURE = np.zeros((1, 1, 3), np.uint8)


def hair_matte(photo: Photo, face: Face, parser: FaceParser) -> tuple[Float32, Box]:
    """The matte of a head's hair, and the part of the photo that it covers; there is none beyond it.

    Args:
        photo: any.
        face: found in it.
        parser: says what is likely where.
    """
    seen, box = reaching(photo, face, ("hair", "skin", OTHERS), parser, 3, LARGEST)
    scale = seen[0].shape[1] / (box[2] - box[0])
    seen, box = _close(seen, box, face)
    likely, skin, others = seen
    side = float(np.linalg.norm(face.quad[3] - face.quad[0]))
    points = (face.landmarks.astype(np.float64) - (*box[:2], 0)) * scale
    picture = to_srgb(photo, box)
    checkpoint()
    matte, small = HairMatting.bundled()(picture, likely, skin, others, side)
    inside = np.zeros(likely.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.round((face.quad - box[:2]) * scale).astype(np.int32), 1)
    kept = 1 - _beside_beard(likely, points, 0.01 * side * scale)
    matte = matte * cv2.resize(kept, matte.shape[::-1], interpolation=cv2.INTER_LINEAR)
    matte = matte * large_pieces(matte, cv2.resize(inside, matte.shape[::-1]).astype(np.float32))
    return np.asarray(matte if small is picture else enlarged(picture, small, matte), np.float32), box


def grown_beard(likely: Float32, points: Float64, unit: float) -> Float32:
    """1 where what is likely hair (h, w) is a beard; landmarks (478, 3) and the unit are in its pixels."""
    labels = np.where(likely > 0.5, INDEX["hair"], INDEX["skin"]).astype(np.uint8)
    grown = cv2.GaussianBlur(beard(Seen(labels, points, NO_PICTURE)).astype(np.float32), (0, 0), unit)
    return np.clip(3 * grown, 0, 1).astype(np.float32)


def _beside_beard(likely: Float32, points: Float64, unit: float) -> Float32:
    """The same, and a little around it where there is much of it: what is left beside a beard is no hair."""
    grown = grown_beard(likely, points, unit)
    if (grown * likely > 0.5).sum() > 0.02 * (100 * unit) ** 2:
        grown = np.maximum(grown, cv2.GaussianBlur(cv2.dilate(grown, disc(3 * unit)), (0, 0), unit))
    return np.asarray(grown, np.float32)


def _close(seen: list[Float32], box: Box, face: Face) -> tuple[list[Float32], Box]:
    """What was looked at, cut to the first map's region and some room around it."""
    rows, columns = (np.flatnonzero((seen[0] > 0.1).any(axis)) for axis in (1, 0))
    if not rows.size:
        return seen, box
    scale = seen[0].shape[1] / (box[2] - box[0])
    room = ROOM * float(np.linalg.norm(face.quad[3] - face.quad[0])) * scale
    height, width = seen[0].shape
    x0, x1 = max(0, int(columns[0] - room)), min(width, int(columns[-1] + room) + 1)
    y0, y1 = max(0, int(rows[0] - room)), min(height, int(rows[-1] + room) + 1)
    part = tuple(round(v / scale) for v in (x0, y0, x1, y1))
    near = (box[0] + part[0], box[1] + part[1], min(box[2], box[0] + part[2]), min(box[3], box[1] + part[3]))
    return [one[y0:y1, x0:x1] for one in seen], near
