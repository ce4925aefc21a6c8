"""An edit of which everything was read and checked, before anything is painted.

Legend: S side of the crop that is edited.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mien.align.paste import Mask
from mien.conditions.colors import color_map, plain_color
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame, reaches_beyond
from mien.editing.layers import conditions_of, mask_in_crop, mask_of, unfilled, unused
from mien.editing.request import Request
from mien.editing.target import FaceTarget
from mien.editing.weights import weighed, weights_of
from mien.types import AlignedFace, Float32, Photo

if TYPE_CHECKING:
    from mien.backends.base import CropEditor

NOTABLE = 0.005
"""Fraction of a mask outside of the crop from which the user is told."""


ENDS = "the mask ends where the face crop ends; what lies beyond was left as it is"
"""What is told of a region that goes on."""


@dataclass(frozen=True, eq=False)
class PreparedEdit:
    """An edit of which everything was read and checked; it can be painted.

    Attributes:
        crop: S pixels wide.
        target: where it lies.
        request: what was asked for.
        conditions: at S, with the mask.
        mask: (H, W) over the photo, nowhere beyond the crop.
        weights: of the modalities, see :func:`mien.editing.weights.weights_of`.
        notes: what the user should know, in words.
        unreached: share of the mask that lies outside the crop; None where it is not known.
    """

    crop: AlignedFace
    target: FaceTarget
    request: Request
    conditions: Conditions
    mask: Mask
    weights: Float32 | None
    notes: tuple[str, ...]
    unreached: float | None = 0.0

    def variant(self, number: int) -> PreparedEdit:
        """The same with another seed."""
        return replace(self, request=replace(self.request, seed=self.request.seed + number))


def prepare(
    photo: Photo, target: FaceTarget, request: Request, backend: CropEditor, context: EditContext
) -> PreparedEdit:
    """Reads and checks all that was asked for; nothing is painted yet.

    Raises:
        LayerError, PhotoError, FaceError, ConfigError: an input that cannot be used.
    """
    crop = context.crop(photo, target.quad, backend.size, target.face)
    frame = CropFrame.of(crop, request.frame, target.name)
    context = context.of(photo, target.quad)
    mask, outside = mask_of(request, frame, context)
    mask = unfilled(mask, context)
    notes: list[str] = []
    conditions = crop_conditions(request, crop, frame, context, mask_in_crop(mask, frame), notes)
    weights = weights_of(request.weights, request.weight_maps, frame, weighed(backend.supports()))
    if outside >= NOTABLE:
        notes.append(f"{outside:.0%} of the mask lies outside the face crop and was left as it is")
    elif isinstance(request.mask, str) and reaches_beyond(conditions.mask, crop):
        notes.append(ENDS)
    notes += unused(request, conditions, backend.name, backend.supports())
    if conditions.without("mask").given == ("color",) and "sketch" in backend.supports():
        notes.append("with colors alone, what they lie on is painted anew; the sketch 'self' keeps the photo's lines")
    unknown = isinstance(request.mask, str) and reaches_beyond(conditions.mask, crop)
    return PreparedEdit(
        crop, target, request, conditions, mask, weights, tuple(notes), None if unknown else float(outside)
    )


def crop_conditions(
    request: Request, crop: AlignedFace, frame: CropFrame, context: EditContext, mask: Float32, notes: list[str]
) -> Conditions:
    """The conditions of a crop with its mask (S, S); errors as in :func:`prepare`. ``notes`` takes up remarks."""
    color = plain_color(request.color)
    conditions = conditions_of(replace(request, color=None) if color else request, crop, frame, context, notes)
    return conditions.replaced(mask=mask, color=color_map(color, mask) if color else conditions.color)
