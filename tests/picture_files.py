"""Small picture files of every layout, most written by something other than the code under test."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import tifffile
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 44, 30
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Sample:
    """A file's bytes, its ending, and the samples that reading must give: (H, W, C) with alpha last; None if lossy."""

    data: bytes
    suffix: str
    expected: NDArray[np.generic] | None = None

    def write(self, folder: Path, name: str) -> Path:
        path = folder / f"{name}{self.suffix}"
        path.write_bytes(self.data)
        return path


def picture(channels: int, bits: int, seed: int = 0) -> NDArray[np.generic]:
    """Noise, in which every bit counts."""
    noise = np.random.default_rng(seed).integers(0, 1 << bits, (HEIGHT, WIDTH, channels))
    return noise.astype(np.uint16 if bits > 8 else np.uint8)


def smooth(channels: int) -> NDArray[np.uint8]:
    """A gradient with a shape in it, which lossy codecs keep roughly."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [x * 5, y * 8, 255 - x * 3, 40 + (x + y) * 2]
    result = np.stack(planes[:channels], -1).clip(0, 255).astype(np.uint8)
    result[8:16, 10:22] //= 2
    return result


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples: NDArray[np.generic], bits: int, color: int, extra: bytes = b"") -> bytes:
    """A literal PNG encoder: any depth, no filter. ``samples`` are (H, W, C) in units of the depth."""
    height, width, channels = samples.shape
    rows = samples.reshape(height, width * channels)
    if bits == 16:
        packed = rows.astype(">u2").view(np.uint8)
    elif bits == 8:
        packed = rows.astype(np.uint8)
    else:
        planes = (rows[..., None] >> np.arange(bits - 1, -1, -1)) & 1
        packed = np.packbits(planes.reshape(height, -1).astype(np.uint8), axis=1)
    raw = np.hstack([np.zeros((height, 1), np.uint8), packed]).tobytes()
    header = struct.pack(">2I5B", width, height, bits, color, 0, 0, 0)
    return PNG_MAGIC + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def encoded(samples: NDArray[np.generic], container: str, **options: object) -> bytes:
    file = io.BytesIO()
    mode = options.pop("mode", None)
    image = Image.fromarray(samples[..., 0] if samples.shape[2] == 1 else samples)
    if mode == "CMYK":
        image = Image.frombytes("CMYK", image.size, samples.tobytes())
    image.save(file, container, **options)
    return file.getvalue()


def tiff(samples: NDArray[np.generic], **options: object) -> bytes:
    file = io.BytesIO()
    alpha = samples.shape[2] in (2, 4)
    tifffile.imwrite(
        file,
        samples[..., 0] if samples.shape[2] == 1 else samples,
        photometric="rgb" if samples.shape[2] >= 3 else "minisblack",
        extrasamples=["unassalpha"] if alpha else None,
        metadata=None,
        **options,
    )
    return file.getvalue()


def heic(samples: NDArray[np.generic], **options: object) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(samples)).save(file, **{"quality": 90, **options})
    return file.getvalue()


def exif_block(orientation: int = 1, order: str = "<", thumbnail: bytes = b"") -> bytes:
    """A TIFF structure with a maker, an orientation, a maker note of odd bytes, and perhaps a thumbnail."""
    note = bytes(range(37))
    magic = b"II*\0" if order == "<" else b"MM\0*"
    after = 8 + 2 + 3 * 12 + 4
    exif_at, second_at = after + 8, after + 8 + 2 + 12 + 4 + 40
    entries = struct.pack(order + "HHII", 271, 2, 8, after)
    entries += struct.pack(order + "HHIHH", 274, 3, 1, orientation, 0)
    entries += struct.pack(order + "HHII", 0x8769, 4, 1, exif_at)
    block = magic + struct.pack(order + "I", 8) + struct.pack(order + "H", 3) + entries
    block += struct.pack(order + "I", second_at if thumbnail else 0) + b"Someone\0"
    block += struct.pack(order + "H", 1) + struct.pack(order + "HHII", 0x927C, 7, len(note), exif_at + 18)
    block += struct.pack(order + "I", 0) + note.ljust(40, b"\0")
    if thumbnail:
        block += struct.pack(order + "H", 2)
        block += struct.pack(order + "HHII", 0x0201, 4, 1, second_at + 2 + 24 + 4)
        block += struct.pack(order + "HHII", 0x0202, 4, 1, len(thumbnail)) + struct.pack(order + "I", 0) + thumbnail
    return block


def profile(
    color_space: bytes = b"RGB ",
    gamma: float = 2.2,
    # Display P3's primaries, adapted to D50
    matrix: tuple[tuple[float, float, float], ...] = (
        (0.51512, 0.24120, -0.00105),
        (0.29198, 0.69225, 0.04189),
        (0.15710, 0.06657, 0.78407),
    ),
) -> bytes:
    """A minimal ICC version 2 display profile: gamma curves, and primaries as rows of XYZ."""

    def curve(exponent: float) -> bytes:
        return b"curv" + bytes(4) + struct.pack(">IH", 1, round(exponent * 256)) + bytes(2)

    def xyz(values: tuple[float, ...]) -> bytes:
        return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(v * 65536) for v in values))

    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(79),
        b"wtpt": xyz((0.9642, 1.0, 0.8249)),
    }
    if color_space == b"GRAY":
        tags[b"kTRC"] = curve(gamma)
    else:
        for letter, row in zip(b"rgb", matrix, strict=True):
            tags[bytes([letter]) + b"XYZ"] = xyz(row)
            tags[bytes([letter]) + b"TRC"] = curve(gamma)
    return _icc(color_space, b"mntr", b"XYZ ", tags)


def cmyk_profile() -> bytes:
    """An ICC printer profile in which full cyan prints as red: nothing like the plain formula."""
    nodes = []
    for c in (0, 1):
        for m in (0, 1):
            for y in (0, 1):
                for k in (0, 1):
                    light = 1 - 0.5 * c - 0.2 * m - 0.1 * y
                    nodes += [255 * light * (1 - k), 128 + 80 * c * (1 - k), 128 + 60 * c * (1 - k)]
    ramp = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    table += ramp * 4 + bytes(int(v) for v in nodes) + ramp * 3
    return _icc(b"CMYK", b"prtr", b"Lab ", {b"A2B0": table, b"A2B1": table})


def _icc(color_space: bytes, kind: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {key: value.ljust(-(-len(value) // 4) * 4, b"\0") for key, value in tags.items()}
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for key, value in tags.items():
        table += key + struct.pack(">II", at + len(body), len(value))
        body += value
    head = struct.pack(">I4s4s4s4s4s", at + len(body), b"test", b"\x02\x40\0\0", kind, color_space, connection)
    head += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


@cache
def samples() -> dict[str, Sample]:
    """Every layout that must be readable, by name."""
    result = {
        "jpeg": Sample(encoded(smooth(3), "JPEG", quality=90), ".jpg"),
        "jpeg-progressive": Sample(encoded(smooth(3), "JPEG", quality=90, progressive=True), ".jpeg"),
        "jpeg-gray": Sample(encoded(smooth(1), "JPEG"), ".jpg"),
        "jpeg-cmyk": Sample(encoded(smooth(4), "JPEG", mode="CMYK"), ".jpg"),
        "jpeg-metadata": Sample(
            encoded(smooth(3), "JPEG", icc_profile=profile(), exif=b"Exif\0\0" + exif_block(6, thumbnail=b"old" * 9)),
            ".jpg",
        ),
        "webp": Sample(encoded(smooth(3), "WEBP", quality=90), ".webp"),
        "webp-lossless": Sample(encoded(picture(3, 8), "WEBP", lossless=True), ".webp", picture(3, 8)),
        "webp-alpha": Sample(encoded(picture(4, 8), "WEBP", lossless=True, exact=True), ".webp", picture(4, 8)),
        "bmp": Sample(encoded(picture(3, 8), "BMP"), ".bmp", picture(3, 8)),
        "bmp-gray": Sample(encoded(picture(1, 8), "BMP"), ".bmp", picture(1, 8)),
        "heic": Sample(heic(smooth(3)), ".heic"),
        "heic-alpha": Sample(heic(smooth(4)), ".heic"),
        "avif": Sample(encoded(smooth(3), "AVIF", quality=90), ".avif"),
        "avif-alpha": Sample(encoded(smooth(4), "AVIF", quality=90), ".avif"),
    }
    result |= _pngs() | _tiffs()
    return result


def _pngs() -> dict[str, Sample]:
    result = {}
    for bits in (1, 2, 4, 8, 16):
        gray = picture(1, bits)
        result[f"png-gray{bits}"] = Sample(png(gray, bits, 0), ".png", gray * (255 // ((1 << bits) - 1) or 1))
    for name, channels, color in (("gray-alpha", 2, 4), ("rgb", 3, 2), ("rgba", 4, 6)):
        for bits in (8, 16):
            result[f"png-{name}{bits}"] = Sample(
                png(picture(channels, bits), bits, color), ".png", picture(channels, bits)
            )
    block = exif_block().hex().encode()
    text = b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n%8d\n" % (len(block) // 2) + block)
    primaries = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
    stated = chunk(b"gAMA", struct.pack(">I", 50000)) + chunk(b"cHRM", primaries) + chunk(b"zTXt", text)
    result["png-statements"] = Sample(png(picture(3, 8), 8, 2, stated), ".png", picture(3, 8))
    index, palette = picture(1, 4), picture(3, 8, 1).reshape(-1, 3)[:16]
    colors = chunk(b"PLTE", palette.tobytes())
    result["png-palette"] = Sample(png(index, 4, 3, colors), ".png", palette[index[..., 0]])
    opacity = np.arange(16, dtype=np.uint8) * 17
    result["png-palette-alpha"] = Sample(
        png(index, 4, 3, colors + chunk(b"tRNS", opacity.tobytes())),
        ".png",
        np.dstack([palette[index[..., 0]], opacity[index[..., 0]]]),
    )
    for name, channels, bits, color in (("gray", 1, 8, 0), ("gray", 1, 2, 0), ("rgb", 3, 8, 2), ("rgb", 3, 16, 2)):
        noise = picture(channels, bits)
        key = struct.pack(f">{channels}H", *(int(v) for v in noise[3, 5]))
        full = 65535 if bits == 16 else 255
        alpha = ((noise != noise[3, 5]).any(axis=2) * full).astype(noise.dtype)
        scaled = noise * (255 // ((1 << bits) - 1) or 1)
        result[f"png-{name}{bits}-key"] = Sample(
            png(noise, bits, color, chunk(b"tRNS", key)), ".png", np.dstack([scaled, alpha])
        )
    return result


def _tiffs() -> dict[str, Sample]:
    result = {
        "tiff-cmyk": Sample(encoded(smooth(4), "TIFF", mode="CMYK"), ".tif"),
        "tiff-lzw16": Sample(
            cv2.imencode(".tif", picture(3, 16)[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])[1].tobytes(),
            ".tif",
            picture(3, 16),
        ),
        "tiff-lzw8": Sample(encoded(picture(3, 8), "TIFF", compression="tiff_lzw"), ".tiff", picture(3, 8)),
        "tiff-bigendian16": Sample(tiff(picture(3, 16), byteorder=">"), ".tif", picture(3, 16)),
        "tiff-tiled16": Sample(tiff(picture(3, 16), tile=(16, 16)), ".tif", picture(3, 16)),
        "tiff-big": Sample(tiff(picture(3, 8), bigtiff=True), ".tif", picture(3, 8)),
    }
    for name, channels in (("gray", 1), ("rgb", 3), ("rgba", 4)):
        for bits in (8, 16):
            noise = picture(channels, bits)
            result[f"tiff-{name}{bits}"] = Sample(tiff(noise), ".tif", noise)
            deflated = tiff(noise, compression="zlib", predictor=True)
            result[f"tiff-{name}{bits}-deflate"] = Sample(deflated, ".tif", noise)
    result["tiff-gray-alpha8"] = Sample(tiff(picture(2, 8)), ".tif", picture(2, 8))
    white_is_zero = tiff(picture(1, 16)).replace(struct.pack("<HHIH", 262, 3, 1, 1), struct.pack("<HHIH", 262, 3, 1, 0))
    result["tiff-gray16-inverted"] = Sample(white_is_zero, ".tif", 65535 - picture(1, 16))
    return result
