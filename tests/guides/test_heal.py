from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.errors import LayerError
from mien.guides.heal import heal
from mien.types import Face, Photo


@pytest.fixture
def spotted(portrait: Photo, face: Face) -> tuple[Photo, np.ndarray]:
    mask = np.zeros(portrait.pixels.shape[:2], np.uint8)
    for point in (50, 280, 151):
        x, y = face.landmarks[point, :2].astype(int)
        cv2.circle(mask, (int(x), int(y)), 4, 1, -1)
    pixels = portrait.pixels.copy()
    pixels[mask > 0] = (70, 30, 30)
    return Photo(pixels), mask > 0


def test_spots_vanish_and_nothing_else_changes(portrait: Photo, spotted: tuple[Photo, np.ndarray]) -> None:
    photo, mask = spotted
    healed, area = heal(photo, mask).over(photo)
    assert (healed.pixels[~mask] == photo.pixels[~mask]).all() and not area[~mask].any()
    before, after = (np.abs(p.pixels.astype(np.float32) - portrait.pixels)[mask].mean() for p in (photo, healed))
    assert after < 0.15 * before


def test_half_the_strength_goes_half_the_way(spotted: tuple[Photo, np.ndarray]) -> None:
    photo, mask = spotted
    whole, half = (heal(photo, mask, strength=s).over(photo)[0].pixels.astype(np.float32) for s in (1.0, 0.5))
    np.testing.assert_allclose(half[mask], (whole + photo.pixels)[mask] / 2, atol=1.1)


def test_texture_is_kept() -> None:
    rng = np.random.default_rng(0)
    noise = cv2.GaussianBlur(rng.normal(128, 40, (200, 200, 3)).astype(np.float32), (0, 0), 1.0)
    photo = Photo(noise.clip(0, 255).astype(np.uint8))
    mask = np.zeros((200, 200), np.bool_)
    mask[80:120, 80:120] = True
    healed = heal(photo, mask).over(photo)[0].pixels.astype(np.float32)
    inside, outside = healed[90:110, 90:110].std(), photo.pixels[:70].astype(np.float32).std()
    assert 0.7 * outside < inside < 1.3 * outside


def test_all_of_a_photo_still_has_a_result_and_nothing_has_none() -> None:
    photo = Photo(np.full((40, 40, 3), 100, np.uint8))
    with pytest.raises(LayerError, match="empty"):
        heal(photo, np.zeros((40, 40), np.bool_))
