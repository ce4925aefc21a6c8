"""What a direction of the bundled generator changes in a face, carried over to the photo: mode "difference"."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from mien.align.crop import crop_face
from mien.align.landmarker import locate
from mien.align.measure import describe_face
from mien.conditions.planes import stacked
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.directions import attribute_offset, read_directions, style_shift
from mien.editing.layers import mask_of
from mien.editing.lenders import skin_and_beard
from mien.editing.request import Request
from mien.editing.steps import Guided
from mien.editing.target import FaceTarget
from mien.errors import ConfigError, FaceSelectionError
from mien.guides.carried import carried
from mien.pixels import planes_to_levels
from mien.types import Face, Float32, Photo

if TYPE_CHECKING:
    from mien.engine.painting import PaintingGraphs

SEEN = ("neck", "left_brow", "right_brow", "upper_lip", "lower_lip")
"""Classes that change, besides skin and nose."""

MODALITIES = ("image", "sketch", "semantic", "color")
"""Of the bundled editor."""

WEAK = "carried over from a generator of 128 pixels, which is sure of light alone: hardly more than shading changes"


def differed(photo: Photo, target: FaceTarget, request: Request, context: EditContext) -> Guided:
    """A photo with what attributes change in the generator's picture of its face.

    Raises:
        ConfigError: no attribute is given, or one that the bundled generator does not know.
        FaceSelectionError: no face is found in the crop.
    """
    if not request.attributes:
        raise ConfigError("Mode difference carries over what attributes change; name one, such as smile=2.")
    face = target.face or context.of(photo, target.quad).face()
    if face is None:
        raise FaceSelectionError("No face is found in this crop; a difference lies along a face's points.")
    before, after, made = _pictures(photo, face, request, context)
    skin, _ = skin_and_beard(photo, face, context, *SEEN)
    guide = carried(photo, face, before, after, made, skin=skin)
    mask = None
    if request.mask is not None:
        frame = CropFrame.of(crop_face(photo, target.quad, 256, face), request.frame, target.name)
        mask = mask_of(request, frame, context.of(photo, target.quad))[0]
    named = ", ".join(f"{name} {strength:+.2g}" for name, strength in request.attributes.items())
    empty = Guided(photo, np.zeros((photo.height, photo.width), np.bool_), (), (WEAK,))
    return empty.then(guide, f"{target.name}: the generator's difference of {named}", mask, request.strength)


def _pictures(photo: Photo, face: Face, request: Request, context: EditContext) -> tuple[Photo, Photo, Face]:
    """The generator's picture of a face, the same with the attributes, and the face in them."""
    from mien.checkpoints.hub import DEFAULT, find_folder

    networks = _networks()
    directions = read_directions(find_folder(DEFAULT), networks.shape, networks.channels)
    offset, shift = (of(request.attributes, directions) for of in (attribute_offset, style_shift))
    side = networks.side
    codes = networks.codes(stacked(crop_face(photo, face.quad, side, face).pixels, Conditions(), MODALITIES))
    both = np.concatenate([codes, codes if offset is None else codes + offset]).astype(np.float32)
    moved: Float32 | None = None if shift is None else np.stack([0 * shift, shift]).astype(np.float32)
    levels = np.rint(planes_to_levels(networks.bank(both, moved)[0])).clip(0, 255).astype(np.uint8)
    finder = context.networks.finder
    corners = np.array([[[0, 0], [0, side], [side, side], [side, 0]]], np.float64)
    (points,), (presence,) = locate(finder.landmarks, levels[0], corners)
    return Photo(levels[0]), Photo(levels[1]), describe_face(points, float(presence), finder.mean)


@cache
def _networks() -> PaintingGraphs:
    from mien.checkpoints.hub import DEFAULT, find_folder
    from mien.engine.painting import PaintingGraphs

    return PaintingGraphs(find_folder(DEFAULT))
