"""Edges of lenses without rims, and hair that is no part of an arm."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.bank import Bank
from mien.guides.glasses.lens_edges import lens_edges
from mien.guides.glasses.lines import MARGIN, SIDE, UNIT
from mien.guides.glasses.seen import Seen
from mien.guides.glasses.still_seen import still_seen
from mien.types import Float32, Float64


@pytest.fixture(scope="module")
def points() -> Float64:
    """Landmarks in the plane."""
    face = next(one for one in Bank.bundled().entries if one.path.stem == "3052").face
    scale = (SIDE - 2 * MARGIN) / float(np.linalg.norm(face.quad[3] - face.quad[0]))
    return np.asarray((face.landmarks[:, :2] - face.quad[0]) * scale + MARGIN, np.float64)


def test_a_faint_edge_below_a_lens_is_found_and_wrinkles_across_it_are_not(points: Float64) -> None:
    noise = np.random.default_rng(0).normal(0, 0.5, (SIDE, SIDE, 1))
    skin = np.full((SIDE, SIDE, 3), (200, 160, 140), np.float32) + noise.astype(np.float32)
    middle = np.round(points[[362, 263]].mean(0) + (0, 2 * UNIT)).astype(int)
    size = (round(11 * UNIT), round(9 * UNIT))
    lenses, band, edge = (np.zeros((SIDE, SIDE), np.uint8) for _ in range(3))
    cv2.ellipse(lenses, middle.tolist(), size, 0, 0, 360, 1, -1)
    cv2.ellipse(band, middle.tolist(), size, 0, 0, 360, 1, round(6 * UNIT))
    cv2.ellipse(edge, middle.tolist(), (size[0] + 5, size[1] + 5), 0, 40, 110, 1, 2)
    wrinkles = np.zeros((SIDE, SIDE), np.uint8)
    for down in (0, 2, 4):
        start = middle + (size[0] - 10, round(down * UNIT))
        cv2.line(wrinkles, start.tolist(), (start + (40, round(UNIT))).tolist(), 1, 2)
    picture = (skin - 8.0 * (edge | wrinkles)[..., None]).astype(np.float32)
    nothing: Float32 = np.zeros((SIDE, SIDE), np.float32)
    low = np.zeros((SIDE, SIDE), np.bool_)
    seen = Seen(band > 0, band.astype(np.float32), low, lenses.astype(np.float32), nothing, skin, nothing + 1)
    found = cv2.dilate(lens_edges(picture, seen, points, low).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert found[edge > 0].mean() > 0.8 and found[wrinkles > 0].mean() < 0.2
    assert not lens_edges(skin, seen, points, low).any()


def test_hair_beside_an_arm_stays_and_the_arm_goes() -> None:
    rng = np.random.default_rng(0)
    hair = rng.normal((150, 145, 140), 15, (SIDE, SIDE, 3)).astype(np.float32)
    hair = cv2.GaussianBlur(hair, (0, 0), 1.0)
    hidden, arm = np.zeros((SIDE, SIDE), np.bool_), np.zeros((SIDE, SIDE), np.bool_)
    hidden[300:360, 200:280] = arm[326:334, 200:280] = True
    picture = np.where(arm[..., None], np.float32(20), hair)
    kinds = np.zeros((SIDE, SIDE, 4), np.float32)
    kinds[..., 1] = 1
    stays = still_seen(picture, hidden, kinds)
    assert not stays[arm].any() and stays[hidden & ~arm].mean() > 0.5 and not stays[~hidden].any()
