"""Areas made larger and smaller, whatever surrounds them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.compose.morphology import LARGE, disc, grown, shrunk, thin

AREA = np.zeros((150, 170), np.bool_)
AREA[20:70, 30:90], AREA[40:45, 80:150], AREA[100:150, 5:60] = True, True, True


@pytest.mark.parametrize("reach", [3, LARGE, 20])
def test_distances_do_as_discs_do(reach: int) -> None:
    expected = cv2.dilate(AREA.astype(np.uint8), disc(reach)) > 0
    assert (grown(AREA, reach) != expected).mean() < 0.002
    expected = cv2.erode(AREA.astype(np.uint8), disc(reach)) > 0
    assert (shrunk(AREA, reach) != expected).mean() < 0.002


@pytest.mark.parametrize("reach", [3, LARGE, 20])
def test_what_lies_far_beside_an_area_changes_nothing(reach: int) -> None:
    wider = np.pad(AREA[:140], ((60, 0), (70, 80)))
    for make in (grown, shrunk, thin):
        found = make(wider, reach)[60:, 70:-80]
        np.testing.assert_array_equal(found, make(np.pad(AREA[:140], ((30, 0), (40, 40))), reach)[30:, 40:-40])


def test_all_and_nothing_stay() -> None:
    for area in (np.ones((30, 40), np.bool_), np.zeros((30, 40), np.bool_)):
        for make in (grown, shrunk):
            np.testing.assert_array_equal(make(area, LARGE), area)
