"""Hues at the border of dyed hair."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.dyes.rim_hues import held
from mien.types import Float32

OLD, WALL = (205.0, 165.0, 90.0), (190.0, 190.0, 190.0)
UNIT = 4.0


def mixed(front: tuple[float, float, float], matte: Float32) -> Float32:
    """Hair of one color before a gray wall."""
    share = matte[..., None]
    return np.asarray(share * np.float32(front) + (1 - share) * np.float32(WALL), np.float32)


def edge(at: float) -> Float32:
    """A matte (120, 160) that ends softly at a column."""
    columns = np.clip((at - np.arange(160, dtype=np.float32)) / 6 + 0.5, 0, 1)
    return np.asarray(np.tile(columns, (120, 1)), np.float32)


def hues(picture: Float32) -> Float32:
    return np.asarray(cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)[..., 1:], np.float32)


@pytest.mark.parametrize("new", [(25.0, 20.0, 18.0), (130.0, 60.0, 30.0)])
def test_the_complement_of_blond_hair_goes(new: tuple[float, float, float]) -> None:
    photo, matte = mixed(OLD, edge(80)), edge(84)
    dyed = np.clip(photo + matte[..., None] * (np.float32(new) - np.float32(OLD)), 0, 255)
    made = held(photo, dyed, matte, np.zeros_like(matte), UNIT)
    assert hues(dyed)[..., 1].min() < -10, "no fault to mend"
    assert hues(made)[..., 1].min() > -6
    assert np.abs(made - dyed)[:, :60].max() < 0.5, "hair itself changes"
    assert np.abs(made - dyed)[:, 120:].max() < 0.5, "what is behind changes"


def test_a_border_without_fault_stays() -> None:
    matte = edge(80)
    photo = mixed(OLD, matte)
    dyed = photo + matte[..., None] * (np.float32((25, 20, 18)) - np.float32(OLD))
    assert np.abs(held(photo, dyed, matte, np.zeros_like(matte), UNIT) - dyed).max() < 1


def test_thin_hair_before_skin_is_left_to_what_mends_that() -> None:
    photo, matte = mixed(OLD, edge(80)), edge(84)
    dyed = np.clip(photo + matte[..., None] * (np.float32((25, 20, 18)) - np.float32(OLD)), 0, 255)
    skin = (matte < 0.5).astype(np.float32)
    assert np.array_equal(held(photo, dyed, matte, skin, UNIT), dyed)
