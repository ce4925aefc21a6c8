"""Cheeks: where blush lies."""

from __future__ import annotations

import cv2
import numpy as np

from mien.conditions.parser import FaceParser
from mien.guides.guide import Box
from mien.guides.hair.matte import LARGEST
from mien.guides.looks import reaching
from mien.types import Face, Float32, Photo


def cheeks(photo: Photo, face: Face, parser: FaceParser) -> tuple[Float32, Box]:
    """Where blush lies: on the apples, fading along the cheekbones and towards eyes, nose and mouth.

    Returns:
        The matte in [0, 1] of a part of the photo, and that part; there is none beyond it.
    """
    (skin,), box = reaching(photo, face, ("skin",), parser, 1, LARGEST)
    scale = skin.shape[1] / (box[2] - box[0])
    points = (face.landmarks[:, :2].astype(np.float64) - box[:2]) * scale
    unit = float(np.linalg.norm(points[33] - points[263]))
    ys, xs = np.mgrid[: skin.shape[0], : skin.shape[1]] + 0.5
    total = np.zeros(skin.shape, np.float32)
    for apple, bone, nose in ((50, 123, 129), (280, 352, 358)):
        way = points[bone] - points[apple]
        length = float(np.linalg.norm(way))
        if length < 0.1 * unit:  # turned away
            continue
        middle, way = points[apple] + 0.25 * (points[bone] - points[apple]), way / length
        along = (xs - middle[0]) * way[0] + (ys - middle[1]) * way[1]
        across = (xs - middle[0]) * way[1] - (ys - middle[1]) * way[0]
        reach = max(0.45 * float(np.linalg.norm(points[nose] - points[apple])), 0.5 * length)
        total = np.maximum(total, np.exp(-0.5 * ((along / (1.05 * reach)) ** 2 + (across / (0.72 * reach)) ** 2)))
    soft = cv2.GaussianBlur(skin, (0, 0), 0.04 * unit) * skin
    part = cv2.resize((total * soft).astype(np.float32), (box[2] - box[0], box[3] - box[1]))
    return np.where(part > 0.02, part, np.float32(0)), box
