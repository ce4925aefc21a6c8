"""Skin that is evened out: wrinkles fade, grain stays, and nothing of other parts is drawn in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mien.errors import LayerError
from mien.guides.healing.even import even
from mien.types import Bool, Float32, Photo

SIDE = 400.0
FACE: Any = SimpleNamespace(quad=np.array([[0, 0], [0, SIDE], [SIDE, SIDE], [SIDE, 0]]))


def _scene() -> tuple[Photo, Bool, Bool]:
    """Skin with grain, a soft wrinkle at row 200, and black lashes above row 150; the mask and what is skin."""
    rows = np.arange(400, dtype=np.float32)[:, None]
    wrinkle = -30 * np.exp(-(((rows - 200) / 5) ** 2))
    grain = np.random.default_rng(0).normal(0, 4, (400, 400))
    gray = np.clip(170 + wrinkle + grain, 0, 255)
    gray[:150] = 10
    skin, mask = np.ones((400, 400), np.bool_), np.zeros((400, 400), np.bool_)
    skin[:150] = False
    mask[140:260, 100:300] = True
    return Photo(np.repeat(gray[..., None], 3, 2).astype(np.uint8)), mask, skin


def _row(picture: Photo, row: int) -> Float32:
    return picture.pixels[row - 1 : row + 2, 150:250].astype(np.float32)


def test_a_wrinkle_fades_and_grain_stays() -> None:
    photo, mask, skin = _scene()
    made, area = even(photo, FACE, mask, skin).over(photo)
    before, after = (float(_row(one, 230).mean() - _row(one, 200).mean()) for one in (photo, made))
    assert after < 0.5 * before
    rough = [float(np.diff(_row(one, 230), axis=1).std()) for one in (photo, made)]
    assert rough[1] == pytest.approx(rough[0], rel=0.15)
    assert np.array_equal(made.pixels[~area], photo.pixels[~area])
    assert not (area & ~mask).any()


def test_lashes_beside_it_are_neither_changed_nor_drawn_in() -> None:
    photo, mask, skin = _scene()
    made, area = even(photo, FACE, mask, skin).over(photo)
    assert not area[:150].any()
    assert made.pixels[156:170, 150:250].mean() == pytest.approx(photo.pixels[156:170, 150:250].mean(), abs=4)


def test_strength_fades_it_and_where_there_is_no_skin_is_refused() -> None:
    photo, mask, skin = _scene()
    whole, half = (even(photo, FACE, mask, skin, strength=s).over(photo)[0] for s in (1.0, 0.5))
    steps = [float(_row(one, 200).mean() - _row(photo, 200).mean()) for one in (whole, half)]
    assert steps[1] == pytest.approx(steps[0] / 2, abs=1)
    with pytest.raises(LayerError, match="is skin"):
        even(photo, FACE, mask, ~np.ones_like(skin))
