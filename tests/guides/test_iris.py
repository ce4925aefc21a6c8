"""Irises are looked for near where landmarks put them."""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.dyes.coloring import lab_of
from mien.guides.dyes.iris_dye import Iris
from mien.guides.eyes.iris import found_iris
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


def test_a_dyed_iris_keeps_its_pupil_its_highlight_and_the_white() -> None:
    photo, middle = eye((62, 40), 17), np.array([62.5, 40.5])
    cv2.circle(photo.pixels, (62, 40), 6, (12, 10, 10), -1)
    iris = Iris.of(photo, CONTOUR, middle, 17.5)
    assert iris is not None
    for color in ((45.0, -4.0, -16.0), (8.0, 4.0, 6.0)):
        result, area = iris.over(photo, np.array(color), 1.0).over(photo)
        made = result.pixels.astype(int)
        assert (result.pixels[~area] == photo.pixels[~area]).all()
        assert np.abs(made[36, 56] - photo.pixels[36, 56]).max() < 12  # the highlight
        assert made[41, 63].max() < 30  # the pupil
        assert np.abs(made[40, 84] - photo.pixels[40, 84]).max() < 3  # the white
        lab = lab_of(result.pixels[46:50, 68:72].astype(np.float32) / np.float32(255)).mean((0, 1))
        assert np.abs(lab - color).max() < 9


def test_lids_found_within_the_opening_leave_no_rim_of_the_old_color() -> None:
    photo = eye((62, 40), 17, glint=False)
    iris = Iris.of(photo, (CONTOUR - (60, 40)) * (1, 0.75) + (60, 40), np.array([62.5, 40.5]), 17.5)
    assert iris is not None
    made = lab_of(iris.over(photo, np.array([8.0, 2.0, 2.0]), 1.0).over(photo)[0].pixels.astype(np.float32) / 255)
    assert made[55:57, 62, 0].max() < 16
