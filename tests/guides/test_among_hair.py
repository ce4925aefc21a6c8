"""What is among hair and has another color is not dyed."""

from __future__ import annotations

import numpy as np
import pytest

from mien.guides.dyes.among_cloth import without_cloth
from mien.guides.dyes.among_hair import without_others
from mien.types import Face


@pytest.mark.parametrize(("width", "sure", "gone"), [(40, 0.8, True), (6, 0.8, False), (40, 0.99, False)])
def test_a_scarf_is_no_hair_and_thin_hair_and_dyed_locks_are(width: int, sure: float, gone: bool) -> None:
    picture = np.full((200, 200, 3), (60, 45, 38), np.float64)
    picture[100:140, 80 : 80 + width] = (130, 20, 150)
    picture = (picture + np.random.default_rng(0).normal(0, 4, picture.shape)).clip(0, 255).astype(np.uint8)
    matte, likely = np.ones((200, 200), np.float32), np.full((200, 200), sure, np.float32)
    told = without_others(picture, matte, likely, 3.0)
    assert (told[110:130, 80 : 80 + width].mean() < 0.2) == gone
    assert told[:90].min() == 1


@pytest.mark.parametrize(("color", "gone"), [((20, 21, 24), True), ((92, 66, 50), False)])
def test_clothes_below_hair_are_none_and_hair_over_clothes_is(
    face: Face, color: tuple[int, int, int], gone: bool
) -> None:
    unit = 0.01 * float(np.linalg.norm(face.quad[3] - face.quad[0]))
    chin = round(float(face.landmarks[152, 1]))
    picture, matte, worn = np.full((512, 512, 3), (92, 66, 50), np.float64), np.zeros((512, 512)), np.zeros((512, 512))
    matte[:, :100], worn[chin + 40 :, 100:160] = 1, 1
    picture[chin + 40 :, 100:160] = (20, 21, 24)
    picture[chin + 40 :, 40:100] = color
    picture = (picture + np.random.default_rng(0).normal(0, 5, picture.shape)).clip(0, 255).astype(np.uint8)
    told = without_cloth(picture, matte.astype(np.float32), worn.astype(np.float32), face.landmarks.astype(float), unit)
    assert (told[chin + 50 :, 50:90].mean() < 0.2) == gone
    assert np.array_equal(told[:chin], matte[:chin]) and told[chin + 50 :, :30].mean() > 0.8
