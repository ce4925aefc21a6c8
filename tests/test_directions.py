from __future__ import annotations

import numpy as np

from mien.align import mesh
from recipes.directions import GEOMETRY, direction, smile


def test_a_direction_moves_the_attribute_by_one_deviation_and_leaves_fine_codes() -> None:
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(600, 12, 16))
    codes[:, 3, 5] *= 4.0
    values = 2.0 * codes[:, 3, 5] - codes[:, 1, 2] + 7.0
    found, explained = direction(codes, values)
    assert found.shape == (12, 16)
    assert explained > 0.95
    assert float(found[GEOMETRY:].abs().max()) == 0.0
    moved = 2.0 * float(found[3, 5]) - float(found[1, 2])
    assert abs(moved / values.std() - 1.0) < 0.05
    assert float(found[3, 5]) > 5 * float(found[1, 2].abs()), "it follows what varies among faces"


def test_a_smile_is_wide_with_raised_corners() -> None:
    points = np.zeros((478, 3), np.float32)
    points[list(mesh.OUTER_EYE_CORNERS), 0] = -50, 50
    points[list(mesh.MOUTH_CORNERS), 0] = -25, 25
    neutral = smile(points)
    points[list(mesh.MOUTH_CORNERS), 0] = -35, 35
    wide = smile(points)
    points[list(mesh.MOUTH_CORNERS), 1] = -10
    assert neutral < wide < smile(points)
    assert abs(smile(3 * points) - smile(points)) < 1e-5, "of any size"
