"""How far a beard reaches, and necks in its shade."""

from __future__ import annotations

import numpy as np
import pytest

from mien.align import mesh
from mien.guides.beards.edge import dilated, inside
from mien.guides.beards.reach import thickness, within_reach
from mien.guides.beards.shaded_neck import shaded_neck
from mien.types import Bool, Float64

UNIT, SIDE = 48, 160


@pytest.fixture
def points() -> Float64:
    """A round face around (80, 60), whose chin is at (80, 110)."""
    found = np.zeros((478, 3))
    angles = np.linspace(0, 2 * np.pi, len(mesh.OUTLINE), endpoint=False)
    found[list(mesh.OUTLINE), :2] = np.stack([80 + 40 * np.sin(angles), 60 - 50 * np.cos(angles)], 1)
    found[list(mesh.MOUTH_CORNERS), :2] = (65, 85), (95, 85)
    return found


@pytest.fixture
def beard(points: Float64) -> Bool:
    """A beard on the lower face, and 10 pixels around it."""
    face = inside(points[list(mesh.OUTLINE)], (SIDE, SIDE))
    return np.asarray(dilated(face, 10) & (np.arange(SIDE) > 80)[:, None])


def test_a_lapel_beside_a_beard_is_none_and_a_long_tip_is(points: Float64, beard: Bool) -> None:
    nothing = np.zeros_like(beard)
    assert 0.15 < thickness(beard, points, UNIT) < 0.35
    found = within_reach(beard, points, UNIT, nothing)
    assert found.sum() > 0.97 * beard.sum()
    lapel, tip = beard.copy(), beard.copy()
    lapel[90:140, 118:140] = True
    tip[110:145, 70:90] = True
    assert not within_reach(lapel, points, UNIT, nothing)[125:, 100:].any()
    np.testing.assert_array_equal(within_reach(tip, points, UNIT, nothing)[125:145, 70:90], True)
    assert not within_reach(tip, points, UNIT, ~nothing)[135:].any()


def test_a_neck_in_shade_is_told_by_its_hues(points: Float64, beard: Bool) -> None:
    skin = inside(points[list(mesh.OUTLINE)], (SIDE, SIDE)) & ~beard
    picture = np.full((SIDE, SIDE, 3), (200, 160, 140), np.float32)
    picture[beard] = 30
    picture[121:135] = (80, 60, 50)
    found = shaded_neck(picture, skin, beard, points, UNIT)
    assert found[123:133, 75:85].all() and not found[:100].any() and not found[:, :45].any()
    picture[121:] = (40, 50, 90)
    assert not shaded_neck(picture, skin, beard, points, UNIT)[123:].any()
    assert not shaded_neck(picture, np.zeros_like(skin), beard, points, UNIT).any()
