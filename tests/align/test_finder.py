"""The finder as a whole, on the astronaut and on scenes made from it; selection; real photos where they exist."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.align.finder import FaceFinder, select_face
from mien.align.measure import interocular
from mien.errors import ConfigError, FaceSelectionError, NoFaceError
from mien.photos.read import read_photo
from mien.types import Face, Photo, UInt8

FACE = (224.0, 115.0)
"""Center of the astronaut's face, between the eyes and the nose, read off the picture by eye."""


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder.bundled()


def centre(face: Face) -> np.ndarray:
    return np.array(face.quad.mean(0))


def turned(picture: UInt8, degrees: float, scale: float = 1.0) -> tuple[UInt8, np.ndarray]:
    """The picture turned clockwise about the face and scaled, on a gray canvas; and where the face went."""
    canvas = np.array([900.0, 900.0])
    a = np.deg2rad(degrees)
    linear = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) * scale
    matrix = np.hstack([linear, (canvas / 2 - linear @ FACE)[:, None]])
    image = cv2.warpAffine(picture, matrix, (900, 900), flags=cv2.INTER_AREA, borderValue=(128, 128, 128))
    return image, canvas / 2


def test_finds_the_astronaut_and_nothing_else(finder: FaceFinder, astronaut: UInt8) -> None:
    (face,) = finder.find(Photo(astronaut))
    assert np.hypot(*(centre(face) - FACE)) < 12
    assert face.score > 0.7
    assert 75 < face.size < 150
    assert abs(face.pose.yaw) < 35 and abs(face.pose.pitch) < 25
    assert min(face.eye_openness) > 0.12
    left, right = face.landmarks[33], face.landmarks[263]
    assert left[0] < right[0] and abs(left[1] - right[1]) < 20


@pytest.mark.parametrize("degrees", [-45, -25, 25, 45])
def test_finds_a_leaning_head(finder: FaceFinder, astronaut: UInt8, degrees: float) -> None:
    upright = finder.find(Photo(turned(astronaut, 0)[0]))[0]
    image, place = turned(astronaut, degrees)
    (face,) = finder.find(Photo(image))
    assert np.hypot(*(centre(face) - place)) < 12
    assert face.pose.roll - upright.pose.roll == pytest.approx(degrees, abs=4)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_finds_a_face_that_lies_on_its_side_or_upside_down(finder: FaceFinder, astronaut: UInt8, turns: int) -> None:
    (upright,) = finder.find(Photo(astronaut))
    (face,) = finder.find(Photo(np.ascontiguousarray(np.rot90(astronaut, turns))))
    assert abs((face.pose.roll - upright.pose.roll + 90 * turns + 180) % 360 - 180) < 4
    assert abs(face.score - upright.score) < 0.02 and abs(face.pose.yaw - upright.pose.yaw) < 3
    for turned, straight in ((face.quad, upright.quad), (face.landmarks[:, :2], upright.landmarks[:, :2])):
        x, y = straight.T
        expected = {1: (y, 512 - x), 2: (512 - x, 512 - y), 3: (512 - y, x)}[turns]
        assert np.abs(turned - np.stack(expected, 1)).max() < 3


@pytest.mark.parametrize("scale", [0.5, 2.0, 4.0])
def test_points_scale_with_the_photo(finder: FaceFinder, astronaut: UInt8, scale: float) -> None:
    one = finder.find(Photo(turned(astronaut, 0)[0]))[0]
    other = finder.find(Photo(turned(astronaut, 0, scale)[0]))[0]
    expected = (one.landmarks[:, :2] - 450) * scale + 450
    error = np.linalg.norm(other.landmarks[:, :2] - expected, axis=1).mean() / interocular(other.landmarks)
    assert error < 0.04


def test_finds_every_face_of_a_group_largest_first(finder: FaceFinder, astronaut: UInt8) -> None:
    head = astronaut[10:230, 110:340]
    scene = np.full((700, 1200, 3), 90, np.uint8)
    for k, (x, y) in zip((1.0, 0.8, 0.6), ((60, 200), (500, 100), (900, 350)), strict=True):
        small = cv2.resize(head, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        scene[y : y + small.shape[0], x : x + small.shape[1]] = small
    found = finder.find(Photo(scene))
    assert len(found) == 3
    assert [f.size for f in found] == sorted((f.size for f in found), reverse=True)
    assert select_face(found, "largest") is found[0]
    assert select_face(found, "2") is found[2]
    x, y = centre(found[1])
    assert select_face(found, f"{x:.0f},{y:.0f}") is found[1]
    large = Photo(cv2.resize(scene, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC))
    every, first = finder.find(large), finder.find(large, largest=True)
    assert len(every) == 3 and np.array_equal(first[0].landmarks, every[0].landmarks)


def test_gray_and_sixteen_bit_photos(finder: FaceFinder, astronaut: UInt8) -> None:
    gray = cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY)[..., None]
    deep = astronaut.astype(np.uint16) * 257
    plain = finder.find(Photo(astronaut))[0]
    assert np.hypot(*(centre(finder.find(Photo(gray))[0]) - centre(plain))) < 5
    np.testing.assert_allclose(finder.find(Photo(deep))[0].landmarks, plain.landmarks, atol=1e-3)


def test_no_face_where_there_is_none(finder: FaceFinder) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (300, 400, 3)).astype(np.uint8)
    assert finder.find(Photo(noise)) == []
    assert finder.find(Photo(np.full((64, 2000, 3), 200, np.uint8))) == []
    assert finder.find(Photo(np.zeros((1, 1, 3), np.uint8))) == []


def test_box_by_hand(finder: FaceFinder, astronaut: UInt8) -> None:
    found = finder.find(Photo(astronaut))[0]
    x0, y0, x1, y1 = found.box
    by_hand = finder.at_box(Photo(astronaut), (x0 - 6, y0 + 5, x1 + 4, y1 + 8))
    error = np.linalg.norm(by_hand.landmarks[:, :2] - found.landmarks[:, :2], axis=1).mean()
    assert error < 0.04 * interocular(found.landmarks)
    for box in ((5, 5, 5, 90), (600, 600, 700, 700), (-90, -90, -10, -10)):
        with pytest.raises(FaceSelectionError, match="512 x 512"):
            finder.at_box(Photo(astronaut), box)


def test_selection_errors_name_the_remedy(finder: FaceFinder, astronaut: UInt8) -> None:
    found = finder.find(Photo(astronaut))
    with pytest.raises(NoFaceError, match=r"sea\.jpg.*--box"):
        select_face([], "largest", "sea.jpg")
    with pytest.raises(FaceSelectionError, match="choose 0 to 0"):
        select_face(found, "3")
    with pytest.raises(FaceSelectionError, match="names no face"):
        select_face(found, "biggest")
    with pytest.raises(FaceSelectionError, match="No face at 1,2"):
        select_face(found, "1,2")
    with pytest.raises(ConfigError, match="at least 8"):
        finder.find(Photo(astronaut), min_size=0)
    with pytest.raises(ConfigError, match="between 0 and 1"):
        finder.find(Photo(astronaut), threshold=1.0)


def test_real_photos(finder: FaceFinder, data: Path) -> None:
    """Every face of the unaligned set, with the mean corner error of the bar."""
    errors = []
    with (data / "photos" / "index.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        label = np.array(json.loads(row["ffhq_quad"]))
        side = np.linalg.norm(label[1] - label[0])
        found = finder.find(read_photo(data / "photos" / row["file"]))
        error = min(float(np.linalg.norm(f.quad - label, axis=1).mean() / side) for f in found)
        assert error < 0.12, row["file"]
        errors.append(error)
    assert np.mean(errors) <= 0.04
