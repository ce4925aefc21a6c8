"""Pictures as users give them: files, arrays, tensors, Pillow images. One reader for photos and for layers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mien.errors import LayerError, MienError, UnsupportedPhotoError
from mien.files import atomic_path
from mien.photos.color import to_srgb
from mien.photos.mask import levels_of, read_mask
from mien.photos.read import read_photo
from mien.types import Bool, Float32, Photo, PictureLike, Samples, UInt8


def as_photo(source: PictureLike, name: str = "The photo") -> Photo:
    """A photo from whatever may be given as a picture; see :data:`mien.types.PictureLike`.

    Args:
        source: floating-point numbers become 8 bits where these hold them exactly, and 16 bits otherwise.
        name: for errors.

    Raises:
        PhotoError: unreadable, of another shape, or with values out of range.
    """
    if isinstance(source, Photo):
        return source
    if isinstance(source, str | Path):
        return read_photo(source)
    icc = None
    if isinstance(source, Image.Image):
        if source.mode in ("I", "F"):
            raise UnsupportedPhotoError(f"{name} has mode {source.mode}; convert it to 8-bit gray or RGB.")
        source, icc = _plain(source), source.info.get("icc_profile")
    array = _samples(_numbers(source), name)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or array.dtype not in (np.uint8, np.uint16) or not array.size:
        raise UnsupportedPhotoError(
            f"{name} is {array.dtype} of shape {array.shape}; give (height, width, 3) in uint8 or uint16, or numbers "
            "from 0 to 1."
        )
    colors = array.shape[2] - (array.shape[2] == 4)
    alpha = np.ascontiguousarray(array[..., 3]) if colors < array.shape[2] else None
    return Photo(np.ascontiguousarray(array[..., :colors]), alpha, icc)


def _plain(image: Image.Image) -> Image.Image:
    """Upright, in a mode that has a counterpart among arrays."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("L", "RGB", "RGBA", "I;16") and "transparency" not in image.info:
        return image
    if image.mode == "1" and "transparency" not in image.info:
        return image.convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _numbers(source: Any) -> NDArray[Any]:
    """An array, channels last, without a batch of one and without a single channel."""
    if hasattr(source, "detach"):  # a tensor
        tensor = source.detach().cpu()
        array: NDArray[Any] = (tensor.float() if tensor.is_floating_point() else tensor).numpy()
        array = array[0] if array.ndim == 4 and len(array) == 1 else array
        array = np.moveaxis(array, 0, -1) if array.ndim == 3 and len(array) in (1, 3, 4) else array
    else:
        array = np.asarray(source)
    return array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array


def _samples(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Truth values and numbers in [0, 1] as whole numbers of full range; all else as it is."""
    if array.dtype == np.bool_:
        return array * np.uint8(255)
    if array.dtype.kind != "f" or not array.size:
        return array
    check_finite(name, array, UnsupportedPhotoError)
    if array.min() < 0 or array.max() > 1:
        raise UnsupportedPhotoError(f"{name} has values from {array.min():g} to {array.max():g}; scale them to [0, 1].")
    exact = array.astype(np.float64) * 255
    bytes_ = np.rint(exact)
    return bytes_.astype(np.uint8) if np.abs(exact - bytes_).max() < 1e-3 else np.rint(exact * 257).astype(np.uint16)


def name_of(source: PictureLike, what: str) -> str:
    """The file's name, or "The sketch"."""
    if isinstance(source, Photo) and source.path is not None:
        source = source.path
    return Path(source).name if isinstance(source, str | Path) else f"The {what}"


def drawing(source: PictureLike, what: str, *, codes: bool = False) -> Bool | UInt8:
    """A layer's picture.

    Args:
        source: a picture of any kind.
        what: "sketch" or the like, for errors.
        codes: numbers and colors stand for something else, so that no color profile applies to them.

    Returns:
        (H, W) bool for bool arrays, (H, W) uint8 for gray pictures, (H, W, 4) uint8 RGBA for all others.

    Raises:
        LayerError, PhotoError: unreadable, or of another kind.
    """
    name = name_of(source, what)
    if not isinstance(source, str | Path | Photo | Image.Image):
        array = _numbers(source)
        if array.ndim == 2 and array.dtype == np.bool_ and array.size:
            return np.ascontiguousarray(array)
        if codes and array.ndim == 2 and array.dtype.kind in "iu" and array.size:
            if array.min() < 0 or array.max() > 255:
                raise LayerError(f"{name} has values from {array.min()} to {array.max()}; give labels from 0 to 255.")
            return np.ascontiguousarray(array.astype(np.uint8))
        source = array
    photo = as_photo(source, name)
    if codes and photo.bits == 16:
        raise LayerError(f"{name} has 16 bits per sample; save it with 8.")
    gray = photo.pixels.shape[2] == 1 and photo.alpha is None
    colors = to_srgb(replace(photo, icc=None) if codes or gray else photo)
    return colors[..., 0].copy() if gray else np.dstack([colors, _alpha(photo)])


def rgba(pixels: UInt8) -> UInt8:
    """(H, W), (H, W, 3) or (H, W, 4) uint8 -> (H, W, 4), opaque where there was no alpha."""
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return np.ascontiguousarray(pixels)
    colors = np.repeat(pixels[..., None], 3, 2) if pixels.ndim == 2 else pixels
    return np.dstack([colors, np.full(pixels.shape[:2], 255, np.uint8)])


def _alpha(photo: Photo) -> UInt8:
    if photo.alpha is None:
        return np.full((photo.height, photo.width), 255, np.uint8)
    return (photo.alpha >> (photo.bits - 8)).astype(np.uint8)


def painted_mask(source: PictureLike) -> Bool | Float32:
    """A mask: (H, W) bool where it is hard, float32 in [0, 1] where it is soft; 1 is where the face may change.

    Arrays of one channel are the mask itself. Pictures of every other kind are read by the rules of
    :func:`mien.photos.mask.read_mask`: transparency counts if there is any, brightness otherwise.

    Raises:
        LayerError, PhotoError: unreadable, empty, of the wrong kind, or with values out of range.
    """
    if isinstance(source, str | Path):
        return read_mask(Path(source))
    array = None if isinstance(source, Photo | Image.Image) else _numbers(source)
    if array is None or array.ndim != 2:
        return read_mask(as_photo(source, "The mask"))
    if array.dtype.kind not in "biuf":
        raise LayerError(f"The mask is an array of {array.dtype}; give bool, uint8, or numbers in [0, 1].")
    full: Bool = array == (255 if array.dtype == np.uint8 and array.max(initial=0) > 1 else 1)
    if array.dtype in (np.bool_, np.uint8) and full.any() and (full | (array == 0)).all():
        return full
    if array.dtype in (np.uint8, np.uint16) and array.max(initial=0) > 1:
        array = array / np.float32(np.iinfo(array.dtype).max)
    return hardened(validate_mask(array))


def validate_mask(array: NDArray[Any]) -> Float32:
    """A mask given from Python: (H, W), any number type or bool, in [0, 1].

    Raises:
        LayerError: wrong shape, NaN, values outside of [0, 1], or empty.
    """
    if array.ndim != 2:
        raise LayerError(f"A mask has two dimensions, not {array.ndim}; give (height, width).")
    check_finite("The mask", array)
    result: Float32 = array.astype(np.float32)
    if not result.any():
        raise LayerError("The mask is empty: it marks nothing to edit; paint what may change.")
    if result.min() < 0 or result.max() > 1:
        raise LayerError(f"The mask goes from {result.min():g} to {result.max():g}; scale it to [0, 1].")
    return result


def hardened(mask: Float32) -> Bool | Float32:
    """Bool where a mask is nothing but 0 and 1."""
    return mask > 0 if bool(((mask == 0) | (mask == 1)).all()) else mask


def weight_map(source: PictureLike, what: str) -> Float32:
    """A painted weight: (H, W) float32, at least 0; in pictures black is 0, white is 1, and so is what is transparent.

    Raises:
        LayerError, PhotoError: unreadable, of the wrong kind, or with values below 0.
    """
    if isinstance(source, str | Path | Image.Image | Photo):
        photo = as_photo(source, f"The {what}")
        opaque = _alpha(photo).astype(np.float32) / np.float32(255)
        return np.float32(1) - opaque * (np.float32(1) - levels_of(replace(photo, alpha=None)))
    array = _numbers(source)
    if array.ndim != 2 or array.dtype.kind not in "biuf" or not array.size:
        raise LayerError(f"The {what} is an array of {array.dtype} with shape {array.shape}; give (height, width).")
    check_finite(f"The {what}", array)
    values: Float32 = array.astype(np.float32) / np.float32(255 if array.dtype == np.uint8 else 1)
    if values.min() < 0:
        raise LayerError(f"The {what} has values below 0; give 0 to take a modality away, 1 to leave it as it is.")
    return values


def check_size(name: str, pixels: NDArray[Any], side: int) -> None:
    """Raises LayerError unless (H, W, ...) is as large as the crop that it belongs to."""
    if pixels.shape[:2] != (side, side):
        raise LayerError(
            f"{name} is {pixels.shape[1]} x {pixels.shape[0]} pixels, but the face crop is {side} x {side}; "
            "resize it, or extract the layers again at the size that you paint at."
        )


def check_finite(name: str, values: NDArray[Any], error: type[MienError] = LayerError) -> None:
    """Raises an error when an array given from Python holds NaN or infinity."""
    if np.issubdtype(values.dtype, np.floating) and not np.isfinite(values).all():
        y, x = np.argwhere(~np.isfinite(values))[0][:2]
        raise error(f"{name} holds NaN or infinity, first at x {x}, y {y}; replace it with numbers.")


def over_checkers(pixels: UInt8) -> UInt8:
    """A picture (D, D, 4) over a checkerboard, which shows where it is transparent: (D, D, 3)."""
    rows, columns = np.indices(pixels.shape[:2]) // max(4, len(pixels) // 32)
    board, share = np.where((rows + columns) % 2, 232, 200)[..., None], pixels[..., 3:] / np.float32(255)
    return np.rint(pixels[..., :3] * share + board * (1 - share)).astype(np.uint8)


def save_png(pixels: Samples, path: Path) -> None:
    """Writes (H, W), (H, W, 3) or (H, W, 4) uint8, or (H, W) uint16, as a PNG, whole or not at all."""
    with atomic_path(path) as temporary:
        Image.fromarray(pixels).save(temporary, format="PNG")
