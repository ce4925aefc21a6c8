"""The border of hair: what looks alike beside it, single hairs before a wall, shade on skin."""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.dyes.dye import _lines
from mien.guides.hair.alike import by_neighbors, faded
from mien.guides.hair.shaded_skin import without_shade
from mien.guides.hair.stray_hairs import with_strays
from mien.types import Bool, Float32, UInt8

UNIT = 5.0


def head(side: int = 400) -> tuple[UInt8, Bool]:
    """Dark hair above the middle of a light wall, and where it is."""
    ys, xs = np.mgrid[:side, :side]
    hair = np.hypot(xs - side / 2, ys - side / 2) < side / 5
    picture = np.where(hair[..., None], (40, 30, 26), (205, 208, 212)) + np.random.default_rng(0).normal(
        0, 2, (side, side, 3)
    )
    return picture.clip(0, 255).astype(np.uint8), hair


def test_a_shadow_that_the_parser_takes_for_hair_is_wall_and_a_lock_that_it_misses_is_hair() -> None:
    picture, hair = head()
    ys, xs = np.mgrid[:400, :400]
    shadow = (xs > 290) & (ys > 150) & (ys < 250)
    picture[shadow] = picture[shadow] // 2 + 20
    lock = (np.abs(xs - 200) < 22) & (ys > 260) & (ys < 320)
    picture[lock] = (42, 31, 25)
    doubted = (xs > 275) & (xs < 330) & (ys > 160) & (ys < 240) & ~hair
    likely = np.where(doubted, 0.6, hair.astype(np.float32)).astype(np.float32)
    likely = cv2.GaussianBlur(np.where(lock & ~hair, np.float32(0.15), likely), (0, 0), 3)
    none = np.zeros_like(likely)
    told = by_neighbors(picture, likely, none, none, none, none, UNIT)
    assert told[190:210, 300:320].mean() < 0.4 < likely[190:210, 300:320].mean()
    assert told[285:310, 190:210].mean() > 0.5
    assert np.abs(told - likely)[185:215, 185:215].max() < 0.01, "what is sure stays"
    clothes = np.asarray(lock & ~hair, np.float32)
    worn = by_neighbors(picture, likely, none, clothes, none, none, UNIT)
    assert np.abs(worn - likely)[285:310, 190:210].max() < 0.01, "dark clothes are no hair"


def test_without_hair_or_anything_else_likely_hair_stays() -> None:
    picture, hair = head()
    none = np.zeros(hair.shape, np.float32)
    for likely in (none, none + 1):
        assert by_neighbors(picture, likely, none, none, none, none, UNIT) is likely


def strand(picture: UInt8, start: tuple[int, int], end: tuple[int, int]) -> Bool:
    """A hair that is drawn into a picture, and where it is."""
    drawn = np.zeros(picture.shape[:2], np.uint8)
    cv2.line(drawn, start, end, 1, 2)
    picture[drawn > 0] = (0.4 * picture[drawn > 0] + 0.6 * np.array((40, 30, 26))).astype(np.uint8)
    return drawn > 0


def test_a_hair_before_a_wall_is_found_and_what_goes_on_or_begins_elsewhere_is_none() -> None:
    picture, hair = head()
    inner = strand(picture, (260, 150), (285, 122))
    edge = strand(picture, (140, 150), (5, 40))
    apart = strand(picture, (300, 330), (330, 300))
    matte = cv2.GaussianBlur(hair.astype(np.float32), (0, 0), 1)
    told = with_strays(picture, matte, np.zeros_like(matte), UNIT)
    away = cv2.dilate(hair.astype(np.uint8), np.ones((17, 17))) == 0
    assert told[inner & away].mean() > 0.3 and told[(edge | apart) & away].max() < 0.05
    assert told[~inner & away].max() < 0.35 and (told >= matte).all()
    barred = np.ones_like(matte)
    assert (with_strays(picture, matte, barred, UNIT) == matte).all(), "lines on skin are none"


def test_shade_between_dark_strands_is_skin_and_strands_stay() -> None:
    ys, xs = np.mgrid[:300, :300]
    fringe = ys < 90
    strands = (ys >= 90) & (ys < 170) & (xs % 30 < 6)
    shade = (ys >= 90) & (ys < 170) & ~strands
    light = np.where(shade, 0.72, 1.0)[..., None]
    picture = np.where((fringe | strands)[..., None], (38, 28, 26), light * (205, 155, 130))
    matte = np.where(fringe | strands, 1, np.where(shade, 0.4, 0)).astype(np.float32)
    skin = np.where(ys >= 170, 1, 0.3 * shade).astype(np.float32)
    told = without_shade(picture.astype(np.uint8), matte, skin, np.ones_like(matte), UNIT)
    middle = cv2.erode(shade.astype(np.uint8), np.ones((5, 5))) > 0
    assert told[middle].mean() < 0.12 and told[strands].mean() > 0.85 and told[20:60].min() > 0.9
    fair = np.where((fringe | strands)[..., None], (150, 120, 80), light * (205, 155, 130)).astype(np.uint8)
    assert (without_shade(fair, matte, skin, np.ones_like(matte), UNIT) == matte).all(), "fair hair is no darker"


def fading(behind: tuple[int, int, int]) -> tuple[Float32, Float32]:
    """The matte of hair before a backdrop, and what is left of it where the parser doubts it on the right."""
    rng, xs = np.random.default_rng(0), np.mgrid[:200, :300][1]
    picture = np.where((xs < 200)[..., None], (70, 50, 40), behind) + rng.normal(0, 6, (200, 300, 3))
    matte = (xs < 200).astype(np.float32)
    likely = np.clip((205 - xs) / 150, 0, 1).astype(np.float32)
    return matte, faded(picture.clip(0, 255).astype(np.uint8), matte, likely, np.zeros_like(matte), UNIT)


def test_a_matte_fades_before_a_backdrop_of_its_color_alone() -> None:
    matte, told = fading((75, 55, 45))
    row = told[100]
    assert row[20] == 1 and row[190] < 0.4 and (np.diff(row[30:195]) < 0.02).all()
    matte, told = fading((210, 210, 210))
    assert (told == matte).all()


def test_single_hairs_of_a_matte_are_told_from_haze() -> None:
    matte = np.zeros((400, 400), np.float32)
    matte[:, :100] = 1
    matte[100:200, 100:300] = 0.3
    matte[300, 100:300] = 0.4
    told = _lines(matte)
    assert told[300, 120:280].min() > 0.9 and told[120:180, 120:280].max() == 0 == told[:, :90].max()
