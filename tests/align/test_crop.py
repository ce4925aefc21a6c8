"""The crop: the published rule, sub-pixel geometry, mirrored padding, no aliasing."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.align.crop import (
    _across,
    _mirrored,
    between_pixels,
    crop_face,
    ffhq_quad,
    inverse,
    matrix_to_quad,
    pixel_scale,
    quad_to_matrix,
    scaled,
    square_quad,
)
from mien.errors import FaceSelectionError
from mien.types import Photo, UInt8

HEIGHT, WIDTH = 420, 560


def surface(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A smooth picture that is known between the pixels too."""
    return 128 + 50 * np.sin(x / 17) + 40 * np.cos(y / 13 + x / 41)


def slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Derivatives along x and y, (n, 2)."""
    step = 0.01
    along_x = surface(x + step, y) - surface(x - step, y)
    along_y = surface(x, y + step) - surface(x, y - step)
    return np.stack([along_x.ravel(), along_y.ravel()], 1) / (2 * step)


def picture() -> UInt8:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    return np.repeat(np.rint(surface(x, y)).astype(np.uint8)[..., None], 3, axis=2)


@pytest.fixture(scope="module")
def photo() -> Photo:
    return Photo(picture())


@pytest.mark.parametrize("size", [64, 128, 256, 384])
@pytest.mark.parametrize("roll", [0.0, 17.0, -40.0, 90.0])
@pytest.mark.parametrize("side", [200.3, 311.7])
def test_no_shift(photo: Photo, size: int, roll: float, side: float) -> None:
    crop = crop_face(photo, square_quad(280.2, 210.7, side, roll), size)
    centres = np.arange(size) + 0.5
    u, v = np.meshgrid(centres, centres)
    x, y = np.einsum("ij,jhw->ihw", crop.matrix, np.stack([u, v, np.ones_like(u)]))
    error = crop.pixels[..., 0] - surface(x, y)
    shift = np.linalg.lstsq(slopes(x, y), error.ravel(), rcond=None)[0]
    assert np.abs(shift).max() < 0.02, "photo pixels"
    assert error.std() < 1.2


def test_whole_pixels_are_copied(photo: Photo) -> None:
    crop = crop_face(photo, square_quad(200, 180, 128), 128)
    np.testing.assert_array_equal(crop.pixels, photo.pixels[116:244, 136:264])
    np.testing.assert_allclose(crop.matrix, [[1, 0, 136], [0, 1, 116]])
    assert crop.photo_size == (WIDTH, HEIGHT)


def test_clockwise_roll_makes_a_leaning_head_upright() -> None:
    canvas = np.zeros((200, 200, 3), np.uint8)
    canvas[95:105, 140:160] = 255  # the crown of a head that leans 90 degrees clockwise: to the right
    crop = crop_face(canvas, square_quad(100, 100, 128, 90), 128)
    assert crop.pixels[:40, 59:69].max() == 255
    assert crop.pixels[64:].max() == 0


@pytest.mark.parametrize("side", [100, 1500])
def test_padding_is_the_mirror_image(side: int) -> None:
    small = np.random.default_rng(0).integers(0, 256, (40, 30, 3)).astype(np.uint8)
    if side == 100:
        crop = crop_face(small, square_quad(10, 12, side), side)
        padded = np.pad(small, ((38, 22), (40, 30), (0, 0)), mode="symmetric")
        np.testing.assert_array_equal(crop.pixels, padded)
    else:
        with pytest.raises(FaceSelectionError, match="far larger"):
            crop_face(small, square_quad(10, 12, side), 100)


def test_mirroring_and_reducing_commute() -> None:
    small = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    quad = square_quad(8, 8, 128)
    padded = np.pad(small, ((56, 8), (56, 8), (0, 0)), mode="symmetric")
    expected = padded.reshape(32, 4, 32, 4, 3).mean((1, 3))
    assert np.abs(crop_face(small, quad, 32).pixels - expected).max() <= 1


@pytest.mark.parametrize("factor", [2, 5, 9.7])
def test_fine_patterns_become_gray(factor: float) -> None:
    y, x = np.mgrid[0:700, 0:700]
    board = np.repeat((((x + y) % 2) * 255).astype(np.uint8)[..., None], 3, axis=2)
    crop = crop_face(board, square_quad(350, 350, 64 * factor, 11), 64)
    assert np.abs(crop.pixels.astype(float) - 127.5).max() < 20


def test_profile_and_depth_are_converted() -> None:
    deep = Photo(picture().astype(np.uint16) * 257)
    quad = square_quad(280.2, 210.7, 300, 20)
    np.testing.assert_array_equal(crop_face(deep, quad).pixels, crop_face(picture(), quad).pixels)


@pytest.mark.parametrize("quad", [square_quad(-200, 100, 100), square_quad(100, 5000, 100)])
def test_crop_outside_the_photo(photo: Photo, quad: np.ndarray) -> None:
    with pytest.raises(FaceSelectionError, match="choose a box within it"):
        crop_face(photo, quad)


@pytest.mark.parametrize("quad", [np.zeros((4, 2)), np.full((4, 2), np.nan), np.eye(4)[:, :2], np.zeros((3, 2))])
def test_nonsense_corners(photo: Photo, quad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="corners"):
        crop_face(photo, quad)


@settings(max_examples=50, deadline=None)
@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(1, 1e4), st.floats(-180, 180), st.integers(1, 1024))
def test_quad_and_matrix_are_the_same_thing(cx: float, cy: float, side: float, roll: float, size: int) -> None:
    quad = square_quad(cx, cy, side, roll)
    matrix = quad_to_matrix(quad, size)
    np.testing.assert_allclose(matrix_to_quad(matrix, size), quad, atol=1e-6)
    np.testing.assert_allclose(matrix @ (size / 2, size / 2, 1), (cx, cy), atol=1e-6)
    assert pixel_scale(matrix) == pytest.approx(side / size)
    there = np.vstack([matrix, (0, 0, 1)])
    np.testing.assert_allclose(np.vstack([inverse(matrix), (0, 0, 1)]) @ there, np.eye(3), atol=1e-6)
    # a pixel's center, (3.5, 8.5) here, is (3, 8) where pixels are counted from their centers
    np.testing.assert_allclose(between_pixels(matrix) @ (3, 8, 1) + 0.5, matrix @ (3.5, 8.5, 1), atol=1e-6)


def test_scaled_crop_keeps_its_place(photo: Photo) -> None:
    crop = crop_face(photo, square_quad(280, 200, 300, 12), 256)
    for size in (64, 400):
        other = scaled(crop, size)
        assert other.pixels.shape == (size, size, 3)
        np.testing.assert_allclose(matrix_to_quad(other.matrix, size), matrix_to_quad(crop.matrix, 256))
        direct = crop_face(photo, square_quad(280, 200, 300, 12), size)
        assert np.abs(other.pixels.astype(int) - direct.pixels).mean() < 1.5
    assert scaled(crop, 256) is crop


def landmarks() -> np.ndarray:
    """Points with eyes at (100, 120) and (160, 120) and the mouth's corners at (110, 180) and (150, 180)."""
    points = np.zeros((478, 3))
    points[[33, 160, 158, 133, 153, 144], :2] = (100, 120)
    points[[362, 385, 387, 263, 373, 380], :2] = (160, 120)
    points[61, :2], points[291, :2] = (110, 180), (150, 180)
    return points


def test_ffhq_rule_on_a_face_worked_out_by_hand() -> None:
    # eye_to_eye (60, 0), eye_to_mouth (0, 60): half side = max(60 * 2, 60 * 1.8) = 120 around (130, 120 + 6)
    np.testing.assert_allclose(ffhq_quad(landmarks()), [[10, 6], [10, 246], [250, 246], [250, 6]])


@settings(max_examples=30, deadline=None)
@given(st.floats(-180, 180), st.floats(0.1, 10), st.floats(-300, 300))
def test_ffhq_quad_follows_the_face(roll: float, scale: float, shift: float) -> None:
    angle = np.deg2rad(roll)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = landmarks()
    moved[:, :2] = moved[:, :2] @ turn.T + shift
    np.testing.assert_allclose(ffhq_quad(moved), ffhq_quad(landmarks()) @ turn.T + shift, atol=1e-6)


def test_ffhq_quad_is_the_frame_of_the_prepared_portraits(data: Path) -> None:
    points = np.load(data / "portraits" / "landmarks.npy").astype(np.float64)
    with (data / "portraits" / "index.csv").open(encoding="utf-8") as file:
        rows = [int(row["id"]) for row in csv.DictReader(file)]
    frame = np.array([[0, 0], [0, 256], [256, 256], [256, 0]])
    errors = [np.linalg.norm(ffhq_quad(points[row]) - frame, axis=1).mean() / 256 for row in rows]
    assert np.mean(errors) < 0.004


def test_columns_beyond_a_strip_are_its_mirror_image_however_far() -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        width, start = int(rng.integers(2, 20)), int(rng.integers(-50, 30))
        columns = _mirrored(start, start + int(rng.integers(1, 70)), width)
        strip = rng.integers(0, 255, (3, width, 3)).astype(np.uint8)[:, columns.min() : columns.max() + 1]
        columns = columns - columns.min()
        assert np.array_equal(_across(strip, columns), strip[:, columns])
