"""Ears of heads of nobody, scraps at the ends of their pictures, and colors of hair; no networks."""

from __future__ import annotations

import numpy as np
import pytest

from mien.generation.backdrops import _solid, _unscrapped
from mien.generation.ears import BESIDE, missed_ears, without_glow
from mien.generation.heads import Head, heads
from mien.generation.wished_colors import _shade
from mien.guides.borrow import unit_of
from mien.guides.traits import lab_of

SIDE, SEAM = 160, 40


def head(name: str) -> Head:
    return next(one for one in heads() if one.entry.path.stem == name)


@pytest.mark.parametrize("skin", [True, False])
def test_skin_in_a_notch_beside_a_face_is_an_ear(skin: bool) -> None:
    one = head("2123")
    picture, unit = one.photo.pixels.copy(), unit_of(one.face)
    temple, lobe = (one.face.landmarks[at, :2] for at in (BESIDE[1][0], BESIDE[1][3]))
    x, y = (temple + lobe).astype(int) // 2 + (int(0.15 * unit), 0)
    r = max(3, int(0.07 * unit))
    notch = np.s_[y - r : y + r, x - r :]
    likely = np.zeros(picture.shape[:2], np.float32)
    likely[:, : x + 2 * r] = 1
    likely[notch] = 0
    cheek = one.face.landmarks[280, :2].astype(int)
    picture[notch] = picture[cheek[1], cheek[0]] if skin else (60, 90, 160)
    found = missed_ears(picture, likely, one.face)
    assert (found[y, x] == 1) == skin
    assert not found[:, : x - 3 * r].any()


def test_glowing_ears_are_as_vivid_as_cheeks_and_faces_stay() -> None:
    one = head("2123")
    pixels, unit = one.photo.pixels.copy(), unit_of(one.face)
    at = one.face.landmarks[BESIDE[0][1], :2].astype(int) - (int(0.15 * unit), 0)
    nose = one.face.landmarks[4, :2].astype(int)
    areas = [np.s_[y - 5 : y + 6, x - 5 : x + 6] for x, y in (at, nose)]
    for area in areas:
        pixels[area] = (230, 70, 40)
    made = without_glow(one.photo.with_pixels(pixels), one.face).pixels
    before, after = (np.hypot(*lab_of(p[areas[0]])[5, 5, 1:]) for p in (pixels, made))
    assert after < 0.6 * before and np.array_equal(made[areas[1]], pixels[areas[1]])


def test_scraps_of_a_backdrop_where_a_picture_ended_go() -> None:
    alpha, picture = np.zeros((SIDE, SIDE), np.float32), np.full((SIDE, SIDE, 3), 120, np.uint8)
    alpha[30:, 40:120] = 1
    alpha[SEAM : SEAM + 3, 120:140] = 1  # thin
    alpha[SEAM - 8 : SEAM + 8, 28:40] = 1  # brown beside gray hair
    picture[SEAM - 8 : SEAM + 8, 28:40] = (120, 60, 30)
    made = _unscrapped(alpha, alpha, picture, SEAM, SIDE)
    assert made[SEAM + 1, 130] < 0.1 and made[SEAM, 32] < 0.1
    assert made[60:, 45:115].min() == 1 and (made <= alpha + 1e-6).all()


def test_solid_hair_has_no_holes_and_the_same_outline() -> None:
    alpha = np.zeros((SIDE, SIDE), np.float32)
    alpha[30:130, 30:130] = 1
    alpha[78:81, 78:81] = 0.3
    made = _solid(alpha, SIDE)
    assert made[79, 79] == 1 and not made[:29].any() and not made[:, :29].any()


def test_gray_hair_becomes_a_dull_brown_and_all_of_a_blond() -> None:
    gray, brown, blond = (np.array(lab, np.float32) for lab in ((60, 1, 1), (30, 12, 20), (80, 4, 30)))
    dull, own = (_shade(gray, brown, grayed=told, all_of_it=told) for told in (True, False))
    assert np.hypot(*dull[1:]) < 0.7 * np.hypot(*own[1:]) and dull[0] < own[0]
    assert _shade(gray, blond, grayed=True, all_of_it=False)[2] > 0.7 * blond[2]
    assert _shade(gray, blond, grayed=False, all_of_it=False)[2] < 0.5 * blond[2]
