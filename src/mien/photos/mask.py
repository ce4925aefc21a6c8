"""Masks as files: which part of a photo may change."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.errors import LayerError
from mien.photos.color import to_srgb
from mien.photos.containers import CONTAINERS
from mien.photos.read import read_photo
from mien.types import Bool, Float32, Photo, UInt8

_NOISE = 4 / 255  # what export filters and color conversion do to black and white
_LOSSY_NOISE = 24 / 255  # what JPEG and its kind do around a hard edge
_LOSSY = frozenset(container.name for container in CONTAINERS if not container.lossless)


def read_mask(source: Path | Photo) -> Bool | Float32:
    """A painted mask: which part of the photo may change.

    Transparency counts if the file has any; otherwise brightness does, so that white on black and ink on a transparent
    sheet both work.

    Returns:
        (H, W). Bool where everything is black or white to within 4 levels of 255 (24 in JPEG, AVIF and HEIC files): a
        hard mask, whose edge :func:`mien.align.paste.paste_face` softens. Float32 in [0, 1] otherwise: a soft mask,
        in which less than 4 levels of 255 count as none.

    Raises:
        PhotoError: not a picture.
        LayerError: nothing is painted.
    """
    picture = source if isinstance(source, Photo) else read_photo(source)
    name, tolerance = "The mask" if picture.path is None else f"The mask {picture.path.name}", _tolerance(picture)
    plain = _plain(picture)
    if plain is not None and (black_and_white := _without_grays(plain, tolerance)) is not None:
        _check_painted(black_and_white, name)
        return black_and_white
    levels = levels_of(picture)
    hard = bool(((levels <= tolerance) | (levels >= 1 - tolerance)).all())
    mask: Bool | Float32 = levels > 0.5 if hard else np.where(levels < np.float32(_NOISE), np.float32(0), levels)
    _check_painted(mask, name)
    return mask


def _tolerance(picture: Photo) -> np.float32:
    return np.float32(_LOSSY_NOISE if picture.format in _LOSSY else _NOISE)


def _plain(picture: Photo) -> UInt8 | None:
    """(H, W) the bytes that :func:`levels_of` counts, where they need no conversion."""
    alpha = picture.alpha
    if alpha is not None and int(alpha.min()) < np.iinfo(alpha.dtype).max:
        return alpha if alpha.dtype == np.uint8 else None  # type: ignore[return-value]
    gray = picture.icc is None and picture.pixels.shape[2] == 1 and picture.pixels.dtype == np.uint8
    return picture.pixels[..., 0] if gray else None  # type: ignore[return-value]


def _without_grays(levels: UInt8, tolerance: np.float32) -> Bool | None:
    """As :func:`read_mask` where all is black or white, in a small part of its time; None where something is not."""
    table = np.arange(256, dtype=np.float32) / np.float32(255)
    black, white = np.flatnonzero(table <= tolerance)[-1], np.flatnonzero(table >= 1 - tolerance)[0]
    grays = (levels > np.uint8(black)) & (levels < np.uint8(white))
    return None if grays.any() else levels > np.uint8(127)


def read_levels(path: Path) -> Float32:
    """The same file as it is, whether hard or soft: (H, W) float32 in [0, 1], every level exact.

    Raises:
        PhotoError: not a picture.
        LayerError: nothing is painted.
    """
    levels = levels_of(read_photo(path))
    _check_painted(levels, f"The mask {path.name}")
    return levels


def levels_of(picture: Photo) -> Float32:
    """Opacity if any pixel is transparent, brightness otherwise: (H, W) float32 in [0, 1], every level exact."""
    peak = float(np.iinfo(picture.pixels.dtype).max)
    alpha = picture.alpha
    if alpha is not None and int(alpha.min()) < peak:
        return alpha.astype(np.float32) / np.float32(peak)
    levels = to_srgb(picture)
    if picture.pixels.shape[2] == 1:  # three equal channels
        return levels[..., 0].astype(np.float32) / np.float32(255)
    brightness: Float32 = levels.mean(2, dtype=np.float32)
    return brightness / np.float32(255)


def _check_painted(mask: Bool | Float32, name: str) -> None:
    """Raises LayerError where a mask is empty."""
    if not mask.any():
        raise LayerError(f"{name} is empty; paint white (or ink on a transparent sheet) what may change.")
