from __future__ import annotations

import cv2
import numpy as np

from mien.compose.patches import patched


def test_a_pattern_goes_on_in_a_hole() -> None:
    ys, xs = np.mgrid[:72, :72]
    tiles = np.where((xs // 6 + ys // 6) % 2, 200.0, 60.0)
    truth = np.repeat(tiles[..., None], 3, 2).astype(np.float32)
    hole = np.zeros((72, 72), np.bool_)
    hole[28:44, 26:46] = True
    filled = patched(np.where(hole[..., None], 0, truth).astype(np.float32), hole, hole, np.random.default_rng(0))
    smeared = cv2.inpaint(truth.astype(np.uint8), hole.astype(np.uint8), 4, cv2.INPAINT_TELEA).astype(np.float32)
    assert np.abs(filled - truth)[hole].mean() < 0.4 * np.abs(smeared - truth)[hole].mean()
    assert (filled[~hole] == truth[~hole]).all()


def test_hints_say_which_side_goes_on() -> None:
    rng = np.random.default_rng(0)
    side = np.repeat((np.mgrid[:48, :64][1] < 32)[..., None], 3, 2)
    picture = np.where(side, 60.0, 180.0).astype(np.float32) + rng.normal(0, 8, (48, 64, 3)).astype(np.float32)
    hole = np.zeros((48, 64), np.bool_)
    hole[16:32, 24:40] = True
    hints = np.full((48, 64, 1), 0, np.float32)
    hints[:, :32] = 250
    hints[hole] = 250  # all of the hole is of the left side's class
    filled = patched(picture, hole, hole, rng, hints=hints)
    assert filled[20:28, 28:36].mean() < 90
