"""Reading a photo: decide by content, check before decoding, lose nothing.

What is kept: samples at their depth, alpha, the ICC profile byte for byte, EXIF (its orientation applied and reset),
the resolution for printing. Colors that a file describes without a profile (PNG's gAMA, cHRM and cICP, the nclx box of
HEIC and AVIF) become a profile. What is not kept: XMP, IPTC, other text, secondary pictures such as HDR gain maps, and
anything beyond 8 bits in HEIC and AVIF files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from io import BytesIO
from pathlib import Path

from PIL import ImageFile

from mien.errors import MienError, PhotoTooLargeError, UnreadablePhotoError, UnsupportedPhotoError
from mien.photos import png, tiff
from mien.photos.color import is_usable
from mien.photos.containers import JPEG, PNG, TIFF, Container
from mien.photos.contents import MAX_PIXELS, RGB_BYTES, contents
from mien.photos.exif import PREFIX, reset_orientation
from mien.photos.profile import read_nclx
from mien.photos.unpack import Layout, UnknownLayoutError, layout_of, unpack
from mien.quiet import without_warnings
from mien.types import Photo

_JPEG_PIXELS_PER_BYTE = 512  # a block of 64 takes one bit at least; libjpeg makes up whatever is missing, in gray
_MOST_DPI = 30_000  # JPEG has sixteen bits for it; nothing real comes near


def read_photo(path: str | Path, *, max_pixels: int = MAX_PIXELS) -> Photo:
    """Reads JPEG, PNG, WebP, TIFF, BMP, HEIC or AVIF.

    Args:
        path: the file; its content decides what it is, and its ending must agree if it is one that we know.
        max_pixels: refuses larger pictures before decoding them; peak memory is about 7 bytes times this.

    Returns:
        The photo, upright, in its own color space and depth.

    Raises:
        UnreadablePhotoError: missing, empty, a folder, damaged, truncated, mislabeled, not a picture.
        UnsupportedPhotoError: animated, several pages, camera raw, or samples that are not 1 to 16 bit gray or color.
        PhotoTooLargeError: more pixels than ``max_pixels``.
    """
    path = Path(path)
    data, container = contents(path, max_pixels)
    try:
        # parsers comment on damaged metadata; the samples are what counts
        with without_warnings(), tiff.quiet_libtiff() if container is TIFF else nullcontext():
            return _decode(data, container, path, max_pixels)
    except MienError:
        raise
    except MemoryError as error:
        raise PhotoTooLargeError(f"{path} does not fit into memory; reduce it first.") from error
    except Exception as error:  # parsers raise almost anything on hostile bytes, and it all means the same
        raise UnreadablePhotoError(f"{path} is damaged or incomplete; fetch or export it again.") from error


def _decode(data: bytes, container: Container, path: Path, max_pixels: int) -> Photo:
    module, name = container.plugin
    plugin: Callable[[BytesIO], ImageFile.ImageFile] = getattr(import_module(module), name)

    def open_image() -> ImageFile.ImageFile:
        return plugin(BytesIO(data))

    try:
        image = open_image()
        layout = layout_of(image)
    except UnknownLayoutError as error:
        raise UnsupportedPhotoError(f"{path} has {error}; convert it to 8- or 16-bit RGB or gray first.") from error
    except SyntaxError as error:
        if str(error) != "unknown pixel mode":  # what Pillow's TIFF parser says
            raise
        raise UnsupportedPhotoError(f"{path} has unusual samples; convert it to 8- or 16-bit RGB first.") from error
    _check_size(image, layout, container, path, max_pixels, len(data))
    _check_single(image, container, path)
    notes = [] if "mpoffset" not in image.info else ["only the main picture of several was kept"]
    exif, orientation = _exif(image, container, data)
    icc, remarks = _profile(image, container, data)
    notes += remarks
    if image.info.get("bit_depth", 8) > 8:  # HEIF
        notes.append("reduced to 8 bits")
    pixels, alpha, changes = unpack(open_image, layout, orientation)
    if layout.mode == "CMYK":
        icc = None
    if icc is not None and not is_usable(icc, pixels.shape[2]):
        notes.append("the colour profile does not fit or is damaged, and was taken for sRGB")
    dpi = _resolution(image, turned=orientation >= 5)
    return Photo(pixels, alpha, icc, exif, container.name, path, (*changes, *notes), dpi)


def _check_size(
    image: ImageFile.ImageFile, layout: Layout, container: Container, path: Path, max_pixels: int, size: int
) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise UnreadablePhotoError(f"{path} has no pixels; export it again.")
    samples = layout.channels * (2 if layout.sixteen else 1)
    need = max(layout.core_bytes + samples, 2 * samples)  # Pillow's image and our array, then turning or splitting it
    if container is JPEG and "progressive" in image.info:
        need = max(need, layout.core_bytes + 2 * len(image.getbands()))  # the decoder holds all coefficients
    need = max(need, container.decode_bytes)
    allowed = max_pixels * min(1.0, RGB_BYTES / need)
    if width * height > allowed:
        raise PhotoTooLargeError(
            f"{path} has {width} x {height} pixels, {width * height / 1e6:.0f} million where {allowed / 1e6:.0f} are "
            "allowed; reduce it first."
        )
    if container is JPEG and width * height > size * _JPEG_PIXELS_PER_BYTE:
        raise UnreadablePhotoError(f"{path} is too short for {width} x {height} pixels; fetch or export it again.")


def _check_single(image: ImageFile.ImageFile, container: Container, path: Path) -> None:
    if container is TIFF:
        if _has_second_page(image):
            raise UnsupportedPhotoError(f"{path} has several pages; save the one you want as a separate file.")
    elif getattr(image, "n_frames", 1) > 1:
        raise UnsupportedPhotoError(f"{path} is animated or holds several pictures; save one of them as PNG first.")


def _has_second_page(image: ImageFile.ImageFile) -> bool:
    """Whether anything but reduced-size previews (bit 0 of NewSubfileType) follows the first page."""
    for page in range(1, 9):
        try:
            image.seek(page)
        except EOFError:
            return False
        if not int(image.tag_v2.get(254, 0)) & 1:  # type: ignore[attr-defined]
            return True
    return True


def _exif(image: ImageFile.ImageFile, container: Container, data: bytes) -> tuple[bytes | None, int]:
    """EXIF block with its orientation reset, and the orientation that remains to be applied."""
    if container is TIFF:
        image.seek(0)
        return tiff.read_exif(image), 1  # Pillow turns TIFF files itself
    exif = png.read_exif(data) if container is PNG else (image.info.get("exif") or b"").removeprefix(PREFIX)
    if not exif:
        return None, 1
    orientation, exif = reset_orientation(exif)
    return exif, orientation


def _profile(image: ImageFile.ImageFile, container: Container, data: bytes) -> tuple[bytes | None, list[str]]:
    """The color profile, or one made from what the file says without one; and what is to be said about it."""
    icc = image.info.get("icc_profile") or None
    if container is PNG:
        return png.read_profile(data, icc)
    if container.name in ("HEIF", "AVIF") and icc is None:
        return read_nclx(data)
    if container is TIFF and icc is None:
        return None, tiff.unused_colors(image)
    if (
        container.name == "BMP" and data[14] >= 108 and data[70:74] in (b"DEBM", b"KNIL")
    ):  # a profile, or the name of one
        return None, ["the colour profile of the BMP file was not used and not kept"]
    return icc, []


def _resolution(image: ImageFile.ImageFile, *, turned: bool) -> tuple[float, float] | None:
    """Pixels per inch, across and down the upright picture; None where the file has none that makes sense.

    Pillow says 1 for TIFF files without.
    """
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
    if not all(math.isfinite(value) and 1 < value <= _MOST_DPI for value in (across, down)):
        return None
    return (down, across) if turned else (across, down)
