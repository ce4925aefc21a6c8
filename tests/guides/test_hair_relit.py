"""Light, hue and finest detail of another's hair, shoulders of its color, and rims of a filled backdrop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.guides.hair.backdrop import _continued
from mien.guides.hair.fit import Fitted, fitted
from mien.guides.hair.lent import unclothed
from mien.guides.hair.light import FINER, as_fine
from mien.guides.hair.refused import made_up
from mien.guides.hair.relit import across, natural, relit
from mien.guides.scene import Scene
from mien.types import Face, Float32
from tests.guides.heads import COLORS, OTHER, ColorParser, head


@pytest.fixture(scope="module")
def both(face: Face) -> tuple[Scene, Fitted]:
    here, there = (Scene.of(head(face, one, down=0.3), face, ColorParser()) for one in (COLORS, OTHER))
    return here, fitted(here, there)


def _aside(here: Scene, picture: Float32, slope: float) -> Float32:
    """A picture that is lighter on one side."""
    return np.asarray(np.clip(picture * np.exp(slope * across(here))[..., None], 0, 255), np.float32)


def _ratio(here: Scene, fit: Fitted) -> float:
    """How much lighter the right half of the new hair is than the left one."""
    solid, place = fit.alpha > 0.95, across(here)
    sides = [fit.real[solid & (way * place > 0.3)].mean() for way in (1, -1)]
    return float(sides[0] / sides[1])


def test_hair_that_is_lit_from_one_side_is_lit_as_this_head_is(both: tuple[Scene, Fitted]) -> None:
    here, fit = both
    lit = {name: _aside(here, getattr(fit, name), 0.5) for name in ("picture", "front", "real")}
    before = replace(fit, **lit)
    made = relit(here, before)
    assert abs(np.log(_ratio(here, made))) < 0.6 * abs(np.log(_ratio(here, before)))
    same = relit(replace(here, picture=_aside(here, here.picture, 0.5)), before)
    assert abs(np.log(_ratio(here, same) / _ratio(here, before))) < 0.15


def test_natural_hair_has_no_tint_and_dyed_hair_keeps_it(both: tuple[Scene, Fitted]) -> None:
    here, fit = both
    purple, pink = (np.full_like(fit.real, one) for one in ((80, 62, 80), (230, 60, 160)))
    for color, kept in ((purple, False), (pink, True)):
        made = relit(here, replace(fit, real=color, front=color)).real
        assert (np.abs(made - color).max() < 6) == kept
    assert np.abs(natural(np.full((1, 1, 3), (110, 80, 55), np.float32)) - (110, 80, 55)).max() < 1.5


def test_the_finest_detail_of_hair_comes_nearer_to_this_photos(both: tuple[Scene, Fitted]) -> None:
    here, fit = both
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 12, fit.real.shape).astype(np.float32)
    flat = replace(here, picture=np.full_like(here.picture, 120) + np.float32(0.1) * noise)
    for one, sharper in ((flat, True), (replace(here, picture=np.full_like(here.picture, 120)), False)):
        rough = np.float32(60) + noise
        soft = np.float32(60) + np.repeat(np.repeat(noise[::4, ::4], 4, 0), 4, 1)[: noise.shape[0], : noise.shape[1]]
        given = soft if sharper else rough
        made = as_fine(one, replace(fit, real=given, front=given)).real
        more = made.std() / given.std()
        assert 1 < more < FINER[1] if sharper else FINER[0] < more < 1


def test_a_shoulder_of_the_hairs_color_is_no_hair(face: Face) -> None:
    there = Scene.of(head(face, OTHER, down=0.3), face, ColorParser())
    height, width = there.shape
    matte, hair, clothes = (
        np.ones(there.shape, np.float32),
        np.zeros(there.shape, np.float32),
        np.zeros(there.shape, np.float32),
    )
    hair[:, : width // 2], clothes[:, width // 2 :] = 1, 1
    shares = {**there.shares, "hair": hair, "clothes": clothes}
    for level, left in ((30, 0.1), (200, 1.0)):
        picture = np.full((height, width, 3), 20, np.float32)
        picture[:, width // 2 :] = level
        found = unclothed(replace(there, picture=picture, shares=shares), matte)
        assert found[:, : width // 2].min() > 0.95
        assert abs(float(found[:, width // 2 + 2 : width // 2 + 8].mean()) - left) < 0.15


def test_a_soft_backdrop_has_no_bright_rim_beside_what_is_no_backdrop() -> None:
    picture = np.full((208, 208, 3), 180, np.float32)
    hole, known = np.zeros((208, 208), np.bool_), np.ones((208, 208), np.bool_)
    hole[20:180, 30:151] = True
    known[20:180, 30:190] = False
    picture[20:180, 151:190] = 20  # a face
    made = _continued(picture, hole, known, 100.0)
    assert np.abs(made[hole] - 180).max() < 6


@pytest.mark.parametrize(
    ("uneven", "size", "told"), [(0, 0.5, False), (80, 0.5, True), (80, 0.1, False), (0, 1.2, True)]
)
def test_what_is_made_up_before_an_uneven_backdrop_is_told(
    both: tuple[Scene, Fitted], uneven: int, size: float, told: bool
) -> None:
    here, _ = both
    ones = np.ones(here.shape, np.float32)
    picture = np.full((*here.shape, 3), 120, np.float32)
    picture[:, : here.shape[1] // 2] += uneven
    hole = np.zeros(here.shape, np.float32)
    side, middle = round(size**0.5 * here.unit / 2), here.shape[1] // 2
    hole[60 : 60 + 2 * side, middle - side : middle + side] = 1
    scene = replace(here, picture=picture, shares={**here.shares, "background": ones}, loose=0 * ones)
    assert made_up(scene, hole) == told
