"""Exemplars: the face whose look is borrowed, aligned by the same code as the face that is edited."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder, select_face
from mien.conditions.pictures import open_picture, save_png
from mien.errors import LayerError
from mien.photos.color import to_srgb
from mien.photos.read import read_photo
from mien.types import UInt8


def read_exemplar(path: Path, size: int, *, finder: FaceFinder | None = None, which: str = "largest") -> UInt8:
    """Any photo with a face, aligned.

    Args:
        path: the photo.
        size: side of the crop.
        finder: None takes the bundled networks.
        which: the face, as in :func:`mien.align.finder.select_face`.

    Returns:
        (size, size, 3) uint8 sRGB.

    Raises:
        PhotoError, FaceError: unreadable, or without the face asked for.
    """
    photo = read_photo(path)
    face = select_face((finder or FaceFinder.bundled()).find(photo), which, path.name)
    return crop_face(to_srgb(photo), face.quad, size).pixels


def read_aligned(path: Path) -> UInt8:
    """An exemplar that is aligned already, as in a folder of layers: (E, E, 3) uint8.

    Raises:
        LayerError: unreadable, or not a square.
    """
    picture = open_picture(path)
    if picture.width != picture.height:
        raise LayerError(f"{path.name} is {picture.width} x {picture.height}; an aligned exemplar is square.")
    return np.asarray(picture.convert("RGB"))


def write_aligned(exemplar: UInt8, path: Path) -> None:
    """Writes (E, E, 3) uint8 as a PNG."""
    save_png(exemplar, path)
