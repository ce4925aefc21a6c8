"""What colors of a dye stand for on a face; colors out of other pictures: of a swatch, or of somebody's face."""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.conditions.colors import Color, parse_color
from mien.conditions.pictures import as_photo
from mien.editing.context import EditContext
from mien.editing.dyes import RELATIVE, UNCHANGED, depends_on_hair, shaded, swatch_of
from mien.errors import FaceSelectionError, LayerError
from mien.guides.dyes.dye import black_share, mean_color
from mien.guides.dyes.hair_chart import falls_short, named
from mien.guides.light import under_light
from mien.guides.regions import region_matte
from mien.types import Face, Photo

DARKER = "this hair is too dark for {0} to look real: it is made lighter by a part of that (#rrggbb gives all of it)"
"""What is told where a name's color is not reached."""


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
        faces = context.largest(photo)
        if not faces:
            raise FaceSelectionError(f"No face is found in {path.name}; give a photo in which one is seen.")
        weight = region_matte(photo, faces[0], region, context.networks.parser)
    elif photo.alpha is not None:
        weight = np.squeeze(photo.alpha).astype(np.float32) / 2**photo.bits
    if not (weight > 0.01).any():
        raise LayerError(f"{path.name} is transparent everywhere; give a picture with a color in it.")
    return mean_color(photo, weight)


def shade_of(
    photo: Photo, face: Face, region: str, color: Any, context: EditContext, had: Color | None = None
) -> Color:
    """sRGB that a region is dyed with, in the light of the face.

    Args:
        photo, face: before anything was borrowed: relative colors, and names of hair colors, depend on the color there.
        region: that is dyed.
        color: as for :func:`dye_color`, or relative: "lighter", "own" ...
        context: finds the region.
        had: its mean color; None where it is not known yet.

    Raises:
        LayerError, PhotoError, FaceError: as :func:`dye_color`, or there is nothing of the region.
    """
    relative = color == UNCHANGED or color in RELATIVE
    wish = None if relative else dye_color(color, context)
    if wish is not None and not depends_on_hair(region, color):
        return under_light(wish, photo, face)
    matte = context.matte(photo, face, region)
    before = had or mean_color(photo, matte)
    if wish is not None:
        return named(wish, before, black_share(photo, matte), photo, face)
    return before if color == UNCHANGED else shaded(before, color)


def darker_than_named(region: str, color: Any, shade: Color) -> list[str]:
    """What is told where hair is too dark for its color's name; nothing else is said."""
    by_name = depends_on_hair(region, color) and color != UNCHANGED and color not in RELATIVE
    return [DARKER.format(color)] if by_name and falls_short(parse_color(color), shade) else []
