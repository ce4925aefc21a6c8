"""Paste-back: nothing outside the mask, no shift, no edge, any depth and format."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import picture_files as files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mien.align.crop import crop_face, pixel_scale, square_quad
from mien.align.paste import mask_to_photo, paste_face
from mien.errors import LayerError
from mien.photos.read import read_photo
from mien.photos.receipt import save_with_receipt
from mien.photos.write import default_output, obstacle, same_samples, target_container
from mien.types import Photo

FORMATS = files.samples()


def surface(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 128 + 50 * np.sin(x / 17) + 40 * np.cos(y / 13 + x / 41)


def slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    along_x = surface(x + 0.01, y) - surface(x - 0.01, y)
    along_y = surface(x, y + 0.01) - surface(x, y - 0.01)
    return np.stack([along_x, along_y], -1).reshape(-1, 2) / 0.02


def smooth_photo(height: int = 420, width: int = 560, bits: int = 8) -> Photo:
    y, x = np.mgrid[0:height, 0:width] + 0.5
    levels = np.repeat(surface(x, y)[..., None], 3, axis=2)
    return Photo(np.rint(levels * 257).astype(np.uint16) if bits == 16 else np.rint(levels).astype(np.uint8))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Photo, np.ndarray, np.ndarray, np.ndarray]:
    """A photo, a crop to paste, its matrix and a mask: any size, depth, mode, place, shape."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    height, width, size = draw(st.integers(1, 80)), draw(st.integers(1, 80)), draw(st.integers(1, 48))
    bits, channels = draw(st.sampled_from([8, 16])), draw(st.sampled_from([1, 3]))
    icc = draw(st.sampled_from([None, files.profile(b"RGB "), b"damaged"]))
    noise = rng.integers(0, 1 << bits, (height, width, channels + 1)).astype(f"u{bits // 8}")
    photo = Photo(noise[..., :channels], noise[..., channels] if draw(st.booleans()) else None, icc)
    edited = rng.integers(0, 256, (size, size, 3)).astype(draw(st.sampled_from([np.uint8, np.float32])))
    place = (rng.uniform(-20, width + 20), rng.uniform(-20, height + 20), rng.uniform(1, 120), rng.uniform(-180, 180))
    corners = square_quad(*place)
    matrix = np.column_stack([(corners[3] - corners[0]) / size, (corners[1] - corners[0]) / size, corners[0]])
    kind = draw(st.sampled_from(["noise", "full", "blob", "soft"]))
    mask = rng.random((height, width)) < (1.0 if kind == "full" else 0.3)
    if kind == "blob":
        mask = cv2.circle(np.zeros((height, width), np.uint8), (width // 2, height // 2), 15, 1, -1) > 0
    if kind == "soft":
        mask = rng.random((height, width)).astype(np.float32) * mask
    return photo, edited, matrix, mask


@settings(max_examples=100, deadline=None)
@given(cases(), st.sampled_from([None, 0.0, 7.5]), st.booleans())
def test_everything_outside_the_mask_is_identical(
    case: tuple[Photo, np.ndarray, np.ndarray, np.ndarray], feather: float | None, with_reference: bool
) -> None:
    photo, edited, matrix, mask = case
    before = photo.pixels.copy()
    reference = np.full(edited.shape, 90, np.uint8) if with_reference else None
    after = paste_face(photo, edited, matrix, mask, feather=feather, reference=reference)
    outside = ~(mask > 0)
    assert after.pixels[outside].tobytes() == photo.pixels[outside].tobytes()
    assert after.pixels.dtype == photo.pixels.dtype
    assert after.alpha is photo.alpha
    assert after.icc is photo.icc
    np.testing.assert_array_equal(photo.pixels, before)  # the input is not written to


@settings(max_examples=25, deadline=None)
@given(cases())
def test_outside_the_crop_is_identical(case: tuple[Photo, np.ndarray, np.ndarray, np.ndarray]) -> None:
    photo, edited, matrix, _ = case
    everywhere = np.ones((photo.height, photo.width), bool)
    inside = mask_to_photo(np.ones(edited.shape[:2], bool), matrix, (photo.width, photo.height))
    after = paste_face(photo, edited, matrix, everywhere)
    np.testing.assert_array_equal(after.pixels[~inside], photo.pixels[~inside])


@settings(max_examples=30, deadline=None)
@given(case=cases(), suffix=st.sampled_from([".png", ".tif", ".webp", ".bmp"]))
def test_files_are_identical_outside_the_mask(
    case: tuple[Photo, np.ndarray, np.ndarray, np.ndarray], suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    photo, edited, matrix, mask = case
    path = tmp_path_factory.mktemp("paste") / f"after{suffix}"
    if obstacle(photo, target_container(path)) is None:
        assert save_with_receipt(photo, paste_face(photo, edited, matrix, mask), mask, path).preserved


@pytest.mark.parametrize("name", FORMATS)
def test_empty_mask_is_the_identity_for_every_format(name: str, tmp_path: Path) -> None:
    source = FORMATS[name].write(tmp_path, "photo")
    photo = read_photo(source)
    crop = crop_face(photo, square_quad(20.3, 14.1, 31.7, 12), 64)
    nothing = np.zeros((photo.height, photo.width), bool)
    after = paste_face(photo, crop.pixels, crop.matrix, nothing)
    assert after is photo
    receipt = save_with_receipt(photo, after, nothing, default_output(source, "edited"))
    assert receipt.preserved
    assert same_samples(photo, read_photo(tmp_path / receipt.output))
    if photo.format != "HEIF":
        again = save_with_receipt(photo, after, nothing, tmp_path / f"same{source.suffix}")
        assert again.preserved
        assert (tmp_path / again.output).read_bytes() == source.read_bytes()


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("size", [64, 128, 256, 384])
@pytest.mark.parametrize("roll", [0.0, 17.0, 90.0])
def test_no_shift(bits: int, size: int, roll: float) -> None:
    photo = smooth_photo(bits=bits)
    crop = crop_face(photo, square_quad(280.2, 210.7, 311.7, roll), size)
    everywhere = np.ones((photo.height, photo.width), bool)
    after = paste_face(photo, crop.pixels, crop.matrix, everywhere, feather=0)
    inside = mask_to_photo(np.ones((size, size), bool), crop.matrix, (photo.width, photo.height))
    inner = cv2.erode(inside.astype(np.uint8), np.ones((31, 31))) > 0
    rows, columns = np.nonzero(inner)
    x, y = columns + 0.5, rows + 0.5
    error = after.pixels[inner][:, 0] / (257 if bits == 16 else 1) - surface(x, y)
    shift = np.linalg.lstsq(slopes(x, y), error, rcond=None)[0]
    assert np.abs(shift).max() < 0.03, "photo pixels"
    assert error.std() < 1.3


def test_no_edge_in_a_large_photo() -> None:
    """A 128 crop of a photo ten times as large, put back whole: no step anywhere, least of all at the box."""
    photo = smooth_photo(1000, 1280)
    crop = crop_face(photo, square_quad(640, 500, 860, 8), 128)
    after = paste_face(photo, crop.pixels, crop.matrix, np.ones((1000, 1280), bool))
    error = np.abs(after.pixels.astype(int) - photo.pixels).max(axis=2)
    assert error.max() <= 3
    inside = mask_to_photo(np.ones((128, 128), bool), crop.matrix, (1280, 1000)).astype(np.uint8)
    border = cv2.dilate(inside, np.ones((3, 3))) - cv2.erode(inside, np.ones((5, 5)))
    assert error[border > 0].max() <= 1


@pytest.mark.parametrize("feather", [6.0, 12.0])
def test_feather_is_inside_and_monotonic(feather: float) -> None:
    photo = Photo(np.zeros((120, 120, 3), np.uint8))
    mask = np.zeros((120, 120), bool)
    mask[30:90, 30:90] = True
    white = np.full((64, 64, 3), 255, np.uint8)
    matrix = crop_face(photo, square_quad(60, 60, 110), 64).matrix
    profile = paste_face(photo, white, matrix, mask, feather=feather).pixels[60, :60, 0].astype(int)
    assert (profile[:30] == 0).all()
    assert profile[30] < 255 * 0.5 / feather
    assert (np.diff(profile) >= 0).all()
    assert (profile[30 + int(feather) :] == 255).all()
    assert profile[30 + int(feather) // 2] == pytest.approx(255 / 2, abs=40)


def test_photo_edge_is_no_border() -> None:
    photo = Photo(np.zeros((40, 40, 3), np.uint8))
    matrix = crop_face(photo, square_quad(20, 20, 60), 64).matrix
    white = np.full((64, 64, 3), 255, np.uint8)
    after = paste_face(photo, white, matrix, np.ones((40, 40), bool), feather=5)
    assert after.pixels.min() == 255


def test_thin_strokes_reach_full_strength() -> None:
    photo = Photo(np.zeros((80, 80, 3), np.uint8))
    mask = np.zeros((80, 80), bool)
    mask[40:43, 10:70] = True
    matrix = crop_face(photo, square_quad(40, 40, 80), 16).matrix
    after = paste_face(photo, np.full((16, 16, 3), 255, np.uint8), matrix, mask, feather=20)
    assert (after.pixels[41, 20:60] == 255).all()


def test_soft_mask_is_the_weight_itself() -> None:
    photo = Photo(np.zeros((60, 60, 1), np.uint16))
    mask = np.tile(np.linspace(0, 1, 60, dtype=np.float32), (60, 1))
    matrix = crop_face(photo, square_quad(30, 30, 90), 64).matrix
    after = paste_face(photo, np.full((64, 64, 3), 255, np.uint8), matrix, mask)
    np.testing.assert_allclose(after.pixels[30, :, 0], mask[30] * 65535, atol=2)


def test_explicit_feather_softens_a_soft_mask_too() -> None:
    photo = Photo(np.zeros((60, 60, 1), np.uint16))
    mask = np.zeros((60, 60), np.float32)
    mask[:, 20:] = 0.5
    matrix = crop_face(photo, square_quad(30, 30, 90), 64).matrix
    white = np.full((64, 64, 3), 255, np.uint8)
    plain = paste_face(photo, white, matrix, mask).pixels[30, :, 0].astype(int)
    soft = paste_face(photo, white, matrix, mask, feather=8).pixels[30, :, 0].astype(int)
    assert abs(plain[20:] - 65535 / 2).max() <= 2
    t = np.clip((np.arange(40) + 0.5) / 8, 0, 1)
    np.testing.assert_allclose(soft[20:], 65535 / 2 * t * t * (3 - 2 * t), atol=4)
    assert not soft[:20].any()
    np.testing.assert_array_equal(paste_face(photo, white, matrix, mask, feather=0).pixels[30, :, 0], plain)


@pytest.mark.parametrize("kind", [bool, np.float32])
def test_a_stroke_is_as_strong_alone_as_beside_a_blob(kind: type) -> None:
    photo = Photo(np.zeros((100, 100, 3), np.uint8))
    matrix = crop_face(photo, square_quad(50, 50, 100), 32).matrix
    white = np.full((32, 32, 3), 255, np.uint8)
    stroke, both = (np.zeros((100, 100), kind) for _ in range(2))
    stroke[20:23, 20:80] = 1
    both[20:23, 20:80] = both[40:90, 20:80] = 1
    alone = paste_face(photo, white, matrix, stroke, feather=15).pixels
    beside = paste_face(photo, white, matrix, both, feather=15).pixels
    assert (alone[21, 25:75] == 255).all()
    np.testing.assert_array_equal(beside[:30], alone[:30])
    assert beside[40, 50, 0] < 10  # the blob has its own, full feather
    assert beside[60, 50, 0] == 255


@pytest.mark.parametrize(
    "matrix",
    [np.eye(3), np.zeros((2, 3)), np.array([[1, 2, 0], [2, 4, 0]]), np.full((2, 3), np.nan), np.full((2, 3), 1e200)],
)
def test_impossible_matrices_are_refused(matrix: np.ndarray) -> None:
    photo = Photo(np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(ValueError, match="finite and invertible"):
        paste_face(photo, np.zeros((4, 4, 3), np.uint8), matrix, np.ones((8, 8), bool))
    with pytest.raises(ValueError, match="finite and invertible"):
        mask_to_photo(np.ones((4, 4), bool), matrix, (8, 8))


def test_large_crop_is_not_aliased() -> None:
    y, x = np.mgrid[0:512, 0:512]
    board = np.repeat((((x // 2 + y // 2) % 2) * 255).astype(np.uint8)[..., None], 3, axis=2)
    photo = Photo(np.full((100, 100, 3), 128, np.uint8))
    matrix = crop_face(photo, square_quad(50, 50, 64, 10), 512).matrix
    after = paste_face(photo, board, matrix, np.ones((100, 100), bool))
    assert np.abs(after.pixels.astype(int) - 128).max() < 12


def test_sixteen_bits_get_the_fractions() -> None:
    photo = Photo(np.zeros((40, 40, 3), np.uint16))
    matrix = crop_face(photo, square_quad(20, 20, 60), 30).matrix
    after = paste_face(photo, np.full((30, 30, 3), 100.25, np.float32), matrix, np.ones((40, 40), bool), feather=0)
    np.testing.assert_array_equal(after.pixels, round(100.25 * 257))


def test_detail_stays_where_the_edit_changed_nothing() -> None:
    rng = np.random.default_rng(0)
    photo = Photo(rng.integers(90, 160, (400, 400, 3)).astype(np.uint8))
    crop = crop_face(photo, square_quad(200, 200, 380), 64)
    edited = crop.pixels.copy()
    edited[40:60] = np.minimum(edited[40:60].astype(int) + 60, 255)
    everywhere = np.ones((400, 400), bool)
    assert paste_face(photo, crop.pixels, crop.matrix, everywhere, reference=crop.pixels) is photo
    after = paste_face(photo, edited, crop.matrix, everywhere, reference=crop.pixels)
    np.testing.assert_array_equal(after.pixels[:150], photo.pixels[:150])
    assert after.pixels[280:340, 100:300].mean() > photo.pixels[280:340, 100:300].mean() + 50
    without = paste_face(photo, edited, crop.matrix, everywhere)
    assert without.pixels[50:150, 50:350].std() < 0.5 * photo.pixels[50:150, 50:350].std()


def test_all_detail_stays_under_new_colors_and_follows_their_light() -> None:
    rng = np.random.default_rng(0)
    photo = Photo(rng.integers(70, 110, (400, 400, 3)).astype(np.uint8))
    crop = crop_face(photo, square_quad(200, 200, 380), 64)
    everywhere = np.ones((400, 400), bool)
    before = photo.pixels[60:340, 60:340].astype(float)
    for color, gain in (((90, 90, 90), 1.0), ((40, 40, 55), 0.55), ((180, 160, 130), 1.67), ((250, 250, 250), 2.0)):
        dyed = np.broadcast_to(np.uint8(color), crop.pixels.shape)
        after = paste_face(photo, dyed, crop.matrix, everywhere, reference=crop.pixels, all_detail=True)
        made = after.pixels[60:340, 60:340].astype(float)
        if max(color) < 240:  # the others are cut at white
            assert made.std((0, 1)).mean() == pytest.approx(gain * before.std((0, 1)).mean(), rel=0.15)
            np.testing.assert_allclose(made.mean((0, 1)), color, atol=2)
        assert np.corrcoef(made[..., 0].ravel(), before[..., 0].ravel())[0, 1] > 0.5
        flat = paste_face(photo, dyed, crop.matrix, everywhere, reference=crop.pixels)
        if gain != 1.0:  # where it agrees with the photo, detail stays in any case
            assert flat.pixels[60:340, 60:340].std((0, 1)).mean() < 0.5 * made.std((0, 1)).mean()


@pytest.mark.parametrize("size", [(700, 500), (33, 41)])
def test_mask_from_the_crop_covers_the_same_place(size: tuple[int, int]) -> None:
    width, height = size
    photo = Photo(np.zeros((height, width, 3), np.uint8))
    matrix = crop_face(photo, square_quad(width * 0.45, height * 0.5, height * 0.8, 15), 64).matrix
    disc = cv2.circle(np.zeros((64, 64), np.uint8), (32, 32), 20, 1, -1) > 0
    placed = mask_to_photo(disc, matrix, size)
    assert placed.dtype == np.bool_
    assert placed.shape == (height, width)
    area = disc.sum() * pixel_scale(matrix) ** 2
    assert placed.sum() == pytest.approx(area, rel=0.06)
    rows, columns = np.nonzero(placed)
    centre = matrix @ (32.5, 32.5, 1)
    assert np.hypot(columns.mean() + 0.5 - centre[0], rows.mean() + 0.5 - centre[1]) < 0.2 * max(1, pixel_scale(matrix))
    soft = mask_to_photo(disc.astype(np.float32), matrix, size)
    assert soft.dtype == np.float32
    assert soft.sum() == pytest.approx(area, rel=0.06)


def test_small_strokes_on_the_crop_survive() -> None:
    dot = np.zeros((32, 32), bool)
    dot[10, 20] = True
    matrix = np.array([[5.0, 0, 3], [0, 5.0, 7]])
    placed = mask_to_photo(dot, matrix, (200, 200))
    x, y = matrix @ (20.5, 10.5, 1)
    assert placed[int(y), int(x)]
    assert 0 < placed.sum() <= 60


def test_old_thumbnail_goes_when_pixels_change() -> None:
    photo = Photo(np.zeros((30, 30, 3), np.uint8), exif=files.exif_block(thumbnail=b"the face before"))
    matrix = crop_face(photo, square_quad(15, 15, 30), 16).matrix
    white = np.full((16, 16, 3), 255, np.uint8)
    after = paste_face(photo, white, matrix, np.ones((30, 30), bool))
    assert b"before" not in after.exif
    assert b"Someone" in after.exif


def test_same_colors_are_no_change() -> None:
    photo = Photo(np.full((30, 30, 3), 77, np.uint8))
    crop = crop_face(photo, square_quad(15, 15, 20), 16)
    assert paste_face(photo, crop.pixels, crop.matrix, np.ones((30, 30), bool)) is photo


@pytest.mark.parametrize("shape", [(29, 30), (30, 30, 1), (30,)])
def test_mask_of_another_size(shape: tuple[int, ...]) -> None:
    photo = Photo(np.zeros((30, 30, 3), np.uint8))
    with pytest.raises(LayerError, match="photo's size"):
        paste_face(photo, np.zeros((8, 8, 3), np.uint8), np.eye(2, 3), np.ones(shape, bool))


def test_real_photo_there_and_back(data: Path) -> None:
    """A real photo, enlarged so that its face is ten times as large as the crop, edited around the mouth."""
    photo = read_photo(data / "photos" / "photo_03.jpg")
    large = Photo(np.asarray(Image.fromarray(photo.pixels).resize((3000, 3000), Image.Resampling.BICUBIC)))
    crop = crop_face(large, square_quad(1425, 1275, 1500, 5), 150)
    drawn = cv2.ellipse(np.zeros((150, 150), np.uint8), (75, 110), (35, 18), 0, 0, 360, 1, -1) > 0
    mask = mask_to_photo(drawn, crop.matrix, (3000, 3000))
    edited = crop.pixels.copy()
    edited[..., 0] = np.minimum(edited[..., 0].astype(int) + 40, 255)
    after = paste_face(large, edited, crop.matrix, mask)
    np.testing.assert_array_equal(after.pixels[~mask], large.pixels[~mask])
    assert (after.pixels[mask] != large.pixels[mask]).any(axis=1).mean() > 0.9
