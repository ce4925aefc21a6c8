"""TIFF: an encoder for 8 and 16 bits, and EXIF, which this container keeps among its own tags.

Pillow writes no 16-bit color, and tifffile no EXIF directories; Pillow's directory writer and zlib do both.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from PIL import Image, ImageFile
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from mien.photos.exif import PREFIX
from mien.types import Samples

_DESCRIPTIVE = (270, 271, 272, 282, 283, 296, 305, 306, 315, 316, 33432)  # about the picture rather than its layout
_DIRECTORIES = (0x8769, 0x8825)  # Exif, GPS
_INTEROPERABILITY = 0xA005  # a pointer within the Exif directory, which Pillow does not follow

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _OFFSETS, _SAMPLES = 256, 257, 258, 259, 262, 273, 277
_ROWS, _COUNTS, _PREDICTOR, _EXTRA, _ICC = 278, 279, 317, 338, 34675
_DPI_X, _DPI_Y, _DPI_UNIT = 282, 283, 296
_DEFLATE, _HORIZONTAL, _STRAIGHT_ALPHA, _INCH = 8, 2, 2, 2
_COLORS = {301: "transfer function", 318: "white point", 319: "primaries"}
_STDERR = Lock()
_STRIP_BYTES = 1 << 20
_LEVEL = 3  # twice as fast as zlib's usual 6, for files a tenth larger


def encode_tiff(
    samples: Samples, alpha: bool, icc: bytes | None, exif: bytes | None, dpi: tuple[float, float] | None = None
) -> bytes:
    """A little-endian file with deflated strips.

    Args:
        samples: (H, W, C), uint8 or uint16; C is 1 or 3, plus one with ``alpha``.
        alpha: whether the last channel is straight alpha.
        icc: profile, written byte for byte.
        exif: block without prefix; its descriptive tags, Exif and GPS directories are written.
        dpi: (horizontal, vertical) pixels per inch.
    """
    height, width, channels = samples.shape
    little: Any = samples.astype(samples.dtype.newbyteorder("<"), copy=False)
    rows = max(1, min(height, _STRIP_BYTES // (width * channels * samples.itemsize)))
    strips = [_deflate(little[top : top + rows]) for top in range(0, height, rows)]
    sizes = [len(strip) for strip in strips]
    directory = ImageFileDirectory_v2()
    _write_exif(exif, directory)
    tags: dict[int, Any] = {
        _WIDTH: width,
        _HEIGHT: height,
        _BITS: (samples.itemsize * 8,) * channels,
        _COMPRESSION: _DEFLATE,
        _PHOTOMETRIC: 2 if channels > 2 else 1,
        _OFFSETS: tuple(int(offset) for offset in np.cumsum([0, *sizes[:-1]])),  # from the end of the directory
        _SAMPLES: channels,
        _ROWS: rows,
        _COUNTS: tuple(sizes),
        _PREDICTOR: _HORIZONTAL,
    }
    if alpha:
        tags[_EXTRA] = _STRAIGHT_ALPHA
    if icc is not None:
        tags[_ICC] = icc
    if dpi is not None:
        tags |= {_DPI_X: dpi[0], _DPI_Y: dpi[1], _DPI_UNIT: _INCH}
    for tag, value in tags.items():
        directory[tag] = value
    file = BytesIO()
    directory.save(file)
    file.writelines(strips)
    return file.getvalue()


@contextmanager
def quiet_libtiff() -> Iterator[None]:
    """Keeps libtiff's remarks on damaged files off the terminal, where it writes them behind Python's back.

    The only way is to point the process's standard error elsewhere for the moment; other formats do not need this.
    """
    with _STDERR:
        try:
            saved = os.dup(2)
        except OSError:  # there is no standard error
            yield
            return
        try:
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def read_exif(image: ImageFile.ImageFile) -> bytes | None:
    """What an opened TIFF says about the picture, as an EXIF block without prefix; None if nothing or damaged."""
    block = Image.Exif()
    try:
        _copy_exif(image.getexif(), block)
        return block.tobytes().removeprefix(PREFIX) if len(block) else None
    except Exception:  # values that are not of the type that their tag demands; Pillow raises various errors
        return None


def unused_colors(image: ImageFile.ImageFile) -> list[str]:
    """In words, what an opened TIFF says about its colors without a profile: it is not used."""
    found = [name for tag, name in _COLORS.items() if tag in image.tag_v2]  # type: ignore[attr-defined]
    return [f"the {' and '.join(found)} of the TIFF file were not used and not kept"] if found else []


def _write_exif(block: bytes | None, directory: ImageFileDirectory_v2) -> None:
    if block is None:
        return
    source = Image.Exif()
    try:
        source.load(PREFIX + block)
        copied = Image.Exif()
        _copy_exif(source, copied)
        copied.tobytes()  # raises for values that cannot be written
    except Exception:  # as above
        return
    for tag, value in copied.items():
        directory[tag] = value


def _copy_exif(source: Image.Exif, target: Image.Exif) -> None:
    target.update({tag: source[tag] for tag in _DESCRIPTIVE if tag in source})
    for tag in _DIRECTORIES:
        entries = {key: value for key, value in source.get_ifd(tag).items() if key != _INTEROPERABILITY}
        if entries:
            target[tag] = entries


def _deflate(strip: Samples) -> bytes:
    """Compressed after the horizontal predictor: every sample less the one to its left, modulo its range."""
    differences = strip.copy()
    differences[:, 1:] -= strip[:, :-1]
    return zlib.compress(differences.tobytes(), _LEVEL)
