"""Furrows of a forehead whose brows are raised: without them raised brows are somebody's brows as they always are.

Legend: S side of the picture.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import crop_face
from mien.align.measure import describe_face
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.generation.pairs import SIDE as LOOKED
from mien.generation.pairs import resized
from mien.guides.bank import Bank
from mien.guides.healing.wrinkles import wrinkles
from mien.types import Bool, Face, Float32, Photo, UInt8

LENDER = "2676"
"""A bundled face with raised brows."""

DEEPER = 1.3
"""How much more its furrows count."""

TOP = (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)
"""Landmarks along the hairline."""


def furrowed(picture: UInt8, points: Float32, mean: Float32, parser: FaceParser) -> UInt8:
    """A face (S, S, 3) with furrows across its forehead, as raised brows make them.

    Args:
        picture: (S, S, 3) sRGB.
        points: (478, 3) landmarks in pixels.
        mean: (478, 3) the mean face.
        parser: tells the skin.
    """
    photo, face = Photo(picture), describe_face(points, 1.0, mean)
    other, other_face, other_skin = _lender(parser)
    with suppress(LayerError):  # turned too far
        guide = wrinkles(photo, face, other, other_face, skin=_forehead(photo, face, parser), other_skin=other_skin)
        made = guide.over(photo)[0].pixels.astype(np.float32)
        deeper = picture * ((made + 1) / (picture.astype(np.float32) + 1)) ** DEEPER
        return np.asarray(np.clip(np.rint(deeper), 0, 255), np.uint8)
    return picture


@cache
def _lender(parser: FaceParser) -> tuple[Photo, Face, Bool]:
    entry = next(one for one in Bank.bundled().entries if one.path.stem == LENDER)
    photo = entry.photo()
    return photo, entry.face, _forehead(photo, entry.face, parser)


def _forehead(photo: Photo, face: Face, parser: FaceParser) -> Bool:
    """(H, W): skin above the brows."""
    crop = crop_face(photo, face.quad, LOOKED)
    skin = (parser.parse(resized(crop.pixels[None], LOOKED))[0] == INDEX["skin"]).astype(np.float32)
    seen = cv2.warpAffine(skin, crop.matrix, (photo.width, photo.height), flags=cv2.INTER_LINEAR) > 0.5
    outline = face.landmarks[[*TOP, *mesh.LEFT_BROW, *mesh.RIGHT_BROW], :2]
    area = np.zeros(seen.shape, np.uint8)
    cv2.fillConvexPoly(area, np.round(cv2.convexHull(outline.astype(np.float32))).astype(np.int32), 1)
    return np.asarray(seen & (area > 0), np.bool_)
