"""Shut eyes, which landmarks take for open ones, told by what the parser sees of them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.align.crop import quad_to_matrix
from mien.conditions.labels import INDEX
from mien.guides.bank import Bank
from mien.guides.eyes.another import shut
from mien.guides.still import Labelled
from mien.types import Face

CONTOURS = (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)


@pytest.fixture(scope="module")
def face() -> Face:
    return next(one for one in Bank.bundled().entries if one.path.stem == "3052").face


def seen(face: Face, shares: tuple[float, float]) -> Labelled:
    """A parsed crop that shows so much of the height of either eye, its lower part."""
    matrix = quad_to_matrix(face.quad, 512)
    points = (face.landmarks[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    labels = np.full((512, 512), INDEX["skin"], np.uint8)
    for name, contour, share in zip(("left_eye", "right_eye"), CONTOURS, shares, strict=True):
        there = points[list(contour)]
        area = cv2.fillPoly(np.zeros(labels.shape, np.uint8), [np.round(there).astype(np.int32)], 1)
        low, high = there[:, 1].max(), there[:, 1].min()
        area[: round(low - share * (low - high))] = 0
        labels[area > 0] = INDEX[name]
    return Labelled(labels, matrix)


@pytest.mark.parametrize(
    ("openness", "shares", "part", "expected"),
    [
        (0.32, (1.0, 1.0), "eyes", False),
        (0.32, (0.3, 0.3), "eyes", True),  # lashes alone, which landmarks take for open eyes
        (0.24, (0.3, 0.3), "eyes", False),  # narrow to both
        (0.10, (1.0, 1.0), "eyes", True),  # what landmarks know as shut is shut
        (0.32, (0.2, 1.0), "left_eye", True),
        (0.32, (0.2, 1.0), "right_eye", False),
    ],
)
def test_shut_eyes_are_told(
    face: Face, openness: float, shares: tuple[float, float], part: str, expected: bool
) -> None:
    assert shut(replace(face, eye_openness=(openness, openness)), seen(face, shares), part) == expected


def test_lenses_that_hide_eyes_tell_nothing(face: Face) -> None:
    labelled = seen(face, (0.0, 0.0))
    labelled.labels[:] = INDEX["glasses"]
    assert not shut(replace(face, eye_openness=(0.32, 0.32)), labelled, "eyes")
