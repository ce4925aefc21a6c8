"""Pictures reduced by halves, and maps enlarged part by part."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.compose.enlarging import Planes, nearby, part_at, reduced, sampled, tiles


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
@pytest.mark.parametrize("shape", [(240, 320, 3), (241, 320), (60, 80)])
def test_halves_are_the_mean_of_what_they_cover(kind: type, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    picture = cv2.GaussianBlur(rng.uniform(0, 255, shape).astype(np.float32), (0, 0), 4).astype(kind)
    found, direct = reduced(picture, (37, 29)), cv2.resize(picture, (37, 29), interpolation=cv2.INTER_AREA)
    assert found.dtype == kind and found.shape == direct.shape
    assert np.abs(found.astype(np.float32) - direct).mean() < 1


@pytest.mark.parametrize("count", [1, 2, 4, 5, 7])
@pytest.mark.parametrize("size", [(50, 40), (173, 131)])
def test_planes_are_the_parts_of_what_each_map_is_enlarged(count: int, size: tuple[int, int]) -> None:
    maps = np.random.default_rng(0).random((40, 50, count), np.float32)
    planes = Planes.of(maps[..., 0], *([maps[..., 1:]] if count > 1 else []))
    for box in ((0, 0, 30, 20), (7, 11, 50, 40)):
        found = planes.at(size, box)
        assert len(found) == count
        for n, one in enumerate(found):
            np.testing.assert_allclose(one, part_at(np.ascontiguousarray(maps[..., n]), size, box), atol=1e-5)


def test_what_is_nearby_bounds_a_part() -> None:
    small = np.random.default_rng(0).random((40, 50), np.float32)
    for box in tiles((1100, 900)):
        part, near = part_at(small, (1100, 900), box), nearby(small, (1100, 900), box)
        assert near.min() <= part.min() + 1e-6 and part.max() <= near.max() + 1e-6


def test_a_part_is_sampled_where_it_lies() -> None:
    ramp = np.broadcast_to(np.arange(100, dtype=np.float32), (60, 100)).copy()
    found = sampled(ramp, (10, 20, 210, 140), (50, 40, 150, 100), (25, 15))
    np.testing.assert_allclose(found[7], 20.5 + 2 * np.arange(25), atol=0.1)  # centers of 4 photo pixels, 2 of the map
