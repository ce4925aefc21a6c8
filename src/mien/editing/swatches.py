"""Colors out of other pictures: the mean of a swatch, or of a region of somebody's face."""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.conditions.colors import Color, parse_color
from mien.conditions.pictures import as_photo
from mien.editing.context import EditContext
from mien.editing.dyes import swatch_of
from mien.errors import FaceSelectionError, LayerError
from mien.guides.dye import mean_color
from mien.guides.regions import region_matte


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
    weight = np.ones((photo.height, photo.width), np.float32)
    if region:
        faces = context.faces(photo)
        if not faces:
            raise FaceSelectionError(f"No face is found in {path.name}; give a photo in which one is seen.")
        weight = region_matte(photo, faces[0], region, context.networks.parser)
    elif photo.alpha is not None:
        weight = np.squeeze(photo.alpha).astype(np.float32) / 2**photo.bits
    if not (weight > 0.01).any():
        raise LayerError(f"{path.name} is transparent everywhere; give a picture with a color in it.")
    return mean_color(photo, weight)
