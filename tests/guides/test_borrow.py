from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.errors import LayerError
from mien.guides.borrow import borrow, mirrored, mismatch
from mien.guides.parts import PARTS
from mien.types import Face, Photo


@pytest.mark.parametrize("part", [name for name in PARTS if name != "face"])
def test_a_faces_own_part_comes_back_as_it_is(portrait: Photo, face: Face, part: str) -> None:
    guide = borrow(portrait, face, portrait, face, part)
    result, area = guide.over(portrait)
    assert (result.pixels[~area] == portrait.pixels[~area]).all()
    away = np.abs(result.pixels.astype(np.float32) - portrait.pixels)[area]
    assert away.mean() < 3


def test_a_brighter_part_takes_on_the_photos_light(portrait: Photo, face: Face) -> None:
    bright = Photo((portrait.pixels.astype(np.float32) * 0.85 + 30).astype(np.uint8))
    result, area = borrow(portrait, face, bright, face, "mouth").over(portrait)
    away = result.pixels.astype(np.float32) - portrait.pixels
    assert np.abs(away[area].mean(0)).max() < 6


def test_faces_that_look_too_far_apart_are_refused(portrait: Photo, face: Face) -> None:
    turned = replace(face, pose=replace(face.pose, yaw=face.pose.yaw + 50))
    with pytest.raises(LayerError, match="degrees"):
        borrow(portrait, turned, portrait, face, "left_eye")
    with pytest.raises(LayerError, match="choose from"):
        borrow(portrait, face, portrait, face, "tail")


def test_nothing_is_borrowed_from_beyond_the_face(portrait: Photo, face: Face) -> None:
    points = face.landmarks.copy()
    edge = points[list(mesh.OUTLINE), 0]
    points[list(mesh.OUTLINE), 0] = edge + 0.5 * (points[1, 0] - edge)  # so narrow that its outline cuts the eyes
    narrow = replace(face, landmarks=points)
    inside = np.zeros(portrait.pixels.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(points[list(mesh.OUTLINE), :2]).astype(np.int32)], 1)
    inside = cv2.dilate(inside, np.ones((3, 3), np.uint8))  # what is rounded
    for alike in (False, True):
        _, area = borrow(portrait, narrow, portrait, face, "eyes", alike=alike).over(portrait)
        assert area.any()
        assert not area[inside == 0].any()


def test_in_one_light_more_is_borrowed_around_the_eyes(portrait: Photo, face: Face) -> None:
    few, more = (borrow(portrait, face, portrait, face, "eyes", alike=one).over(portrait)[1] for one in (False, True))
    assert (more | ~few).all()
    assert more.sum() > 1.2 * few.sum()


def test_hidden_pixels_are_left_out(portrait: Photo, face: Face) -> None:
    bright = Photo(np.clip(portrait.pixels.astype(np.int16) + 60, 0, 255).astype(np.uint8))
    blocked = np.zeros(portrait.pixels.shape[:2], np.bool_)
    middle = int(face.landmarks[1, 0])
    blocked[:, middle:] = True
    result = borrow(portrait, face, bright, face, "eyes", blocked=blocked).over(portrait)[0]
    right = face.landmarks[468 + 5, :2].astype(int)
    assert (result.pixels[right[1], right[0]] == portrait.pixels[right[1], right[0]]).all()


def test_twice_mirrored_is_as_it_was(portrait: Photo, face: Face) -> None:
    photo, turned, _ = mirrored(portrait, face, None)
    back, again, _ = mirrored(photo, turned, None)
    np.testing.assert_array_equal(back.pixels, portrait.pixels)
    np.testing.assert_allclose(again.landmarks, face.landmarks, atol=1e-3)


def test_skin_of_another_light_is_told(portrait: Photo, face: Face) -> None:
    dark = Photo((portrait.pixels * 0.7).astype(np.uint8))
    assert mismatch(portrait, face, portrait, face, "mouth") < 2
    assert mismatch(portrait, face, dark, face, "mouth") > 30
