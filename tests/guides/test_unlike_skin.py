"""Clothes that the parser takes for skin."""

from __future__ import annotations

import numpy as np

from mien.guides.dyes.unlike_skin import unlike_skin
from mien.types import Float32, UInt8

CHIN, UNIT = 40, 1.0
FACE, BODY, BADGE, SLEEVE = np.s_[15:45, 45:75], np.s_[60:, 20:100], np.s_[70:80, 30:40], np.s_[75:, 14:20]
SKIN, ORANGE, RED = (215, 170, 150), (220, 75, 40), (120, 20, 40)


def scene(worn: tuple[int, int, int]) -> tuple[UInt8, list[Float32]]:
    """A face above a body that the parser takes for skin, but for a badge and a sleeve, before a flag."""
    picture = np.full((100, 120, 3), 150, np.uint8)
    picture[50:, :14] = RED
    for area in (BODY, SLEEVE):
        picture[area] = worn
    picture[BADGE], picture[FACE] = (40, 40, 140), SKIN
    picture = (picture + np.random.default_rng(0).integers(0, 6, picture.shape)).astype(np.uint8)
    cloth, skin, wall = (np.zeros((100, 120), np.float32) for _ in range(3))
    skin[FACE] = skin[BODY] = 0.95
    skin[BADGE] = 0
    wall[:] = 0.95 - skin
    wall[SLEEVE], wall[BADGE] = 0.6, 0.6
    return picture, [cloth, skin, wall, np.zeros_like(cloth)]


def test_what_no_face_has_the_color_of_is_cloth_with_badges_and_sleeves() -> None:
    picture, found = scene(ORANGE)
    cloth, skin, wall, _ = unlike_skin(picture, found, CHIN, UNIT)
    for area in (BODY, BADGE, SLEEVE):
        assert cloth[area].mean() > 0.9 and skin[area].mean() < 0.1 and wall[area].mean() < 0.1
    assert cloth[:50].max() == 0 and cloth[50:, :12].max() == 0, "neither the face nor a flag"
    assert np.array_equal(skin[FACE], found[1][FACE])


def test_bare_chests_stay_skin() -> None:
    for shade in (1.0, 0.6):
        picture, found = scene((int(215 * shade), int(170 * shade), int(150 * shade)))
        for one, before in zip(unlike_skin(picture, found, CHIN, UNIT), found, strict=True):
            assert np.array_equal(one, before)
