"""Frames of glasses beyond what the network sees."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.guides.glasses.fronts import whole_of
from mien.guides.glasses.lines import SIDE, Lines
from mien.types import Float64


def points_of(nose: float) -> Float64:
    """Landmarks of a round face whose nose is elsewhere."""
    points = np.full((478, 2), SIDE / 2)
    turns = np.linspace(0, 2 * np.pi, len(mesh.OUTLINE), endpoint=False)
    points[list(mesh.OUTLINE)] = SIDE / 2 + 150 * np.stack([np.sin(turns), -np.cos(turns)], 1)
    points[[127, 356]] = (SIDE / 2 - 150, SIDE / 2), (SIDE / 2 + 150, SIDE / 2)
    points[168] = nose, SIDE / 2
    for middle, at in ((468, 250), (473, 390)):
        points[middle : middle + 5] = at, SIDE / 2
    points[[33, 133, 362, 263], 0] = 220, 290, 350, 420
    return points


@pytest.mark.parametrize(("nose", "gone"), [(240.0, True), (320.0, False)], ids=["turned", "from the front"])
def test_a_far_rim_goes_on_past_the_outline_of_a_turned_face(nose: float, gone: bool) -> None:
    picture = np.full((SIDE, SIDE, 3), 180, np.float32)
    rim = cv2.ellipse(np.zeros((SIDE, SIDE), np.uint8), (190, 320), (45, 40), 0, 90, 270, 1, 4) > 0
    picture[rim] = 40
    picture[320:322, 30:80] = 40  # touches nothing
    picture[316:324, 148:158] = 30  # a hinge between rim and front
    front = np.zeros((SIDE, SIDE), np.bool_)
    front[300:340, 160:172] = front[278:284, 180:300] = front[356:362, 160:300] = True
    lenses = np.zeros((SIDE, SIDE), np.uint8)
    for x in (235, 380):
        cv2.circle(lenses, (x, 320), 36, 1, -1)
    nothing = np.zeros_like(front)
    parts = dict.fromkeys(("brows", "hair", "ears"), nothing) | {"background": np.arange(SIDE)[None] < 165 + 0 * rim}
    found = whole_of(picture, Lines.of(picture), front, lenses > 0, points_of(nose), parts)
    far = rim & (np.arange(SIDE) < 160)
    assert bool(found[far].mean() > 0.8) is gone and bool(found[316:324, 149:157].mean() > 0.9) is gone
    assert not found[300:340, 30:90].any()
