"""Reflections in lenses."""

import cv2
import numpy as np

from mien.guides.glasses.glints import colorless, glints

UNIT = 150.0


def _face() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Skin with some shade and noise, lenses, eyes, and what is plain skin."""
    ys, xs = np.mgrid[:140, :240].astype(np.float32)
    light = 1 - 0.15 * (xs / 240) + np.random.default_rng(0).normal(0, 0.01, xs.shape)
    picture = (light[..., None] * np.array([205, 160, 140])).astype(np.float32)
    lenses, eyes = np.zeros((140, 240), np.uint8), np.zeros((140, 240), np.uint8)
    for middle in (70, 170):
        cv2.ellipse(lenses, (middle, 70), (38, 28), 0, 0, 360, 1, -1)
        cv2.ellipse(eyes, (middle, 65), (18, 7), 0, 0, 360, 1, -1)
    picture[eyes > 0] = (215, 212, 208)
    return picture, lenses > 0, eyes > 0, (lenses == 0) & (ys > 0)


def test_plain_lenses_have_none() -> None:
    picture, lenses, eyes, skin = _face()
    assert not glints(picture, lenses, eyes, skin, UNIT).any()
    assert np.array_equal(colorless(picture, lenses, eyes, np.zeros_like(eyes)), picture)


def test_lamps_and_screens_are_found_beside_the_eyes() -> None:
    for color in ((255, 255, 250), (120, 230, 170), (120, 130, 250)):
        picture, lenses, eyes, skin = _face()
        picture[85:92, 60:72] = color
        found = glints(picture, lenses, eyes, skin, UNIT)
        assert found[85:92, 60:72].all()
        assert found.sum() < 4 * 84
        assert not (found & eyes).any()


def test_shaded_skin_is_none() -> None:
    picture, lenses, eyes, skin = _face()
    picture[85:92, 60:72] *= 0.6
    assert not glints(picture, lenses, eyes, skin, UNIT).any()


def test_eyes_lose_green_and_purple() -> None:
    for color in ((60, 220, 160), (110, 60, 250)):
        picture, lenses, eyes, _ = _face()
        picture[eyes] = color
        made = colorless(picture, lenses, eyes, np.zeros_like(eyes))
        before, after = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB)[eyes][:, 1:] for one in (picture, made))
        assert np.hypot(*after.T).mean() < 0.45 * np.hypot(*before.T).mean()
        assert np.array_equal(made[~eyes], picture[~eyes])
