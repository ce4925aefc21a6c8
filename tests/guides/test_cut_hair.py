"""Ends of cut hair, loose locks below them, and what is told of what is made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.guides.hair.bob import cut_line
from mien.guides.hair.cut_doubts import CLOTHED, HIDDEN, MADE_UP, PATTERNED, THINGS, cut_doubts
from mien.guides.hair.strays import strays
from mien.guides.hair.tips import tips
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, ColorParser, head

PLAIN = {
    "neck": 0.5,
    "seen": 0.5,
    "pattern": 5.0,
    "clothes": 0.5,
    "busy": 3.0,
    "backdrop": 1.0,
    "made": 3.0,
    "worn": 0.0,
}


@pytest.fixture(scope="module")
def long_haired(face: Face) -> Scene:
    return Scene.of(head(face, COLORS, down=2.0), face, ColorParser())  # type: ignore[arg-type]


def test_hair_ends_strand_by_strand_around_its_line(long_haired: Scene) -> None:
    here = long_haired
    line = np.full(here.shape[1], float(here.points[13, 1]))
    left = (line[None] - np.arange(here.shape[0])[:, None]) / here.unit
    shown, dark = tips(here, np.zeros((*here.shape, 2), np.float32), line, left.astype(np.float32), 0.2)
    assert shown[left > 0.15].min() == 1 and shown[left < -0.25].max() == 0
    lengths = (shown > 0.5).sum(0) / here.unit
    assert 0.005 < lengths.std() < 0.06
    assert dark[left > 0.3].max() == 0 and 0.2 < dark[np.abs(left) < 0.02].mean() < 0.31


def test_a_lock_that_lies_on_clothes_is_found_by_its_color(long_haired: Scene) -> None:
    here = long_haired
    below = np.arange(here.shape[0])[:, None] > np.full(here.shape, here.points[152, 1])
    assert strays(here, below)[here.loose < 0.05].mean() < 0.01
    solid = (here.hair > 0.97) & below
    row = int(np.flatnonzero(solid.any(1))[-1])
    columns = np.flatnonzero(solid[row])
    lost = replace(here, hair=here.hair.copy(), loose=here.loose.copy())
    part = np.s_[row - round(0.2 * here.unit) : row + 1, columns]
    lost.hair[part] = lost.loose[part] = 0
    assert strays(lost, below)[part].mean() > 0.5


def test_a_line_of_hair_is_not_that_of_a_jaw(long_haired: Scene) -> None:
    here = long_haired
    row = int(here.points[13, 1])
    area = (here.hair > 0.5) & (np.arange(here.shape[0])[:, None] > row)
    middle = np.abs(np.arange(here.shape[1]) - here.points[152, 0]) < 0.4 * here.unit
    area[: row + round(0.8 * here.unit), middle] = False
    area[row + round(0.8 * here.unit) :, middle] = True
    assert np.ptp(cut_line(replace(here, hair=np.ones_like(here.hair)), area)) < 0.1 * here.unit


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ()),
        ({"neck": 0.1}, (HIDDEN,)),
        ({"pattern": 12.0, "clothes": 1.0}, (PATTERNED,)),
        ({"pattern": 12.0, "clothes": 1.0, "seen": 0.05}, ()),
        ({"busy": 15.0}, (THINGS,)),
        ({"worn": 0.2}, (CLOTHED,)),
        ({"made": 5.0}, (MADE_UP,)),
    ],
)
def test_what_is_told_of_what_is_made_up(changes: dict[str, float], told: tuple[str, ...]) -> None:
    assert cut_doubts({**PLAIN, **changes}) == told
