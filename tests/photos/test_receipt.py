"""The receipt says what is on disk, and can be checked by hand."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import picture_files as files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.errors import LayerError, SaveError
from mien.photos import receipt as receipts
from mien.photos.read import read_photo
from mien.photos.receipt import compare_outside, save_with_receipt
from mien.types import Photo

MASK = np.zeros((files.HEIGHT, files.WIDTH), bool)
MASK[5:20, 7:30] = True


def edited(before: Photo) -> Photo:
    pixels = before.pixels.copy()
    pixels[MASK] //= 2
    return before.with_pixels(pixels)


@pytest.mark.parametrize("name", ["jpeg", "png-rgba16", "png-gray-alpha8", "tiff-rgb16", "tiff-gray16", "bmp", "avif"])
def test_lossless_target_is_preserved_and_verifiable(name: str, tmp_path: Path) -> None:
    before = read_photo(files.samples()[name].write(tmp_path, "before"))
    suffix = ".tif" if name.startswith("tiff") else ".png"
    receipt = save_with_receipt(before, edited(before), MASK, tmp_path / f"after{suffix}", ["darkened"])
    assert receipt.preserved
    assert receipt.lossless
    assert (receipt.max_difference_outside, receipt.mean_difference_outside, receipt.changed_pixels_outside) == (
        0,
        0,
        0,
    )
    assert receipt.mask_pixels == 15 * 23
    assert receipt.mask_fraction == pytest.approx(15 * 23 / (files.WIDTH * files.HEIGHT))
    assert receipt.operations == ("darkened",)
    # anyone can compute the hash again: samples outside, row by row, alpha last, little-endian
    all_samples = before.pixels if before.alpha is None else np.dstack([before.pixels, before.alpha])
    little = all_samples[~MASK].astype(f"<u{before.bits // 8}").tobytes()
    assert receipt.sha256_before == receipt.sha256_after == hashlib.sha256(little).hexdigest()
    assert json.loads(json.dumps(receipt.as_dict()))["preserved"] is True


def test_jpeg_target_says_what_encoding_changed(tmp_path: Path) -> None:
    before = read_photo(files.samples()["png-rgb8"].write(tmp_path, "before"))
    receipt = save_with_receipt(before, edited(before), MASK, tmp_path / "after.jpg", quality=60)
    saved = read_photo(tmp_path / "after.jpg")
    difference = np.abs(saved.pixels.astype(int) - before.pixels)[~MASK]
    assert not receipt.preserved
    assert not receipt.lossless
    assert receipt.max_difference_outside == difference.max() > 0
    assert receipt.mean_difference_outside == pytest.approx(difference.mean())
    assert receipt.changed_pixels_outside == difference.any(axis=1).sum()
    assert "quality 60 changed" in receipt.operations[0]


def test_untouched_jpeg_stays_itself(tmp_path: Path) -> None:
    before = read_photo(files.samples()["jpeg"].write(tmp_path, "before"))
    receipt = save_with_receipt(before, before, np.zeros_like(MASK), tmp_path / "after.jpg")
    assert receipt.preserved
    assert "not encoded again" in receipt.operations[0]
    assert (tmp_path / "after.jpg").read_bytes() == before.path.read_bytes()


def test_what_a_format_leaves_out_is_said(tmp_path: Path) -> None:
    before = Photo(files.picture(3, 8), exif=files.exif_block())
    receipt = save_with_receipt(before, edited(before), MASK, tmp_path / "after.bmp")
    assert receipt.operations == ("EXIF left out: BMP cannot hold it",)


def test_leak_is_found_and_its_file_removed(tmp_path: Path) -> None:
    before = Photo(files.picture(3, 16))
    after = edited(before)
    after.pixels[0, 0, 1] ^= 4
    with pytest.raises(SaveError, match=r"after\.png was removed: 1 pixels .* up to 4 levels"):
        save_with_receipt(before, after, MASK.astype(np.float32) * 0.5, tmp_path / "after.png")
    assert list(tmp_path.iterdir()) == []


def test_what_reading_changed_comes_first(tmp_path: Path) -> None:
    before = read_photo(files.samples()["jpeg-cmyk"].write(tmp_path, "before"))
    receipt = save_with_receipt(before, edited(before), MASK, tmp_path / "after.png", ["darkened"])
    assert receipt.operations == ("reading: CMYK to sRGB", "darkened")


def test_inputs_are_never_replaced(tmp_path: Path) -> None:
    layer = files.samples()["png-rgb8"].write(tmp_path, "layer")
    before = Photo(files.picture(3, 8))
    with pytest.raises(SaveError, match=r"layer\.png is an input"):
        save_with_receipt(before, edited(before), MASK, layer, protected=[tmp_path / "absent.png", layer])
    assert layer.read_bytes() == files.samples()["png-rgb8"].data


def test_opaque_alpha_may_be_dropped_by_the_encoder(tmp_path: Path) -> None:
    before = Photo(files.picture(3, 8), np.full(MASK.shape, 255, np.uint8))
    assert save_with_receipt(before, edited(before), MASK, tmp_path / "after.webp").preserved


def test_mask_must_fit(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="photo's size"):
        save_with_receipt(Photo(files.picture(3, 8)), Photo(files.picture(3, 8)), MASK[1:], tmp_path / "after.png")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), alpha=st.booleans(), strip=st.sampled_from([1, 300, 1 << 20]))
def test_comparison_matches_the_definition(seed: int, alpha: bool, strip: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = (rng.integers(0, 4, (13, 17, 4)).astype(np.uint8) for _ in range(2))
    inside = rng.random((13, 17)) < rng.random()
    photos = [Photo(a[..., :3], a[..., 3] if alpha else None) for a in (one, other)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receipts, "_STRIP_PIXELS", strip)
        figures = compare_outside(*photos, inside)
    difference = np.abs(one.astype(int) - other)[~inside][:, : 4 if alpha else 3]
    assert figures.largest == difference.max(initial=0)
    assert figures.mean == pytest.approx(difference.mean() if difference.size else 0)
    assert figures.changed_pixels == difference.any(axis=1).sum()
    assert figures.sha256_after == hashlib.sha256(other[~inside][:, : 4 if alpha else 3].tobytes()).hexdigest()
