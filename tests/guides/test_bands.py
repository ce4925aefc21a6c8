from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.glasses.bands import band
from mien.guides.glasses.lines import SIDE, UNIT
from mien.types import Float32, Float64


def ring(radius: float, width: float, level: float, skin: float = 170) -> Float32:
    """A plane with a ring around its middle, and a little noise."""
    plane = np.full((SIDE, SIDE), skin, np.float32)
    cv2.circle(plane, (SIDE // 2, SIDE // 2), round(radius * UNIT), level, round(width * UNIT), cv2.LINE_AA)
    return cv2.GaussianBlur(plane, (0, 0), 1.0) + np.random.default_rng(0).normal(0, 2, plane.shape).astype(np.float32)


def circle(radius: float) -> Float64:
    turn = np.linspace(0, 2 * np.pi, 73)
    return SIDE / 2 + radius * UNIT * np.stack([np.cos(turn), np.sin(turn)], -1)


@pytest.mark.parametrize(("width", "level"), [(0.6, 60), (2.5, 30), (0.8, 230)], ids=["thin", "thick", "bright"])
def test_a_band_is_as_wide_as_the_line(width: float, level: float) -> None:
    light = ring(10, width, level)
    found = band(light, circle(10), most=4.5, margin=0)
    assert np.sqrt(found.sum() / (2 * np.pi * 10 * UNIT**2) / max(width, 0.7)) == pytest.approx(1, abs=0.35)


def test_nothing_is_healed_where_no_line_is_seen() -> None:
    light = np.full((SIDE, SIDE), 170, np.float32)
    assert not band(light, circle(10), most=4.5, margin=0.5).any()
