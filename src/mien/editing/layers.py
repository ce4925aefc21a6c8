"""A user's layers, in any frame and of any kind, as the conditions of one crop.

Legend: D side of a layer in the crop's frame, S side of the crop that is edited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from mien.align.crop import crop_face, quad_to_matrix
from mien.align.finder import select_face
from mien.align.paste import Mask, mask_to_photo
from mien.conditions.attributes import validate_attributes
from mien.conditions.modalities import maps
from mien.conditions.modality import MapModality
from mien.conditions.pictures import as_photo, hardened, name_of, painted_mask, rgba
from mien.conditions.protection import protected
from mien.conditions.regions import area_of, is_expression, region_mask, terms
from mien.conditions.resample import levels_at, picture_at
from mien.conditions.text import validate_text
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame, cut
from mien.editing.request import Request
from mien.editing.self_layers import is_from_photo, layer_from_photo
from mien.editing.target import FaceTarget
from mien.errors import LayerError
from mien.types import AlignedFace, Bool, Float64, Photo, PictureLike, UInt8

REGION_GROWTH = 2 / 128
"""Fraction of the crop's side by which a region named as mask is widened, so that its soft edge, which lies inside of
the mask, leaves no fringe of what was there."""

UNFILLED = 0.02
"""Share of a pixel that a guide has to leave open of a mask for it to be filled."""

FAINTEST = 1e-3
"""Cover of a pixel of the crop below which the mask does not reach it."""


def conditions_of(
    request: Request, crop: AlignedFace, frame: CropFrame, context: EditContext, notes: list[str] | None = None
) -> Conditions:
    """All layers but the mask, at the crop's side S.

    Args:
        context: finds the exemplar's face and the crop's regions.
        notes: takes up what the user should know, in words.

    Raises:
        LayerError, PhotoError, FaceError: a layer cannot be read, does not fit, or is empty within the crop.
    """
    layers = request.layers if isinstance(request.layers, Conditions) else Conditions()
    given = layers.without("mask").at(frame.size)
    found: dict[str, Any] = {}
    for name, modality in maps().items():
        source = getattr(request, name, None)
        if source is not None:
            taken = is_from_photo(source)
            found[name] = (
                layer_from_photo(modality, crop, context) if taken else read_map(modality, source, frame, notes)
            )
    if request.exemplar is not None:
        found["exemplar"] = read_face(request.exemplar, crop, context)
    elif given.exemplar is not None:
        found["exemplar"] = picture_at(given.exemplar, crop.size)
    attributes = validate_attributes({**given.attributes, **request.attributes})
    text = validate_text((given.text or "") if request.text is None else request.text)
    return given.replaced(**found, attributes=attributes, text=text)


def read_map(modality: MapModality, source: PictureLike, frame: CropFrame, notes: list[str] | None = None) -> Any:
    """A map from a drawing in any frame: the modality's value at side S.

    Raises:
        LayerError, PhotoError: unreadable, of the wrong size or kind, or empty within the crop.
    """
    name, frame = name_of(source, modality.title), frame.for_source(source)
    if (vectors := modality.strokes(source)) is not None:
        value = modality.render(_placed(*vectors, name, frame), frame.size)
    else:
        drawn = modality.open(source)
        if drawn.dtype == np.bool_:
            brought = frame.bring(drawn.astype(np.uint8), name, smooth=False) > 0
        else:
            pixels = drawn.astype(np.uint8, copy=False)
            brought = frame.bring(rgba(pixels) if modality.smooth else pixels, name, smooth=modality.smooth)
        value = modality.resample(modality.parse(brought, name, [] if notes is None else notes), frame.size)
    if not modality.specified(value).any():
        raise LayerError(f"{name} is empty within the crop of {frame.name}; {modality.hint}.")
    return value


def _placed(strokes: Sequence[Float64], size: tuple[float, float], name: str, frame: CropFrame) -> Sequence[Float64]:
    """Strokes over the photo or over the crop, as fractions of the crop's side."""
    width, height = size
    if not frame.over_photo(round(width), round(height), name):
        return strokes
    unit = max(width, height) * frame.photo_size[0] / width
    return [frame.points(stroke * unit) for stroke in strokes]


def read_face(source: Any, crop: AlignedFace, context: EditContext) -> UInt8:
    """An exemplar, aligned: (S, S, 3) uint8; "self" is the crop itself."""
    if isinstance(source, AlignedFace):
        return picture_at(source.pixels, crop.size)
    if is_from_photo(source):
        return crop.pixels
    photo = as_photo(source, "The exemplar")
    face = select_face(context.largest(photo), "largest", name_of(source, "exemplar"))
    return crop_face(photo, face.quad, crop.size).pixels


def mask_of(
    request: Request, frame: CropFrame, context: EditContext, *, beyond: bool = False, widened: bool = True
) -> tuple[Mask, float]:
    """The mask in the photo's frame, and the fraction of it beyond the crop, where it ends unless ``beyond``.

    A region that is named is a little wider than what is seen of it, unless ``widened`` is False.

    Raises:
        LayerError: none given, unreadable, of the wrong size, empty, outside of the crop, or protected away.
    """
    mask, name = _mask(request, frame, context, widened)
    if mask.shape != frame.photo_size[::-1]:
        raise LayerError(f"{name} is {mask.shape[1]} x {mask.shape[0]} pixels; draw it at the photo's size.")
    kept, outside = (mask, 0.0) if beyond else frame.within(mask, name)
    if request.protect:
        kept = cut(kept, protected_area(request, frame, context))
        if not kept.any():
            raise LayerError(f"Protecting {request.protect} leaves nothing of the mask; protect less, or mask more.")
    return kept, outside


def protected_area(request: Request, frame: CropFrame, context: EditContext) -> Bool:
    """(H, W): what a request protects."""
    parsed = context.parsed()
    side = parsed.labels.shape[0]
    area = protected(parsed.pixels, parsed.labels, request.protect, side / 256, context.seen())
    return mask_to_photo(area, frame.matrix_at(side), frame.photo_size) > 0


def unfilled(mask: Mask, context: EditContext) -> Mask:
    """What the user's guide leaves open of a mask (H, W), to be filled by other means.

    Raises:
        LayerError: nothing.
    """
    if context.sure is None:
        return mask
    left = np.asarray(mask, np.float32) - context.sure
    left[left < UNFILLED] = 0
    if not left.any():
        raise LayerError("The guide fills all of the mask, and leaves nothing to paint; mask more, or erase in it.")
    return hardened(left)


def _mask(request: Request, frame: CropFrame, context: EditContext, widened: bool) -> tuple[Mask, str]:
    source = request.mask
    if source is None and isinstance(request.layers, Conditions) and request.layers.mask is not None:
        return _to_photo(hardened(request.layers.mask), frame), "The mask"
    if source is None:
        raise LayerError("Nothing says where the face may change; give a mask: a region such as hair, or a picture.")
    if isinstance(source, str) and is_expression(source):
        whole = widened and not is_from_photo(request.sketch)  # where lines stay, nothing lies beyond them
        growth = REGION_GROWTH if whole else 0.0
        return _to_photo(_region(context, source, growth, frame), frame), f"The region {source}"
    mask, name = painted_mask(source), name_of(source, "mask")
    if frame.for_source(source).over_photo(mask.shape[1], mask.shape[0], name):
        return mask, name
    return _to_photo(mask, frame), name


def _region(context: EditContext, expression: str, growth: float, frame: CropFrame) -> Bool:
    """A named region, widened by a fraction of the side, but not over what the expression takes away: (D, D) bool."""
    labels, seen = context.parsed().labels, context.seen()
    where = f"'s square, {frame.reach}, in which all edits but dyes happen"
    area = region_mask(labels, expression, grow_by=growth * labels.shape[0], seen=seen, where=where) > 0
    for sign, name in terms(expression):
        if sign == "-":
            area &= ~area_of(labels, name, seen)
    return area


def _to_photo(mask: Mask, frame: CropFrame) -> Mask:
    return mask_to_photo(mask, frame.matrix_at(mask.shape[0]), frame.photo_size)


def mask_in_crop(mask: Mask, frame: CropFrame) -> Any:
    """The photo's mask as the crop sees it: (S, S) float32, above 0 wherever the photo's is.

    Raises:
        LayerError: it is too small to be seen.
    """
    seen = levels_at(frame.from_photo(mask.astype(np.float32), smooth=True), frame.size)
    if seen.max() <= FAINTEST:
        raise LayerError(f"The mask is smaller than a pixel of the crop of {frame.name}; paint a larger area.")
    return np.where(seen > FAINTEST, seen.clip(0, 1), np.float32(0))


def unused(request: Request, conditions: Conditions, name: str, supported: Collection[str]) -> Iterator[str]:
    """What was given and cannot change the result, in words, for a backend of that name and what it supports."""
    given, area = conditions.without("mask").given, np.asarray(conditions.mask) > 0
    if not given:
        yield "nothing but the mask was given, so it is filled to match what surrounds it"
    for one in given:
        if one not in supported:
            yield f"{name} does not use the {one}, which was left out"
    for one, value in conditions.maps.items():
        inside = maps()[one].specified(value) & area
        if one in supported and not inside.any() and not is_from_photo(getattr(request, one, None)):
            yield f"the {one} is empty inside the mask, where it was to be used; paint there, or mask more"


def looked(
    photo: Photo, target: FaceTarget, request: Request, context: EditContext
) -> tuple[Bool, UInt8, Float64 | None]:
    """Mask and labels of the crop, (D, D), and the face's points (478, 2) in it; None where no face is found."""
    labels = context.of(photo, target.quad).parsed().labels
    crop = crop_face(photo, target.quad, len(labels))
    frame = CropFrame.of(crop, request.frame, target.name)
    mask, _ = mask_of(request, frame, context.of(photo, target.quad))
    face = target.face or context.of(photo, target.quad).face()
    points = None
    if face is not None:
        to_photo = quad_to_matrix(target.quad, len(labels))
        points = (face.landmarks[:, :2] - to_photo[:, 2]) @ np.linalg.inv(to_photo[:, :2]).T
    return mask_in_crop(unfilled(mask, context), frame) > 0, labels, points
