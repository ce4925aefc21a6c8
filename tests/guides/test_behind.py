"""What lies behind a frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.behind import uncovered


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
    assert (made[~hole] == worn[~hole]).all()
    off = made[hole] - light[hole]
    assert np.abs(cv2.blur(made - light, (9, 9))[hole]).max() < 6 and 1.0 < off.std() < 6


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
