"""A region of a face in another color, each region in its way."""

from __future__ import annotations

from dataclasses import replace

from mien.conditions.parser import FaceParser
from mien.guides.dyes.bordered import dyed_hair
from mien.guides.dyes.brow_dye import dyed_brows
from mien.guides.dyes.coloring import SETTINGS, Dye
from mien.guides.dyes.dye import dye
from mien.guides.dyes.iris_dye import dyed_irises
from mien.guides.guide import Guide
from mien.types import Face, Float32, Photo

BROWS = ("brows", "left_brow", "right_brow")
"""Regions that are dyed hair by hair."""


def colored(
    photo: Photo,
    face: Face,
    region: str,
    matte: Float32,
    shade: tuple[int, int, int],
    strength: float,
    parser: FaceParser,
) -> Guide:
    """A region with a matte (H, W) in an sRGB color.

    Args:
        photo: any.
        face: found in it.
        region: its name.
        matte: of the region.
        shade: the color.
        strength: in [0, 1], 1 takes all of it.
        parser: says what is likely hair.
    """
    settings = SETTINGS.get(region, Dye())
    if region in BROWS:
        return dyed_brows(photo, matte, shade, strength)
    if region == "irises":
        return dyed_irises(photo, face, shade, settings, strength)
    settings = replace(settings, strength=strength)
    if region == "hair":
        return dyed_hair(photo, face, matte, shade, settings, parser)
    return dye(photo, matte, shade, settings)
