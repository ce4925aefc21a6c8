"""From a photo to the bytes of a file."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any, cast

import numpy as np
from PIL import Image

from mien.photos.containers import AVIF, BMP, JPEG, PNG, TIFF, WEBP, Container
from mien.photos.exif import PREFIX
from mien.photos.tiff import encode_tiff
from mien.types import Photo, Samples

_STRIP_BYTES = 1 << 20
_LEVEL = 3  # PNG: less than half the time of the usual 6, and files of the same size
_GRAY, _RGB, _GRAY_ALPHA, _RGB_ALPHA = 0, 2, 4, 6
_METRES_PER_INCH, _PER_METRE = 0.0254, 1
_SUB = 1  # PNG's filter: every byte less the one a pixel to its left


def encode(photo: Photo, container: Container, quality: int) -> bytes:
    """The file's bytes; the photo must fit the container (:func:`mien.photos.write.obstacle`).

    Args:
        photo: any photo.
        container: a writable one.
        quality: 1 to 100, for JPEG and AVIF, both without chroma subsampling.
    """
    samples = interleaved(photo)
    if container is TIFF:
        return encode_tiff(samples, photo.alpha is not None, photo.icc, photo.exif, photo.dpi)
    if container is PNG and photo.bits == 16:
        return _encode_png16(samples, photo.icc, photo.exif, photo.dpi)
    image = Image.fromarray(samples[..., 0] if samples.shape[2] == 1 else samples)
    metadata = {"icc_profile": photo.icc, "exif": PREFIX + photo.exif if photo.exif else None, "dpi": photo.dpi}
    choices: dict[str, dict[str, Any]] = {
        JPEG.name: {"quality": quality, "subsampling": "4:4:4"},
        PNG.name: {"compress_level": _LEVEL},
        WEBP.name: {"lossless": True, "exact": True, "method": 0},  # exact: also where alpha is zero; method: speed
        AVIF.name: {"quality": quality, "subsampling": "4:4:4"},
        BMP.name: {},
    }
    options = choices[container.name]
    file = BytesIO()
    image.save(file, container.name, **options, **{key: value for key, value in metadata.items() if value})
    return file.getvalue()


def interleaved(photo: Photo) -> Samples:
    """All samples of a photo, alpha last: (H, W, 1 to 4)."""
    if photo.alpha is None:
        return photo.pixels
    return cast(Samples, np.dstack([photo.pixels, photo.alpha]))


def _encode_png16(samples: Samples, icc: bytes | None, exif: bytes | None, dpi: tuple[float, float] | None) -> bytes:
    """PNG (ISO/IEC 15948) with 16 bits per sample, which Pillow writes for gray only."""
    height, width, channels = samples.shape
    color = {1: _GRAY, 2: _GRAY_ALPHA, 3: _RGB, 4: _RGB_ALPHA}[channels]
    file = BytesIO(b"\x89PNG\r\n\x1a\n")
    file.seek(0, 2)
    _chunk(file, b"IHDR", struct.pack(">2I5B", width, height, 16, color, 0, 0, 0))
    if icc is not None:
        _chunk(file, b"iCCP", b"ICC Profile\0\0" + zlib.compress(icc))
    if dpi is not None:
        _chunk(file, b"pHYs", struct.pack(">2IB", *(round(value / _METRES_PER_INCH) for value in dpi), _PER_METRE))
    if exif is not None:
        _chunk(file, b"eXIf", exif)
    compressor = zlib.compressobj(_LEVEL)
    rows = max(1, _STRIP_BYTES // (width * channels * 2))
    for top in range(0, height, rows):
        filtered = _filter_rows(samples[top : top + rows])
        _chunk(file, b"IDAT", compressor.compress(filtered))
    _chunk(file, b"IDAT", compressor.flush())
    _chunk(file, b"IEND", b"")
    return file.getvalue()


def _filter_rows(samples: Samples) -> bytes:
    rows = samples.astype(">u2").reshape(samples.shape[0], -1).view(np.uint8)
    pixel = samples.shape[2] * 2
    filtered = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = _SUB
    filtered[:, 1:] = rows
    filtered[:, 1 + pixel :] -= rows[:, :-pixel]
    return filtered.tobytes()


def _chunk(file: BytesIO, kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
