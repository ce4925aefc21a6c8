"""Edits of reduced photos, carried over: exact where nothing changes, and finer than they were made."""

from __future__ import annotations

import numpy as np
import pytest

from mien.guides.finer import carried_over, reduced_face, reduced_mask, reduced_photo, times_of
from mien.types import Face, Photo, Pose


def noisy(height: int, width: int, channels: int = 3, deep: bool = False) -> Photo:
    rng = np.random.default_rng(0)
    levels = rng.integers(40, 200, (height, width, channels))
    return Photo((levels * 257).astype(np.uint16) if deep else levels.astype(np.uint8))


@pytest.mark.parametrize(("channels", "deep"), [(3, False), (1, False), (3, True)])
@pytest.mark.parametrize("size", [(99, 96), (100, 97)])
def test_a_lighter_part(channels: int, deep: bool, size: tuple[int, int]) -> None:
    photo, times = noisy(*size, channels, deep), 3
    small = reduced_photo(photo, times)
    assert small.pixels.shape == (-(-size[0] // 3), -(-size[1] // 3), channels)
    step = 20 * (257 if deep else 1)
    pixels, area = small.pixels.copy(), np.zeros(small.pixels.shape[:2], np.bool_)
    area[5:], pixels[5:] = True, pixels[5:] + np.asarray(step, pixels.dtype)
    mask = np.ones(size, np.bool_)
    mask[60:, :10] = False
    guide = carried_over(photo, small, photo.with_pixels(pixels), area, mask, times)
    after, changed = guide.over(photo)
    assert np.array_equal(changed[15:], mask[15:]) and not changed[:15].any()
    difference = after.pixels.astype(int) - photo.pixels
    assert not difference[~changed].any()
    inner = difference[24:][mask[24:]]
    assert np.abs(inner - step).max() <= (257 if deep else 1)  # all that is fine stays


def test_steeper_where_the_edit_is() -> None:
    photo, times = noisy(120, 120), 2
    small = reduced_photo(photo, times)
    pixels = np.rint(small.pixels * 0.5).astype(np.uint8)
    guide = carried_over(photo, small, photo.with_pixels(pixels), np.ones((60, 60), np.bool_), None, times)
    made = guide.over(photo)[0].pixels[10:-10, 10:-10].astype(float)
    assert abs(made.std() / photo.pixels[10:-10, 10:-10].std() - 0.5) < 0.15


def test_faces_and_masks() -> None:
    quad = np.array([(0, 0), (0, 1600), (1600, 1600), (1600, 0)], np.float64)
    face = Face((10, 20, 30, 40), 1, np.full((478, 3), 8, np.float32), quad, Pose(0, 0, 0), (0.3, 0.3), 0)
    assert times_of(face) == 2 and times_of(reduced_face(face, 2)) == 1
    small = reduced_face(face, 2)
    assert small.box == (5, 10, 15, 20) and small.landmarks.max() == 4 and small.quad.max() == 800
    mask = reduced_mask(np.eye(4, dtype=np.bool_), 2)
    assert mask is not None and mask.shape == (2, 2) and mask[0, 0] == 0.5 and reduced_mask(None, 2) is None
