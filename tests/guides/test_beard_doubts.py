"""Words of doubt about faces without their beards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.editor import Editor
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.doubts import FAR_TURNED, FROM_THE_SIDE, ONE_COLOR, SKIN_COLORED, beard_doubts
from mien.guides.guide import Doubt
from mien.types import Face, Photo


@pytest.fixture(scope="module")
def here(portrait: Photo, face: Face) -> AroundBeard:
    """A face with a beard that is painted on, and clothes below it."""
    found = AroundBeard.of(portrait, face, Editor.from_pretrained("opencv:telea").parser)
    hairs = found.oval & (found.rows > found.points[17, 1] + 2)
    cloth = (found.rows > found.points[152, 1] + 4) & np.ones(found.shape, np.bool_)
    picture = np.full((*found.shape, 3), 40, np.float32)
    picture[found.oval & ~hairs] = 180
    picture[cloth] = 220
    shares = {**found.shares, "clothes": cloth.astype(np.float32)}
    return replace(found, picture=picture, hairs=hairs, beard=hairs.astype(np.float32), shares=shares)


def test_even_light_and_clothes_of_another_color_are_believed(here: AroundBeard) -> None:
    assert beard_doubts(here) == ()


def test_light_from_one_side_and_clothes_like_the_beard_are_told(here: AroundBeard) -> None:
    one = here.picture.copy()
    one[:, : int(here.points[1, 0])] *= 0.4
    found = beard_doubts(replace(here, picture=one))
    assert found == (FROM_THE_SIDE,) and isinstance(found[0], Doubt)
    alike = here.picture.copy()
    alike[here.shares["clothes"] > 0.7] = 45
    assert beard_doubts(replace(here, picture=alike)) == (ONE_COLOR,)


def test_heads_that_are_turned_far_and_beards_like_skin_are_told(here: AroundBeard) -> None:
    assert beard_doubts(here, 29.0) == () and beard_doubts(here, -31.0) == (FAR_TURNED,)
    assert beard_doubts(replace(here, beard=0.4 * here.beard)) == (SKIN_COLORED,)
