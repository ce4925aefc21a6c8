"""Pictures of every kind are read alike: as files, arrays, tensors and Pillow images."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import crc32

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from mien.conditions.pictures import as_photo, drawing, painted_mask, weight_map
from mien.errors import LayerError, MienError, PhotoError, PhotoTooLargeError
from mien.photos.read import read_photo
from mien.types import UInt8


@pytest.mark.parametrize("size", [(9000, 40), (40, 20_000)])
def test_layers_of_large_photos_are_read(size: tuple[int, int], tmp_path: Path) -> None:
    Image.fromarray(np.zeros(size[::-1], np.uint8)).save(tmp_path / "layer.png")
    assert drawing(tmp_path / "layer.png", "sketch").shape == size[::-1]


def test_layers_beyond_the_largest_photo_are_refused(tmp_path: Path) -> None:
    blank = Image.new("1", (11_000, 11_000))
    blank.save(tmp_path / "layer.png")
    with pytest.raises(PhotoTooLargeError, match=r"layer\.png has 11000 x 11000 pixels"):
        drawing(tmp_path / "layer.png", "sketch")


@pytest.fixture
def colors() -> UInt8:
    return np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)


def test_every_kind_of_picture_is_the_same_photo(colors: UInt8, tmp_path: Path) -> None:
    Image.fromarray(colors).save(tmp_path / "p.png")
    tensor = torch.from_numpy(colors)
    kinds: list[Any] = [tmp_path / "p.png", str(tmp_path / "p.png"), colors, Image.fromarray(colors), colors / 255]
    kinds += [tensor, tensor.permute(2, 0, 1), tensor.permute(2, 0, 1)[None], colors.astype(np.float32) / 255]
    kinds += [tensor.permute(2, 0, 1).float() / 255, (tensor.float() / 255).requires_grad_()]
    for kind in kinds:
        photo = as_photo(kind)
        assert photo.bits == 8 and photo.alpha is None
        np.testing.assert_array_equal(photo.pixels, colors)


def test_finer_numbers_keep_sixteen_bits() -> None:
    photo = as_photo(np.linspace(0, 1, 3000).reshape(30, 100))
    assert photo.bits == 16 and photo.pixels.shape == (30, 100, 1)
    assert np.abs(photo.pixels[..., 0] / 65535 - np.linspace(0, 1, 3000).reshape(30, 100)).max() < 1e-5


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (np.full((8, 8, 3), 1.5), r"values from 1\.5 to 1\.5; scale them"),
        (torch.full((3, 8, 8), -1.0), "values from -1 to -1; scale them"),
        (np.full((8, 8, 3), np.nan), "NaN or infinity"),
        (torch.zeros(2, 3, 8, 8), r"shape \(2, 3, 8, 8\)"),
        (np.zeros((8, 8, 3), np.int64), "int64"),
        (np.zeros((0, 8, 3), np.uint8), r"shape \(0, 8, 3\)"),
        (Image.new("I", (8, 8)), "mode I"),
        (Image.new("F", (8, 8)), "mode F"),
    ],
)
def test_what_is_no_picture_is_refused(source: Any, words: str) -> None:
    with pytest.raises(PhotoError, match=words):
        as_photo(source)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_files_and_pillow_images_are_turned_upright(orientation: int, colors: UInt8, tmp_path: Path) -> None:
    image = Image.fromarray(colors)
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(tmp_path / "p.png", exif=exif)
    wanted = read_photo(tmp_path / "p.png").pixels
    assert wanted.shape == ((20, 30, 3) if orientation < 5 else (30, 20, 3))
    for source in (tmp_path / "p.png", Image.open(tmp_path / "p.png")):
        np.testing.assert_array_equal(drawing(source, "sketch")[..., :3], wanted)


def forms(path: Path) -> list[Any]:
    return [path, Image.open(path), read_photo(path)]


def test_a_mask_is_the_same_in_every_form(tmp_path: Path) -> None:
    area = np.zeros((40, 60), np.bool_)
    area[10:20, 30:50] = True
    ink = np.zeros((40, 60, 4), np.uint8)
    ink[area] = (30, 10, 0, 255)  # dark on a transparent sheet
    gray = np.where(area, 255, 0).astype(np.uint8)
    Image.fromarray(ink).save(tmp_path / "ink.png")
    Image.fromarray(gray).save(tmp_path / "gray.png")
    Image.fromarray(gray).convert("1").save(tmp_path / "bits.png")
    # A 1-bit picture in which black is transparent.
    Image.fromarray(gray).convert("1").save(tmp_path / "key.png", transparency=0)
    sources = [form for name in ("ink", "gray", "bits", "key") for form in forms(tmp_path / f"{name}.png")]
    sources += [area, gray, ink, area.astype(float), torch.from_numpy(area), torch.from_numpy(gray)[None]]
    sources += [np.where(area, 65535, 0).astype(np.uint16), torch.from_numpy(ink).permute(2, 0, 1)]
    for source in sources:
        mask = painted_mask(source)
        assert mask.dtype == np.bool_
        np.testing.assert_array_equal(mask, area)


def test_soft_masks_stay_soft_in_every_form(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(0, 240, 8, dtype=np.uint8), (20, 1))
    Image.fromarray(ramp).save(tmp_path / "m.png")
    ink = np.dstack([np.zeros((20, 30, 3), np.uint8), ramp])
    for source in [*forms(tmp_path / "m.png"), ramp, ramp / 255, Image.fromarray(ink)]:
        mask = painted_mask(source)
        assert mask.dtype == np.float32
        np.testing.assert_allclose(mask, ramp / 255, atol=1e-6)


def test_weights_of_transparent_pixels_are_neutral(tmp_path: Path) -> None:
    painted = np.zeros((10, 10, 4), np.uint8)
    painted[:5] = (255, 255, 255, 255)
    painted[5:8, :, 3] = 255
    Image.fromarray(painted).save(tmp_path / "w.png")
    for source in forms(tmp_path / "w.png"):
        weights = weight_map(source, "weight map")
        assert (weights[:5] == 1).all() and (weights[5:8] == 0).all() and (weights[8:] == 1).all()
    assert (weight_map(torch.full((10, 10), 3.0), "weight map") == 3).all()


def test_labels_from_tensors_and_codes_without_profile(tmp_path: Path) -> None:
    labels = torch.randint(0, 19, (16, 16))
    assert (drawing(labels, "semantic map", codes=True) == labels.numpy()).all()
    with pytest.raises(LayerError, match="values from -1 to 18"):
        drawing(np.arange(-1, 19).reshape(4, 5), "semantic map", codes=True)
    encoded = cv2.imencode(".png", labels.numpy().astype(np.uint8))[1].tobytes()
    chunk = b"gAMA" + (100_000).to_bytes(4, "big")  # linear light

    with_gamma = encoded[:33] + (4).to_bytes(4, "big") + chunk + crc32(chunk).to_bytes(4, "big") + encoded[33:]
    (tmp_path / "m.png").write_bytes(with_gamma)
    assert (drawing(tmp_path / "m.png", "semantic map", codes=True) == labels.numpy()).all()


def test_files_that_are_no_pictures_are_refused(tmp_path: Path) -> None:
    (tmp_path / "m.png").write_bytes(b"no picture")
    for path in (tmp_path / "m.png", tmp_path / "none.png", tmp_path):
        with pytest.raises(MienError):
            drawing(path, "sketch")
