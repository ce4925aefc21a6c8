"""What lies behind a frame."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.compose.morphology import grown
from mien.guides.bank import Bank, Entry
from mien.guides.behind import enlarged, uncovered
from mien.guides.borrow import unit_of
from mien.guides.lenses import cleared
from mien.guides.surround import BROWS, Worn, surrounded
from mien.types import Bool, Face, Float32


@pytest.fixture(scope="module")
def lent() -> tuple[Float32, Face, list[Entry]]:
    """A face without glasses, and two others."""
    entries = {one.path.stem: one for one in Bank.bundled().entries}
    one = entries["3052"]
    return one.photo().pixels.astype(np.float32), one.face, [entries["2253"], entries["2480"]]


def rims(face: Face, picture: Float32, points: list[int]) -> Bool:
    """A thick line along some landmarks."""
    line = np.zeros(picture.shape[:2], np.uint8)
    cv2.polylines(line, [np.round(face.landmarks[points, :2]).astype(np.int32)], False, 1, 9)
    return line > 0


def worn(picture: Float32, face: Face, hole: Bool) -> Worn:
    nothing = np.zeros_like(hole)
    return Worn(np.where(hole[..., None], 10, picture).astype(np.float32), face, hole, nothing, hole, nothing)


def test_skin_goes_on_behind_a_rim(lent: tuple[Float32, Face, list[Entry]]) -> None:
    picture, face, others = lent
    hole = rims(face, picture, [117, 118, 119, 120])
    made, weight = uncovered(worn(picture, face, hole), np.ones((*hole.shape, 1), np.float32), others)
    unit = unit_of(face)
    assert (weight[~grown(hole, 0.25 * unit)] == 0).all() and weight[hole].min() > 0.9
    assert np.abs(made - picture)[hole].mean() < 28


def test_a_large_photo_keeps_its_detail_where_nothing_was_hidden() -> None:
    before = np.random.default_rng(0).uniform(0, 255, (80, 120, 3)).astype(np.float32)
    small = np.asarray(cv2.resize(before, (60, 40), interpolation=cv2.INTER_AREA), np.float32)
    weight, nothing = np.zeros((40, 60), np.float32), np.zeros((40, 60), np.float32)
    weight[10:20, 10:20] = 1
    mixed, sure = enlarged(before, small, small, nothing, np.full_like(small, 200), weight)
    assert np.abs(mixed - before)[sure == 0].max() < 1e-3 and sure[:16].max() == 0
    assert abs(mixed[26:34, 26:34].mean() - 200) < 5
    same, sure = enlarged(small, small, small, nothing, np.full_like(small, 200), weight)
    assert (same[sure == 0] == small[sure == 0]).all() and (same[12:18, 12:18] == 200).all()


def test_hidden_brows_are_anothers(lent: tuple[Float32, Face, list[Entry]]) -> None:
    picture, face, others = lent
    hole = np.zeros(picture.shape[:2], np.bool_)
    for brow in BROWS:
        hole |= grown(rims(face, picture, list(brow)), 4.0)
    made, weight = surrounded(worn(picture, face, hole), others)
    core = worn(picture, face, hole).within(BROWS)
    skin = np.median(picture[grown(core, 60.0) & ~grown(core, 20.0)])
    assert weight[core].min() > 0.9 and 20 < made[core].mean() < skin - 15
    assert np.isfinite(made).all()


def test_hair_is_not_spread_over_skin(lent: tuple[Float32, Face, list[Entry]]) -> None:
    picture, face, others = lent
    x = int(face.landmarks[263, 0]) + 12
    beside = np.zeros(picture.shape[:2], np.bool_)
    beside[:, x:] = True
    picture = np.where(beside[..., None], np.float32(30), picture)
    hole = np.zeros_like(beside)
    y = int(face.landmarks[263, 1]) + 40
    hole[y : y + 12, x - 30 : x + 60] = True
    kinds = np.dstack([~beside, beside]).astype(np.float32)
    made, _ = uncovered(replace(worn(picture, face, hole), beside=beside), kinds, others)
    assert made[y + 6, x + 10 : x + 50].mean() < 50 < made[y + 6, x - 25 : x - 5].mean()


def test_hair_behind_a_rim_comes_from_the_same_side(lent: tuple[Float32, Face, list[Entry]]) -> None:
    picture, face, others = lent
    left, right = int(face.landmarks[33, 0]) - 12, int(face.landmarks[263, 0]) + 12
    beside = np.ones(picture.shape[:2], np.bool_)
    beside[:, left:right] = False
    picture = picture.copy()
    picture[:, :left], picture[:, right:] = 30, 90
    hole = np.zeros_like(beside)
    y = int(face.landmarks[263, 1]) + 40
    hole[y : y + 12, right - 30 : right + 60] = True
    kinds = np.dstack([~beside, beside]).astype(np.float32)
    made, _ = uncovered(replace(worn(picture, face, hole), beside=beside), kinds, others)
    assert np.abs(made[y + 3 : y + 9, right + 12 : right + 50] - 90).max() < 15


def test_frames_beyond_the_outline_vanish_too(lent: tuple[Float32, Face, list[Entry]]) -> None:
    picture, face, others = lent
    x, y = np.round(face.landmarks[454, :2]).astype(int)
    hole = np.zeros(picture.shape[:2], np.bool_)
    hole[y - 5 : y + 5, x - 20 : x + 20] = True
    _, weight = surrounded(worn(picture, face, hole), others)
    assert weight[hole].min() > 0.9


def test_the_tint_of_lenses_is_taken_off_and_clear_ones_are_left() -> None:
    rng = np.random.default_rng(0)
    plain = np.asarray((190, 150, 130) + 3 * rng.standard_normal((200, 240, 3)), np.float32)
    lenses = cv2.circle(np.zeros((200, 240), np.uint8), (120, 100), 50, 1, -1) > 0
    blue = np.where(lenses[..., None], plain - np.float32((30, 15, -15)), plain).astype(np.float32)
    skin = np.ones_like(lenses)
    made, changed, tinted = cleared(blue, lenses, skin, 150.0)
    inner = cv2.erode(lenses.astype(np.uint8), np.ones((15, 15))) > 0
    hue = [one[inner].mean(0) / one[inner].mean() for one in (made, plain)]
    np.testing.assert_allclose(hue[0], hue[1], atol=0.03)
    assert tinted and (made[changed == 0] == blue[changed == 0]).all()
    made, changed, tinted = cleared(plain, lenses, skin, 150.0)
    assert not tinted and not changed.any() and (made == plain).all()


def test_shade_of_one_side_is_no_haze_and_haze_of_both_goes() -> None:
    plain = np.full((200, 400, 3), (190, 150, 130), np.float32)
    lenses = np.zeros((200, 400), np.uint8)
    for x in (110, 290):
        cv2.circle(lenses, (x, 100), 50, 1, -1)
    worn, skin = lenses > 0, np.ones(lenses.shape, np.bool_)
    one_side = np.where((worn & (np.arange(400) < 200))[..., None], plain + 25, plain).astype(np.float32)
    both = np.where(worn[..., None], plain + 25, plain).astype(np.float32)
    assert (cleared(one_side, worn, skin, 150.0)[0] == one_side).all()
    assert np.abs(cleared(both, worn, skin, 150.0)[0] - plain)[100, 110].max() < 5
