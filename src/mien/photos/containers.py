"""The file formats: how each is recognized, what it can hold, what reading it costs.

HEIC and AVIF are read at 8 bits per sample, whatever they hold: that is all their decoders give to Pillow.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Container:
    """One file format.

    Attributes:
        name: Pillow's name of it; what :attr:`mien.types.Photo.format` says.
        suffixes: file name endings, lower case; the first is the usual one.
        plugin: module and class of the parser; no other parser ever sees the bytes.
        decode_bytes: peak memory of decoding one pixel, measured; 0 where the pictures themselves outweigh the decoder.
        writable: whether mien writes it.
        lossless: whether samples survive the way it is written by mien.
        sixteen_bit, alpha, gray, profile, exif: what it can hold, the way mien writes it.
        gray_alpha_bits: up to which depth it can hold gray together with alpha.
    """

    name: str
    suffixes: tuple[str, ...]
    plugin: tuple[str, str]
    decode_bytes: int = 0
    writable: bool = True
    lossless: bool = True
    sixteen_bit: bool = False
    alpha: bool = True
    gray: bool = True
    profile: bool = True
    exif: bool = True
    gray_alpha_bits: int = 0


JPEG = Container(
    "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), ("PIL.JpegImagePlugin", "JpegImageFile"), lossless=False, alpha=False
)
PNG = Container("PNG", (".png", ".apng"), ("PIL.PngImagePlugin", "PngImageFile"), sixteen_bit=True, gray_alpha_bits=16)
WEBP = Container("WEBP", (".webp",), ("PIL.WebPImagePlugin", "WebPImageFile"), 16, gray=False)
TIFF = Container(
    "TIFF", (".tif", ".tiff"), ("PIL.TiffImagePlugin", "TiffImageFile"), 8, sixteen_bit=True, gray_alpha_bits=8
)
BMP = Container("BMP", (".bmp", ".dib"), ("PIL.BmpImagePlugin", "BmpImageFile"), alpha=False, profile=False, exif=False)
HEIF = Container(
    "HEIF", (".heic", ".heif", ".hif"), ("pillow_heif", "HeifImageFile"), 14, writable=False, lossless=False
)
AVIF = Container("AVIF", (".avif",), ("PIL.AvifImagePlugin", "AvifImageFile"), 16, lossless=False, gray=False)
CONTAINERS = (JPEG, PNG, WEBP, TIFF, BMP, HEIF, AVIF)

RAW_SUFFIXES = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".dng", ".iiq", ".nef", ".orf", ".pef", ".raf", ".rw2", ".srw"}
)
"""Undeveloped camera files; most pretend to be TIFF and would open as their tiny preview."""

OTHERS = (
    (b"GIF8", "GIF", ".gif"),
    (b"%PDF", "PDF", ".pdf"),
    (b"8BPS", "Photoshop", ".psd"),
    (b"\xff\x0a", "JPEG XL", ".jxl"),
    (b"\0\0\0\x0cJXL ", "JPEG XL", ".jxl"),
    (b"\xff\x4f\xff\x51", "JPEG 2000", ".j2k"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000", ".jp2"),
    (b"\x76\x2f\x31\x01", "OpenEXR", ".exr"),
    (b"#?RADIANCE", "Radiance HDR", ".hdr"),
    (b"<svg", "SVG", ".svg"),
)
"""Formats that we recognize only to name them: how they begin, what they are called, their ending."""


def sniff(head: bytes) -> Container | None:
    """The container that a file beginning with ``head`` (32 bytes or more) is; None when it is none of ours."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return TIFF
    if head.startswith(b"BM"):
        return BMP
    if head[4:8] == b"ftyp":
        return _sniff_brands(head[8:32])
    return None


def _sniff_brands(brands: bytes) -> Container | None:
    """ISO base media files name their major brand first, then a version, then the brands they are compatible with."""
    names = {brands[i : i + 4] for i in range(0, len(brands) - 3, 4)}
    if names & {b"avif", b"avis"}:
        return AVIF
    if names & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return HEIF
    return None


def by_suffix(path: Path) -> Container | None:
    """The container that a file's name promises; None for endings we do not know."""
    suffix = path.suffix.lower()
    return next((container for container in CONTAINERS if suffix in container.suffixes), None)


def other_format(head: bytes) -> str | None:
    """The name of a well-known format that mien does not read, from how the file begins."""
    return next((name for magic, name, _ in OTHERS if head.startswith(magic)), None)


def promised_format(path: Path) -> str | None:
    """The name of the format that a file's ending promises, ours or another well-known one."""
    ours = by_suffix(path)
    if ours is not None:
        return ours.name
    return next((name for _, name, suffix in OTHERS if path.suffix.lower() == suffix), None)
