"""What is made of a face has the light beside it, skin, lips and teeth each their own, and no step at its border."""

from __future__ import annotations

import numpy as np

from mien.guides.hidden.seamless import APART, UNEVEN, calmed, doubts_of, extended, in_light_of
from mien.types import Bool, Float32

UNIT = 120.0


def hole() -> Bool:
    here = np.zeros((120, 160), np.bool_)
    here[30:90, 40:120] = True
    return here


def slope(low: float, high: float) -> Float32:
    row = np.linspace(low, high, 160, dtype=np.float32)
    return np.repeat(np.repeat(row[None], 120, 0)[..., None], 3, 2)


def test_light_from_the_side_is_met_on_both_sides() -> None:
    here, photo = hole(), slope(60, 220)
    made = in_light_of(photo, np.full_like(photo, 140), here, ~here, [np.ones_like(here)], UNIT)
    assert np.abs(made - photo)[here].max() < 6


def test_lips_are_lit_as_lips() -> None:
    here = hole()
    lips = np.zeros_like(here)
    lips[50:70] = True
    photo = np.where(lips[..., None], np.float32(120), np.float32(180)) * np.ones((1, 1, 3), np.float32)
    other = np.where(lips[..., None], np.float32(40), np.float32(200)) * np.ones((1, 1, 3), np.float32)
    made = in_light_of(photo, other, here, ~here, [~lips, lips], UNIT)
    inner = np.s_[55:65, 60:100]
    assert np.abs(made - photo)[inner].max() < 8 and np.abs(made - photo)[36:44, 60:100].max() < 8


def test_another_light_s_shades_of_a_cheek_are_weakened() -> None:
    here = hole()
    ys, xs = np.mgrid[:120, :160].astype(np.float32)
    photo = np.full((120, 160, 3), 150, np.float32)
    blot = photo - 50 * np.exp(-(((xs - 80) ** 2 + (ys - 60) ** 2) / 400))[..., None]
    made = calmed(photo, blot, here, ~here, np.ones(here.shape, np.float32), UNIT)
    assert 130 < made[60, 80].mean() < 148


def test_what_nothing_shows_goes_on_smoothly() -> None:
    here, upper = hole(), slope(100, 100)
    valid = np.ones_like(here)
    valid[:, 100:] = False
    upper[:, 100:] = 255
    assert np.abs(extended(upper, valid, here, UNIT)[here] - 100).max() < 2


def test_light_and_shadow_that_meet_are_told() -> None:
    here = hole()
    hard = np.where(np.arange(160)[None, :, None] < 80, np.float32(40), np.float32(40 + 3 * APART)) * np.ones(
        (120, 1, 3)
    )
    assert doubts_of(hard.astype(np.float32), here, ~here, UNIT) == (UNEVEN,)
    assert doubts_of(slope(100, 180), here, ~here, UNIT) == ()
