"""Wrinkles of another face: dark lines where it has them, and nothing beside skin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from mien.guides.healing.wrinkles import DEEPEST, faded, wrinkles
from mien.types import Face, Photo


def _lined(photo: Photo, face: Face) -> Photo:
    """Even skin with a dark line across the forehead."""
    pixels = np.full_like(photo.pixels, 150)
    y = int(face.landmarks[[9, 151], 1].mean())
    pixels[y - 2 : y + 2] = 90
    return Photo(pixels)


@pytest.fixture(scope="module")
def pair(portrait: Photo, face: Face) -> tuple[Photo, Photo, Face]:
    return Photo(np.full_like(portrait.pixels, 150)), _lined(portrait, face), face


def test_a_furrow_is_taken_over_within_its_limit(pair: tuple[Photo, Photo, Face]) -> None:
    smooth, lined, face = pair
    skin = np.ones(smooth.pixels.shape[:2], np.bool_)
    made, area = wrinkles(smooth, face, lined, face, skin=skin, other_skin=skin).over(smooth)
    x, y = face.landmarks[[9, 151], :2].mean(0).astype(int)
    darkest = float(made.pixels[y - 4 : y + 4, x].min())
    assert 150 * np.exp(-1.3 * DEEPEST) < darkest < 143
    assert np.array_equal(made.pixels[~area], smooth.pixels[~area])


def test_nothing_changes_beside_skin(pair: tuple[Photo, Photo, Face]) -> None:
    smooth, lined, face = pair
    skin = np.ones(smooth.pixels.shape[:2], np.bool_)
    y = int(face.landmarks[[9, 151], 1].mean())
    none = skin.copy()
    none[y - 20 : y + 20] = False
    made, _ = wrinkles(smooth, face, lined, face, skin=none, other_skin=skin).over(smooth)
    assert np.array_equal(made.pixels[y - 20 : y + 20], smooth.pixels[y - 20 : y + 20])


def test_large_faces_are_lined_as_they_are_at_a_part_of_their_size(
    pair: tuple[Photo, Photo, Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, lined, small = pair
    photo = Photo(np.repeat(np.repeat(lined.pixels, 3, 0), 3, 1))
    face = replace(small, landmarks=small.landmarks * np.float32(3), quad=small.quad * 3)
    skin = np.ones(photo.pixels.shape[:2], np.bool_)

    def made() -> NDArray[np.int64]:
        return faded(photo, face, skin).over(photo)[0].pixels.astype(np.int64)

    whole = made()
    monkeypatch.setattr("mien.guides.healing.wrinkles.SIDE", np.linalg.norm(face.quad[3] - face.quad[0]) / 2.5)
    assert np.abs(made() - whole).mean() < 0.1 * np.abs(whole - photo.pixels).mean()
