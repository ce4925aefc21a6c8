"""Saving a photo: whole or not at all, and exactly where the format can."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import numpy as np

from mien.errors import PhotoError, SaveError
from mien.files import atomic_path, keep_inputs, status_of
from mien.photos.containers import CONTAINERS, PNG, Container, by_suffix
from mien.photos.encode import encode
from mien.photos.read import read_photo
from mien.types import Photo

QUALITY = 95
"""Default of JPEG and AVIF targets."""


def save_photo(
    photo: Photo,
    path: str | Path,
    *,
    quality: int = QUALITY,
    overwrite: bool = True,
    original: Photo | None = None,
    protected: Sequence[Path] = (),
) -> Path:
    """Writes a photo in the format that the file's ending asks for: PNG, TIFF, WebP, BMP, JPEG or AVIF.

    PNG, TIFF, WebP (always lossless) and BMP keep every sample; all but BMP keep profile and EXIF.

    Args:
        photo: what to write.
        path: where to.
        quality: 1 to 100, for JPEG and AVIF only.
        overwrite: whether a file of that name may be replaced. The file that the photo came from never is.
        original: the photo before editing. If no sample differs from it and the format is that of its file, the
            file's bytes are copied as they are, so that even a JPEG loses nothing.
        protected: further files that must never be replaced, such as other inputs of the same command.

    Returns:
        ``path``.

    Raises:
        SaveError: the ending is unknown, the format cannot hold the photo, the name is taken or not writable.
    """
    path = Path(path)
    container = target_container(path)
    own = [p.path for p in (photo, original) if p is not None and p.path is not None]
    keep_inputs(path, [*own, *protected])
    if status_of(path) is not None and not overwrite:
        raise SaveError(f"{path} exists already; choose another name or allow overwriting.")
    data = None if original is None else _unchanged_file(photo, original, container)
    if data is None:
        reason = obstacle(photo, container)
        if reason is not None:
            raise SaveError(f"{path} cannot be written: {reason}.")
        if not 1 <= quality <= 100:
            raise SaveError(f"{path} cannot be written with quality {quality}; choose 1 to 100.")
        try:
            data = encode(photo, container, quality)
        except (OSError, ValueError, MemoryError) as error:  # such as more pixels than the format allows
            reason = f"{photo.width} x {photo.height} pixels and their metadata do not fit into {container.name}"
            raise SaveError(f"{path} cannot be written: {reason}; save as PNG or TIFF.") from error
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
    return path


def default_output(path: str | Path, verb: str = "edited", photo: Photo | None = None) -> Path:
    """A free name beside the input: ``photo-edited.png`` for ``photo.jpg``, ``photo-edited-2.png`` if that is taken.

    Formats that mien writes without loss are kept, unless they cannot hold ``photo``, where it is given; all others,
    JPEG first of all, become PNG.
    """
    path = Path(path)
    container = by_suffix(path)
    keep = container is not None and container.writable and container.lossless
    if keep and container is not None and photo is not None:
        keep = obstacle(photo, container) is None
    suffix = path.suffix if keep else PNG.suffixes[0]
    names = (path.with_name(f"{path.stem}-{verb}{'' if n == 1 else f'-{n}'}{suffix}") for n in count(1))
    return next(name for name in names if not os.path.lexists(name))


def target_container(path: Path) -> Container:
    """The container that a name asks for.

    Raises:
        SaveError: no ending, or one that mien does not write.
    """
    container = by_suffix(path)
    if container is None or not container.writable:
        known = ", ".join(c.suffixes[0] for c in CONTAINERS if c.writable)
        raise SaveError(f"{path} cannot be written; choose a name that ends in one of {known}.")
    return container


def obstacle(photo: Photo, container: Container) -> str | None:
    """Why a format cannot hold a photo without changing how it looks, and the remedy; None if it can."""
    gray = photo.pixels.shape[2] == 1
    missing = [
        what
        for what, needed, held in (
            ("16 bits", photo.bits == 16, container.sixteen_bit),
            ("alpha", photo.alpha is not None, container.alpha),
            ("gray without colour", gray, container.gray),
            ("a colour profile", photo.icc is not None, container.profile),
            (
                f"{photo.bits}-bit gray with alpha",
                gray and photo.alpha is not None,
                container.gray_alpha_bits >= photo.bits,
            ),
        )
        if needed and not held
    ]
    return f"{container.name} cannot hold {' and '.join(missing)}; save as {PNG.name}" if missing else None


def same_samples(one: Photo, other: Photo) -> bool:
    """Whether two photos agree in every sample, alpha included, in depth, and in what color space they mean."""
    if one is other:
        return True
    if (one.alpha is None) != (other.alpha is None) or one.icc != other.icc or one.bits != other.bits:
        return False
    if one.alpha is not None and other.alpha is not None and not np.array_equal(one.alpha, other.alpha):
        return False
    return np.array_equal(one.pixels, other.pixels)


def _unchanged_file(photo: Photo, original: Photo, container: Container) -> bytes | None:
    """The bytes of the original's file, if it is in the right format and still holds these very samples."""
    if original.path is None or original.format != container.name or not same_samples(photo, original):
        return None
    try:
        data = original.path.read_bytes()
        on_disk = read_photo(original.path, max_pixels=max(10 * photo.width * photo.height, 1000 + len(data)))
    except (OSError, PhotoError):
        return None
    return data if same_samples(photo, on_disk) else None
