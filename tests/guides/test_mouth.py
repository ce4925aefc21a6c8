from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.compose.sharpness import as_sharp
from mien.editing import lenders
from mien.editor import Editor
from mien.errors import LayerError
from mien.guides import bank
from mien.guides.eyes.another import eyes
from mien.guides.laid import filled
from mien.guides.mouths.mouth import mouth
from mien.guides.mouths.mouth_seen import shut_at
from mien.guides.mouths.smile import smiling
from mien.guides.mouths.teeth import Areas, evened, lit_teeth
from mien.guides.mouths.teeth_fit import LOWER, UPPER, places_of
from mien.guides.spline import folds
from mien.guides.tint import linear, srgb, teeth_among, teeth_color, teeth_in_warm_light
from mien.types import Face, Photo, UInt8


def _inside(photo: Photo, face: Face, points: tuple[int, ...]) -> np.ndarray:
    outline = face.landmarks[list(points), :2].astype(np.float64)
    return filled(outline, (0, 0, photo.width, photo.height))


def _tinted(pixels: UInt8, red: float, green: float, blue: float) -> Photo:
    return Photo(np.clip(np.rint(pixels * np.array([red, green, blue])), 0, 255).astype(np.uint8))


def test_teeth_of_a_bluer_and_darker_photo_take_on_this_light(portrait: Photo, face: Face) -> None:
    other = _tinted(portrait.pixels, 0.6, 0.7, 0.95)
    result, area = mouth(portrait, face, other, face, whole=False).over(portrait)
    inside = _inside(portrait, face, mesh.INNER_LIPS_CONTOUR)
    assert area[inside].mean() > 0.9
    before, after = (one.pixels[inside].astype(np.float64).mean(0) for one in (portrait, result))
    assert np.abs(before - after).max() < 20
    lips = cv2.dilate(inside.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (result.pixels[~lips] == portrait.pixels[~lips]).all()


def test_eyes_of_a_darker_photo_take_on_this_light(portrait: Photo, face: Face) -> None:
    other = _tinted(portrait.pixels, 0.5, 0.5, 0.6)
    result, _ = eyes(portrait, face, other, face).over(portrait)
    inside = _inside(portrait, face, mesh.LEFT_EYE_CONTOUR)
    before, after = (one.pixels[inside].astype(np.float64).mean(0) for one in (portrait, result))
    assert np.abs(before - after).max() < 14


def test_flashes_and_wine_red_of_another_eye_are_not_taken_over(portrait: Photo, face: Face) -> None:
    flashed = portrait.pixels.copy()
    for iris in (mesh.LEFT_IRIS, mesh.RIGHT_IRIS):
        points = face.landmarks[list(iris), :2]
        middle, radius = points[0], float(np.linalg.norm(points[1:] - points[0], axis=1).mean())
        center = (int(middle[0]), int(middle[1]))
        cv2.circle(flashed, center, round(radius), (70, 10, 25), -1)
        cv2.circle(flashed, center, max(2, round(0.35 * radius)), (255, 255, 255), -1)
    result, _ = eyes(portrait, face, Photo(flashed), face).over(portrait)
    for iris in (mesh.LEFT_IRIS, mesh.RIGHT_IRIS):
        x, y = face.landmarks[iris[0], :2].astype(int)
        middle = result.pixels[y - 1 : y + 2, x - 1 : x + 2].astype(np.float64).mean((0, 1))
        assert middle.max() < 140
        assert middle[0] < 2 * middle[1]


def test_teeth_follow_the_light_and_hardly_the_color_of_skin() -> None:
    bright, dark, warm = (teeth_color(np.array(one)) for one in ((0.7, 0.5, 0.4), (0.1, 0.07, 0.06), (0.7, 0.4, 0.15)))
    assert bright.mean() > 1.8 * dark.mean()
    assert 1 < warm[0] / warm[2] < 0.6 * 0.7 / 0.15
    assert np.allclose(srgb(linear(np.array([[[3.0, 128, 250]]], np.float32))), [3, 128, 250], atol=0.1)


def test_a_smile_opens_lips_and_takes_cheeks_and_lids_along(face: Face) -> None:
    way, unit = smiling(face), float(np.linalg.norm(face.landmarks[33] - face.landmarks[263]))
    assert 0.05 * unit < way[14, 1] - way[13, 1] < 0.1 * unit
    assert abs(way[308, 1] - way[78, 1]) < 0.02 * unit
    assert (way[[61, 291, 205, 425], 1] < 0).all()
    assert way[159, 1] > way[145, 1]


def test_lips_of_a_shut_mouth_meet_where_it_is_darkest(face: Face) -> None:
    points = face.landmarks[:, :2].astype(np.float64)
    points[UPPER] = np.column_stack([np.linspace(40, 160, 11), np.full(11, 60.0)])
    points[LOWER] = np.column_stack([np.linspace(40, 160, 11), np.full(11, 80.0)])
    picture = np.full((140, 200, 3), (170, 90, 90), np.uint8)
    picture[64:67] = (50, 20, 20)
    shut = shut_at(points, (0, 0, 200, 140), picture, 200.0)
    assert np.abs(shut[UPPER[1:-1], 1] - 65.5).max() < 2
    np.testing.assert_array_equal(shut[UPPER], shut[LOWER])


def test_stained_teeth_become_even_and_lips_and_depth_stay() -> None:
    picture = np.full((90, 120, 3), (190, 140, 120), np.float32)
    picture[30:60, 20:100] = (40, 15, 15)
    picture[30:45, 20:100] = (150, 135, 90)
    picture[30:45, 20:100:10] = (70, 55, 35)
    white, skin = np.zeros((90, 120), np.bool_), np.zeros((90, 120), np.bool_)
    white[30:45, 20:100], skin[:20] = True, True
    made, weight = evened(picture, white, skin, 200.0)
    result = picture + weight[..., None] * (made - picture)
    inside = result[33:42, 22:98]
    assert np.ptp(inside.mean((0, 1))) < 0.7 * 60
    assert inside.mean() > picture[33:42, 22:98].mean() + 4
    assert np.abs(result - picture)[50:].max() < 1


def test_a_small_child_gets_no_grown_teeth(portrait: Photo, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bank.youth(face) < bank.CHILD
    monkeypatch.setattr(lenders, "youth", lambda one: 9.0)
    with pytest.raises(LayerError, match="looks like a child"):
        Editor.from_pretrained("opencv:telea")(portrait, part="teeth", face=face)


@pytest.mark.parametrize(("shape", "age", "child"), [(5.0, 33.0, False), (5.0, 24.5, True), (6.5, 33.0, True)])
def test_a_grown_face_of_a_childs_shape_is_no_child(
    shape: float, age: float, child: bool, portrait: Photo, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = SimpleNamespace(looks=lambda pairs: [SimpleNamespace(raw={"age": age})])
    monkeypatch.setattr(lenders, "youth", lambda one: shape)
    monkeypatch.setattr("mien.finding.face_reader.FaceReader.bundled", lambda: reader)
    assert lenders._child(portrait, face) is child


def test_a_sharper_picture_is_blurred_to_its_surroundings() -> None:
    noise = np.random.default_rng(0).uniform(0, 255, (64, 64, 3)).astype(np.float32)
    area, soft = np.ones((64, 64), np.bool_), cv2.GaussianBlur(noise, (0, 0), 1.6)
    found = as_sharp(np.asarray(soft, np.float32), np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.7), np.float32), area)
    assert 0.7 < found.std() / soft.std() < 1.4


def test_a_field_may_fold_where_something_else_is_laid() -> None:
    offsets = np.zeros((32, 32, 2), np.float32)
    offsets[12:20, :, 1] = -3 * np.arange(8, dtype=np.float32)[:, None]
    hole = np.zeros((32, 32), np.bool_)
    assert folds(offsets)
    hole[10:22] = True
    assert not folds(offsets, hole)


def test_teeth_keep_their_size_in_a_narrower_mouth_and_end_along_its_lower_lip(face: Face) -> None:
    there = face.landmarks[:, :2].astype(np.float64)
    middle, goals = there[[61, 291]].mean(0), there.copy()
    goals[:, 0] = middle[0] + 0.7 * (there[:, 0] - middle[0])
    placed = places_of(goals, there, 1.0)
    assert np.ptp(placed[UPPER, 0]) > 0.8 * np.ptp(there[UPPER, 0])
    assert np.abs(placed[14] - goals[14]).max() < 0.05 * np.ptp(there[UPPER, 0])


def test_teeth_in_a_mouth_that_was_shut_are_round_at_their_ends_and_darker() -> None:
    ys, xs = np.mgrid[:80, :140]
    skin, lips = np.array([190.0, 140, 115]), np.array([150.0, 80, 80])
    outer, inner = ((xs - 70) ** 2 / w**2 + (ys - 40) ** 2 / h**2 < 1 for w, h in ((50, 22), (40, 12)))
    face = np.where(outer[..., None], lips, skin).astype(np.float32)
    hollow = np.where(inner[..., None], np.array([45.0, 18, 16]), face)
    teeth = np.where((inner & (ys < 43))[..., None], 215.0, hollow).astype(np.float32)
    areas, depth = Areas(inner, outer, inner, 110.0), np.ones(inner.shape, np.float32)
    shut, wide = (lit_teeth(face, teeth, areas, None, depth, smiles=one)[..., 1] for one in (True, False))
    assert shut[36, 70] < 0.97 * wide[36, 70]
    assert shut[41, 70] / shut[36, 70] < 0.96 * wide[41, 70] / wide[36, 70]


def test_teeth_that_are_seen_well_stay_when_a_mouth_takes_on_another_shape(portrait: Photo, face: Face) -> None:
    shown = portrait.pixels.copy()
    inner = face.landmarks[list(mesh.INNER_LIPS_CONTOUR), :2]
    cv2.fillPoly(shown, [np.round(inner).astype(np.int32)], (236, 230, 218))
    other = _tinted(portrait.pixels, 0.5, 0.6, 1.0)
    result, _ = mouth(Photo(shown), face, other, face).over(Photo(shown))
    inside = cv2.erode(_inside(portrait, face, mesh.INNER_LIPS_CONTOUR).astype(np.uint8), np.ones((5, 5))) > 0
    assert np.abs(result.pixels[inside].astype(int) - shown[inside]).max() < 12


def test_teeth_in_shade_beside_sunlit_skin_are_told_from_lips() -> None:
    picture = np.full((40, 60, 3), (245, 215, 190), np.uint8)
    picture[14:26, 10:50], picture[18:22, 16:44] = (70, 22, 30), (92, 76, 84)
    inside = np.zeros((40, 60), np.bool_)
    inside[14:26, 10:50] = True
    assert not teeth_among(picture, inside).any()
    assert teeth_among(picture, inside, 0.3).sum() == 4 * 28


def test_gums_keep_their_color_when_teeth_are_made_even() -> None:
    picture = np.full((60, 90, 3), (205, 160, 135), np.float32)
    picture[20:40, 15:75] = (215, 205, 180)
    picture[20:28, 15:75] = (212, 158, 148)
    white, skin = np.zeros((60, 90), np.bool_), np.ones((60, 90), np.bool_)
    white[20:40, 15:75], skin[14:46, 10:80] = True, False
    made, weight = evened(picture, white, skin, 110.0)
    shown = picture + weight[..., None] * (made - picture)
    assert np.abs(shown[20:26, 20:70] - picture[20:26, 20:70]).max() < 4
    assert shown[34, 45, 2] > picture[34, 45, 2] + 1


def test_teeth_in_orange_light_are_teeth_and_lips_are_not() -> None:
    picture = np.full((60, 90, 3), (235, 120, 70), np.uint8)
    inside, teeth = np.zeros((60, 90), np.bool_), np.zeros((60, 90), np.bool_)
    inside[20:40, 20:70] = True
    teeth[22:30, 25:65] = True
    picture[inside], picture[teeth] = (120, 30, 20), (240, 190, 110)
    assert not teeth_among(picture, inside).any()
    found = teeth_in_warm_light(picture, inside, ~inside)
    np.testing.assert_array_equal(found, teeth)
    gray = np.repeat(picture.mean(2, keepdims=True), 3, 2).astype(np.uint8)
    assert not teeth_in_warm_light(gray, inside, ~inside).any()
