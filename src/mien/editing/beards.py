"""Whether a face has a beard."""

from __future__ import annotations

from mien.align import mesh
from mien.conditions.areas import AREAS
from mien.editing.context import EditContext
from mien.errors import FaceSelectionError
from mien.types import Face, Photo

HAIRY = 0.03
"""Square eye distances of hair from which a face has a beard."""


def bearded(photo: Photo, face: Face, context: EditContext) -> bool:
    """Whether a face has a beard that could be taken off.

    Raises:
        FaceSelectionError: it is not found in the photo.
    """
    seen = context.of(photo, face.quad).seen(face)
    if seen is None:
        raise FaceSelectionError("No face is found in this crop; beards are told along a face's points only.")
    left, right = seen.points[list(mesh.OUTER_EYE_CORNERS), :2]
    return bool(AREAS["beard"](seen).sum() > HAIRY * float(((left - right) ** 2).sum()))
