"""Clothes that the parser sees in part."""

from __future__ import annotations

import numpy as np
import pytest

from mien.guides.dyes.whole_cloth import whole_cloth
from mien.types import Float32, UInt8

CHIN, UNIT = 40, 1.0
HOLE, SPILL = np.s_[70:100, 50:70], np.s_[85:100, :15]


def scene(shirt: int = 25) -> tuple[UInt8, list[Float32]]:
    """A dark shirt below a bright wall; the parser misses its middle and takes a corner of the wall for cloth."""
    picture = np.full((100, 120, 3), 150, np.uint8)
    picture[60:, 20:100] = shirt
    picture = (picture + np.random.default_rng(0).integers(0, 6, picture.shape)).astype(np.uint8)
    cloth = np.zeros((100, 120), np.float32)
    cloth[60:, 20:100] = 1
    cloth[HOLE] = 0
    wall = 1 - cloth
    cloth[SPILL], wall[SPILL] = 0.6, 0.4
    nothing = np.zeros_like(cloth)
    return picture, [cloth, nothing, wall, nothing]


def test_holes_are_filled_and_backdrop_is_left_out() -> None:
    picture, found = scene()
    made = whole_cloth(picture, found, CHIN, UNIT)
    assert made[HOLE].min() > 0.9 and made[SPILL].mean() < 0.1
    assert np.array_equal(made[:50], found[0][:50]), "nothing changes beside and above"


@pytest.mark.parametrize("kind", [1, 3])
def test_skin_and_hair_before_clothes_are_no_holes(kind: int) -> None:
    picture, found = scene()
    found[2][HOLE], found[kind] = 0, np.zeros_like(found[0])
    found[kind][HOLE] = 1
    assert whole_cloth(picture, found, CHIN, UNIT)[HOLE].max() < 0.1


def test_clothes_of_the_backdrops_color_are_left_as_they_are() -> None:
    picture, found = scene(shirt=150)
    assert np.array_equal(whole_cloth(picture, found, CHIN, UNIT), found[0])


def test_something_of_that_color_beside_clothes_is_none() -> None:
    picture, found = scene()
    picture[60:, 100:] = 25
    made = whole_cloth(picture, found, CHIN, UNIT)
    assert made[60:, 106:].max() == 0
