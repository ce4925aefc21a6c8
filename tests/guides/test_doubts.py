"""What edits of a face doubt themselves, on drawn pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.guides.glasses.lids_hidden import told_of
from mien.guides.glasses.lines import SIDE
from mien.guides.glasses.reflections_left import left_reflections
from mien.guides.glasses.surround import BROWS
from mien.guides.guide import Doubt
from mien.guides.hair.refused import FULL, FULLER, SOFT, doubts
from mien.guides.mouths.dull_teeth import dull
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, ColorParser, head


@pytest.mark.parametrize(("tooth", "told"), [(150, True), (195, False), (230, False)])
def test_teeth_much_darker_than_bright_skin_are_told(tooth: int, told: bool) -> None:
    skin, lips, weight = np.full((60, 90, 3), 200, np.float32), np.zeros((60, 90), np.bool_), np.zeros((60, 90))
    lips[20:40, 20:70], weight[25:35, 25:65] = True, 1
    made = np.full_like(skin, tooth)
    notes = dull(skin, made, weight.astype(np.float32), lips, 90.0)
    assert bool(notes) == told and all(isinstance(one, Doubt) for one in notes)


def test_frames_before_lids_and_brows_are_told() -> None:
    eyes, none = np.zeros((2, SIDE, SIDE), np.bool_)
    eyes[100:110, 100:130] = True
    points = np.zeros((478, 2))
    for k, brow in enumerate(BROWS):
        angles = np.linspace(0, 2 * np.pi, len(brow), endpoint=False)
        points[list(brow)] = np.column_stack([110 + 60 * k + 20 * np.cos(angles), 70 + 6 * np.sin(angles)])
    assert not told_of(none, eyes, points)
    before_brows, all_over = none.copy(), ~none
    before_brows[60:80] = True
    assert ["brows" in one for one in told_of(before_brows, eyes, points)] == [True]
    assert len(told_of(all_over, eyes, points)) == 2


@pytest.mark.parametrize(("color", "told"), [((40, 190, 160), True), ((225, 165, 140), False), ((120, 80, 65), False)])
def test_colored_reflections_beside_the_eyes_are_told(color: tuple[int, int, int], told: bool) -> None:
    picture, none = np.full((80, 120, 3), (205, 150, 125), np.float32), np.zeros((80, 120), np.bool_)
    lenses, eyes, skin = none.copy(), none.copy(), none.copy()
    lenses[20:60, 20:100], eyes[35:45, 40:80], skin[62:] = True, True, True
    picture[eyes] = (60, 120, 160)  # an iris is blue and is none
    assert not left_reflections(picture, lenses, eyes, skin, 60.0)
    picture[50:56, 45:60] = color
    notes = left_reflections(picture, lenses, eyes, skin, 60.0)
    assert bool(notes) == told and all(isinstance(one, Doubt) for one in notes)


@pytest.mark.parametrize(("color", "told"), [((120, 190, 170), True), ((180, 150, 140), False)])
def test_one_green_eye_is_told(color: tuple[int, int, int], told: bool) -> None:
    picture = np.full((80, 120, 3), (205, 160, 140), np.float32)
    lenses, eyes, skin = (np.zeros((80, 120), np.bool_) for _ in range(3))
    lenses[20:60, 20:100], eyes[35:45, 30:50], eyes[35:45, 70:90], skin[62:] = True, True, True, True
    picture[35:45, 72:88] = color
    notes = left_reflections(picture, lenses, eyes, skin, 60.0)
    assert bool(notes) == told and all(isinstance(one, Doubt) for one in notes)


def test_soft_outlines_and_full_fairer_hair_of_another_photo_are_told(face: Face) -> None:
    here, there = (
        Scene.of(head(face, COLORS, down=down), face, ColorParser())  # type: ignore[arg-type]
        for down in (0.5, 2.5)
    )
    dark = replace(there, hair=np.where(there.hair > 0.5, np.float32(1), np.float32(0)))
    assert not doubts(here, dark)
    assert dark.hair.sum() > FULL * dark.unit**2
    assert doubts(here, replace(dark, picture=np.minimum(dark.picture + 70, np.float32(255)))) == (FULLER,)
    soft = dark.hair.copy()
    soft[::3] *= 0.5
    assert doubts(here, replace(dark, hair=soft)) == (SOFT,)
