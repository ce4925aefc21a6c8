"""Ears in shade stay whole; dark locks that the parser takes for ears go with the hair."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.guides.hair.ears import unshaded
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, ColorParser, head

BLACK = (24, 22, 20)


@pytest.fixture
def here(face: Face) -> Scene:
    """A head of black hair with an ear."""
    scene = Scene.of(head(face, COLORS, down=-0.2), face, ColorParser())  # type: ignore[arg-type]
    ears, picture = np.zeros(scene.shape, np.float32), scene.picture.copy()
    x, y = scene.points[234, :2].astype(int)
    ears[y - 30 : y + 30, x - 24 : x] = 1
    picture[ears > 0] = COLORS["skin"]
    picture[scene.hair > 0.9] = BLACK
    return replace(scene, picture=picture, shares={**scene.shares, "ears": ears}, loose=scene.loose * (1 - ears))


@pytest.mark.parametrize(("color", "stays"), [((110, 50, 40), True), (BLACK, False)])
def test_red_shade_is_of_an_ear_and_black_is_hair(here: Scene, color: tuple[int, int, int], stays: bool) -> None:
    ear = here.shares["ears"] > 0
    upper = ear & (np.cumsum(ear, axis=0) < 36)
    picture = here.picture.copy()
    picture[upper] = color
    left = unshaded(replace(here, picture=picture))
    inner = cv2.erode(upper.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (float(left.shares["ears"][inner].mean()) > 0.9) == stays
    assert (float(left.loose[inner].mean()) < 0.1) == stays
