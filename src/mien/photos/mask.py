"""Masks as files: which part of a photo may change."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.errors import LayerError
from mien.photos.color import to_srgb
from mien.photos.containers import CONTAINERS
from mien.photos.read import read_photo
from mien.types import Bool, Float32, Photo

_NOISE = 4 / 255  # what export filters and colour conversion do to black and white
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
    levels = levels_of(picture)
    tolerance = np.float32(_LOSSY_NOISE if picture.format in _LOSSY else _NOISE)
    hard = bool(((levels <= tolerance) | (levels >= 1 - tolerance)).all())
    mask: Bool | Float32 = levels > 0.5 if hard else np.where(levels < np.float32(_NOISE), np.float32(0), levels)
    _check_painted(mask, "The mask" if picture.path is None else f"The mask {picture.path.name}")
    return mask


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
