"""Scratches and dust, found without a mask."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from mien.conditions.labels import INDEX
from mien.editing.damaged import SIDE, WIDER, damaged
from mien.errors import LayerError
from mien.guides.healing.damage import find_damage
from mien.guides.healing.sure_damage import sure
from mien.types import Bool, Photo, UInt8

NOTHING = np.zeros((400, 500), np.bool_)


def printed() -> UInt8:
    """A sepia print with grain, an edge, stars, a soft light, and fine stripes."""
    ys, xs = np.mgrid[:400, :500]
    picture = np.repeat((70 + 0.15 * xs)[..., None], 3, 2)
    picture[:, 330:] += 70
    for x in (40, 90, 140):
        corners = [
            (x + (16, 6)[n % 2] * np.cos(n * np.pi / 5), 60 + (16, 6)[n % 2] * np.sin(n * np.pi / 5)) for n in range(10)
        ]
        cv2.fillPoly(picture, [np.round(corners).astype(np.int32)], (220, 220, 220), cv2.LINE_AA)
    picture += 60 * np.exp(-((xs - 420) ** 2 + (ys - 300) ** 2) / (2 * 8**2))[..., None]
    picture[250:380, 20:150] += 25 * np.sin(xs[250:380, 20:150] * 2 * np.pi / 8)[..., None]
    grain = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 9, (400, 500)), (0, 0), 0.8)
    return np.clip((picture + grain[..., None]) * (1.02, 0.92, 0.74), 0, 255).astype(np.uint8)


def hurt(pixels: UInt8) -> tuple[UInt8, Bool]:
    marks = np.zeros(pixels.shape[:2], np.uint8)
    for x, y, r in ((200, 120, 1), (250, 300, 2), (300, 60, 2), (380, 150, 2), (230, 220, 1)):
        cv2.circle(marks, (x, y), r, 255, -1, cv2.LINE_AA)
    cv2.line(marks, (180, 350), (470, 230), 255, 1, cv2.LINE_AA)
    share = marks[..., None] / 255
    return np.rint(pixels * (1 - share) + 240 * share).astype(np.uint8), marks > 127


def test_dust_and_scratches_are_found_and_little_else() -> None:
    worn, marks = hurt(printed())
    found = find_damage(Photo(worn), NOTHING, NOTHING, NOTHING)
    near = cv2.dilate(marks.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    assert found[marks].mean() > 0.9 and (found & ~near).sum() < 30


def test_scratches_that_cross_are_found_and_one_over_an_eye_with_what_lies_beside_it() -> None:
    marks, eye = np.zeros(NOTHING.shape, np.uint8), np.zeros(NOTHING.shape, np.bool_)
    for start, end in (((40, 320), (300, 140)), ((170, 120), (300, 350)), ((340, 40), (480, 190))):
        cv2.line(marks, start, end, 255, 1, cv2.LINE_AA)
    eye[130:200, 410:490] = True
    share = marks[..., None] / 255
    worn = np.rint(printed() * (1 - share) + 250 * share).astype(np.uint8)
    found = find_damage(Photo(worn), eye, NOTHING, NOTHING)
    crossing, over = (marks > 127) & (np.arange(500) < 310), (marks > 127) & eye
    assert found[crossing].mean() > 0.7 and found[over].mean() > 0.7


def test_stars_stripes_edges_and_soft_lights_are_no_damage() -> None:
    with pytest.raises(LayerError, match="No scratches"):
        find_damage(Photo(printed()), NOTHING, NOTHING, NOTHING)


def test_lights_in_eyes_and_moles_stay() -> None:
    worn, _ = hurt(printed())
    with pytest.raises(LayerError, match="No scratches"):
        find_damage(Photo(worn), ~NOTHING, NOTHING, NOTHING)
    spotted = printed()
    cv2.circle(spotted, (250, 200), 2, (20, 15, 10), -1)
    assert find_damage(Photo(spotted), NOTHING, NOTHING, NOTHING)[200, 250]
    with pytest.raises(LayerError, match="No scratches"):
        find_damage(Photo(spotted), NOTHING, NOTHING, ~NOTHING)


@pytest.mark.parametrize("below", [0, 60])
def test_lights_on_eyelids_stay(below: int) -> None:
    labels = np.full((SIDE, SIDE), INDEX["skin"], np.uint8)
    labels[120:130, 60:90] = INDEX["left_eye"]
    pixels = np.full((SIDE, SIDE, 3), 120, np.uint8)
    cv2.circle(pixels, (75, 116 + below), 2, (240, 240, 240), -1, cv2.LINE_AA)  # just above the eye, or on the cheek
    middle = SIDE / 2
    quad = middle + np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)]) * middle / WIDER
    context: Any = SimpleNamespace(faces=lambda photo: [SimpleNamespace(quad=quad)], classes=lambda crop: labels)
    if below:
        assert damaged(Photo(pixels), context)[116 + below, 75]
    else:
        with pytest.raises(LayerError, match="No scratches"):
            damaged(Photo(pixels), context)


def test_scratches_over_print_dots_are_found_and_dots_are_none() -> None:
    ys, xs = np.mgrid[:400, :500].astype(np.float32)
    marks = np.zeros(NOTHING.shape, np.uint8)
    cv2.line(marks, (60, 340), (420, 90), 255, 2, cv2.LINE_AA)
    light = 60 + 0.25 * xs + 30 * (ys > 200)
    dots = 240 - 210 / (1 + np.exp(-6 * (np.cos(xs + 0.3 * ys) + np.cos(ys - 0.3 * xs) - (light - 128) / 60)))
    clean = np.repeat(cv2.GaussianBlur(dots, (0, 0), 0.7)[..., None], 3, 2)
    with pytest.raises(LayerError, match="No scratches"):
        find_damage(Photo(clean.astype(np.uint8)), NOTHING, NOTHING, NOTHING)
    worn = np.where(marks[..., None] > 127, 240, clean).astype(np.uint8)
    found = find_damage(Photo(worn), NOTHING, NOTHING, NOTHING)
    near = cv2.dilate(marks, np.ones((11, 11), np.uint8)) > 0
    assert found[marks > 127].mean() > 0.8 and (found & ~near).sum() < 60


@pytest.mark.parametrize(
    ("mark", "damage"),
    [((240, 236, 225), True), ((235, 220, 180), True), ((150, 62, 20), False), ((250, 150, 90), False)],
)
def test_in_color_photos_shades_of_a_cloth_are_folds_and_paper_is_a_scratch(
    mark: tuple[int, int, int], damage: bool
) -> None:
    cloth = np.full((400, 500, 3), (215, 100, 45), np.float32)
    cloth[:, :200] = np.linspace(0.7, 1.3, 400)[:, None, None] * (90, 135, 190)
    cloth += np.random.default_rng(0).normal(0, 3, cloth.shape)
    line = np.zeros(NOTHING.shape, np.uint8)
    cv2.line(line, (230, 330), (470, 90), 255, 2, cv2.LINE_AA)
    cv2.circle(line, (300, 80), 2, 255, -1, cv2.LINE_AA)
    share = line[..., None] / 255
    picture = np.clip(cloth * (1 - share) + np.array(mark) * share, 0, 255).astype(np.float32)
    scratch = (np.mgrid[:400, :500][0] > 90) | (np.mgrid[:400, :500][1] > 305)
    found = sure(picture, (line > 127) & ~scratch, (line > 127) & scratch)
    assert found[(line > 127) & scratch].all() == found[80, 300] == damage
    assert damage or not found.any()
    gray = np.repeat(picture.mean(2, keepdims=True), 3, 2)
    assert sure(gray, line > 127, line > 127)[line > 127].all()
