"""Arms that rise steeply."""

import cv2
import numpy as np

from mien.guides.glasses.lines import SIDE
from mien.guides.glasses.rising_arms import rising_arms


def _points() -> np.ndarray:
    points = np.zeros((478, 2))
    points[[33, 133, 362, 263]] = [(240, 300), (290, 300), (350, 300), (400, 300)]
    points[[127, 356, 168]] = [(190, 300), (450, 300), (320, 300)]
    return points


def _worn(left: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A face with black rims, an arm that ends 90 pixels above them at the right, and one at the left that is known."""
    picture, frame = np.full((SIDE, SIDE, 3), 170, np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    lenses = np.zeros((SIDE, SIDE), np.uint8)
    for x in (265, 375):
        cv2.ellipse(frame, (x, 310), (45, 35), 0, 0, 360, 1, 8)
        cv2.ellipse(lenses, (x, 310), (38, 28), 0, 0, 360, 1, -1)
    cv2.line(frame, (215, 305), (175, left), 1, 8)
    cv2.line(picture, (425, 305), (465, 245), (25, 25, 25), 8)
    picture[frame > 0] = 30
    return picture.astype(np.float32), frame > 0, lenses > 0


def test_an_arm_is_followed_where_the_other_one_rises_as_well() -> None:
    picture, frame, lenses = _worn(245)
    hair = np.zeros_like(frame)
    found = rising_arms(picture, frame, lenses, hair, _points())
    assert found[250:300].any(1).all()
    assert not found[:, :400].any()
    assert not rising_arms(picture, frame, lenses, ~hair, _points()).any()  # a lock


def test_nothing_is_where_the_other_one_is_level() -> None:
    picture, frame, lenses = _worn(305)
    assert not rising_arms(picture, frame, lenses, np.zeros_like(frame), _points()).any()
