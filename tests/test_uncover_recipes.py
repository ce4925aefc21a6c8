"""Glasses that are drawn over faces, and what is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from mien.guides.bank import Bank
from mien.guides.glasses.strip import HIGH, WIDE
from recipes.frames_drawn import drawn
from recipes.strips import ROOM, Strips, strip_of
from recipes.uncover import sample


@pytest.fixture(scope="module")
def strips() -> Strips:
    entry = next(one for one in Bank.bundled().entries if one.path.stem == "3052")
    picture, points = strip_of(entry.photo().pixels, entry.face.landmarks[:, :2])
    return Strips(picture[None], points[None], np.ones(1, np.float32))


def test_the_eyes_lie_where_a_strip_has_them(strips: Strips) -> None:
    corners = strips.points[0][[33, 133, 362, 263]] - ROOM
    assert np.abs(corners.mean(0) - (WIDE / 2, 0.38 / 1.8 * WIDE)).max() < 0.1
    assert corners[3, 0] - corners[0, 0] == pytest.approx(WIDE / 1.8, abs=0.1)


def test_drawn_glasses_change_what_they_are_told_to_hide(strips: Strips) -> None:
    rng, inner = np.random.default_rng(0), np.s_[ROOM:-ROOM, ROOM:-ROOM]
    picture, points = strips.pictures[0][inner].astype(np.float32), strips.points[0] - ROOM
    for _ in range(12):
        one = drawn(picture, points, rng)
        changed = np.abs(one.picture - one.clean).max(2)
        elsewhere = (one.frame < 0.01) & (one.lenses < 0.01) & (one.shade < 0.01)
        assert 0.01 < (one.frame > 0.5).mean() < 0.4 and 0.03 < (one.lenses > 0.5).mean() < 0.6
        assert changed[one.frame > 0.9].mean() > 5 and changed[elsewhere].max() < 5


def test_samples_are_what_the_network_takes_and_outside_of_glasses_nothing_is_wanted(strips: Strips) -> None:
    rng = np.random.default_rng(0)
    for finds in (0.0, 1.0):
        one = sample(strips, rng, finds=finds)
        assert one.planes.shape == (11, HIGH, WIDE) and np.abs(one.planes).max() <= 3
        assert one.asked == 1 - finds and (one.frame > 0).any()
        far = (one.allowed == 0) & (one.counts < 0.03)
        assert np.abs(one.filled - one.clean)[far].mean() < 4
