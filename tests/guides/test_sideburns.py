"""Sideburns that the parser takes for skin are dyed with the hair."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.dyes.fair_sideburns import kept_sideburns
from mien.guides.dyes.sideburns import with_sideburns
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


@pytest.mark.parametrize(("level", "stays"), [(215, True), (60, False)])
def test_sideburns_stay_beside_hair_that_becomes_as_light_as_skin(face: Face, level: int, stays: bool) -> None:
    unit = 0.01 * float(np.linalg.norm(face.quad[3] - face.quad[0]))
    points = face.landmarks[:, :2].astype(np.float64)
    skin = np.zeros((512, 512), np.uint8)
    cv2.fillConvexPoly(skin, cv2.convexHull(np.round(points).astype(np.int32)), 1)
    matte = 1 - skin.astype(np.float32)
    temple, lobe = (np.round(points[one]).astype(int) for one in (127, 132))
    burn = np.zeros((512, 512), bool)
    burn[temple[1] : (temple[1] + lobe[1]) // 2, temple[0] + 4 : temple[0] + 4 + round(2 * unit)] = True
    matte[burn] = 1
    photo = np.where(matte[..., None] > 0.5, GRAY, SKIN).astype(np.float32)
    dyed = np.where(matte[..., None] > 0.5, np.float32(level), photo).astype(np.float32)
    made = kept_sideburns(photo, dyed, matte, skin.astype(np.float32), points, unit)
    away = matte * (1 - skin) > 0.5
    assert (np.abs(made - photo)[burn].mean() < 0.5 * np.abs(dyed - photo)[burn].mean()) == stays
    assert np.abs(made - dyed)[away].mean() < 1
