"""Whatever a user gives as a picture, as arrays of a few kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.conditions.masks import validate_mask
from mien.conditions.pictures import check_finite, open_picture
from mien.errors import LayerError, UnsupportedPhotoError
from mien.photos.color import to_srgb
from mien.photos.mask import read_mask
from mien.photos.read import read_photo
from mien.types import Bool, Float32, Photo, UInt8

GRAY, COLORED = ("1", "L"), ("P", "RGB", "RGBA", "PA", "LA")
"""Pillow's modes that a layer may have."""


def as_photo(source: Any, name: str = "The photo") -> Photo:
    """A photo from a file, an array or a Pillow image.

    Args:
        source: a :class:`Photo`, a path, (H, W), (H, W, 3) or (H, W, 4) uint8 or uint16, or a Pillow image.
        name: for errors.

    Raises:
        PhotoError: unreadable, or none of these.
    """
    if isinstance(source, Photo):
        return source
    if isinstance(source, str | Path):
        return read_photo(source)
    if isinstance(source, Image.Image):
        kept = source.mode in ("L", "RGB", "RGBA", "I;16")
        alpha = source.mode in ("LA", "PA") or "transparency" in source.info
        source = np.asarray(source if kept else source.convert("RGBA" if alpha else "RGB"))
    array = np.asarray(source)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or array.dtype not in (np.uint8, np.uint16) or not array.size:
        raise UnsupportedPhotoError(
            f"{name} is {array.dtype} of shape {np.shape(source)}; give (height, width, 3) in uint8 or uint16."
        )
    if array.shape[2] == 4:
        return Photo(np.ascontiguousarray(array[..., :3]), np.ascontiguousarray(array[..., 3]))
    return Photo(np.ascontiguousarray(array))


def name_of(source: Any, what: str) -> str:
    """The file's name, or "The sketch"."""
    if isinstance(source, Photo) and source.path is not None:
        source = source.path
    return Path(source).name if isinstance(source, str | Path) else f"The {what}"


def drawing(source: Any, what: str) -> Bool | UInt8:
    """A layer's picture.

    Args:
        source: a path, an array, a Pillow image or a :class:`Photo`.
        what: "sketch" or the like, for errors.

    Returns:
        (H, W) bool for bool arrays, (H, W) uint8 for gray pictures, (H, W, 4) uint8 RGBA for all others.

    Raises:
        LayerError: unreadable, or of another kind.
    """
    name = name_of(source, what)
    if isinstance(source, Photo):
        source = np.dstack([to_srgb(source), _alpha(source)])
    if isinstance(source, str | Path):
        source = open_picture(Path(source))
    if isinstance(source, Image.Image):
        if source.mode not in GRAY + COLORED:
            raise LayerError(f"{name} has mode {source.mode}; save it as an 8-bit gray, palette or RGB picture.")
        source = np.asarray(source.convert("L" if source.mode in GRAY else "RGBA"))
    array: NDArray[Any] = np.asarray(source)
    if array.ndim == 2 and array.dtype in (np.bool_, np.uint8) and array.size:
        return np.ascontiguousarray(array)
    if array.ndim == 3 and array.shape[2] in (3, 4) and array.dtype == np.uint8 and array.size:
        return rgba(array)
    raise LayerError(
        f"{name} is an array of {array.dtype} with shape {array.shape}; give (height, width), or with 3 or 4 channels, "
        "in uint8."
    )


def rgba(pixels: UInt8) -> UInt8:
    """(H, W), (H, W, 3) or (H, W, 4) uint8 -> (H, W, 4), opaque where nothing else is said."""
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return np.ascontiguousarray(pixels)
    colors = np.repeat(pixels[..., None], 3, 2) if pixels.ndim == 2 else pixels
    return np.dstack([colors, np.full(pixels.shape[:2], 255, np.uint8)])


def painted_mask(source: Any) -> Bool | Float32:
    """A mask of either frame: (H, W) bool where it is hard, float32 in [0, 1] where it is soft.

    Raises:
        LayerError, PhotoError: unreadable, empty, of the wrong kind, or with values that are none.
    """
    if isinstance(source, str | Path):
        return read_mask(Path(source))
    if isinstance(source, Image.Image | Photo):
        source = to_srgb(as_photo(source, "The mask")).mean(2, dtype=np.float32) / np.float32(255)
    array = np.asarray(source)
    if array.dtype == np.uint8 and array.max(initial=0) > 1:
        array = array / np.float32(255)
    if array.dtype.kind not in "biuf":
        raise LayerError(f"The mask is an array of {array.dtype}; give bool, uint8, or numbers in [0, 1].")
    mask = validate_mask(array)
    return hardened(mask)


def hardened(mask: Float32) -> Bool | Float32:
    """Bool where a mask is nothing but 0 and 1."""
    return mask > 0 if bool(((mask == 0) | (mask == 1)).all()) else mask


def weight_map(source: Any, what: str) -> Float32:
    """A painted weight: (H, W) float32, at least 0; black is 0 and white is 1 in pictures.

    Raises:
        LayerError, PhotoError: unreadable, of the wrong kind, or with values below 0.
    """
    if isinstance(source, str | Path | Image.Image | Photo):
        source = to_srgb(as_photo(source, f"The {what}")).mean(2, dtype=np.float32) / np.float32(255)
    array = np.asarray(source)
    if array.ndim != 2 or array.dtype.kind not in "biuf" or not array.size:
        raise LayerError(f"The {what} is an array of {array.dtype} with shape {array.shape}; give (height, width).")
    check_finite(what, array)
    values: Float32 = array.astype(np.float32) / np.float32(255 if array.dtype == np.uint8 else 1)
    if values.min() < 0:
        raise LayerError(f"The {what} has values below 0; give 0 to take a modality away, 1 to leave it as it is.")
    return values


def _alpha(photo: Photo) -> UInt8:
    if photo.alpha is None:
        return np.full((photo.height, photo.width), 255, np.uint8)
    return (photo.alpha >> (photo.bits - 8)).astype(np.uint8)
