"""Colour: against the formulas of the profiles, computed independently."""

from __future__ import annotations

import numpy as np
import picture_files as files
import pytest
from PIL import ImageCms

from mien.guides.guide import changed
from mien.photos.color import from_srgb, is_plain, to_srgb
from mien.types import Photo

SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# The rows of sRGB's primaries in XYZ, adapted to D50 (ICC's sRGB profile).
SRGB_XYZ = np.array([[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]])
P3_XYZ = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]).T


def srgb_encode(linear: np.ndarray) -> np.ndarray:
    linear = linear.clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def colors(seed: int = 0) -> np.ndarray:
    """Moderate colors, which sRGB contains too."""
    return np.random.default_rng(seed).integers(90, 160, (20, 30, 3)).astype(np.uint8)


def test_wide_gamut_profile_matches_the_formula() -> None:
    pixels = colors()
    linear = (pixels / 255) ** 2.2 @ P3_XYZ @ np.linalg.inv(SRGB_XYZ)
    result = to_srgb(Photo(pixels, icc=files.profile()))
    assert np.abs(result - srgb_encode(linear)).max() < 2.5
    assert np.abs(result.astype(int) - pixels).max() > 5, "the profile must matter"


def test_gray_profile_matches_the_formula() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None, :, None]
    result = to_srgb(Photo(ramp, icc=files.profile(b"GRAY", gamma=1.5)))
    expected = srgb_encode((ramp / 255) ** 1.5)
    assert result.shape == (1, 256, 3)
    assert np.abs(result - expected)[:, 8:].max() < 2.5


@pytest.mark.parametrize("icc", [None, SRGB_PROFILE, b"garbage", files.profile(b"GRAY"), files.cmyk_profile()])
def test_srgb_and_unusable_profiles_change_nothing(icc: bytes | None) -> None:
    photo = Photo(colors(), icc=icc)
    np.testing.assert_array_equal(to_srgb(photo), photo.pixels)
    np.testing.assert_array_equal(from_srgb(photo.pixels, photo), photo.pixels)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    ("channels", "icc"), [(3, files.profile()), (1, files.profile(b"GRAY", 1.5)), (1, files.profile())]
)
def test_there_and_back(bits: int, channels: int, icc: bytes) -> None:
    pixels = colors()[..., :channels]
    photo = Photo(pixels if bits == 8 else (pixels.astype(np.uint16) * 257), icc=icc)
    back = from_srgb(to_srgb(photo), photo)
    assert back.shape == photo.pixels.shape
    assert back.dtype == np.float64
    assert np.abs(back / (1 if bits == 8 else 257) - pixels).max() <= 2.5


def test_sixteen_bits_are_rounded_exactly() -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    np.testing.assert_array_equal(to_srgb(Photo(ramp))[..., 0], np.rint(ramp[..., 0] / 257).astype(np.uint8))


def test_fractions_survive_into_sixteen_bits() -> None:
    photo = Photo(np.zeros((1, 1, 3), np.uint16))
    np.testing.assert_allclose(from_srgb(np.full((2, 2, 3), 100.25), photo), 100.25 * 257)


@pytest.mark.parametrize("icc", [None, SRGB_PROFILE])
def test_a_change_of_plain_bytes_is_what_it_is_for_any_photo(icc: bytes | None) -> None:
    """The short way for 8 bits of sRGB, and that for anything else."""
    photo, before = Photo(colors(), icc=icc), colors().astype(np.float32)
    after = before + np.random.default_rng(1).normal(0, 90, before.shape).astype(np.float32)
    assert is_plain(photo)
    by_color = photo.pixels + (from_srgb(after.clip(0, 255), photo) - from_srgb(before, photo))
    np.testing.assert_allclose(changed(photo, (0, 0, 30, 20), before, after), by_color, atol=1e-4)


def test_sixteen_bits_gray_and_profiles_are_not_plain() -> None:
    pixels = colors()
    others = (Photo(pixels.astype(np.uint16)), Photo(pixels[..., :1]), Photo(pixels, icc=files.profile()))
    assert not any(is_plain(photo) for photo in others)


def test_gray_photo_takes_luma() -> None:
    gray = from_srgb(np.array([[[255, 0, 0], [10, 10, 10]]], np.uint8), Photo(np.zeros((1, 1, 1), np.uint8)))
    np.testing.assert_allclose(gray[0, :, 0], [76.245, 10])


def test_part_equals_the_whole() -> None:
    photo = Photo(colors(), icc=files.profile())
    np.testing.assert_array_equal(to_srgb(photo, (4, 2, 17, 9)), to_srgb(photo)[2:9, 4:17])
    with pytest.raises(ValueError, match="not within"):
        to_srgb(photo, (0, 0, 31, 5))
