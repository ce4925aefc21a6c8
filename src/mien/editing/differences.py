"""What a direction of the editor's generator changes in a face, carried over to the photo: mode "difference"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np

from mien.align.crop import crop_face
from mien.align.landmarker import locate
from mien.align.measure import describe_face
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.layers import mask_of
from mien.editing.lenders import skin_of
from mien.editing.request import Request
from mien.editing.steps import Guided
from mien.editing.target import FaceTarget
from mien.errors import ConfigError, FaceSelectionError
from mien.guides.carried import carried
from mien.types import Face, Photo, UInt8

SEEN = ("neck", "left_brow", "right_brow", "upper_lip", "lower_lip")
"""Classes that change, besides skin and nose."""


@runtime_checkable
class Pictures(Protocol):
    """An editor whose generator can be asked for pictures of a face."""

    @property
    def size(self) -> int:
        """S, pixels."""

    def before_and_after(self, image: UInt8, attributes: Mapping[str, float]) -> tuple[UInt8, UInt8]:
        """What the generator makes of an aligned crop (S, S, 3), and the same with attributes, both (S, S, 3)."""


WEAK = "carried over from a generator of 128 pixels, which is sure of light alone: hardly more than shading changes"


def differed(photo: Photo, target: FaceTarget, request: Request, context: EditContext) -> Guided:
    """A photo with what attributes change in the generator's picture of its face.

    Raises:
        ConfigError: no attribute is given, or one that the generator does not know, or there is no generator.
        FaceSelectionError: no face is found in the crop.
    """
    if not request.attributes:
        raise ConfigError("Mode difference carries over what attributes change; name one, such as smile=2.")
    face = target.face or context.of(photo, target.quad).face()
    if face is None:
        raise FaceSelectionError("No face is found in this crop; a difference lies along a face's points.")
    before, after, made = _pictures(photo, face, request, context)
    skin = skin_of(photo, face, context, *SEEN)
    guide = carried(photo, face, before, after, made, skin=skin)
    mask = None
    if request.mask is not None:
        frame = CropFrame.around(photo, target.quad, request.frame, target.name)
        mask = mask_of(request, frame, context.of(photo, target.quad))[0]
    named = ", ".join(f"{name} {strength:+.2g}" for name, strength in request.attributes.items())
    empty = Guided(photo, np.zeros((photo.height, photo.width), np.bool_), (), (WEAK,))
    return empty.then(guide, f"{target.name}: the generator's difference of {named}", mask, request.strength)


def _pictures(photo: Photo, face: Face, request: Request, context: EditContext) -> tuple[Photo, Photo, Face]:
    """The generator's picture of a face, the same with the attributes, and the face in them."""
    backend = getattr(context.networks, "backend", None)
    if not isinstance(backend, Pictures):
        raise ConfigError("This editor has no generator to ask; leave --mode difference out, or use the bundled one.")
    side = backend.size
    before, after = backend.before_and_after(crop_face(photo, face.quad, side, face).pixels, request.attributes)
    finder = context.networks.finder
    corners = np.array([[[0, 0], [0, side], [side, side], [side, 0]]], np.float64)
    (points,), (presence,) = locate(finder.landmarks, before, corners)
    return Photo(before), Photo(after), describe_face(points, float(presence), finder.mean)
