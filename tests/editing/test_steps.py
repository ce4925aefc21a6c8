"""What a mask leaves out of what was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from mien.editing.steps import Guided
from mien.guides.guide import Guide
from mien.types import Photo


@pytest.mark.parametrize(
    ("columns", "unreached"),
    [((20, 30), 1.0), ((0, 10), 0.0), ((0, 1), 0.0), ((9, 30), 0.9)],
    ids=["beside it", "all of it", "a streak of it", "its border alone"],
)
def test_a_mask_that_misses_a_part_is_told_and_one_that_limits_it_is_not(
    columns: tuple[int, int], unreached: float
) -> None:
    photo = Photo(np.zeros((10, 30, 3), np.uint8))
    mask = np.zeros((10, 30), np.bool_)
    mask[:, slice(*columns)] = True
    part = Guide((0, 0, 10, 10), np.full((10, 10, 3), 200, np.uint8), np.ones((10, 10), np.float32))
    done = Guided(photo, np.zeros((10, 30), np.bool_)).then(part, "nose borrowed", mask, 1.0)
    assert done.unreached == pytest.approx(unreached)
    assert not done.photo.pixels[~mask].any()
