"""How far hair reaches: fringes, longer, shorter and narrower hair."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.bank import Bank
from mien.guides.hair.another import hair
from mien.guides.hair.bank_hair import OWN, REACHES, bank_fringe
from mien.guides.hair.fringe import lent_fringe
from mien.guides.hair.lengths import EndsAboveError
from mien.guides.hair.locks import laid_locks
from mien.guides.hair.lowered import hanging, lowered
from mien.guides.hair.narrowed import narrowed
from mien.guides.hair.shortened import shortened
from mien.guides.scene import Scene
from mien.types import Face
from tests.guides.heads import COLORS, OTHER, ColorParser, head, share


def test_a_fringe_has_this_hairs_color_and_leaves_the_rest(face: Face) -> None:
    photo, other = head(face, COLORS, down=1.5), head(face, OTHER, down=1)
    points = face.landmarks[:, :2].astype(int)
    pixels = other.pixels.copy()
    left, right, top, low = points[54, 0], points[284, 0], points[10, 1] - 9, points[105, 1] - 3
    pixels[top:low, left:right] = OTHER["hair"]
    lent = hair(photo, face, other.with_pixels(pixels), face, ColorParser(), part="fringe")  # type: ignore[arg-type]
    x, y = points[151, 0], (top + low) // 2
    result, area = lent.over(photo)
    around = result.pixels[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3).mean(0)
    assert np.abs(around - COLORS["hair"]).max() < 25
    assert not area[points[152, 1] :].any()
    assert (result.pixels[~area] == photo.pixels[~area]).all()
    assert share(result, OTHER["hair"]) < 0.001


def test_a_fringe_ends_at_the_line_that_is_asked_for(face: Face) -> None:
    photo, other = head(face, COLORS, down=1.5), head(face, OTHER, down=1)
    points = face.landmarks[:, :2].astype(int)
    left, right, top, low = points[54, 0], points[284, 0], points[10, 1] - 9, points[105, 1] - 3
    other.pixels[top:low, left:right] = OTHER["hair"]
    here, there = (Scene.of(one, face, ColorParser()) for one in (photo, other))  # type: ignore[arg-type]
    for line in (0.35, 0.15):  # units above the brows
        wished: Any = np.zeros(here.shape, np.bool_)
        end = int(here.points[[105, 334], 1].mean() - line * here.unit)
        wished[:end, int(here.points[54, 0]) : int(here.points[284, 0])] = True
        fit, _ = lent_fringe(here, there, None, wished)
        middle = slice(int(here.points[107, 0]), int(here.points[336, 0]))
        found = np.flatnonzero((fit.alpha[:, middle] > 0.5).mean(1) > 0.5)[-1]
        assert abs(found - end) < 0.12 * here.unit


def test_longer_hair_is_of_this_color_and_within_its_outline(face: Face) -> None:
    photo, other = head(face, COLORS, down=0.1), head(face, OTHER, down=2.2)
    here, there = (Scene.of(one, face, ColorParser()) for one in (photo, other))  # type: ignore[arg-type]
    wished = Scene.of(head(face, COLORS, down=1.2), face, ColorParser()).hair > 0.5  # type: ignore[arg-type]
    fit, shade = laid_locks(here, there, wished, wished)
    fresh = (fit.alpha > 0.9) & (here.hair < 0.1)
    assert fresh.sum() > 0.6 * (wished & (here.hair < 0.1)).sum()
    assert np.abs(fit.front[fresh].mean(0) - COLORS["hair"]).max() < 25
    assert not (fit.alpha > 0.05)[cv2.dilate(wished.astype(np.uint8), np.ones((9, 9))) == 0].any()
    assert shade.max() < 0.6
    with pytest.raises(LayerError, match="no more hair"):
        laid_locks(here, there, here.hair > 0.5, here.hair > 0.5)


def test_hair_is_cut_below_a_line_and_stays_above_it(face: Face) -> None:
    photo = head(face, COLORS, down=2.0)
    here = Scene.of(photo, face, ColorParser())  # type: ignore[arg-type]
    line = int(here.points[13, 1])
    area = (here.hair > 0.5) & (np.arange(here.shape[0])[:, None] > line)
    result, changed = shortened(photo, here, area, area).over(photo)
    row = int(face.landmarks[13, 1])
    assert (result.pixels[~changed] == photo.pixels[~changed]).all()
    assert not changed[: row - 20].any()
    far = result.with_pixels(result.pixels[row + round(0.35 * here.unit) :])
    assert share(far, COLORS["hair"]) < 0.01
    made = result.pixels[row + round(0.35 * here.unit) :][changed[row + round(0.35 * here.unit) :]].astype(int)
    apart = np.min([np.abs(made - color).max(1) for color in COLORS.values()], 0)
    assert (apart < 90).mean() > 0.98  # nothing of anybody else, nor of no color
    assert share(result, COLORS["hair"]) > 0.01


def test_this_heads_hair_comes_lower_where_a_map_asks_for_it(face: Face) -> None:
    photo = head(face, COLORS, down=0.1)
    here = Scene.of(photo, face, ColorParser())  # type: ignore[arg-type]
    wished = Scene.of(head(face, COLORS, down=1.2), face, ColorParser()).hair > 0.5  # type: ignore[arg-type]
    fit, shade = hanging(here, wished)
    fresh = (fit.alpha > 0.9) & (here.hair < 0.1)
    assert fresh.sum() > 0.01 * here.unit**2
    assert np.abs(fit.front[fresh].mean(0) - COLORS["hair"]).max() < 12
    assert shade.max() < 0.4
    lower = lowered(here)[0]
    brow = int(here.points[[105, 334], 1].mean())
    forehead = (lower.alpha > 0.9) & (here.hair < 0.1)
    assert forehead.any() and not forehead[brow:].any()
    with pytest.raises(LayerError, match="No hair grows above"):
        hanging(here, here.hair > 0.5)


def test_hair_becomes_narrower_below_a_line_and_stays_above_it(face: Face) -> None:
    photo = head(face, COLORS, down=2.0)
    here = Scene.of(photo, face, ColorParser())  # type: ignore[arg-type]
    row = int(here.points[13, 1])
    area = (here.hair > 0.5) & (np.arange(here.shape[0])[:, None] > row)
    result, changed = narrowed(photo, here, area).over(photo)
    assert (result.pixels[~changed] == photo.pixels[~changed]).all()
    assert not changed[: int(face.landmarks[13, 1]) - round(0.1 * here.unit)].any()
    assert 0.5 < share(result, COLORS["hair"]) / share(photo, COLORS["hair"]) < 0.97
    with pytest.raises(LayerError, match="takes no hair away"):
        narrowed(photo, here, np.zeros_like(area))


def test_no_fringe_without_hair_or_below_a_hat(face: Face) -> None:
    photo, parser = head(face, COLORS, down=1), ColorParser()
    with pytest.raises(LayerError, match="hat on this"):
        bank_fringe(head(face, COLORS, down=1, hat=True), face, parser)  # type: ignore[arg-type]
    shaved = np.all(photo.pixels == COLORS["hair"], 2)[..., None]
    bald = photo.with_pixels(np.where(shaved, COLORS["background"], photo.pixels).astype(np.uint8))
    with pytest.raises(LayerError, match="No hair grows above"):
        bank_fringe(bald, face, parser)  # type: ignore[arg-type]


def test_long_hair_keeps_its_hairline_and_color_under_a_strangers_lengths(face: Face) -> None:
    photo, other = head(face, COLORS, down=1.9), head(face, OTHER, down=2.2)
    parser: Any = ColorParser()
    result, _ = hair(photo, face, other, face, parser, any_head=True).over(photo)
    assert share(result, OTHER["hair"]) < 0.001
    assert share(result, COLORS["hair"]) > share(photo, COLORS["hair"]) + 0.002
    for was in ("skin", "hair"):
        old = np.all(photo.pixels == COLORS[was], 2)
        assert float((np.abs(result.pixels[old].astype(int) - COLORS[was]).max(1) < 40).mean()) > 0.97, was


def test_lengths_that_would_hang_below_this_heads_hair_are_refused(face: Face) -> None:
    photo, other = head(face, COLORS, down=1.2), head(face, OTHER, down=2.4)
    with pytest.raises(EndsAboveError, match="look tied on"):
        hair(photo, face, other, face, ColorParser(), any_head=True)  # type: ignore[arg-type]


def test_lengths_are_refused_where_there_is_no_hairline(face: Face) -> None:
    photo, other = head(face, COLORS, down=1.2), head(face, OTHER, down=2.4)
    shaved = np.all(photo.pixels == COLORS["hair"], 2)[..., None]
    bald = photo.with_pixels(np.where(shaved, COLORS["background"], photo.pixels).astype(np.uint8))
    with pytest.raises(EndsAboveError, match="bald"):
        hair(bald, face, other, face, ColorParser(), any_head=True)  # type: ignore[arg-type]


def test_the_first_seed_draws_this_heads_hair_lower_and_the_second_lays_on_its_strands(parser: FaceParser) -> None:
    one = next(entry for entry in Bank.bundled().entries if entry.path.stem == "2253")
    photo, made = one.photo(), []
    for seed in (0, 1):
        guide = bank_fringe(photo, one.face, parser, seed)
        result, area = guide.over(photo)
        assert (result.pixels[~area] == photo.pixels[~area]).all()
        assert area[: int(one.face.landmarks[152, 1])].any() and guide.notes == ((REACHES, OWN)[seed],)
        made.append(result.pixels)
    assert not np.array_equal(*made)
