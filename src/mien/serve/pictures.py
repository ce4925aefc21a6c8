"""Pictures in and out: PNG for the screen, uploads as they come, layers at the size that an editor takes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib import import_module
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.align.crop import between_pixels, quad_to_matrix
from mien.errors import LayerError
from mien.photos.color import to_srgb
from mien.photos.containers import Container, sniff
from mien.serve.faults import ApiError
from mien.types import Float64, Photo, UInt8

Box = tuple[int, int, int, int]

TYPES: Mapping[str, str] = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
    "image/avif": "AVIF",
}
"""Content types of photos, and the containers that they promise."""

LAYER_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")
"""Of layers that are brought to another size."""

DIRECT = 1600
"""Longer side up to which layers of another size than the photo's are brought to it; else into the face's square."""


def container_of(data: bytes, content_type: str | None) -> Container:
    """What a body is, by its content, which has to be what its type says.

    Raises:
        ApiError: no picture, or another one.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in TYPES and kind != "application/octet-stream":
        raise ApiError("content_type", f"The body has to be a photo: {', '.join(TYPES)} or application/octet-stream.")
    found = sniff(data[:64])
    if found is None:
        raise ApiError("photo", "The body is no picture in a format that mien reads; send PNG, JPEG or the like.")
    if kind in TYPES and TYPES[kind] != found.name:
        raise ApiError("content_type", f"The body is {found.name} and not {kind}; name its type rightly.")
    return found


def size_of(data: bytes, container: Container, most: int) -> tuple[int, int]:
    """(width, height) of a picture that was not decoded yet.

    Raises:
        ApiError: damaged, or more pixels than ``most``.
    """
    module, name = container.plugin
    try:
        width, height = getattr(import_module(module), name)(BytesIO(data)).size
    except Exception as error:  # parsers raise almost anything on hostile bytes
        raise ApiError("photo", "The picture is damaged or incomplete; export it again.") from error
    if width * height > most:
        raise ApiError("too_large", f"The picture has {width} x {height} pixels; reduce it first.")
    return width, height


def png(pixels: NDArray[Any], level: int = 1) -> bytes:
    """(H, W), (H, W, 3) or (H, W, 4) uint8 as PNG."""
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=level)
    return file.getvalue()


def encoded(pixels: UInt8, kind: str) -> tuple[bytes, str]:
    """A picture for the screen, (H, W, 3), and its type.

    Args:
        pixels: sRGB.
        kind: "png", "webp" or "jpeg".
    """
    if kind == "png":
        return png(pixels), "image/png"
    file = BytesIO()
    if kind == "webp":
        Image.fromarray(pixels).save(file, "WEBP", quality=85, method=2)
    else:
        Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue(), f"image/{kind}"


def as_text(data: bytes) -> str:
    """base64."""
    return base64.b64encode(data).decode("ascii")


def shown(photo: Photo, box: Box | None = None, width: int | None = None) -> UInt8:
    """A part of a photo for the screen: (h, w, 3) sRGB.

    Args:
        photo: any.
        box: of the part; None takes all.
        width: of the result; never larger than the part itself.

    Raises:
        ApiError: the box is not within the photo.
    """
    x0, y0, x1, y1 = box or (0, 0, photo.width, photo.height)
    if not (0 <= x0 < x1 <= photo.width and 0 <= y0 < y1 <= photo.height):
        size = f"{photo.width} x {photo.height}"
        raise ApiError("bad_request", f"The box {x0},{y0},{x1},{y1} is not within the photo of {size}.", "box")
    return reduced(to_srgb(photo, (x0, y0, x1, y1)), width)


def reduced(pixels: NDArray[Any], width: int | None) -> NDArray[Any]:
    """The same, at most so many pixels wide."""
    height, wide = pixels.shape[:2]
    if width is None or width >= wide:
        return pixels
    size = (width, max(1, round(height * width / wide)))
    small: NDArray[Any] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return small


def parsed_box(text: str | None) -> Box | None:
    """A box from "x0,y0,x1,y1".

    Raises:
        ApiError: it is none.
    """
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != 4 or not all(part.strip().isdigit() and len(part) < 8 for part in parts):
        raise ApiError("bad_request", "A box is x0,y0,x1,y1 in whole pixels.", "box")
    x0, y0, x1, y1 = (int(part) for part in parts)
    return x0, y0, x1, y1


def opened(data: bytes, most: int, name: str) -> Image.Image:
    """A layer for Pillow, its size checked before it is decoded.

    Raises:
        ApiError: no picture, or too many pixels.
    """
    try:
        picture = Image.open(BytesIO(data), formats=LAYER_FORMATS)
        if picture.width * picture.height > most:
            raise ApiError("too_large", f"The {name} has too many pixels; send it smaller.", name)
        picture.load()
    except ApiError:
        raise
    except Exception as error:  # parsers raise almost anything on hostile bytes
        raise ApiError("layer", f"The {name} is no picture, or damaged; send it as PNG.", name) from error
    return picture


def fitted(data: bytes, name: str, photo: tuple[int, int], quad: Float64, frame: str, most: int) -> bytes:
    """A layer as an editor takes it: one that was drawn over the photo at another size is brought to a size that fits.

    Args:
        data: of the picture's file.
        name: of the layer.
        photo: (width, height).
        quad: (4, 2) of the face's square.
        frame: "auto", "photo" or "crop", as the user said.
        most: pixels.

    Raises:
        ApiError: no picture.
        LayerError: it lies neither over the photo nor over the square.
    """
    size = _size(data, name)
    square = size[0] == size[1]
    if size == photo or (frame == "crop" and square) or (square and photo[0] != photo[1] and frame != "photo"):
        return data
    scale = size[0] / photo[0]
    if frame == "crop" or abs(size[1] - scale * photo[1]) > max(1.0, 0.005 * size[1]):
        raise LayerError(
            f"The {name} is {size[0]} x {size[1]} pixels; draw it over the photo of {photo[0]} x {photo[1]} at any "
            "size of this shape, or as a square over the face."
        )
    pixels = np.asarray(_plain(opened(data, most, name)))
    way = cv2.INTER_NEAREST if name == "semantic" else cv2.INTER_LINEAR if scale < 1 else cv2.INTER_AREA
    if name == "guide" or max(photo) <= DIRECT or photo[0] == photo[1]:
        return png(cv2.resize(pixels, photo, interpolation=way))
    side = int(np.clip(np.hypot(*(quad[3] - quad[0])) * max(scale, 0.25), 256, 1024))
    matrix = quad_to_matrix(quad, side) * np.array([[size[0] / photo[0]], [size[1] / photo[1]]])
    flags = (cv2.INTER_NEAREST if name == "semantic" else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP
    return png(cv2.warpAffine(pixels, between_pixels(matrix), (side, side), flags=flags, borderMode=cv2.BORDER_REFLECT))


def _size(data: bytes, name: str) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(data), formats=LAYER_FORMATS) as head:
            return head.size
    except Exception as error:
        raise ApiError("layer", f"The {name} is no picture that layers can be; send it as PNG.", name) from error


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode in ("L", "RGB", "RGBA"):
        return picture
    return picture.convert(
        "RGBA" if picture.has_transparency_data else "RGB" if picture.mode not in ("1", "I;16") else "L"
    )
