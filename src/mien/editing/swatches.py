"""Colors out of other pictures: the mean of a swatch, or of a region of somebody's face."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.conditions.colors import Color, parse_color
from mien.conditions.pictures import as_photo
from mien.editing.context import EditContext
from mien.editing.dyes import swatch_of
from mien.errors import FaceSelectionError, LayerError
from mien.guides.regions import region_matte
from mien.photos.color import to_srgb
from mien.types import Float32, UInt8

LARGEST = 512
"""Longer side at which a swatch is read."""


def dye_color(value: Any, context: EditContext) -> Color:
    """sRGB of a name, ``#hex``, three numbers, ``@swatch.png``, or ``other.jpg:hair``: the mean of that person's hair.

    Raises:
        LayerError, PhotoError, FaceError: none of these, or nothing of the region in the other photo.
    """
    source = swatch_of(value)
    if source is None:
        return parse_color(value)
    path, region = source
    photo = as_photo(path, "The swatch")
    pixels, weight = to_srgb(photo), np.ones((photo.height, photo.width), np.float32)
    if region:
        faces = context.faces(photo)
        if not faces:
            raise FaceSelectionError(f"No face is found in {path.name}; give a photo in which one is seen.")
        weight = region_matte(photo, faces[0], region, context.networks.parser)
    elif photo.alpha is not None:
        weight = photo.alpha.astype(np.float32)
    return _mean(pixels, np.where(weight > 0.5 * weight.max(), weight, 0))


def _mean(pixels: UInt8, weight: Float32) -> Color:
    shrink = min(1.0, LARGEST / max(weight.shape))
    size = (max(1, round(weight.shape[1] * shrink)), max(1, round(weight.shape[0] * shrink)))
    small, w = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (pixels, weight))
    if not w.any():
        raise LayerError("The swatch is transparent everywhere; give a picture with a color in it.")
    lab = cv2.cvtColor(small.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    mean: Any = np.tensordot(w / w.sum(), lab, 2).astype(np.float32)
    r, g, b = np.rint(cv2.cvtColor(mean[None, None], cv2.COLOR_LAB2RGB)[0, 0] * 255).clip(0, 255).astype(int)
    return int(r), int(g), int(b)
