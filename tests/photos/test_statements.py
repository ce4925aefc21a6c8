"""What files say about themselves in unusual places: used and kept, or mentioned; never dropped in silence."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import picture_files as files
import pytest
import tifffile
from PIL import Image

from mien.errors import UnsupportedPhotoError
from mien.photos.color import from_srgb, to_srgb
from mien.photos.read import read_photo
from mien.photos.receipt import save_with_receipt
from mien.types import Photo

P3 = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
SRGB = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
RAMP = np.arange(256, dtype=np.uint8).reshape(8, 32, 1)


def read(data: bytes, suffix: str, folder: Path) -> Photo:
    path = folder / f"photo{suffix}"
    path.write_bytes(data)
    return read_photo(path)


def chunks(**contents: bytes) -> bytes:
    return b"".join(files.chunk(kind.encode(), content) for kind, content in contents.items())


def gamma(value: int) -> bytes:
    return struct.pack(">I", value)


def encoded(linear: np.ndarray) -> np.ndarray:
    linear = linear.clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("gray", [True, False])
@pytest.mark.parametrize("exponent", [1.0, 1.8, 2.8])
def test_png_gamma_is_used_both_ways_and_kept(gray: bool, exponent: float, tmp_path: Path) -> None:
    samples = RAMP if gray else np.repeat(RAMP, 3, 2)
    photo = read(files.png(samples, 8, 0 if gray else 2, chunks(gAMA=gamma(round(1e5 / exponent)))), ".png", tmp_path)
    assert photo.conversions == ("gAMA and cHRM became a colour profile",)
    seen = to_srgb(photo)
    assert np.abs(seen - encoded((samples / 255) ** exponent))[1:].max() < 1.5
    back = from_srgb(seen, photo)
    assert np.abs(back - samples)[2:].max() < 3
    mask = np.zeros((8, 32), bool)
    mask[:2] = True
    for suffix in (".png", ".tif", ".webp", ".jpg")[: 2 if gray else 4]:
        receipt = save_with_receipt(
            photo, photo.with_pixels(255 - photo.pixels), mask | True, tmp_path / f"new{suffix}"
        )
        assert "gAMA" in receipt.operations[0]
        assert read_photo(tmp_path / f"new{suffix}").icc == photo.icc, "the meaning of the samples stays"


def test_png_primaries_are_used(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).integers(90, 160, (20, 30, 3)).astype(np.uint8)
    extra = chunks(gAMA=gamma(45455), cHRM=struct.pack(">8I", *P3))
    photo = read(files.png(samples, 8, 2, extra), ".png", tmp_path)
    expected = to_srgb(Photo(samples, icc=files.profile()))  # Display P3 with gamma 2.2, as a profile
    assert np.abs(to_srgb(photo).astype(int) - expected).max() <= 1
    assert np.abs(to_srgb(photo).astype(int) - samples).max() > 5, "the primaries must matter"


@pytest.mark.parametrize(
    "extra",
    [
        chunks(gAMA=gamma(45455)),
        chunks(gAMA=gamma(45455), cHRM=struct.pack(">8I", *SRGB)),
        chunks(sRGB=b"\0", gAMA=gamma(99999), cHRM=struct.pack(">8I", *P3)),
        chunks(cICP=bytes((1, 13, 0, 1)), gAMA=gamma(99999)),
    ],
)
def test_png_that_says_srgb_stays_plain(extra: bytes, tmp_path: Path) -> None:
    photo = read(files.png(files.picture(3, 8), 8, 2, extra), ".png", tmp_path)
    assert photo.icc is None and photo.conversions == ()


def test_png_code_points_come_before_a_profile(tmp_path: Path) -> None:
    profile = b"name\0\0" + zlib.compress(files.profile(gamma=1.0))
    samples = np.random.default_rng(0).integers(90, 160, (20, 30, 3)).astype(np.uint8)
    photo = read(files.png(samples, 8, 2, chunks(cICP=bytes((12, 13, 0, 1)), iCCP=profile)), ".png", tmp_path)
    assert photo.conversions == ("the cICP chunk became a colour profile",)
    curve = (samples / 255 + 0.055) / 1.055
    to_xyz = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]).T
    srgb = np.array([[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]])
    assert np.abs(to_srgb(photo) - encoded(curve**2.4 @ to_xyz @ np.linalg.inv(srgb))).max() < 2.5


@pytest.mark.parametrize("code", [(9, 16, 0, 1), (9, 18, 0, 1), (12, 13, 0, 0), (12, 13, 6, 1), (77, 13, 0, 1)])
def test_png_code_points_that_cannot_be_used_are_mentioned(code: tuple[int, ...], tmp_path: Path) -> None:
    photo = read(files.png(files.picture(3, 16), 16, 2, chunks(cICP=bytes(code))), ".png", tmp_path)
    assert "cICP" in photo.conversions[0] and "not kept" in photo.conversions[0]
    receipt = save_with_receipt(photo, photo, np.zeros(photo.pixels.shape[:2], bool), tmp_path / "new.tif")
    assert "cICP" in receipt.operations[0]


@pytest.mark.parametrize("extra", [chunks(gAMA=gamma(0)), chunks(gAMA=b"\1"), chunks(cHRM=bytes(32)), chunks(cHRM=b"")])
def test_png_statements_that_make_no_sense_are_mentioned(extra: bytes, tmp_path: Path) -> None:
    data = files.png(files.picture(3, 8), 8, 2, b"")
    try:
        photo = read(data[:33] + extra + data[33:], ".png", tmp_path)
    except UnsupportedPhotoError:
        raise
    except Exception as error:  # Pillow itself refuses chunks that are too short
        assert "damaged" in str(error)
        return
    assert photo.icc is None and "no sense" in photo.conversions[0]


def raw_profile(block: bytes) -> bytes:
    digits = block.hex().encode()
    return b"\nexif\n%8d\n" % len(block) + b"\n".join(digits[i : i + 72] for i in range(0, len(digits), 72))


def exif_chunks() -> dict[str, bytes]:
    block, text = files.exif_block(6), raw_profile(b"Exif\0\0" + files.exif_block(6))
    keyword = b"Raw profile type exif\0"
    return {
        "chunk": files.chunk(b"eXIf", block),
        "text": files.chunk(b"tEXt", keyword + text),
        "packed": files.chunk(b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(text)),
        "international": files.chunk(b"iTXt", keyword + b"\1\0\0\0" + zlib.compress(text)),
    }


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("kind", exif_chunks())
def test_png_exif_is_found_wherever_it_stands(kind: str, late: bool, tmp_path: Path) -> None:
    plain = files.png(files.picture(3, 8), 8, 2)
    at = len(plain) - 12 if late else 33
    photo = read(plain[:at] + exif_chunks()[kind] + plain[at:], ".png", tmp_path)
    assert (photo.width, photo.height) == (files.HEIGHT, files.WIDTH), "turned upright"
    assert photo.exif == files.exif_block(1)


@pytest.mark.parametrize("content", [b"", b"\n\nexif", b"\nexif\n 9\nzz", b"\nexif\n 4\n41424344"])
def test_damaged_text_is_no_exif(content: bytes, tmp_path: Path) -> None:
    for kind in (b"tEXt", b"zTXt"):
        extra = files.chunk(kind, b"Raw profile type exif\0" + (zlib.compress(content) if kind == b"zTXt" else content))
        if kind == b"tEXt":
            assert read(files.png(files.picture(3, 8), 8, 2, extra), ".png", tmp_path).exif is None


@pytest.mark.parametrize("suffix", [".avif", ".heic"])
def test_code_points_of_avif_and_heic_are_used(suffix: str, tmp_path: Path) -> None:
    pixels = np.full((64, 64, 3), (200, 60, 60), np.uint8)
    data = files.encoded(pixels, "AVIF", quality=95) if suffix == ".avif" else files.heic(pixels)
    at = data.find(b"colrnclx")
    assert at > 0 and read(data, suffix, tmp_path).icc is None
    p3 = data[: at + 8] + struct.pack(">HH", 12, 13) + data[at + 12 :]
    photo = read(p3, suffix, tmp_path)
    assert photo.conversions == ("the nclx box became a colour profile",)
    assert to_srgb(photo)[..., 0].mean() > photo.pixels[..., 0].mean() + 5
    hdr = data[: at + 8] + struct.pack(">HH", 9, 16) + data[at + 12 :]
    assert "not kept" in read(hdr, suffix, tmp_path).conversions[0]


def tiff(samples: np.ndarray, extras: int, **options: object) -> bytes:
    file = io.BytesIO()
    photometric = {1: "minisblack", 3: "rgb", 4: "separated"}[samples.shape[2] - extras]
    unspecified = ["unspecified"] * extras
    tifffile.imwrite(file, samples, photometric=photometric, extrasamples=unspecified, metadata=None, **options)
    return file.getvalue()


@pytest.mark.parametrize(("channels", "bits", "extras"), [(3, 8, 1), (3, 8, 2), (3, 16, 1), (1, 8, 1), (4, 8, 1)])
def test_tiff_channels_without_meaning_are_mentioned(channels: int, bits: int, extras: int, tmp_path: Path) -> None:
    samples = files.picture(channels + extras, bits)
    photo = read(tiff(samples, extras), ".tif", tmp_path)
    if channels < 4:
        np.testing.assert_array_equal(photo.pixels, samples[..., :channels])
    assert photo.alpha is None
    note = f"{extras} further channel{'s' * (extras > 1)} of no stated meaning not kept"
    assert photo.conversions[-1] == note
    receipt = save_with_receipt(photo, photo, np.zeros(photo.pixels.shape[:2], bool), tmp_path / "new.png")
    assert f"reading: {note}" in receipt.operations


@pytest.mark.parametrize(("channels", "dtype"), [(1, "i1"), (3, "i1"), (1, "i2"), (3, "i2"), (1, "i4")])
def test_signed_tiff_is_refused(channels: int, dtype: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedPhotoError, match="convert it to"):
        read(tiff(np.ones((9, 9, channels), dtype), 0), ".tif", tmp_path)


def test_tiff_primaries_without_a_profile_are_mentioned(tmp_path: Path) -> None:
    primaries = (319, 5, 6, (68, 100, 32, 100, 265, 1000, 69, 100, 15, 100, 6, 100), True)
    photo = read(tiff(files.picture(3, 8), 0, extratags=[primaries]), ".tif", tmp_path)
    assert photo.conversions == ("the primaries of the TIFF file were not used and not kept",)


def packed_bmp(pixels: np.ndarray, green: int) -> bytes:
    """16 bits per pixel: 5 of red, 5 or 6 of green, 5 of blue, rows from the bottom."""
    red, middle, blue = (pixels[..., c].astype(int) * ((1 << n) - 1) // 255 for c, n in enumerate((5, green, 5)))
    words = (red << (5 + green) | middle << 5 | blue).astype("<u2")[::-1]
    masks = struct.pack("<3I", 31 << (5 + green), ((1 << green) - 1) << 5, 31)
    height, width = words.shape
    size = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 16, 3, words.nbytes, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 66 + words.nbytes, 0, 0, 66) + size + masks + words.tobytes()


@pytest.mark.parametrize("green", [5, 6])
def test_bmp_of_packed_colours_is_read(green: int, tmp_path: Path) -> None:
    pixels = files.picture(3, 8)[:, :40]  # rows are padded to four bytes
    photo = read(packed_bmp(pixels, green), ".bmp", tmp_path)
    assert np.abs(photo.pixels.astype(int) - pixels).max() <= 9
    np.testing.assert_array_equal(photo.pixels, np.asarray(Image.open(photo.path)))
    assert photo.conversions == ("packed 16-bit colours to 8 bits each",)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_transparent_gray_at_every_depth(bits: int, tmp_path: Path) -> None:
    levels = files.picture(1, bits)
    for key in {0, 1, (1 << bits) - 1}:
        photo = read(files.png(levels, bits, 0, chunks(tRNS=struct.pack(">H", key))), ".png", tmp_path)
        full = 65535 if bits == 16 else 255
        np.testing.assert_array_equal(photo.alpha, (levels[..., 0] != key) * full)
