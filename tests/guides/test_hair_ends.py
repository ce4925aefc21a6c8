"""Single hairs at another's outline, its down on this skin, and skulls of one size whatever the mouth does."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.guides.hair.bare import _closed
from mien.guides.hair.ends import stranded, unspilled
from mien.guides.hair.fit import _strained, fitted, skulls
from mien.guides.hair.roots import _corners
from mien.guides.hair.under import down
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, OTHER, ColorParser, head


@pytest.fixture(scope="module")
def here(face: Face) -> Scene:
    return Scene.of(head(face, COLORS, down=0.5), face, ColorParser())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def there(face: Face) -> Scene:
    return Scene.of(head(face, OTHER, down=0.5), face, ColorParser())  # type: ignore[arg-type]


def test_single_hairs_before_a_calm_backdrop_are_told_by_their_color(there: Scene) -> None:
    top = int(np.flatnonzero((there.hair > 0.9).any(1))[0])
    column = int(np.flatnonzero(there.hair[top + 2] > 0.9).mean())
    picture, long = there.picture.copy(), max(3, round(0.06 * there.unit))
    picture[top - long : top, column] = there.picture[top + 5, column]
    matte, told = stranded(replace(there, picture=picture), there.hair)
    assert told[top - long // 2, column] > 0.5
    assert matte[top - long // 2, column] > 0.5 > 0.1 > matte[top - long // 2, column + 4]
    assert (matte[told == 0] == there.hair[told == 0]).all()


def test_before_a_backdrop_of_its_own_color_hair_is_as_its_matte_says(there: Scene) -> None:
    alike = np.where((there.shares["background"] > 0.5)[..., None], np.float32(OTHER["hair"]), there.picture)
    matte, _ = stranded(replace(there, picture=alike.astype(np.float32)), there.hair)
    assert np.abs(matte - there.hair).max() < 0.05


def test_hair_has_no_rim_in_the_hue_of_its_backdrop(there: Scene) -> None:
    picture, behind = there.picture.copy(), np.float32(OTHER["background"])
    rim = (there.hair > 0.9) & (cv2.erode((there.hair > 0.9).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0)
    rim &= cv2.dilate((there.shares["background"] > 0.9).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    picture[rim] = 0.6 * picture[rim] + 0.4 * behind
    found = unspilled(there, picture, there.hair)
    hue = [float((one[rim][:, 2] - one[rim][:, 1]).mean()) for one in (there.picture, picture, found)]
    assert hue[1] > hue[0] + 30 and hue[2] < hue[0] + 0.3 * (hue[1] - hue[0])
    assert np.abs(found - picture)[there.hair < 0.01].max() < 3


def test_a_gap_between_hair_and_face_is_skin_and_a_wall_beside_them_is_wall(here: Scene) -> None:
    x, y = here.points[10, :2].astype(int)
    alpha = np.zeros(here.shape, np.float32)
    alpha[y - 20 : y - 3] = 1
    backdrop, face = np.zeros(here.shape, np.float32), np.zeros(here.shape, np.float32)
    face[y:], backdrop[: y - 20], backdrop[y - 3 : y, x - 4 : x + 5] = 1, 1, 1
    plain = replace(here, shares={**here.shares, "face": face, "background": backdrop})
    found = _closed(plain, {"background": backdrop, "face": face}, alpha)
    assert found["face"][y - 2, x] > 0.9 > 0.1 > found["background"][y - 2, x]
    assert (found["background"][: y - 24] == 1).all()


def test_corners_before_a_lower_skull_are_skin_and_beards_are_no_corners(here: Scene, there: Scene) -> None:
    fit = fitted(here, there)
    x, y = here.points[10, :2].astype(int)
    while fit.alpha[y, x] > 0.5:
        y += 1
    chin = here.points[152, :2].astype(int) - (0, round(0.1 * here.unit))
    face, backdrop = here.shares["face"].copy(), here.shares["background"].copy()
    face[y : y + 3, x - 3 : x + 4], backdrop[y : y + 3, x - 3 : x + 4] = 0, 1
    face[chin[1] - 3 : chin[1] + 3, chin[0] - 3 : chin[0] + 4] = 0
    found = _corners(replace(here, shares={**here.shares, "face": face, "background": backdrop}), fit)
    assert found[y + 1 : y + 3, x].max() > 0.8
    assert found[chin[1], chin[0]] == 0


def test_down_darkens_skin_beside_hair_and_nowhere_else(here: Scene, there: Scene) -> None:
    fit = fitted(here, there)
    assert float(down(fit.picture, here, fit)[fit.shares["face"] > 0.95].max()) < 0.1
    x, y = here.points[10, :2].astype(int)
    while fit.alpha[y, x] > 0.01:
        y += 1
    shaded = fit.picture.copy()
    shaded[y + 1, x], shaded[y + round(here.unit), x] = 0.6 * shaded[y + 1, x], 0.6 * shaded[y + round(here.unit), x]
    found = down(shaded, here, fit)
    assert found[y + 1, x] > 0.15 and found[y + round(here.unit), x] < 0.02


def test_an_open_mouth_makes_no_head_larger(here: Scene) -> None:
    points = here.points.copy()
    jaw = [152, 148, 377, 176, 400, 149, 378, 17]
    points[jaw, 1] += 0.4 * here.unit
    turn, _, _ = skulls(here, replace(here, points=points))
    assert np.allclose(turn, np.eye(2), atol=1e-6)


def test_what_is_enlarged_a_little_is_shown() -> None:
    ys, xs = np.mgrid[:120, :120].astype(np.float32)
    bent = np.where(ys > 60, 60 + (ys - 60) * 0.5, ys)
    assert float(_strained(np.dstack([xs, bent]))[80:110].max()) == 0
    bent = np.where(ys > 80, 80 + (ys - 80) * 0.1, ys)
    assert float(_strained(np.dstack([xs, bent]))[95:110].min()) == 1
