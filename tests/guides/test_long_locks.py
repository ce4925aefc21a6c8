"""Longer hair of this head's own strands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from mien.errors import LayerError
from mien.guides.hair.bank_hair import LOCKS, longer
from mien.guides.hair.combed import combed
from mien.guides.hair.lock_flow import Flow
from mien.guides.hair.long_locks import ends_above, is_thin, long_locks
from mien.guides.hair.straightened import Strands
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, ColorParser, head
from tests.guides.test_strand_fringe import striped


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.guides.hair.straightened.SMALLEST", 20.0)


def wished(here: Scene, low: float) -> Any:
    """(h, w) hair as it is, and beside the neck down to so many units below the eyes."""
    area, unit = here.hair > 0.5, here.unit
    eyes, middle = float(here.points[[33, 263], 1].mean()), float(here.points[4, 0])
    away = np.abs(np.arange(here.shape[1]) - middle)[None] / unit
    rows = (np.arange(here.shape[0])[:, None] - eyes) / unit
    return area | ((away > 0.65) & (away < 1.0) & (rows > 0) & (rows < low))


def test_locks_have_this_color_and_come_to_the_line(face: Face) -> None:
    here = Scene.of(striped(face), face, ColorParser())  # type: ignore[arg-type]
    area, none = wished(here, 2.4), np.zeros(here.shape, np.float32)
    fit, shade = long_locks(here, area, none)
    rows, unit = np.arange(here.shape[0])[:, None], here.unit
    new = area & (here.hair < 0.1) & (rows > here.points[152, 1])
    low, end = np.flatnonzero(new.any(1))[-1], np.flatnonzero((fit.alpha > 0.5).any(1))[-1]
    assert abs(low - end) < 0.3 * unit
    assert (fit.alpha[new & (rows < low - 0.3 * unit)] > 0.8).mean() > 0.8
    assert not (fit.alpha > 0.1)[cv2.dilate(area.astype(np.uint8), np.ones((41, 41))) == 0].any()
    sure = fit.alpha > 0.95
    assert np.abs(np.median(fit.front[sure], 0) - COLORS["hair"]).max() < 25
    assert cv2.cvtColor(fit.front, cv2.COLOR_RGB2GRAY)[sure].std() > 3
    assert 0 < shade.max() < 0.6 and (shade[here.shares["background"] > 0.99] < 0.01).all()
    above = np.arange(here.shape[0]) < Flow.of(here, here.hair > 0.5, area, 1).first - 1
    assert not fit.alpha[above].any()


def test_a_map_of_longer_hair_is_answered_by_own_strands(face: Face) -> None:
    photo, parser = striped(face), ColorParser()
    here = Scene.of(photo, face, parser)  # type: ignore[arg-type]
    x0, y0, x1, y1 = here.box
    asked = np.zeros(photo.pixels.shape[:2], np.float32)
    asked[y0:y1, x0:x1] = cv2.resize(wished(here, 2.9).astype(np.float32), (x1 - x0, y1 - y0))
    guide = longer(photo, face, parser, asked, np.ones_like(asked))  # type: ignore[arg-type]
    assert LOCKS in guide.notes
    result, area = guide.over(photo)
    assert (result.pixels[~area] == photo.pixels[~area]).all()


def test_hair_that_ends_above_the_ears_is_told(face: Face) -> None:
    here = Scene.of(striped(face), face, ColorParser())  # type: ignore[arg-type]
    none, eyes = np.zeros(here.shape, np.float32), here.points[[33, 263], 1].mean()
    assert not ends_above(here, none)
    rows = np.arange(here.shape[0])[:, None]
    assert ends_above(replace(here, hair=np.where(rows < eyes, here.hair, 0).astype(np.float32)), none)


def test_thin_hair_is_told(face: Face) -> None:
    here = Scene.of(head(face, COLORS, down=1.5), face, ColorParser())  # type: ignore[arg-type]
    assert not is_thin(here)
    assert is_thin(replace(here, hair=0.7 * here.hair))


def test_hair_without_strands_or_a_side_hangs_no_locks(face: Face) -> None:
    here = Scene.of(head(face, COLORS, down=1.5), face, ColorParser())  # type: ignore[arg-type]
    none = np.zeros(here.shape, np.float32)
    with pytest.raises(LayerError):
        long_locks(here, wished(here, 2.0), none)
    with pytest.raises(LayerError):
        long_locks(here, np.zeros(here.shape, np.bool_), none)


def test_combed_strands_run_down_and_are_as_strong_as_before() -> None:
    rng = np.random.default_rng(0)
    light = rng.standard_normal((120, 90)).astype(np.float32)
    piece = Strands(
        np.zeros((120, 90, 2), np.float32), 0.1 * light, np.zeros((120, 90, 2), np.float32), light > 9, 180.0
    )
    made = combed(piece, 0.1 * light, np.ones(light.shape, np.bool_), 180.0, rng).light
    down, across = (float(np.abs(np.diff(made, axis=n)).mean()) for n in (0, 1))
    assert across > 1.5 * down and 0.05 < made.std() < 0.2
