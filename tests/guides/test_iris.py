"""Irises are looked for near where landmarks put them."""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.iris import found_iris
from mien.types import Photo

CONTOUR = np.array([(60 + 46 * np.cos(t), 40 + 20 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 24, endpoint=False)])


def eye(at: tuple[int, int], radius: int, glint: bool = True) -> Photo:
    picture = np.full((80, 120, 3), (200, 150, 130), np.uint8)
    cv2.fillPoly(picture, [np.round(CONTOUR).astype(np.int32)], (235, 230, 228))
    disc = np.zeros((80, 120), np.uint8)
    cv2.circle(disc, at, radius, 1, -1)
    inside = np.zeros((80, 120), np.uint8)
    cv2.fillPoly(inside, [np.round(CONTOUR).astype(np.int32)], 1)
    picture[(disc & inside) > 0] = (70, 50, 40)
    if glint:
        cv2.circle(picture, (at[0] - 5, at[1] - 5), 3, (255, 255, 255), -1)
    return Photo(picture)


def test_an_iris_is_found_beside_its_landmarks() -> None:
    for wrong in ((-6, 0), (5, 2), (0, 0)):
        guess = np.array([62.5 + wrong[0], 40.5 + wrong[1]])
        middle, radius = found_iris(eye((62, 40), 17), guess, 16.0, CONTOUR)
        assert abs(middle[0] - 62.5) < 2 and abs(radius - 17.5) < 2.5


def test_without_an_edge_the_landmarks_stay() -> None:
    flat = Photo(np.full((80, 120, 3), 90, np.uint8))
    middle, radius = found_iris(flat, np.array([60.0, 40.0]), 16.0, CONTOUR)
    assert middle.tolist() == [60.0, 40.0] and radius == 16.0
