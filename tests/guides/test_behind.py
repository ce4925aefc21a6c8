"""What lies behind a frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.behind import uncovered
from mien.guides.lenses import cleared
from mien.types import Bool, Float32


def face_alone(hole: Bool) -> Float32:
    return np.ones((*hole.shape, 1), np.float32)


@pytest.mark.parametrize("unit", [120.0, 600.0])
def test_light_and_grain_go_on_behind_a_line(unit: float) -> None:
    rng = np.random.default_rng(0)
    light = np.linspace(90, 170, 200, dtype=np.float32)[None, :, None] * np.ones((160, 1, 3), np.float32)
    picture = light + 3 * rng.standard_normal((160, 200, 1)).astype(np.float32)
    hole = np.zeros((160, 200), np.bool_)
    hole[76:84] = True
    worn = np.where(hole[..., None], 20, picture).astype(np.float32)
    nothing = np.zeros_like(hole)
    made = uncovered(worn, hole, nothing, nothing, np.zeros(hole.shape, np.float32), face_alone(hole), unit)
    near = cv2.dilate(hole.astype(np.uint8), np.ones((5, 5), np.uint8), iterations=max(1, round(0.016 * unit))) > 0
    assert (made[~near] == worn[~near]).all()
    off = made[hole] - light[hole]
    assert np.abs(cv2.blur(made - light, (9, 9))[hole]).max() < 11 and 1.0 < off.std() < 6


def test_a_brow_goes_on_behind_a_rim() -> None:
    picture = np.full((120, 200, 3), 180, np.float32)
    brow = np.zeros((120, 200), np.float32)
    brow[44:72, 40:160] = 1
    picture[brow > 0] = 70
    hole = np.zeros(brow.shape, np.bool_)
    hole[54:80] = True
    worn = np.where(hole[..., None], 15, picture).astype(np.float32)
    nothing = np.zeros_like(hole)
    made = uncovered(worn, hole, nothing, nothing, brow, face_alone(hole), 150.0)
    assert made[68, 60:140].mean() < 115 and made[77, 60:140].mean() > 130


def test_the_tint_of_lenses_is_taken_off_and_clear_ones_are_left() -> None:
    rng = np.random.default_rng(0)
    plain = np.asarray((190, 150, 130) + 3 * rng.standard_normal((200, 240, 3)), np.float32)
    lenses = cv2.circle(np.zeros((200, 240), np.uint8), (120, 100), 50, 1, -1) > 0
    blue = np.where(lenses[..., None], plain - np.float32((30, 15, -15)), plain).astype(np.float32)
    skin = np.ones_like(lenses)
    made, changed, tinted = cleared(blue, lenses, skin, 150.0)
    inner = cv2.erode(lenses.astype(np.uint8), np.ones((15, 15))) > 0
    hue = [one[inner].mean(0) / one[inner].mean() for one in (made, plain)]
    np.testing.assert_allclose(hue[0], hue[1], atol=0.03)
    assert tinted and (made[changed == 0] == blue[changed == 0]).all()
    made, changed, tinted = cleared(plain, lenses, skin, 150.0)
    assert not tinted and not changed.any() and (made == plain).all()


def test_shade_of_one_side_is_no_haze_and_haze_of_both_goes() -> None:
    plain = np.full((200, 400, 3), (190, 150, 130), np.float32)
    lenses = np.zeros((200, 400), np.uint8)
    for x in (110, 290):
        cv2.circle(lenses, (x, 100), 50, 1, -1)
    worn, skin = lenses > 0, np.ones(lenses.shape, np.bool_)
    one_side = np.where((worn & (np.arange(400) < 200))[..., None], plain + 25, plain).astype(np.float32)
    both = np.where(worn[..., None], plain + 25, plain).astype(np.float32)
    assert (cleared(one_side, worn, skin, 150.0)[0] == one_side).all()
    assert np.abs(cleared(both, worn, skin, 150.0)[0] - plain)[100, 110].max() < 5


def test_hair_is_not_spread_over_skin() -> None:
    picture = np.full((120, 200, 3), (190, 150, 130), np.float32)
    picture[:, 120:] = 30
    kinds = np.zeros((120, 200, 2), np.float32)
    kinds[:, :120, 0], kinds[:, 120:, 1] = 1, 1
    beside = kinds[..., 1] > 0
    hole = np.zeros((120, 200), np.bool_)
    hole[50:70, 20:160] = True
    worn = np.where(hole[..., None], 0, picture).astype(np.float32)
    nothing = np.zeros((120, 200), np.float32)
    made = uncovered(worn, hole, nothing > 0, beside, nothing, kinds, 150.0)
    assert np.abs(made - picture)[50:70, 20:115].mean() < 6 and made[60, 130:160].mean() < 50
