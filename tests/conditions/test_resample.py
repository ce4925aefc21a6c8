from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.modalities import maps
from mien.conditions.types import Conditions


@pytest.mark.parametrize("side", [512, 384, 1024])
def test_a_thin_line_neither_breaks_nor_thickens(side: int) -> None:
    drawn = np.zeros((side, side), np.uint8)
    cv2.circle(drawn, (side // 2, side // 2), side // 4, 1, 2)
    small = maps()["sketch"].resample(drawn > 0, 128)
    parts, _ = cv2.connectedComponents(small.astype(np.uint8))
    holes, _ = cv2.connectedComponents((~small).astype(np.uint8), connectivity=4)
    assert (parts, holes) == (2, 3)  # one ring, which parts inside from outside
    assert 0.8 < small.sum() / (2 * np.pi * 32) < 1.3


def test_thick_lines_stay_thick() -> None:
    drawn = np.zeros((512, 512), np.bool_)
    drawn[100:132, 48:448] = True
    assert maps()["sketch"].resample(drawn, 128).sum() == 8 * 100


def test_labels_and_unknown_are_picked_not_mixed() -> None:
    labels = np.full((512, 512), INDEX["hair"], np.uint8)
    labels[:, 256:] = UNKNOWN
    small = maps()["semantic"].resample(labels, 128)
    assert set(np.unique(small)) == {INDEX["hair"], UNKNOWN}
    assert (small == UNKNOWN).sum() == 128 * 64


def test_colors_are_those_of_painted_pixels_only() -> None:
    color = np.zeros((512, 512, 4), np.uint8)
    color[:, :258] = (200, 40, 10, 255)
    color[:, 258:, :3] = 99  # what lies under transparency
    small = maps()["color"].resample(color, 128)
    assert set(map(tuple, np.unique(small.reshape(-1, 4), axis=0))) == {(0, 0, 0, 0), (200, 40, 10, 255)}
    assert (small[..., 3] > 0).sum() == 128 * 65  # half a pixel counts


def test_all_maps_go_to_one_side() -> None:
    ones = np.ones((64, 64))
    conditions = Conditions(
        ones.astype(np.float32),
        sketch=ones > 0,
        semantic=ones.astype(np.uint8),
        color=np.full((64, 64, 4), 255, np.uint8),
        text="x",
    )
    grown = conditions.at(96)
    assert grown.size == 96 and grown.text == "x"
    assert grown.mask is not None and grown.mask.min() == 1
