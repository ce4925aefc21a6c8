"""What lies below hair that is cut, and fringes of own curls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.errors import LayerError
from mien.guides.hair.bare import held
from mien.guides.hair.curled import curled
from mien.guides.hair.torso import Torso
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, ColorParser, head


@pytest.fixture(scope="module")
def long_haired(face: Face) -> Scene:
    return Scene.of(head(face, COLORS, down=2.0), face, ColorParser())  # type: ignore[arg-type]


def test_a_body_goes_on_where_it_is_seen_and_has_none_of_the_backdrop(long_haired: Scene) -> None:
    here = long_haired
    torso = Torso.of(here, held(here))
    assert here.shares["background"][torso.worn].mean() < 0.03
    assert (torso.worn & (here.shares["clothes"] > 0.9)).sum() > 0.8 * (here.shares["clothes"] > 0.9).sum()
    assert not (torso.clothes & ~torso.body).any()
    assert not torso.body[: int(here.points[13, 1] - 0.5 * here.unit)].any()
    skin = (here.shares["neck"] > 0.9) & (np.arange(here.shape[0])[:, None] > here.points[152, 1])
    assert (torso.body & ~torso.clothes)[skin].mean() > 0.8
    wide = torso.body.sum(1)[int(here.points[152, 1]) :]
    assert wide[-1] > wide[0] > 0.8 * here.unit


def test_curls_reach_the_line_that_is_asked_for_in_this_hairs_color(face: Face) -> None:
    photo, points = head(face, COLORS, down=1.0), face.landmarks.astype(int)
    high = points[10, 1] - 5 * (points[152, 1] - points[10, 1]) // 11
    photo.pixels[max(8, high) : points[10, 1], points[54, 0] - 20 : points[284, 0] + 20] = COLORS["hair"]
    here = Scene.of(photo, face, ColorParser())  # type: ignore[arg-type]
    end = int(here.points[[105, 334], 1].mean() - 0.1 * here.unit)
    wished = np.zeros(here.shape, np.bool_)
    wished[:end, int(here.points[54, 0]) : int(here.points[284, 0])] = True
    fit, shade = curled(here, wished)
    middle = slice(int(here.points[107, 0]), int(here.points[336, 0]))
    found = np.flatnonzero((fit.alpha[:, middle] > 0.5).mean(1) > 0.5)[-1]
    assert abs(found - end) < 0.12 * here.unit and shade.max() < 0.5
    fresh = (fit.alpha > 0.9) & (here.hair < 0.1)
    assert np.abs(fit.front[fresh].mean(0) - COLORS["hair"]).max() < 25
    none = {**here.shares, "background": np.zeros(here.shape, np.float32)}
    with pytest.raises(LayerError, match="outline of the hair"):
        curled(replace(here, shares=none), wished)
    with pytest.raises(LayerError, match="too loose"):  # the backdrop shines through
        curled(replace(here, hair=np.minimum(here.hair, np.float32(0.9))), wished)
