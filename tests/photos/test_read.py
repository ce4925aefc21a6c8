"""Reading: nothing lost, everything upright, clear errors."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import numpy as np
import picture_files as files
import pillow_heif
import pytest
import tifffile
from PIL import Image, ImageOps

from mien.errors import MienError, PhotoError, PhotoTooLargeError, UnreadablePhotoError, UnsupportedPhotoError
from mien.photos.read import read_photo
from mien.types import Photo

SAMPLES = files.samples()
EXACT = [name for name, sample in SAMPLES.items() if sample.expected is not None]
LOSSY = [name for name in SAMPLES if name not in EXACT]


def together(photo: Photo) -> np.ndarray:
    return photo.pixels if photo.alpha is None else np.dstack([photo.pixels, photo.alpha])


@pytest.mark.parametrize("name", EXACT)
def test_samples_are_exact(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    photo = read_photo(sample.write(tmp_path, name))
    np.testing.assert_array_equal(together(photo), sample.expected)
    assert photo.pixels.dtype == sample.expected.dtype
    assert photo.format == name.split("-")[0].upper()


@pytest.mark.parametrize("name", LOSSY)
def test_lossy_files_look_right(name: str, tmp_path: Path) -> None:
    photo = read_photo(SAMPLES[name].write(tmp_path, name))
    channels = 4 if "alpha" in name else 1 if "gray" in name else 3
    expected = files.smooth(channels).astype(int)
    if "cmyk" in name:
        inks = files.smooth(4) / 255
        expected = 255 * (1 - inks[..., :3]) * (1 - inks[..., 3:])
    if name == "jpeg-metadata":
        expected = np.rot90(expected, -1)
    assert together(photo).shape == expected.shape
    assert np.abs(together(photo) - expected).mean() < 6


def test_jpeg_is_what_pillow_decodes(tmp_path: Path) -> None:
    path = SAMPLES["jpeg"].write(tmp_path, "photo")
    np.testing.assert_array_equal(read_photo(path).pixels, np.asarray(Image.open(path)))


@pytest.mark.parametrize("container", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_and_reset(container: str, orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274], exif[271] = orientation, "Someone"
    path = tmp_path / f"photo.{container.lower()}"
    options = {"lossless": True} if container == "WEBP" else {}
    Image.fromarray(files.smooth(3)).save(path, container, exif=exif, **options)
    photo = read_photo(path)
    with Image.open(path) as image:
        np.testing.assert_array_equal(photo.pixels, np.asarray(ImageOps.exif_transpose(image)))
    kept = Image.Exif()
    kept.load(b"Exif\0\0" + photo.exif)
    assert kept.get(274, 1) == 1
    assert kept[271] == "Someone"


@pytest.mark.parametrize("orientation", range(2, 9))
def test_sixteen_bit_tiff_is_turned(orientation: int, tmp_path: Path) -> None:
    stored = files.picture(3, 16)
    path = tmp_path / "photo.tif"
    path.write_bytes(files.tiff(stored, extratags=[(274, 3, 1, orientation, True)]))
    turns = {
        2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1], 5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, -1), 7: lambda a: a[::-1, ::-1].swapaxes(0, 1), 8: np.rot90,
    }  # fmt: skip
    np.testing.assert_array_equal(read_photo(path).pixels, turns[orientation](stored))


def test_heic_is_turned_once(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    path = tmp_path / "photo.heic"
    path.write_bytes(files.heic(files.smooth(3), exif=exif.tobytes()))
    photo = read_photo(path)
    assert (photo.height, photo.width) == (files.WIDTH, files.HEIGHT)
    assert np.abs(photo.pixels.astype(int) - np.rot90(files.smooth(3), -1)).mean() < 6


def test_metadata_is_kept_byte_for_byte(tmp_path: Path) -> None:
    photo = read_photo(SAMPLES["jpeg-metadata"].write(tmp_path, "photo"))
    assert photo.icc == files.profile()
    assert photo.exif is not None
    before = files.exif_block(6, thumbnail=b"old" * 9)
    assert len(photo.exif) == len(before)
    assert b"old" not in photo.exif, "the thumbnail shows the picture lying on its side"
    assert bytes(range(37)) in photo.exif, "the maker note must not move"


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("png-palette", "palette to RGB"),
        ("png-gray1", "1-bit to 8-bit gray"),
        ("jpeg-cmyk", "CMYK to sRGB"),
        ("png-rgb16", None),
        ("jpeg", None),
    ],
)
def test_conversions_are_noted(name: str, note: str | None, tmp_path: Path) -> None:
    assert read_photo(SAMPLES[name].write(tmp_path, name)).conversions == ((note,) if note else ())


def test_deep_heic_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    deep = pillow_heif.from_bytes("RGB;16", (files.WIDTH, files.HEIGHT), files.picture(3, 16).tobytes())
    deep.save(path, quality=90)
    assert read_photo(path).conversions == ("reduced to 8 bits",)


def test_separate_planes(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    planes = np.moveaxis(files.picture(3, 8), 2, 0)
    tifffile.imwrite(path, planes, photometric="rgb", planarconfig="separate", metadata=None)
    np.testing.assert_array_equal(read_photo(path).pixels, files.picture(3, 8))


def test_cmyk_goes_through_its_profile(tmp_path: Path) -> None:
    cyan = np.zeros((8, 8, 4), np.uint8)
    cyan[..., 0] = 255
    path = tmp_path / "photo.jpg"
    path.write_bytes(files.encoded(cyan, "JPEG", mode="CMYK", icc_profile=files.cmyk_profile(), quality=100))
    photo = read_photo(path)
    red, green, blue = photo.pixels.mean((0, 1))
    assert red > green + 60
    assert red > blue + 60
    assert photo.icc is None, "the samples are sRGB now"


def test_damaged_profile_is_noted_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(files.smooth(3)).save(path, icc_profile=b"not a profile at all")
    photo = read_photo(path)
    assert photo.icc == b"not a profile at all"
    assert "profile" in photo.conversions[0]


def test_damaged_exif_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.fromarray(files.smooth(3)).save(path, exif=b"Exif\0\0II*\0\xff\xff\xff\x7fgarbage")
    assert read_photo(path).width == files.WIDTH


def test_phone_photo_with_a_second_picture(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    first, second = Image.fromarray(files.smooth(3)), Image.fromarray(files.smooth(3)[:8, :8])
    first.save(path, "MPO", save_all=True, append_images=[second])
    photo = read_photo(path)
    assert (photo.width, photo.format) == (files.WIDTH, "JPEG")
    assert photo.conversions == ("only the main picture of several was kept",)


def test_tiff_preview_is_not_a_page(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(files.picture(3, 8), photometric="rgb", metadata=None)
        writer.write(files.picture(3, 8)[::2, ::2], photometric="rgb", metadata=None, subfiletype=1)
    np.testing.assert_array_equal(read_photo(path).pixels, files.picture(3, 8))


def animated(container: str) -> bytes:
    file = io.BytesIO()
    frames = [Image.fromarray(files.picture(3, 8, seed)) for seed in range(3)]
    frames[0].save(file, container, save_all=True, append_images=frames[1:])
    return file.getvalue()


def two_pages() -> bytes:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for seed in range(2):
            writer.write(files.picture(3, 8, seed), photometric="rgb", metadata=None)
    return file.getvalue()


def plain_tiff(samples: np.ndarray, photometric: str, **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, samples, photometric=photometric, metadata=None, **options)
    return file.getvalue()


def giant_png(width: int, height: int) -> bytes:
    header = files.chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
    return files.png(files.picture(3, 8), 8, 2).replace(files.png(files.picture(3, 8), 8, 2)[8:33], header)


PNG, JPEG = SAMPLES["png-rgb8"].data, SAMPLES["jpeg"].data
REFUSED = {
    "empty.png": (b"", UnreadablePhotoError, "empty"),
    "text.jpg": (b"hello, this is not a picture", UnreadablePhotoError, "not a picture"),
    "mislabelled.png": (JPEG, UnreadablePhotoError, "rename it to mislabelled.jpg"),
    "mislabelled.jpg": (PNG, UnreadablePhotoError, "rename it to mislabelled.png"),
    "mislabelled.gif": (PNG, UnreadablePhotoError, "rename it to mislabelled.png"),
    "moving.gif": (b"GIF89a" + bytes(40), UnsupportedPhotoError, "GIF"),
    "paper.pdf": (b"%PDF-1.7" + bytes(40), UnsupportedPhotoError, "PDF"),
    "camera.nef": (SAMPLES["tiff-rgb8"].data, UnsupportedPhotoError, "camera"),
    "animated.png": (animated("PNG"), UnsupportedPhotoError, "animated"),
    "animated.webp": (animated("WEBP"), UnsupportedPhotoError, "animated"),
    "animated.avif": (animated("AVIF"), UnsupportedPhotoError, "animated"),
    "pages.tif": (two_pages(), UnsupportedPhotoError, "several pages"),
    "float.tif": (plain_tiff(np.ones((9, 9), np.float32), "minisblack"), UnsupportedPhotoError, "convert"),
    "float-rgb.tif": (plain_tiff(np.ones((9, 9, 3), np.float32), "rgb"), UnsupportedPhotoError, "unusual"),
    "gray-alpha16.tif": (
        plain_tiff(files.picture(2, 16), "minisblack", extrasamples=["unassalpha"]),
        UnsupportedPhotoError,
        "unusual",
    ),
    "premultiplied16.tif": (
        plain_tiff(files.picture(4, 16), "rgb", extrasamples=["assocalpha"]),
        UnsupportedPhotoError,
        "convert",
    ),
    "planes16.tif": (
        plain_tiff(np.moveaxis(files.picture(3, 16), 2, 0), "rgb", planarconfig="separate"),
        UnsupportedPhotoError,
        "16-bit",
    ),
    "integer.tif": (plain_tiff(np.ones((9, 9), np.uint32), "minisblack"), UnsupportedPhotoError, "convert"),
    "lab.tif": (plain_tiff(files.picture(3, 8), "cielab"), UnsupportedPhotoError, "LAB"),
    "giant.png": (giant_png(200_000, 200_000), PhotoTooLargeError, "200000 x 200000"),
    "large.png": (giant_png(12_000, 11_000), PhotoTooLargeError, "132 million"),
    "nothing.png": (giant_png(0, 30), PhotoError, "nothing.png"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_files_say_why_and_what_to_do(name: str, tmp_path: Path) -> None:
    data, error, words = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        read_photo(path)
    message = str(caught.value)
    assert words in message
    assert str(path) in message
    assert "\n" not in message
    assert message.endswith(".")
    assert ";" in message, "a remedy follows the complaint"
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", SAMPLES)
def test_truncated_files_are_refused(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    for part in (0.4, 0.8):
        path = files.Sample(sample.data[: int(len(sample.data) * part)], sample.suffix).write(tmp_path, "cut")
        with pytest.raises(PhotoError):
            read_photo(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "missing.png", pipe, tmp_path / ("x" * 300), Path("nul\0.png")):
        with pytest.raises(UnreadablePhotoError):
            read_photo(path)


def test_limit_can_be_set(tmp_path: Path) -> None:
    path = SAMPLES["png-rgb8"].write(tmp_path, "photo")
    with pytest.raises(PhotoTooLargeError):
        read_photo(path, max_pixels=1000)
    assert read_photo(path, max_pixels=files.WIDTH * files.HEIGHT * 2).width == files.WIDTH


def test_unknown_ending_is_decided_by_content(tmp_path: Path) -> None:
    path = tmp_path / "upload.tmp"
    path.write_bytes(PNG)
    assert read_photo(path).format == "PNG"


def test_errors_are_of_one_family() -> None:
    assert issubclass(PhotoError, MienError)
