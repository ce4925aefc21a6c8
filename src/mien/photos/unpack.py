"""From Pillow's decoded image to sample arrays, without losing depth or alpha.

Pillow has no 16-bit color mode and decodes such files to 8 bits. Its raw modes ``RGB;16B`` and ``RGB;16L`` take the
first and the second byte of every sample, so decoding the same file once with each gives all sixteen bits.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from mien.photos.color import cmyk_to_srgb
from mien.types import Samples

Opener = Callable[[], ImageFile.ImageFile]

_STRIP_PIXELS = 1 << 18  # small enough for the processor's cache, which makes this twice as fast as whole pictures
_TARGETS = {
    "1": "L", "L": "L", "LA": "LA", "La": "LA", "P": "RGB", "PA": "RGBA", "RGB": "RGB", "RGBX": "RGB", "RGBA": "RGBA",
    "YCbCr": "RGB", "CMYK": "RGB", "I;16": "L", "I;16B": "L", "I;16L": "L",
}  # fmt: skip
_NOTES = {
    "1": "1-bit to 8-bit gray",
    "La": "premultiplied alpha to straight alpha",
    "RGBa": "premultiplied alpha to straight alpha",
    "BGR;15": "packed 16-bit colours to 8 bits each",
    "BGR;16": "packed 16-bit colours to 8 bits each",
    "P": "palette to RGB",
    "PA": "palette to RGB",
    "YCbCr": "YCbCr to RGB",
    "CMYK": "CMYK to sRGB",
}
_BITS, _SAMPLES, _SAMPLE_FORMAT, _SIGNED = 258, 277, 339, 2  # TIFF's tags, and a value of the last
# What an EXIF orientation asks for: transpose first?, then cv2.flip's code (1 mirrors left-right, 0 top-bottom).
_TURNS: dict[int, tuple[bool, int | None]] = {
    1: (False, None), 2: (False, 1), 3: (False, -1), 4: (False, 0),
    5: (True, None), 6: (True, 1), 7: (True, -1), 8: (True, 0),
}  # fmt: skip


class UnknownLayoutError(ValueError):
    """A pixel layout that a photo cannot hold; the message names it."""


@dataclass(frozen=True)
class Layout:
    """How the samples of an opened file are laid out.

    Attributes:
        mode: Pillow's mode.
        raw: Pillow's raw mode, which tells the depth of the file rather than that of the image ("RGB;16B").
        channels: samples per pixel once unpacked, alpha included.
        sixteen: whether samples have sixteen bits.
        extra: further samples per pixel, of which the file says no meaning; they are left out.
    """

    mode: str
    raw: str
    channels: int
    sixteen: bool
    extra: int = 0

    @property
    def core_bytes(self) -> int:
        """What Pillow stores per pixel: it pads everything beyond one sample to four bytes."""
        return {"1": 1, "L": 1, "P": 1}.get(self.mode, 2 if self.mode.startswith("I;16") else 4)


def layout_of(image: ImageFile.ImageFile) -> Layout:
    """Looks at an opened, undecoded file.

    Raises:
        UnknownLayoutError: floating point, signed, LAB, 12 or 32 bits, premultiplied 16-bit alpha, 16-bit planes.
    """
    raw = _raw_mode(image)
    if image.mode not in _TARGETS:
        raise UnknownLayoutError(f"{image.mode} samples")
    tags = image.tag_v2 if image.format == "TIFF" else {}  # type: ignore[attr-defined]
    bits = max(tags.get(_BITS, (8,)))
    if "a;16" in raw or (bits > 8 and ";16" not in raw):  # Pillow takes 16-bit planes for 8-bit ones
        raise UnknownLayoutError(f"{bits}-bit {raw} samples")
    if _SIGNED in np.atleast_1d(tags.get(_SAMPLE_FORMAT, ())):  # Pillow takes some of them for unsigned
        raise UnknownLayoutError("signed samples")
    transparent = "transparency" in image.info and image.mode in ("1", "L", "P", "RGB", "I;16", "I;16B", "I;16L")
    sixteen = ";16" in raw and image.mode != "CMYK" and not raw.startswith("BGR")  # BGR;16 is one pixel of 5-6-5 bits
    extra = int(tags.get(_SAMPLES, 0)) - len(image.getbands())
    return Layout(image.mode, raw, len(_TARGETS[image.mode]) + transparent, sixteen, max(0, extra))


def unpack(open_image: Opener, layout: Layout, orientation: int) -> tuple[Samples, Samples | None, list[str]]:
    """Decodes and turns upright.

    Args:
        open_image: opens the file anew, undecoded; called once, or twice for 16-bit color.
        layout: of that file.
        orientation: EXIF orientation, 1 to 8.

    Returns:
        (H, W, 1 or 3) pixels, (H, W) alpha or None, and what was changed, in words.
    """
    image = open_image()
    notes = [note for sign, note in _NOTES.items() if sign == layout.mode or sign == layout.raw.rstrip("X")]
    if layout.extra:
        notes.append(f"{layout.extra} further channel{'s' * (layout.extra > 1)} of no stated meaning not kept")
    samples, keyed = _decode(image, open_image, layout)
    colors = samples.shape[2] - (samples.shape[2] in (2, 4))
    alpha = keyed if keyed is not None else samples[..., colors] if colors < samples.shape[2] else None
    pixels = _turn(samples[..., :colors], orientation)
    return pixels, None if alpha is None else _turn(alpha[..., None], orientation)[..., 0], notes


def _decode(image: ImageFile.ImageFile, open_image: Opener, layout: Layout) -> tuple[Samples, Samples | None]:
    """All samples (H, W, C), and the alpha of a transparent color where the file names one."""
    samples: Samples
    if layout.mode.startswith("I;16"):
        samples = _gray16(image)
    elif layout.raw == "LA;16B":
        samples = _gray_alpha16(image)
    elif layout.sixteen:
        samples = _color16(image, open_image, layout)
    else:
        samples = _eight(image, layout)
    key = image.info.get("transparency")
    image.close()  # frees the decoded image
    if layout.mode == "P" or key is None or samples.shape[2] not in (1, 3):
        return samples, None
    return samples, _alpha_of_key(samples, key, layout)


def _eight(image: ImageFile.ImageFile, layout: Layout) -> NDArray[np.uint8]:
    target = "RGBA" if layout.mode == "P" and layout.channels == 4 else _TARGETS[layout.mode]
    image.load()
    cmyk = cmyk_to_srgb(image.info.get("icc_profile")) if layout.mode == "CMYK" else None
    samples = np.empty((image.height, image.width, len(target)), np.uint8)
    for rows, strip in _strips(image):
        converted = cmyk(strip) if cmyk else strip.convert(target)  # a no-op where the mode is right already
        samples[rows] = np.asarray(converted).reshape(-1, image.width, len(target))
    return samples


def _gray16(image: ImageFile.ImageFile) -> NDArray[np.uint16]:
    image.load()
    samples = np.empty((image.height, image.width, 1), np.uint16)
    for rows, strip in _strips(image):
        samples[rows, :, 0] = np.asarray(strip)
    if image.format == "TIFF" and image.tag_v2.get(262) == 0:  # type: ignore[attr-defined]
        np.subtract(65535, samples, out=samples)  # white is zero; Pillow inverts that at 8 bits only
    return samples


def _gray_alpha16(image: ImageFile.ImageFile) -> NDArray[np.uint16]:
    """Two big-endian 16-bit samples have the size of one RGBA pixel, and are decoded as one."""
    image._mode = "RGBA"
    image.tile = [tile._replace(args="RGBA") for tile in image.tile]
    image.load()
    samples = np.empty((image.height, image.width, 2), np.uint16)
    for rows, strip in _strips(image):
        samples[rows] = np.frombuffer(strip.tobytes(), ">u2").reshape(-1, image.width, 2)
    return samples


def _color16(image: ImageFile.ImageFile, open_image: Opener, layout: Layout) -> NDArray[np.uint16]:
    image.load()
    samples = np.empty((image.height, image.width, len(layout.mode)), np.uint16)
    for rows, strip in _strips(image):
        np.left_shift(np.asarray(strip), 8, out=samples[rows], dtype=np.uint16)
    image.close()
    low = open_image()
    big_endian = layout.raw[-1] == "B" or (layout.raw[-1] == "N" and sys.byteorder == "big")
    raw = layout.raw[:-1] + ("L" if big_endian else "B")
    low.tile = [tile._replace(args=(raw, *tile.args[1:]) if isinstance(tile.args, tuple) else raw) for tile in low.tile]
    low.load()
    for rows, strip in _strips(low):
        samples[rows] |= np.asarray(strip)
    low.close()
    return samples


def _strips(image: Image.Image) -> Iterator[tuple[slice, Image.Image]]:
    height = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, height):
        bottom = min(top + height, image.height)
        yield slice(top, bottom), image.crop((0, top, image.width, bottom))


def _alpha_of_key(samples: Samples, key: int | tuple[int, ...], layout: Layout) -> Samples:
    """PNG's tRNS chunk for gray and RGB: one color, in units of the file's own depth, is transparent.

    Pillow has multiplied the key of a 1-bit picture already.
    """
    step = {"L;2": 85, "L;4": 17}.get(layout.raw, 1)
    color = np.atleast_1d(np.asarray(key, np.int64)) * step
    opaque = (samples != color.astype(samples.dtype)).any(axis=2)
    return opaque.astype(samples.dtype) * np.iinfo(samples.dtype).max  # type: ignore[no-any-return]


def _turn(samples: Samples, orientation: int) -> Samples:
    import cv2

    transpose, flip = _TURNS[orientation]
    turned: Any = cv2.transpose(samples) if transpose else np.ascontiguousarray(samples)
    if flip is not None:
        cv2.flip(turned, flip, turned)
    upright: Samples = turned.reshape(*turned.shape[:2], samples.shape[2])  # OpenCV drops a last axis of one
    return upright


def _raw_mode(image: ImageFile.ImageFile) -> str:
    if not image.tile:  # WebP, AVIF and HEIF decode into the mode itself
        return image.mode
    args = image.tile[0].args
    raw = args[0] if isinstance(args, tuple) else args
    return str(raw) if raw else image.mode
