"""Hair that is lent: its light, and lines that are asked for."""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.hair.fringe import COLUMNS, STEPS, Forehead, asked_line
from mien.guides.hair.fringe_light import without_bands
from mien.guides.hair.strands import tinted


def test_a_band_of_light_goes_and_strands_stay() -> None:
    ys, xs = np.mgrid[:120, :200].astype(np.float32)
    strands = 1 + 0.2 * np.sin(xs / 1.5)
    band = 1 + np.exp(-(((ys - 60) / 12) ** 2))
    front = np.repeat((50 * strands * band)[..., None], 3, 2).astype(np.float32)
    found = cv2.cvtColor(without_bands(front, np.ones((120, 200), np.float32), 100.0), cv2.COLOR_RGB2GRAY)
    rows = found[20:100, 40:160].mean(1)
    assert np.ptp(rows) < 0.25 * rows.mean()  # it was 0.9
    assert found[60, 40:160].std() > 0.1 * found[60, 40:160].mean()


def test_nothing_of_hair_is_no_error() -> None:
    front = np.full((20, 20, 3), 90, np.float32)
    assert (without_bands(front, np.zeros((20, 20), np.float32), 30.0) == front).all()


def test_a_narrow_gap_in_what_is_asked_for_is_none() -> None:
    unit, high = 100.0, np.full(COLUMNS, -0.6)
    front = Forehead(unit * np.eye(2), np.array([150.0, 200.0]), 0.8 * STEPS, high, np.zeros(COLUMNS))
    wished = np.zeros((300, 300), np.bool_)
    wished[:180, 90:210] = True
    wished[:120] = True
    wished[:180, :80] = True
    line = asked_line(front, wished)
    assert np.abs(line[: 2 * COLUMNS // 3] + 0.2).max() < 0.03  # between both pieces, too
    assert abs(float(line[-1]) + 0.8) < 0.03  # a wide one stays


def test_short_hair_with_a_high_forehead_is_doubted() -> None:
    high, flat = np.full(COLUMNS, -0.7), np.zeros(COLUMNS)
    for short, line, doubted in ((True, high, True), (False, high, False), (True, high + 0.2, False)):
        assert Forehead(np.eye(2), np.zeros(2), STEPS, line, flat, short).doubtful == doubted


def test_a_whole_head_of_hair_keeps_its_light_in_this_hairs_color() -> None:
    rng = np.random.default_rng(0)
    picture = (np.array([120, 80, 50]) * rng.uniform(0.6, 1.4, (80, 80, 1))).astype(np.float32)
    shine = np.linspace(0.5, 1.5, 80, dtype=np.float32)[:, None, None] * np.ones((1, 80, 1), np.float32)
    front = np.array([40, 50, 60], np.float32) * shine
    ones = np.ones((80, 80), np.float32)
    found = tinted(picture, ones > 0, front, ones, 60.0)
    assert np.abs(np.median(found, (0, 1)) - np.median(picture, (0, 1))).max() < 15
    assert (np.diff(found.mean(2).mean(1)) > 0).mean() > 0.9  # dark and light are where they were
    assert (tinted(picture, ones > 0, front, 0 * ones, 60.0) == front).all()
