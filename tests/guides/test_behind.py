"""What lies behind a frame."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.compose.morphology import grown
from mien.guides.bank import Bank
from mien.guides.borrow import unit_of
from mien.guides.glasses.behind import Bared, enlarged, uncovered
from mien.guides.glasses.lenses import cleared
from mien.guides.glasses.repainted import repainted
from mien.guides.glasses.strip import HIGH, UNIT, WIDE, strip_matrix
from mien.guides.glasses.surround import BROWS, Worn
from mien.guides.glasses.uncovering import Uncovering, from_strip, to_strip
from mien.types import Bool, Face, Float32


@pytest.fixture(scope="module")
def lent() -> tuple[Float32, Face]:
    """A face without glasses."""
    one = next(one for one in Bank.bundled().entries if one.path.stem == "3052")
    return one.photo().pixels.astype(np.float32), one.face


def rims(face: Face, picture: Float32, points: list[int]) -> Bool:
    """A thick line along some landmarks."""
    line = np.zeros(picture.shape[:2], np.uint8)
    cv2.polylines(line, [np.round(face.landmarks[points, :2]).astype(np.int32)], False, 1, 9)
    return line > 0


def worn(picture: Float32, face: Face, hole: Bool) -> Worn:
    nothing = np.zeros_like(hole)
    hidden = np.where(hole[..., None], 10, picture).astype(np.float32)
    return Worn(hidden, face, hole, nothing, nothing, nothing, nothing)


def bared(one: Worn, kinds: Float32 | None = None) -> Bared:
    return uncovered(one, np.ones((*one.hole.shape, 1), np.float32) if kinds is None else kinds, Uncovering.bundled())


def test_a_strip_has_the_eyes_in_its_middle_and_comes_back_to_its_place(lent: tuple[Float32, Face]) -> None:
    picture, face = lent
    matrix = strip_matrix(face.landmarks)
    corners = (face.landmarks[[33, 263], :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    assert np.abs(corners.mean(0) - (WIDE / 2, 0.38 * UNIT)).max() < 4
    assert corners[1, 0] - corners[0, 0] == pytest.approx(UNIT, abs=0.5)
    soft = cv2.GaussianBlur(picture, (0, 0), 3.0)
    there = from_strip(np.ones((HIGH, WIDE), np.float32), matrix, picture.shape) > 0.99
    back = from_strip(to_strip(soft, matrix), matrix, picture.shape)
    assert np.abs(back - soft)[there].mean() < 1 and there.mean() > 0.1


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_skin_goes_on_behind_a_rim(lent: tuple[Float32, Face], scale: float) -> None:
    picture, face = lent
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC).clip(0, 255)
    face = replace(face, landmarks=face.landmarks * np.float32(scale))
    hole = rims(face, picture, [117, 118, 119, 120])
    found = bared(worn(picture, face, hole))
    far = ~grown(hole, 0.25 * unit_of(face))
    assert (found.weight[far] == 0).all() and (found.touched[far] == 0).all() and found.weight[hole].min() > 0.9
    assert np.abs(found.made - picture)[hole].mean() < 20


def test_an_arm_beyond_what_the_network_sees_vanishes_too(lent: tuple[Float32, Face]) -> None:
    picture, face = lent
    plain = np.full_like(picture, (190, 150, 130))
    hole = np.zeros(picture.shape[:2], np.bool_)
    y, x = int(face.landmarks[263, 1]), int(face.landmarks[263, 0])
    hole[y : y + 10, x:] = True
    found = bared(worn(plain, face, hole))
    assert found.weight[hole].min() > 0.9 and np.abs(found.made - plain)[hole].mean() < 5


def test_a_hidden_brow_is_there_again(lent: tuple[Float32, Face]) -> None:
    picture, face = lent
    hole = grown(rims(face, picture, list(BROWS[0])), 2.0)
    found = bared(worn(picture, face, hole))
    light, wanted = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY)[hole] for one in (found.made, picture))
    assert np.corrcoef(light, wanted)[0, 1] > 0.7 and np.abs(light - wanted).mean() < 20


def test_a_frame_is_found_where_it_is(lent: tuple[Float32, Face]) -> None:
    picture, face = lent
    frame, glass = np.zeros(picture.shape[:2], np.uint8), np.zeros(picture.shape[:2], np.uint8)
    unit = unit_of(face)
    for eye in ([33, 133], [362, 263]):
        middle = np.round(face.landmarks[eye, :2].mean(0) + (0, 0.05 * unit)).astype(int).tolist()
        cv2.ellipse(frame, middle, (round(0.26 * unit), round(0.19 * unit)), 0, 0, 360, 1, max(2, round(0.03 * unit)))
        cv2.ellipse(glass, middle, (round(0.27 * unit), round(0.2 * unit)), 0, 0, 360, 1, -1)
    seen = np.where(frame[..., None] > 0, np.float32(25), picture)
    likely, inside = Uncovering.bundled().frame(seen, glass.astype(np.float32), face.landmarks)
    found = likely > 0.4
    assert found[frame > 0].mean() > 0.8 and found[(frame == 0) & (inside > 0.5)].mean() < 0.1
    assert (Uncovering.bundled().frame(picture, 0 * seen[..., 0], face.landmarks)[0] > 0.4).mean() < 0.02


def test_shaded_skin_behind_a_frame_is_of_this_face_s_color(lent: tuple[Float32, Face]) -> None:
    picture, face = lent
    hole = grown(rims(face, picture, list(BROWS[0])), 4.0)

    def blue(planes: Float32) -> list[Float32]:
        told = np.zeros((len(planes), 4, HIGH, WIDE), np.float32)
        told[:, :3] = np.float32((-0.3, -0.2, 0.1))[:, None, None]
        return [told]

    one = worn(picture, face, hole)
    made = repainted(one, Uncovering(blue))[0]
    lab = cv2.cvtColor(made / np.float32(255), cv2.COLOR_RGB2LAB)[hole & ~grown(~hole, 2.0)]
    skin = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)[grown(hole, 20) & ~grown(hole, 8)]
    assert np.abs(lab[:, 1:].mean(0) - skin[:, 1:].mean(0)).max() < 10 and lab[:, 0].mean() < skin[:, 0].mean()


def test_temples_are_as_light_as_the_skin_around(lent: tuple[Float32, Face]) -> None:
    picture, face = lent
    plain = np.full_like(picture, (190, 150, 130))
    hole = np.zeros(picture.shape[:2], np.bool_)
    y, x = face.landmarks[263, 1].astype(int), int(max(face.landmarks[list(BROWS[1]), 0])) + 12
    hole[y - 6 : y + 6, x : x + 20] = True

    def dark(planes: Float32) -> list[Float32]:
        return [np.full((len(planes), 4, HIGH, WIDE), -0.4, np.float32)]

    made = repainted(worn(plain, face, hole), Uncovering(dark))[0]
    assert np.abs(made - plain)[hole].mean() < 15


def test_hair_is_not_spread_over_skin(lent: tuple[Float32, Face]) -> None:
    picture, face = lent
    x = int(face.landmarks[263, 0]) + 12
    beside = np.zeros(picture.shape[:2], np.bool_)
    beside[:, x:] = True
    picture = np.where(beside[..., None], np.float32(30), picture)
    hole = np.zeros_like(beside)
    y = int(face.landmarks[263, 1]) + 40
    hole[y : y + 12, x - 30 : x + 60] = True
    kinds = np.dstack([~beside, beside]).astype(np.float32)
    made = bared(replace(worn(picture, face, hole), beside=beside), kinds).made
    assert made[y + 6, x + 10 : x + 50].mean() < 60 < made[y + 6, x - 25 : x - 5].mean()


def test_hair_behind_a_rim_comes_from_the_same_side(lent: tuple[Float32, Face]) -> None:
    picture, face = lent
    left, right = int(face.landmarks[33, 0]) - 12, int(face.landmarks[263, 0]) + 12
    beside = np.ones(picture.shape[:2], np.bool_)
    beside[:, left:right] = False
    picture = picture.copy()
    picture[:, :left], picture[:, right:] = 30, 90
    hole = np.zeros_like(beside)
    y = int(face.landmarks[263, 1]) + 40
    hole[y : y + 12, right - 30 : right + 60] = True
    kinds = np.dstack([~beside, beside]).astype(np.float32)
    made = bared(replace(worn(picture, face, hole), beside=beside), kinds).made
    assert np.abs(made[y + 3 : y + 9, right + 12 : right + 50] - 90).max() < 20


def test_a_large_photo_keeps_its_detail_where_nothing_was_hidden() -> None:
    rng = np.random.default_rng(0)
    before = rng.uniform(0, 255, (80, 120, 3)).astype(np.float32)
    small = cv2.resize(before, (60, 40), interpolation=cv2.INTER_AREA)
    weight = np.zeros((40, 60), np.float32)
    weight[10:20, 10:20] = 1
    made = np.full_like(small, 200)
    mixed, sure = enlarged(before, small, Bared(small, np.zeros_like(weight), made, weight))
    assert np.abs(mixed - before)[sure == 0].max() < 1e-3 and sure[:10].max() == 0
    assert mixed[26:34, 26:34].mean() == pytest.approx(200, abs=5)


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
