"""Ends of dark arms."""

import cv2
import numpy as np

from mien.guides.glasses.arm_ends import arm_ends
from mien.guides.glasses.lines import SIDE


def _points() -> np.ndarray:
    points = np.zeros((478, 2))
    points[[33, 133, 362, 263]] = [(240, 300), (290, 300), (350, 300), (400, 300)]
    points[[127, 356, 168]] = [(190, 300), (450, 300), (320, 300)]
    return points


def _worn(end: tuple[int, int], level: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A face with a black frame to x = 450, whose arm goes on to ``end``, ``level`` light."""
    picture = np.full((SIDE, SIDE, 3), 170, np.uint8)
    frame, lenses = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    for x in (265, 375):
        cv2.ellipse(frame, (x, 310), (45, 35), 0, 0, 360, 1, 8)
        cv2.ellipse(lenses, (x, 310), (38, 28), 0, 0, 360, 1, -1)
    cv2.line(frame, (420, 295), (450, 295), 1, 8)
    cv2.line(picture, (440, 295), end, (level,) * 3, 8)
    picture[frame > 0] = 30
    return picture.astype(np.float32), frame > 0, lenses > 0


def test_an_end_is_found_where_it_goes_on() -> None:
    picture, frame, lenses = _worn((490, 305), 35)
    found = arm_ends(picture, frame, lenses, _points())
    assert found[296:306, 460:485].any(0).all()
    assert not found[:, :430].any()


def test_what_is_lighter_or_far_is_none() -> None:
    for picture, frame, lenses in (_worn((490, 305), 130), _worn((445, 295), 35)):
        picture[300:308, 500:530] = 30
        assert not arm_ends(picture, frame, lenses, _points())[:, 456:].any()
