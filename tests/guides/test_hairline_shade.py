"""Shade at another's hairline, and lights of dark hair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.guides.hair.fit import Fitted, fitted
from mien.guides.hair.hairline_shade import shaded
from mien.guides.hair.light import LIGHTER, toned
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, OTHER, ColorParser, head


@pytest.fixture(scope="module")
def both(face: Face) -> tuple[Scene, Fitted]:
    here, there = (Scene.of(head(face, one, down=0.3), face, ColorParser()) for one in (COLORS, OTHER))
    return here, fitted(here, there)


def test_skin_is_as_dark_toward_the_hair_as_the_others(both: tuple[Scene, Fitted]) -> None:
    here, fit = both
    column = int(here.points[10, 0])
    first = int(np.flatnonzero(fit.alpha[:, column] > 0.5)[-1]) if fit.alpha[:, column].max() > 0.5 else 0
    y = first + round(0.04 * here.unit)
    picture = fit.picture.copy()
    picture[y] *= 0.6
    skin = np.full_like(picture, 150)
    made = shaded(skin, here, replace(fit, picture=picture))
    assert made[y, column].mean() < 120
    assert np.abs(made[y + round(0.5 * here.unit), column] - 150).max() < 2


@pytest.mark.parametrize(("level", "lighter"), [(60, True), (160, False)])
def test_dark_hair_has_the_lights_of_this_heads_dark_hair(
    both: tuple[Scene, Fitted], level: int, lighter: bool
) -> None:
    here, fit = both
    here = replace(here, picture=np.full_like(here.picture, level))
    dark = np.full_like(fit.real, 20)
    made = toned(here, replace(fit, real=dark, front=dark)).real
    assert (made.max() > 25) == lighter
    assert made.max() <= 20 * LIGHTER + 2
