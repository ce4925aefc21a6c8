"""The user's guide: laid over the photo before anything else happens; only what it leaves open is asked for then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mien.align.crop import crop_face
from mien.align.paste import Mask, mask_to_photo
from mien.conditions.pictures import as_photo, name_of, weight_map
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.layers import UNFILLED, mask_of, protected_area
from mien.editing.request import Request
from mien.editing.steps import Guided
from mien.editing.target import FaceTarget
from mien.editing.validation import GUIDE, without_guide
from mien.errors import LayerError
from mien.guides.given import cut_out, harmonised, over_crop, over_photo
from mien.types import Float32, Photo

SIDE = 256
"""Of the crop that says where the frame lies; of no consequence for the pixels."""


@dataclass(frozen=True, eq=False)
class Laid:
    """What is there once the guide is laid over the photo.

    Attributes:
        done: the photo with the guide.
        rest: what else is asked for, without the guide.
        context: knows how sure the guide was of each pixel.
        finished: whether nothing else is asked for.
    """

    done: Guided
    rest: Request
    context: EditContext
    finished: bool


def has_mask(request: Request) -> bool:
    """Whether anything says where the face may change, besides the guide."""
    return request.mask is not None or (isinstance(request.layers, Conditions) and request.layers.mask is not None)


def lay_guide(photo: Photo, target: FaceTarget, request: Request, context: EditContext) -> Laid:
    """Lays the guide over the photo, if one is given.

    With a mask, what the guide leaves open of it is filled afterwards: painted, or healed in mode "pixels".

    Raises:
        LayerError, PhotoError: the guide cannot be read, does not fit, is opaque and nothing limits it, or is empty.
        ConfigError: its weight is none.
    """
    nothing = Guided(photo, np.zeros((photo.height, photo.width), np.bool_))
    rest = without_guide(request)
    if rest is request:
        return Laid(nothing, request, context, False)
    frame = CropFrame.of(crop_face(photo, target.quad, SIDE, target.face), request.frame, target.name)
    with context.watch("guide"):
        mask = mask_of(request, frame, context.of(photo, target.quad))[0] if has_mask(request) else None
        samples, sure, name = _read(photo, request, frame, has_mask(request))
        sure = _limited(sure, request, frame, mask, context.of(photo, target.quad))
        laid, open_ = sure, False
        if mask is not None:
            left = mask.astype(np.float32) - sure
            open_ = bool((left >= UNFILLED).any())
            # What is filled afterwards lies over it by the share that is left: c guide + (1 - c) filled, and no photo.
            laid = sure / np.maximum(1 - left, np.float32(1e-6)) if open_ else sure
        guide = cut_out(samples, laid)
        if guide is None:
            raise LayerError(f"{name} is empty where it may count; paste something there, or mask more.")
        if request.harmonise:
            guide = harmonised(guide, photo, float(np.linalg.norm(target.quad[3] - target.quad[0])), soft=not open_)
        done = nothing.then(guide, f"{name} laid over {target.name}", None, request.strength)
    asks = rest.draws or rest.moves_pixels
    if open_ and not asks and rest.mode == "pixels":
        rest = replace(rest, mode="heal")
    return Laid(done, rest, replace(context, sure=sure), not (asks or open_))


def _read(photo: Photo, request: Request, frame: CropFrame, limited: bool) -> tuple[Any, Float32, str]:
    """Samples (H, W, C), confidence (H, W), and what it is called."""
    source = request.guide
    if source is None:
        picture, name, over = as_photo(getattr(request.layers, GUIDE)), "The guide", False
    else:
        picture, name = as_photo(source, "The guide"), name_of(source, GUIDE)
        over = frame.for_source(source).over_photo(picture.width, picture.height, name)
    if picture.alpha is None and not limited:
        raise LayerError(f"{name} has no transparency; erase what is not to be pasted, or give a mask.")
    placed = over_photo(picture, photo) if over else over_crop(picture, photo, frame.matrix_at(picture.width))
    return *placed, name


def _limited(sure: Float32, request: Request, frame: CropFrame, mask: Mask | None, context: EditContext) -> Float32:
    """Confidence by weight, mask and what is protected."""
    sure = sure * np.float32(request.weights.get(GUIDE, 1))
    if (source := request.weight_maps.get(GUIDE)) is not None:
        what = f"weight map of {GUIDE}"
        painted, name = weight_map(source, what), name_of(source, what)
        if not frame.for_source(source).over_photo(painted.shape[1], painted.shape[0], name):
            painted = np.asarray(
                mask_to_photo(painted.clip(0, 1), frame.matrix_at(len(painted)), frame.photo_size), np.float32
            )
        sure = sure * painted
    if mask is not None:
        return np.asarray(sure.clip(0, 1) * mask.astype(np.float32), np.float32)
    if request.protect:
        sure = sure * ~protected_area(request, frame, context)
    return np.asarray(sure.clip(0, 1), np.float32)
