"""Ears that hair lies beside are not dyed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.hair.bare_ears import bare_ears
from mien.guides.hair.pieces import above_beard
from mien.types import Face

HAIR, SKIN = (40, 28, 24), (205, 150, 125)


@pytest.mark.parametrize(("color", "found"), [((185, 110, 90), True), ((75, 62, 54), False)])
def test_what_is_redder_and_lighter_than_hair_beside_a_face_is_an_ear(
    face: Face, color: tuple[int, int, int], found: bool
) -> None:
    unit = 0.01 * float(np.linalg.norm(face.quad[3] - face.quad[0]))
    points = face.landmarks.astype(np.float64)
    outline = cv2.convexHull(np.round(points[:, :2]).astype(np.int32))
    skin = np.zeros((512, 512), np.float32)
    cv2.fillConvexPoly(skin, outline, 1.0)
    picture = np.where(skin[..., None] > 0, SKIN, HAIR).astype(np.uint8)
    middle = points[[127, 132], :2].mean(0) + (points[127, :2] - points[356, :2]) * 0.12
    ear = np.zeros((512, 512), np.uint8)
    cv2.circle(ear, (round(float(middle[0])), round(float(middle[1]))), round(4 * unit), 1, -1)
    ear &= skin == 0
    picture[ear > 0] = color
    told = bare_ears(picture, 1 - skin, skin, np.full_like(skin, 0.05), points, unit)
    assert (told[cv2.erode(ear, np.ones((5, 5), np.uint8)) > 0].mean() > 0.8) == found
    away = (cv2.dilate(ear, np.ones((9, 9), np.uint8)) == 0) & (skin == 0)
    assert told[away].max() < 0.3


def test_beside_a_beard_what_hangs_from_nothing_is_no_hair(face: Face) -> None:
    points = face.landmarks.astype(np.float64)
    mouth = points[[13, 14], :2].mean(0)
    matte = np.zeros((512, 512), np.float32)
    matte[: int(mouth[1]) + 60, 20:60] = 1  # long hair
    matte[int(mouth[1]) + 30 : int(mouth[1]) + 60, 300:340] = 1
    found = above_beard(matte, points, 2.0)
    assert found[:, 300:340].max() < 0.01 and (found[:, 20:60] == matte[:, 20:60]).all()
