"""How much of a region that was asked for an edit could not reach, since it goes on where nothing was looked at."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.conditions.parser import FaceParser
from mien.conditions.regions import is_expression, terms
from mien.editing.context import EditContext
from mien.guides.looks import CARRIED_ON, beyond, goes_on, square_of, squares_for
from mien.guides.regions import region_of
from mien.types import Bool, Face, Float32, Float64, Photo

CARRIED = "the background is taken to go on to the photo's edge, beyond what could be looked at"
"""What is told of backgrounds that are much larger than the face."""


def unreached(
    photo: Photo, face: Face, region: str, matte: Float32, mask: Any, within: Any, context: EditContext
) -> float | None:
    """The share of a region that lies where nothing was looked at, by how much of the sides of that it meets.

    Args:
        photo: any.
        face: found in it.
        region: names joined by +, - and &.
        matte: (H, W) of it.
        mask: (H, W), the edit happens where it is above 0; None: anywhere.
        within: what says so; named regions are known in the crop alone.
        context: finds the mattes of single names.

    Returns:
        In [0, 1], an estimate where it goes on beyond all that was looked at; None where a region of several names
        goes on, whose share is not known.
    """
    parser = context.networks.parser
    if mask is not None and isinstance(within, str) and is_expression(within):
        return _beyond_crop(photo, face, matte, np.asarray(mask) > 0)
    if region == CARRIED_ON:
        return 0.0
    names = [name for sign, name in terms(region) if sign != "-"]
    if len(names) == 1 or region_of(region) is not None:
        return beyond(photo, face, _square(photo, face, region, parser), matte)
    mattes = {one: context.matte(photo, face, one) for one in names}
    shares = [unreached(photo, face, one, found, mask, within, context) for one, found in mattes.items()]
    return None if any(shares) else 0.0


def carried_on(photo: Photo, face: Face, region: str, matte: Float32, context: EditContext) -> bool:
    """Whether a region is a background that reaches farther than what was looked at; arguments as above."""
    if region != CARRIED_ON:
        return False
    return beyond(photo, face, _square(photo, face, region, context.networks.parser), matte) > 0


def _beyond_crop(photo: Photo, face: Face, matte: Float32, mask: Bool) -> float:
    """The share of a matte beyond the crop, where a mask ends that is known in it alone; 0 if it ends before."""
    crop = square_of(face, 1.0)
    if not goes_on(photo, face.quad, crop, np.where(mask, matte, np.float32(0))):
        return 0.0
    inside = cv2.fillConvexPoly(np.zeros(matte.shape, np.uint8), np.round(crop).astype(np.int32), 1)
    return 1 - float(matte[inside > 0].sum()) / float(matte.sum())


def _square(photo: Photo, face: Face, region: str, parser: FaceParser) -> Float64:
    """(4, 2) corners of the widest square in which a region is looked for."""
    if region == "hair":
        return squares_for(photo, face, region, parser)[0]
    known = region_of(region)
    return square_of(face, 1.0) if known is None else squares_for(photo, face, known.classes, parser, known.looks)[0]
