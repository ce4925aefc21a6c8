"""What is among hair and has another color is not dyed."""

from __future__ import annotations

import numpy as np
import pytest

from mien.guides.among_hair import without_others


@pytest.mark.parametrize(("width", "sure", "gone"), [(40, 0.8, True), (6, 0.8, False), (40, 0.99, False)])
def test_a_scarf_is_no_hair_and_thin_hair_and_dyed_locks_are(width: int, sure: float, gone: bool) -> None:
    picture = np.full((200, 200, 3), (60, 45, 38), np.float64)
    picture[100:140, 80 : 80 + width] = (130, 20, 150)
    picture = (picture + np.random.default_rng(0).normal(0, 4, picture.shape)).clip(0, 255).astype(np.uint8)
    matte, likely = np.ones((200, 200), np.float32), np.full((200, 200), sure, np.float32)
    told = without_others(picture, matte, likely, 3.0)
    assert (told[110:130, 80 : 80 + width].mean() < 0.2) == gone
    assert told[:90].min() == 1
