"""The receipt: saves, reads the file back from disk, and states in figures what happened outside the mask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from mien.errors import LayerError, SaveError
from mien.photos import credentials
from mien.photos.containers import Container
from mien.photos.read import read_photo
from mien.photos.write import QUALITY, save_photo, target_container
from mien.types import Bool, Float32, Float64, Photo, Receipt, Samples

_STRIP_PIXELS = 1 << 20


@dataclass(frozen=True)
class Comparison:
    """Two photos of the same size, compared outside a mask.

    Attributes:
        sha256_before, sha256_after: of the samples outside, row by row, alpha included, 16 bits little-endian.
        largest: largest absolute difference of a sample, in units of the depth.
        mean: mean absolute difference of all samples.
        changed_pixels: pixels of which any sample differs.
    """

    sha256_before: str
    sha256_after: str
    largest: int
    mean: float
    changed_pixels: int


def save_with_receipt(
    before: Photo,
    after: Photo,
    mask: Bool | Float32 | Float64,
    path: str | Path,
    operations: Sequence[str] = (),
    *,
    quality: int = QUALITY,
    overwrite: bool = True,
    protected: Sequence[Path] = (),
) -> Receipt:
    """Saves a photo and verifies the file that is now on disk.

    Args:
        before: the photo as it was read.
        after: the edited photo.
        mask: (H, W), what the edit was allowed to touch: true, or above zero.
        path: where to, see :func:`mien.photos.write.save_photo`.
        operations: what was done, in words, in order; the receipt puts what reading converted in front.
        quality: for JPEG and AVIF.
        overwrite: whether a file of that name may be replaced.
        protected: files that must never be replaced, see :func:`mien.photos.write.save_photo`.

    Raises:
        SaveError: the photo could not be written, or a format without loss holds other samples outside the mask than
            the photo did; then the file is removed.
        LayerError: the mask is not the size of the photo.
    """
    _check_size(before, mask)
    inside: Bool = mask > 0
    path = save_photo(after, path, quality=quality, overwrite=overwrite, original=before, protected=protected)
    if credentials.wanted():
        credentials.sign(path, before.path, operations)
    container = target_container(path)
    saved = read_photo(path, max_pixels=10 * before.width * before.height + path.stat().st_size)
    figures = compare_outside(before, saved, inside)
    if container.lossless and figures.changed_pixels:
        path.resolve().unlink(missing_ok=True)  # behind a symbolic link: the file, not the link
        raise SaveError(
            f"{path} was removed: {figures.changed_pixels} pixels outside the mask had changed, by up to "
            f"{figures.largest} levels; give a mask that holds the whole edit."
        )
    notes = []
    if after.exif is not None and not container.exif:
        notes.append(f"EXIF left out: {container.name} cannot hold it")
    if not container.lossless:
        notes.append(_loss(container.name, quality, figures, int((~inside).sum())))
    done = (*(f"reading: {change}" for change in before.conversions), *operations, *notes)
    return _stated(before, saved, path, container, inside, figures, done)


def _check_size(photo: Photo, mask: Bool | Float32 | Float64) -> None:
    if mask.shape != (photo.height, photo.width):
        raise LayerError(
            f"The mask is {mask.shape[1]} x {mask.shape[0]} and the photo {photo.width} x {photo.height}; "
            "give a mask of the photo's size."
        )


def _stated(
    before: Photo,
    saved: Photo,
    path: Path,
    container: Container,
    inside: Bool,
    figures: Comparison,
    operations: tuple[str, ...],
) -> Receipt:
    """The receipt of a file that was read back from ``path``, which was edited ``inside`` (H, W)."""
    return Receipt(
        input=before.path.name if before.path else "",
        output=path.name,
        format=container.name,
        width=saved.width,
        height=saved.height,
        bits=saved.bits,
        mask_pixels=int(inside.sum()),
        mask_fraction=float(inside.mean()),
        sha256_before=figures.sha256_before,
        sha256_after=figures.sha256_after,
        max_difference_outside=figures.largest,
        mean_difference_outside=figures.mean,
        changed_pixels_outside=figures.changed_pixels,
        lossless=container.lossless,
        operations=operations,
    )


def compare_outside(before: Photo, after: Photo, inside: Bool) -> Comparison:
    """Compares two photos of the same size, channels and depth where ``inside`` (H, W) is false."""
    hashes = hashlib.sha256(), hashlib.sha256()
    largest, total, count, changed = 0, 0, 0, 0
    for rows in _strips(before):
        outside = ~inside[rows]
        one, other = (_outside(photo, rows, outside, before.alpha is not None) for photo in (before, after))
        for digest, samples in zip(hashes, (one, other), strict=True):
            digest.update(samples.astype(samples.dtype.newbyteorder("<"), copy=False).tobytes())
        difference = np.abs(one.astype(np.int32) - other)
        largest = max(largest, int(difference.max(initial=0)))
        total += int(difference.sum())
        count += difference.size
        changed += int(difference.any(axis=1).sum())
    return Comparison(hashes[0].hexdigest(), hashes[1].hexdigest(), largest, total / max(count, 1), changed)


def _strips(photo: Photo) -> Iterator[slice]:
    height = max(1, _STRIP_PIXELS // photo.width)
    return (slice(top, min(top + height, photo.height)) for top in range(0, photo.height, height))


def _outside(photo: Photo, rows: slice, outside: Bool, with_alpha: bool) -> Samples:
    """(n, C) samples of the pixels outside the mask in some rows. Encoders may drop an alpha that is opaque."""
    colors: Samples = photo.pixels[rows][outside]
    if not with_alpha:
        return colors
    full = np.iinfo(colors.dtype).max
    alpha: NDArray[np.integer] = (
        np.full(len(colors), full, colors.dtype) if photo.alpha is None else photo.alpha[rows][outside]
    )
    return cast(Samples, np.column_stack([colors, alpha]))


def _loss(name: str, quality: int, figures: Comparison, outside: int) -> str:
    if figures.changed_pixels == 0:
        return f"{name}: not encoded again, nothing outside the mask changed"
    return (
        f"{name} encoding at quality {quality} changed {figures.changed_pixels} of {outside} pixels outside the mask, "
        f"by at most {figures.largest} levels and {figures.mean:.3f} on average"
    )
