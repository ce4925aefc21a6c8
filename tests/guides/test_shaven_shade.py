"""The shadow of a shaven beard, the shade below a jaw, and tufts that hang out of where a beard is looked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.editor import Editor
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import UNIT, hanging_out
from mien.guides.beards.shadow import LEAST, MOST, with_shadow
from mien.guides.beards.under_jaw import shaded
from mien.types import Bool, Face, Float32, Photo


@pytest.fixture(scope="module")
def here(portrait: Photo, face: Face) -> AroundBeard:
    """A face with a beard that is painted on, over a neck as light as the face."""
    found = AroundBeard.of(portrait, face, Editor.from_pretrained("opencv:telea").parser)
    hairs = (found.rows > found.points[17, 1] + 2) & (found.rows < found.points[152, 1] + 0.3 * UNIT)
    hairs = hairs & (np.abs(np.arange(found.shape[1]) - found.points[152, 0]) < 0.5 * UNIT)
    picture = np.full((*found.shape, 3), 160, np.float32)
    picture[hairs] = 40
    return replace(found, picture=picture, hairs=hairs, beard=hairs.astype(np.float32))


def shadow(here: AroundBeard, picture: Float32) -> Float32:
    made = np.full_like(here.picture, 160)
    found = with_shadow(here, picture, made, np.ones(here.shape, np.float32), UNIT)
    return np.asarray(np.log((found + 8) / (made + 8)), np.float32)


def inner(here: AroundBeard) -> Bool:
    """The middle of the chin."""
    x, y = here.points[199, :2].astype(int)
    area = np.zeros(here.shape, np.bool_)
    area[y - 2 : y + 3, x - 3 : x + 4] = True
    return area


def test_a_dark_beard_leaves_a_bluish_shadow_and_none_beside_it(here: AroundBeard) -> None:
    found = shadow(here, here.picture)
    red, _, blue = found[inner(here)].mean(0)
    assert -MOST - 0.01 < red < -0.08 and red < blue
    assert np.abs(found[: int(here.points[1, 1])]).max() < 0.005


def test_white_hair_leaves_little_and_no_white_strands(here: AroundBeard) -> None:
    white = here.picture.copy()
    white[here.hairs] = np.where(np.arange(white.shape[1]) % 2, 250, 150)[None, :, None].repeat(len(white), 0)[
        here.hairs
    ]
    found = shadow(here, white)[inner(here)]
    assert found[..., 0].mean() == pytest.approx(-LEAST, abs=0.01) and found.max() < 0


def test_a_neck_as_light_as_the_chin_gets_the_shade_of_the_jaw(here: AroundBeard) -> None:
    weight, made = here.hairs.astype(np.float32), np.full_like(here.picture, 160)
    found = shaded(here, here.picture, made, weight, np.ones(here.shape, np.float32))
    x, y = here.points[152, :2].astype(int)
    assert 110 < found[y + 3, x].mean() < 145 and found[y - 12, x].mean() == pytest.approx(160, abs=1)
    assert found[y + 30, x].mean() == pytest.approx(160, abs=2)
    dark = made.copy()
    dark[~here.oval] = 60
    shade = dark - shaded(here, here.picture, dark, weight, weight)
    assert np.abs(shade[~here.oval]).max() < 8 and np.abs(shade[~here.oval]).mean() < 0.3
    np.testing.assert_array_equal(shaded(here, here.picture, made, 0 * weight, weight), made)


def test_small_tufts_count_and_long_hair_does_not(here: AroundBeard) -> None:
    area, hair = np.zeros(here.shape, np.bool_), np.zeros(here.shape, np.float32)
    row = int(here.points[152, 1])
    area[:, 40:60] = True
    hair[row - 4 : row + 4, 50:66] = 0.9
    hair[row - 4 : row + 20, 30:40] = 0.9
    found = hanging_out(here.points, hair, area)
    assert found[row, 60:66].all() and found[row, 32:40].all() and not found[:, 40:60].any()
    hair[row - 4 : row + 4, 60:90] = 0.9
    found = hanging_out(here.points, hair, area)
    assert not found[row, 60:].any() and found[row, 32:40].all()
