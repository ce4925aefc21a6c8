"""Teeth that were lent to a head of nobody, as light and as warm as teeth are beside such skin.

Legend: H, W of the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align.crop import crop_face
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.guides.traits import lab_of
from mien.types import Face, Photo

SIDE = 512
"""Of the crop that is looked at."""

LIGHTER, REDDER, WARMER = 8.0, 0.45, 0.7
"""CIE L* by which teeth are lighter than skin, and their shares of its a* and b*. The bank's smiles have 6 to 57, 0.35
to 0.7 and 0.45 to 1; teeth that were lent had 3, 0 and 0.4."""

MOST, LEVELS = 1.6, (50.0, 76.0)
"""Factor by which L* may grow, and the least and most that teeth have: on dark skin they are much lighter than it."""

LEAST = 50
"""Pixels of a mouth that is open."""


def lit(photo: Photo, face: Face, parser: FaceParser) -> Photo:
    """A picture whose teeth are lit as the face is.

    Args:
        photo: (H, W) sRGB, 8 bits.
        face: found in it; its square counts alone.
        parser: finds mouth and skin.
    """
    crop = crop_face(photo, face.quad, SIDE)
    labels, lab = parser.parse(crop.pixels[None])[0], lab_of(crop.pixels)
    mouth, skin = labels == INDEX["mouth"], labels == INDEX["skin"]
    if mouth.sum() < LEAST or not skin.any():
        return photo
    light = lab[mouth][:, 0]
    dark, tooth = np.quantile(light, (0.05, 0.75))
    seen, beside = np.median(lab[mouth][light > np.quantile(light, 0.6)], 0), np.median(lab[skin], 0)
    goal = np.array([np.clip(beside[0] + LIGHTER, *LEVELS), REDDER * beside[1], WARMER * beside[2]])
    share = np.clip((lab[..., 0] - dark) / max(tooth - dark, 1.0), 0, 1) * mouth
    size = photo.pixels.shape[1::-1]
    weight = cv2.GaussianBlur(share.astype(np.float32), (0, 0), 1.2)
    weight = cv2.warpAffine(weight, crop.matrix, size, flags=cv2.INTER_LINEAR)[..., None]
    pixels = np.asarray(photo.pixels, np.uint8)
    whole = lab_of(pixels)
    gain = float(np.clip(goal[0] / max(float(seen[0]), 1.0), 1, MOST))
    made = np.dstack([whole[..., :1] * gain, whole[..., 1:] + (goal - seen)[1:]]).astype(np.float32)
    rgb = cv2.cvtColor((whole + weight * (made - whole)).astype(np.float32), cv2.COLOR_LAB2RGB) * 255
    return Photo(np.where(weight > 0, np.clip(np.rint(rgb), 0, 255), pixels).astype(np.uint8))
