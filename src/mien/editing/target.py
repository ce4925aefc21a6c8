"""Which face is edited, and where its crop lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mien.align.finder import select_face
from mien.conditions.pictures import as_photo
from mien.editing.context import EditContext
from mien.editing.likeness import NO_IDENTITY, liked
from mien.errors import ConfigError, FaceSelectionError
from mien.types import Face, Float64, Photo

ALIGNED = "aligned"
"""Says that the photo is an aligned crop already."""


SAME = 0.3
"""Similarity from which two faces may be one person's: of MobileFace, strangers have 0.04 and a person 0.9."""


@dataclass(frozen=True, eq=False)
class FaceTarget:
    """Where to edit.

    Attributes:
        quad: (4, 2) corners of the crop in the photo.
        face: the detection; None where the crop was given.
        name: of the face, for messages.
    """

    quad: Float64
    face: Face | None
    name: str = "the face"


def find_target(photo: Photo, which: Any, context: EditContext, name: str = "the photo") -> FaceTarget:
    """The target that a user names.

    Args:
        photo: where it is looked for.
        which: "largest", "left", "right", a number, a point "x,y", "like:anna.jpg", "aligned", a :class:`Face`, or
            a (4, 2) quad.
        context: finds faces; those of a photo are found once.
        name: of the photo, for errors.

    Raises:
        NoFaceError, FaceSelectionError: there is no such face.
    """
    if isinstance(which, Face):
        return FaceTarget(which.quad, which)
    if isinstance(which, np.ndarray | list | tuple):
        quad = np.asarray(which, np.float64)
        if quad.shape != (4, 2):
            raise FaceSelectionError(f"A crop has four corners x,y, not {quad.shape}; give its quad, or a face.")
        return FaceTarget(quad, None)
    if which == ALIGNED:
        if photo.width != photo.height:
            raise FaceSelectionError(f"{name} is {photo.width} x {photo.height}; an aligned face crop is square.")
        corners = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], np.float64)
        return FaceTarget(corners * photo.width, None)
    faces = context.largest(photo) if which == "largest" else context.faces(photo)
    like = liked(which)
    face = select_face(faces, str(which), name) if like is None else _most_like(photo, faces, like, context, name)
    number = next(index for index, one in enumerate(faces) if one is face)
    return FaceTarget(face.quad, face, f"face {number}")


def _most_like(photo: Photo, faces: Sequence[Face], like: Path, context: EditContext, name: str) -> Face:
    """The face that shows the person of another picture."""
    if context.identity is None:
        raise ConfigError(f"To look for the face that is like {like.name} needs {NO_IDENTITY}.")
    other = as_photo(like)
    wanted = context.identity.of(other, select_face(context.faces(other), "largest", like.name).quad)
    found = [float(context.identity.of(photo, face.quad) @ wanted) for face in faces]
    if max(found, default=-1.0) < SAME:
        best = f"; the most like one has {max(found):.2f}, and {SAME:g} is needed" if found else ""
        raise FaceSelectionError(
            f"Nobody in {name} looks like the person in {like.name}{best}; name the face otherwise."
        )
    return faces[int(np.argmax(found))]
