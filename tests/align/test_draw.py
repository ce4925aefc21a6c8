"""Drawings land where the faces are, and the photo itself stays."""

from __future__ import annotations

import cv2
import numpy as np

from mien.align.draw import SHIFT, annotate, to_fixed
from mien.types import Face, Pose


def test_fixed_point_coordinates_are_continuous_pixels() -> None:
    """A square from 5 to 15 covers the pixels 5 to 14, each once."""
    canvas = np.zeros((20, 20), np.uint8)
    corners = np.array([[5.5, 5.5], [14.5, 5.5], [14.5, 14.5], [5.5, 14.5]])
    cv2.fillPoly(canvas, [to_fixed(corners)], 255, cv2.LINE_8, SHIFT)
    expected = np.zeros((20, 20), np.uint8)
    expected[5:15, 5:15] = 255
    np.testing.assert_array_equal(canvas, expected)


def test_annotations_stay_around_the_face() -> None:
    photo = np.full((300, 400, 3), 50, np.uint8)
    original = photo.copy()
    points = np.random.default_rng(0).uniform(100, 200, (478, 3)).astype(np.float32)
    quad = np.array([[80, 80], [80, 220], [220, 220], [220, 80]], float)
    face = Face((100, 100, 200, 200), 0.9, points, quad, Pose(0, 0, 0), (0.3, 0.3), 0.0)
    drawn = annotate(photo, [face])
    np.testing.assert_array_equal(photo, original)
    changed = np.abs(drawn.astype(int) - photo).max(2) > 0
    rows, columns = np.nonzero(changed)
    assert rows.min() >= 55 and columns.min() >= 75 and max(rows.max(), columns.max()) <= 223
    assert changed[80, 150] and changed[150, 80], "the square's sides"
