"""Sideburns that the parser takes for skin are dyed with the hair."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.sideburns import with_sideburns
from mien.types import Face

GRAY, SKIN, WALL = (128, 126, 122), (205, 150, 125), (120, 122, 124)


@pytest.mark.parametrize(("color", "found"), [(GRAY, True), (SKIN, False), ((25, 25, 30), False)])
def test_what_goes_on_from_hair_beside_the_ear_in_its_color_is_hair(
    face: Face, color: tuple[int, int, int], found: bool
) -> None:
    unit = 0.01 * float(np.linalg.norm(face.quad[3] - face.quad[0]))
    points = face.landmarks.astype(np.float64)
    skin = np.zeros((512, 512), np.uint8)
    cv2.fillConvexPoly(skin, cv2.convexHull(np.round(points[:, :2]).astype(np.int32)), 1)
    temple, lobe = (np.round(points[one, :2]).astype(int) for one in (127, 132))
    matte = np.zeros((512, 512), np.float32)
    matte[: temple[1], :] = 1 - skin[: temple[1]]
    matte[: temple[1], : temple[0] + round(3 * unit)] = 1
    burn = np.zeros((512, 512), bool)
    burn[temple[1] : (temple[1] + lobe[1]) // 2, temple[0] + 2 : temple[0] + 2 + round(3 * unit)] = True
    picture = np.where(skin[..., None] > 0, SKIN, WALL).astype(np.float64)
    picture[matte > 0.5], picture[burn] = GRAY, color
    picture = np.clip(picture + np.random.default_rng(0).normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    seen = np.where(matte > 0.5, 0, skin).astype(np.float32)
    told = with_sideburns(picture, matte, matte + seen, seen, np.zeros_like(matte), points, unit)
    inner = cv2.erode(burn.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (told[inner].mean() > 0.7) == found
    other = ~cv2.dilate(burn.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    assert (told[other] == matte[other]).all()  # nor is a gray wall hair
