"""What lies behind a frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.behind import uncovered, untinted


@pytest.mark.parametrize("unit", [120.0, 600.0])
def test_light_and_grain_go_on_behind_a_line(unit: float) -> None:
    rng = np.random.default_rng(0)
    light = np.linspace(90, 170, 200, dtype=np.float32)[None, :, None] * np.ones((160, 1, 3), np.float32)
    picture = light + 3 * rng.standard_normal((160, 200, 1)).astype(np.float32)
    hole = np.zeros((160, 200), np.bool_)
    hole[76:84] = True
    worn = np.where(hole[..., None], 20, picture).astype(np.float32)
    nothing = np.zeros_like(hole)
    made = uncovered(worn, hole, nothing, nothing, np.zeros(hole.shape, np.float32), unit)
    near = cv2.dilate(hole.astype(np.uint8), np.ones((5, 5), np.uint8), iterations=max(1, round(0.01 * unit))) > 0
    assert (made[~near] == worn[~near]).all()
    off = made[hole] - light[hole]
    assert np.abs(cv2.blur(made - light, (9, 9))[hole]).max() < 8 and 1.0 < off.std() < 6


def test_a_brow_goes_on_behind_a_rim() -> None:
    picture = np.full((120, 200, 3), 180, np.float32)
    brow = np.zeros((120, 200), np.float32)
    brow[44:72, 40:160] = 1
    picture[brow > 0] = 70
    hole = np.zeros(brow.shape, np.bool_)
    hole[54:80] = True
    worn = np.where(hole[..., None], 15, picture).astype(np.float32)
    nothing = np.zeros_like(hole)
    made = uncovered(worn, hole, nothing, nothing, brow, 150.0)
    assert made[68, 60:140].mean() < 95 and made[77, 60:140].mean() > 130


def test_the_tint_of_lenses_is_taken_off_and_clear_ones_are_left() -> None:
    rng = np.random.default_rng(0)
    plain = np.asarray((190, 150, 130) + 3 * rng.standard_normal((200, 240, 3)), np.float32)
    lenses = cv2.circle(np.zeros((200, 240), np.uint8), (120, 100), 50, 1, -1) > 0
    blue = np.where(lenses[..., None], plain - np.float32((30, 15, -15)), plain).astype(np.float32)
    skin = np.ones_like(lenses)
    made, where = untinted(blue, lenses, skin, 150.0)
    inner = cv2.erode(lenses.astype(np.uint8), np.ones((15, 15))) > 0
    hue = [one[inner].mean(0) / one[inner].mean() for one in (made, plain)]
    np.testing.assert_allclose(hue[0], hue[1], atol=0.03)
    assert (made[~where] == blue[~where]).all() and not untinted(plain, lenses, skin, 150.0)[1].any()
