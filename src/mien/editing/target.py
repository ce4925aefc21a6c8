"""Which face is edited, and where its crop lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mien.align.finder import FaceFinder, select_face
from mien.editing.cache import EditCache, digest
from mien.errors import FaceSelectionError
from mien.types import Face, Float64, Photo

ALIGNED = "aligned"
"""Says that the photo is an aligned crop already."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where to edit.

    Attributes:
        quad: (4, 2) corners of the crop in the photo.
        face: the detection; None where the crop was given.
        name: of the face, for messages.
    """

    quad: Float64
    face: Face | None
    name: str


def place_of(
    photo: Photo, which: Any, finder: Callable[[], FaceFinder], cache: EditCache, name: str = "the photo"
) -> Place:
    """The place of a face.

    Args:
        photo: where it is looked for.
        which: "largest", a number, a point "x,y", "aligned", a :class:`Face`, or a (4, 2) quad.
        finder: gives the networks that find faces.
        cache: of former calls; the faces of a photo are found once.
        name: of the photo, for errors.

    Raises:
        NoFaceError, FaceSelectionError: there is no such face.
    """
    if isinstance(which, Face):
        return Place(which.quad, which, "the face")
    if isinstance(which, np.ndarray):
        if which.shape != (4, 2):
            raise FaceSelectionError(f"A crop has four corners x,y, not {which.shape}; give its quad, or a face.")
        return Place(which.astype(np.float64), None, "the face")
    if which == ALIGNED:
        if photo.width != photo.height:
            raise FaceSelectionError(f"{name} is {photo.width} x {photo.height}; an aligned face crop is square.")
        corners = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], np.float64)
        return Place(corners * photo.width, None, "the face")
    faces = cache.get("faces", digest(photo.pixels), lambda: finder().find(photo))
    face = select_face(faces, str(which), name)
    number = next(index for index, one in enumerate(faces) if one is face)
    return Place(face.quad, face, f"face {number}")
