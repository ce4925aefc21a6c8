"""What replaces a beard, corrected by a network."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.align.finder import FaceFinder
from mien.conditions.parser import FaceParser
from mien.guides.bank import Bank
from mien.guides.beards import lower
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.beardless import Beardless
from mien.guides.beards.chin_frame import EYES, FACE, HIGH, PLANES, WIDE, chin_matrix, chin_planes, from_frame, to_frame
from mien.guides.beards.corrected_chin import lacking, unlike_beard
from mien.guides.beards.lower import bare_chin
from mien.guides.guide import Guide
from mien.types import Face, Float32, Photo


@pytest.fixture(scope="module")
def bearded() -> tuple[Photo, Face]:
    photo = max(Bank.bundled().entries, key=lambda one: one.traits.beard).photo()
    return photo, FaceFinder.bundled().find(photo)[0]


def without(bearded: tuple[Photo, Face], added: float, seen: list[Float32] | None = None) -> Guide:
    """Its beard off, by a network that adds the same everywhere, as a share of half of all levels."""
    other = next(one for one in Bank.bundled().entries if one.path.stem == "3052")

    def network(planes: Float32) -> tuple[Float32, ...]:
        if seen is not None:
            seen.append(planes)
        return (np.full((1, 3, HIGH, WIDE), added, np.float32),)

    return bare_chin(*bearded, [Beardless(other.photo(), other.face)], FaceParser.bundled(), network)


@pytest.fixture(scope="module")
def plain(bearded: tuple[Photo, Face]) -> tuple[Guide, Float32]:
    """Its beard off, by a network that adds nothing, and what that network saw."""
    seen = list[Float32]()
    return without(bearded, 0.0, seen), seen[0]


def test_the_frame_is_upright_and_comes_back_to_its_place(bearded: tuple[Photo, Face]) -> None:
    photo, face = bearded
    matrix = chin_matrix(face.landmarks)
    there = (face.landmarks[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    left, right = there[33], there[263]
    assert left[1] == pytest.approx(right[1], abs=0.1) and 0.8 * EYES < right[0] - left[0] < EYES + 0.1
    assert 0 < there[152, 0] < WIDE and 0.5 * HIGH < there[152, 1] < 0.8 * HIGH
    soft = cv2.GaussianBlur(photo.pixels.astype(np.float32), (0, 0), 3.0)
    within = from_frame(np.ones((HIGH, WIDE), np.float32), matrix, soft.shape) > 0.99
    back = from_frame(to_frame(soft, matrix), matrix, soft.shape)
    assert np.abs(back - soft)[within].mean() < 1.5 and within.mean() > 0.1


def test_a_mirrored_face_has_a_mirrored_frame(bearded: tuple[Photo, Face]) -> None:
    photo, face = bearded
    points = face.landmarks.copy()
    points[:, 0] = photo.width - points[:, 0]
    for a, b in ((33, 263), (58, 288), (61, 291)):
        points[[a, b]] = points[[b, a]]
    one, other = chin_matrix(face.landmarks), chin_matrix(points)
    corner = one @ (0, 0, 1), other @ (WIDE, 0, 1)
    assert corner[0] == pytest.approx((photo.width - corner[1][0], corner[1][1]), abs=0.01)


def test_the_network_sees_both_photos_and_the_areas(plain: tuple[Guide, Float32]) -> None:
    _, seen = plain
    planes = seen[0]
    assert seen.shape == (1, PLANES, HIGH, WIDE) and np.abs(planes).max() <= 1.1
    weight = planes[6] > 0
    assert 0.02 < weight.mean() < 0.8
    assert np.abs(planes[:3] - planes[3:6])[:, planes[6] < -0.99].max() < 0.15
    assert np.abs(planes[:3] - planes[3:6])[:, weight].mean() > 0.05
    nothing = np.zeros((HIGH, WIDE), np.float32)
    places = chin_planes(*(np.dstack([nothing] * 3),) * 2, nothing, nothing, nothing, nothing)
    np.testing.assert_allclose(places[10, 0], -places[10, 0, ::-1], atol=1e-6)


def test_what_is_lacking_is_added_where_the_beard_was_and_pores_stay(
    bearded: tuple[Photo, Face], plain: tuple[Guide, Float32]
) -> None:
    whole, lighter, more = plain[0], without(bearded, 0.05), without(bearded, 10.0)
    assert whole.box == lighter.box
    np.testing.assert_array_equal(whole.confidence, lighter.confidence)
    apart = (lighter.samples - whole.samples).astype(np.float32)
    free = ((whole.samples > 0) & (lighter.samples < 255)).all(2)
    assert np.abs(apart[free] - apart[free].mean(1, keepdims=True)).max() < 1  # shade has a hue
    assert 4 < apart[free].max() < 7.5 and apart[free].min() > -0.1
    assert np.abs(apart - cv2.GaussianBlur(apart, (0, 0), 1.0))[free].mean() < 0.2
    assert (more.samples - whole.samples).max() < 61


def test_a_head_that_is_turned_far_is_not_corrected(bearded: tuple[Photo, Face]) -> None:
    photo, face = bearded
    here, asked = AroundBeard.of(photo, face, FaceParser.bundled()), list[Float32]()
    weight = here.hairs.astype(np.float32)
    replaced = weight, weight, here.picture

    def network(planes: Float32) -> tuple[Float32, ...]:
        asked.append(planes)
        return (np.full((1, 3, HIGH, WIDE), 0.1, np.float32),)

    found = [
        lacking(here, replace(face, pose=replace(face.pose, yaw=yaw)), here.picture, replaced, network).max()
        for yaw in (0.0, -25.0, 31.0)
    ]
    assert found[0] == pytest.approx(2 * found[1], rel=0.01) and found[2] == 0 and len(asked) == 2


def test_along_the_jaw_the_beard_does_not_come_back() -> None:
    planes = np.zeros((PLANES, HIGH, WIDE), np.float32)
    planes[3:6] = -0.6  # a dark beard
    planes[FACE], planes[FACE, :80, 20:90] = -1, 1
    dark, light = (np.full((HIGH, WIDE, 3), one, np.float32) for one in (-40, 20))
    found = unlike_beard(dark, planes)
    assert found[79:81, 30:80].max() > -2 and found[20, 20].max() > -2
    np.testing.assert_allclose(found[40, 55], -40, atol=0.1)
    np.testing.assert_allclose(found[105, 55], -40, atol=0.1)
    np.testing.assert_array_equal(unlike_beard(light, planes), light)


def test_without_the_network_nothing_is_corrected(
    bearded: tuple[Photo, Face], plain: tuple[Guide, Float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lower, "chin_network", lambda: None)
    other = next(one for one in Bank.bundled().entries if one.path.stem == "3052")
    made = bare_chin(*bearded, [Beardless(other.photo(), other.face)], FaceParser.bundled())
    np.testing.assert_array_equal(made.samples, plain[0].samples)
