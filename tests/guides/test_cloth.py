"""Clothes in another color: what they come to, and bare skin that is none of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.compose.difference import delta_e
from mien.guides.dyes.bare_chest import without_bare_skin
from mien.guides.dyes.coloring import SETTINGS
from mien.guides.dyes.dye import dye
from mien.types import Photo, UInt8

SKIN = (205, 150, 125)
DARK = ((0, 0, 128), (34, 84, 52), (164, 26, 48), (34, 139, 34), (30, 36, 72), (20, 20, 22))


def shirt(share: float, seed: int = 0) -> UInt8:
    """Folded white cloth, of which a share is a black jacket."""
    rng = np.random.default_rng(seed)
    folds = cv2.GaussianBlur(rng.normal(0, 1, (80, 80)).astype(np.float32), (0, 0), 3)
    light = 215 + 25 * folds / np.abs(folds).max()
    light[: round(80 * share)] *= 0.12
    return np.clip(light[..., None] * np.array([1.0, 0.99, 0.97]), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("wish", DARK)
@pytest.mark.parametrize("share", [0.0, 0.6])
def test_dark_dyes_are_reached_and_nothing_stays_white(wish: tuple[int, int, int], share: float) -> None:
    photo = Photo(shirt(share))
    dyed = dye(photo, np.ones((80, 80), np.float32), wish, SETTINGS["clothes"]).over(photo)[0].pixels
    lab, aim = (
        cv2.cvtColor(one, cv2.COLOR_RGB2LAB)
        for one in (dyed.astype(np.float32) / 255, np.array([[wish]], np.float32) / 255)
    )
    assert float(delta_e(lab.mean((0, 1)), aim[0, 0])) < 6
    assert np.percentile(lab[..., 0], 98) < aim[0, 0, 0] + 25
    assert lab[..., 0].std() > 0.4  # folds stay


@pytest.mark.parametrize("cloth", [(150, 180, 225), (40, 60, 90), (240, 240, 240)])
def test_a_bare_chest_is_no_cloth(cloth: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(0)
    picture = np.empty((200, 200, 3), np.float32)
    picture[:] = cloth
    picture[:60], picture[60:140, 70:130] = SKIN, np.array(SKIN) * 0.92
    picture += rng.normal(0, 3, picture.shape)
    skin, likely = np.zeros((200, 200), np.float32), np.zeros((200, 200), np.float32)
    skin[:60], likely[60:] = 1, 1
    likely[60:140, 70:130] = 0.6
    matte = without_bare_skin(np.clip(picture, 0, 255).astype(np.uint8), likely.copy(), likely, skin, 2.0)
    assert matte[70:130, 80:120].max() < 0.05 and matte[150:].min() > 0.99 and matte[64:140, 10:60].min() > 0.95


def test_clothes_of_the_color_of_skin_stay_clothes() -> None:
    picture = np.full((120, 120, 3), SKIN, np.uint8)
    skin, likely = np.zeros((120, 120), np.float32), np.zeros((120, 120), np.float32)
    skin[:50], likely[50:] = 1, 1
    assert (without_bare_skin(picture, likely.copy(), likely, skin, 2.0) == likely).all()
