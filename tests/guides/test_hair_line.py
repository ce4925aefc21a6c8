"""Hairlines and outlines of drawn heads, and another's that are brought to them."""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.guides.hair.bare import held
from mien.guides.hair.close import close_to
from mien.guides.hair.ears import _pale
from mien.guides.hair.fit import fitted, hairlines
from mien.guides.hair.line import RAYS, Lines
from mien.guides.hair.under import stays
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, OTHER, ColorParser, head

PARSER: Any = ColorParser()


def test_a_hairline_and_an_outline_are_told_by_direction(face: Face) -> None:
    lines = Lines.of(Scene.of(head(face, COLORS, down=0.3), face, PARSER))
    told = np.isfinite(lines.inner) & np.isfinite(lines.outer)
    assert told[RAYS // 2] and told.mean() > 0.5
    assert (lines.inner[told] < lines.outer[told]).all()


def test_anothers_lines_are_brought_where_these_are(face: Face) -> None:
    here, there = (Scene.of(head(face, colors, down=0.3), face, PARSER) for colors in (COLORS, OTHER))
    marks = hairlines(here, there)
    assert marks.met and len(marks.places) == len(marks.goals) > RAYS // 2
    alpha = fitted(here, there).alpha
    assert float(np.abs(alpha - here.hair).mean()) < 0.03


def test_a_part_of_a_scene_is_the_same_part_of_the_photo(face: Face) -> None:
    scene = Scene.of(head(face, COLORS, down=0.3), face, PARSER)
    part = scene.cut((40.5, 30.2, scene.shape[1] - 50.5, scene.shape[0] - 20.1))
    x, y = part.box[0] - scene.box[0], part.box[1] - scene.box[1]
    height, width = part.shape
    assert (x, y) == (40, 30) and part.scale == scene.scale == 1
    assert (part.picture == scene.picture[y : y + height, x : x + width]).all()
    assert np.allclose(part.points[:, :2] + (x, y), scene.points[:, :2])
    both = close_to(scene, scene)
    assert all(float(one.hair.sum()) == float(scene.hair.sum()) for one in both)


def test_skin_that_is_seen_stays(face: Face) -> None:
    scene = Scene.of(head(face, COLORS, down=0.3), face, PARSER)
    place = stays(scene, held(scene))
    x, y = scene.points[4, :2].astype(int)
    assert place[y, x] > 0.95 and float(place[scene.hair > 0.9].max()) < 0.1


def test_a_wall_beside_an_ear_is_none_of_it(face: Face) -> None:
    scene = Scene.of(head(face, {**COLORS, "background": (128, 128, 128)}, down=0.3), face, PARSER)
    pale = _pale(scene)
    x, y = scene.points[4, :2].astype(int)
    assert pale[y, x] < 0.05 and pale[2, 2] > 0.95
