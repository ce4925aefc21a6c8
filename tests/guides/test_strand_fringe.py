"""Fringes of this head's own strands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from mien.errors import LayerError
from mien.guides.hair.bank_hair import OWN, fringe_to
from mien.guides.hair.fringe import Forehead
from mien.guides.hair.fringe_flow import leans
from mien.guides.hair.fringe_locks import lowest, upper
from mien.guides.hair.quilted import joined, quilted, tall
from mien.guides.hair.straightened import _Field, agreement
from mien.guides.hair.strand_fringe import strand_fringe
from mien.guides.scene import Scene
from mien.types import Face, Float32, Photo
from tests.guides.heads import COLORS, ColorParser, head


def striped(face: Face) -> Photo:
    """A head whose hair has strands down it."""
    photo = head(face, COLORS, down=1.5)
    hair = np.abs(photo.pixels.astype(int) - COLORS["hair"]).max(2) < 12
    rng = np.random.default_rng(0)
    strands = cv2.GaussianBlur(rng.standard_normal(hair.shape), (0, 0), sigmaX=0.7, sigmaY=40.0)
    light = 1 + 0.4 * strands / strands.std()
    made = np.clip(photo.pixels * np.where(hair, light, 1)[..., None], 0, 255)
    return photo.with_pixels(np.rint(made).astype(np.uint8))


def asked(here: Scene, above: float) -> Any:
    """(h, w) and the row down to which it goes, units above the brows."""
    wished = here.hair > 0.5
    end = int(here.points[[105, 334], 1].mean() - above * here.unit)
    wished[:end, int(here.points[54, 0]) : int(here.points[284, 0])] = True
    return wished, end


def test_a_fringe_has_own_strands_down_to_the_line(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.guides.hair.straightened.SMALLEST", 20.0)
    here = Scene.of(striped(face), face, ColorParser())  # type: ignore[arg-type]
    wished, end = asked(here, 0.2)
    fit, shade = strand_fringe(here, None, wished)
    middle = slice(int(here.points[107, 0]), int(here.points[336, 0]))
    low = np.flatnonzero((fit.alpha[:, middle] > 0.5).mean(1) > 0.5)[-1]
    assert abs(low - end) < 0.12 * here.unit
    new = (fit.alpha > 0.95) & (here.hair < 0.1)
    assert np.abs(np.median(fit.front[new], 0) - COLORS["hair"]).max() < 25
    assert cv2.cvtColor(fit.front, cv2.COLOR_RGB2GRAY)[new].std() > 3
    assert shade.max() < 0.6


def test_a_map_of_a_fringe_is_answered_by_own_strands(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.guides.hair.straightened.SMALLEST", 20.0)
    photo, parser = striped(face), ColorParser()
    wished = np.zeros(photo.pixels.shape[:2], np.float32)
    points = face.landmarks[:, :2].astype(int)
    wished[: points[105, 1] - 4, points[54, 0] : points[284, 0]] = 1
    guide = fringe_to(photo, face, parser, wished, np.ones_like(wished))  # type: ignore[arg-type]
    assert OWN in guide.notes
    result, area = guide.over(photo)
    assert (result.pixels[~area] == photo.pixels[~area]).all()


def test_hair_without_strands_lends_none(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.guides.hair.straightened.SMALLEST", 20.0)
    here = Scene.of(head(face, COLORS, down=1.5), face, ColorParser())  # type: ignore[arg-type]
    with pytest.raises(LayerError):
        strand_fringe(here, None, asked(here, 0.2)[0])


def test_another_lends_strands_in_this_hairs_colors(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.guides.hair.straightened.SMALLEST", 20.0)
    here = Scene.of(head(face, COLORS, down=1.5), face, ColorParser())  # type: ignore[arg-type]
    there = Scene.of(striped(face), face, ColorParser())  # type: ignore[arg-type]
    fit, _ = strand_fringe(here, None, asked(here, 0.2)[0], there)
    new = (fit.alpha > 0.95) & (here.hair < 0.1)
    assert new.any()
    assert np.abs(np.median(fit.front[new], 0) - COLORS["hair"]).max() < 25


@pytest.mark.parametrize("slope", [-0.5, 0.0, 0.5])
def test_a_fringe_leans_as_the_hair_above_does(face: Face, slope: float) -> None:
    here = Scene.of(head(face, COLORS, down=1.5), face, ColorParser())  # type: ignore[arg-type]
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    light = 1 + 0.3 * np.sin((xs - slope * ys) * 2 * np.pi / max(5.0, 0.06 * here.unit))
    combed = replace(here, picture=np.where(here.hair[..., None] > 0.5, here.picture * light[..., None], here.picture))
    found = leans(combed, Forehead.of(combed))
    assert abs(float(found.mean()) - slope) < 0.2
    assert np.ptp(found) < 0.4


def test_frizzy_hair_runs_in_no_direction(face: Face) -> None:
    parser: Any = ColorParser()
    here, combed = Scene.of(head(face, COLORS, down=1.5), face, parser), Scene.of(striped(face), face, parser)
    noise = np.random.default_rng(0).uniform(0.6, 1.4, (*here.shape, 1)).astype(np.float32)
    frizzy = replace(here, picture=here.picture * np.where(here.hair[..., None] > 0.5, noise, 1))
    hair = here.hair > 0.9
    assert agreement(frizzy, hair) < 0.42 < 0.6 < agreement(combed, hair)


def test_locks_end_near_the_line_and_have_no_gaps_above() -> None:
    up, across = (one.astype(np.float64) for one in np.mgrid[1.2:-0.3:-0.01, -1:1:0.005])
    rng = np.random.default_rng(0)
    layer, top = lowest(across, up, 2.6, 200.0, rng), upper(across, up, 1.2, 2.6, 200.0, rng)
    assert layer.alpha[up > 0.45].min() > 0.9
    assert layer.alpha[up < -0.25].max() < 0.1
    assert 0.3 < layer.alpha[np.abs(up) < 0.03].mean() < 0.8
    assert 0.1 < top.alpha[(up > 0.3) & (up < 0.7)].mean() < 0.8
    assert top.alpha[up > 1.15].mean() < 0.3


def test_strips_end_where_the_scene_does() -> None:
    light = np.tile(np.sin(np.arange(80, dtype=np.float32) * 2), (80, 1))
    way, ones = np.dstack([0 * light, 0 * light + 1]), np.ones((80, 80), np.float32)
    ys, xs = (one.ravel() for one in np.mgrid[0:80:6, 0:80:6])
    places = np.stack([xs, ys], 1).astype(np.float32)
    field = _Field(way, ones, ones > 0, np.zeros((80, 80, 3), np.float32), ones, np.zeros(3), 60.0, places)
    found = field.strips(1.2, 0.3)
    assert found and all(one.min() >= 0 and one.max() <= 79 for one in found)


def strips(height: int) -> list[Float32]:
    rng, found = np.random.default_rng(1), []
    for n in range(4):
        light = cv2.GaussianBlur(rng.standard_normal((height, 30)).astype(np.float32), (0, 0), sigmaX=1, sigmaY=20)
        ys, xs = np.mgrid[:height, :30]
        found.append(np.dstack([xs + 100 * n, ys, light, light, light]).astype(np.float32))
    return found


def test_strips_become_as_wide_and_as_tall_as_is_asked_for() -> None:
    piece = quilted(tall(strips(40), 100, 8), 150, 8)
    assert piece.shape == (100, 150, 5)
    assert len(np.unique(piece[..., 0] // 100)) == 4
    assert set(np.unique(piece[..., 0] % 100)) <= set(range(30))  # no place is between two strips


def test_pieces_meet_where_they_differ_least() -> None:
    one, other = strips(60)[:2]
    other = other.copy()
    other[:, 3, 2:] = one[:, -8 + 3, 2:]
    made = joined(one, other, 8)
    assert made.shape == (60, 52, 5)
    assert np.abs(made[:, 25, 2] - one[:, 25, 2]).mean() < 0.3 * np.abs(one[..., 2]).mean()
