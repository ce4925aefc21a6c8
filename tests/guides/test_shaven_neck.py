"""Necks and jaws below and beside a beard that was taken off."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.compose.morphology import disc
from mien.editor import Editor
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import UNIT
from mien.guides.beards.jaw import within_jaw
from mien.guides.beards.lower import _thinned
from mien.guides.beards.stubble import lifted
from mien.types import Bool, Face, Float32, Photo


@pytest.fixture(scope="module")
def here(portrait: Photo, face: Face) -> AroundBeard:
    return AroundBeard.of(portrait, face, Editor.from_pretrained("opencv:telea").parser)


def neck_of(here: AroundBeard) -> Bool:
    chin = float(here.points[152, 1])
    return np.asarray((here.below["skin"] > 0.9) & ~here.oval & (here.rows > chin + 2))


def stubbly(here: AroundBeard) -> tuple[Float32, Float32]:
    """Even skin with dark dots on the neck, and what was replaced above it."""
    picture = np.full((*here.shape, 3), 180, np.float32)
    picture += cv2.GaussianBlur(np.random.default_rng(0).normal(0, 2, picture.shape).astype(np.float32), (0, 0), 0.6)
    dots = neck_of(here) & (np.random.default_rng(1).random(here.shape) < 0.15)
    picture[dots] -= 60
    return picture, (here.oval & (here.rows > here.points[2, 1])).astype(np.float32)


def test_dots_on_a_neck_fade_and_all_else_stays(here: AroundBeard) -> None:
    picture, replaced = stubbly(here)
    more = lifted(here, picture, replaced, UNIT)
    neck = neck_of(here) & (here.rows < here.points[152, 1] + 0.2 * UNIT)
    assert (picture + more)[neck].std() < 0.75 * picture[neck].std()
    assert more.min() >= 0 and not more[here.oval & (replaced > 0)].any()
    assert not more[: int(here.points[2, 1])].any()


def test_a_neck_as_smooth_as_the_face_stays(here: AroundBeard) -> None:
    picture, replaced = stubbly(here)
    picture[neck_of(here)] = 180
    assert lifted(here, picture, replaced, UNIT).max() < 3


def test_where_no_neck_is_near_nothing_is_added(here: AroundBeard) -> None:
    picture, _ = stubbly(here)
    assert not lifted(here, picture, np.zeros(here.shape, np.float32), UNIT).any()


def test_no_line_of_hair_stays_along_a_jaw_before_a_backdrop(here: AroundBeard) -> None:
    jaw = within_jaw(here, here.shape)
    bearded = replace(here, hairs=here.oval, beard=here.oval.astype(np.float32))
    open_ = np.ones(here.shape, np.float32) - here.oval
    bearded.__dict__["below"] = {"background": open_}
    dark, light = (np.full((*here.shape, 3), level, np.float32) for level in (40, 180))
    weight = _thinned(bearded, dark, light, np.ones(here.shape, np.float32), jaw, UNIT)
    edge = (jaw > 0.05) & (jaw < 0.95) & (here.rows > here.points[61, 1])
    assert edge.sum() > 20 and weight[edge].min() > 0.8


def test_a_jaw_and_a_neck_meet_without_a_notch(here: AroundBeard) -> None:
    grown = cv2.dilate(here.oval.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    bearded = replace(here, hairs=grown & (here.rows > here.points[2, 1]))
    skin = ((bearded.below["skin"] > 0.5) | bearded.oval).astype(np.uint8)
    closed = cv2.morphologyEx(skin, cv2.MORPH_CLOSE, disc(0.1 * UNIT))
    assert int(((closed > skin) & bearded.hairs).sum()) < 0.01 * UNIT**2
