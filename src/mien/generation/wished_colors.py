"""Colors that a sentence asks for, given to a finished face: of hair and lips.

Legend: S side of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from mien.align.measure import describe_face
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.guides.dye import dye, mean_color
from mien.guides.hair_matte import hair_matte
from mien.guides.traits import lab_of
from mien.types import Face, Float32, Photo, UInt8

DARK, FAR = 40.0, (14.0, 26.0)
"""CIE L*, a*, b* by which a color of hair is missed before anything is done, for colors of less L* and for lighter,
in which hair looks painted sooner."""

MOSTLY = 0.75
"""How much of the way hair goes: all of it glows."""

LIPS = (158, 58, 66)
"""sRGB of lipstick of which no color is named."""


def colored(picture: UInt8, points: Float32, mean: Float32, wished: Mapping[str, Float32], parser: FaceParser) -> UInt8:
    """A face with the colors that are wished for, where they are missed.

    Args:
        picture: (S, S, 3) sRGB.
        points: (478, 3) landmarks in pixels.
        mean: (478, 3) the mean face.
        wished: CIE L*, a*, b* (3,) by attribute: "hair-color", "lip-color"; others are left alone.
        parser: finds the parts.
    """
    photo, face = Photo(picture), describe_face(points, 1.0, mean)
    if "hair-color" in wished:
        photo = _hair(photo, face, wished["hair-color"], parser)
    if "lip-color" in wished:
        shares = parser.shares(np.asarray(photo.pixels, np.uint8))
        lips = shares[[INDEX["upper_lip"], INDEX["lower_lip"]]].sum(0)
        if lips.max() > 0.5:
            photo = dye(photo, lips.astype(np.float32), _srgb(wished["lip-color"])).over(photo)[0]
    return np.asarray(photo.pixels, np.uint8)


def _hair(photo: Photo, face: Face, color: Float32, parser: FaceParser) -> Photo:
    part, (x0, y0, x1, y1) = hair_matte(photo, face, parser)
    alpha = np.zeros(photo.pixels.shape[:2], np.float32)
    alpha[y0:y1, x0:x1] = cv2.resize(part, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    if alpha.max() < 0.5:
        return photo
    found = lab_of(np.array(mean_color(photo, alpha), np.uint8)[None, None])[0, 0]
    if np.linalg.norm(found - color) < FAR[int(color[0] >= DARK)]:
        return photo
    return dye(photo, alpha, _srgb(found + MOSTLY * (color - found))).over(photo)[0]


def _srgb(lab: Float32) -> tuple[int, int, int]:
    rgb = cv2.cvtColor(lab.astype(np.float32)[None, None], cv2.COLOR_LAB2RGB)[0, 0] * 255
    red, green, blue = (round(float(v)) for v in np.clip(rgb, 0, 255))
    return red, green, blue
