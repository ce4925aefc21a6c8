"""Irises are looked for near where landmarks put them."""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.iris import colored, found_iris
from mien.guides.rings import Rings
from mien.guides.tint import srgb
from mien.types import Photo

CONTOUR = np.array([(60 + 46 * np.cos(t), 40 + 20 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 24, endpoint=False)])


def eye(at: tuple[int, int], radius: int, glint: bool = True) -> Photo:
    picture = np.full((80, 120, 3), (200, 150, 130), np.uint8)
    cv2.fillPoly(picture, [np.round(CONTOUR).astype(np.int32)], (235, 230, 228))
    disc = np.zeros((80, 120), np.uint8)
    cv2.circle(disc, at, radius, 1, -1)
    inside = np.zeros((80, 120), np.uint8)
    cv2.fillPoly(inside, [np.round(CONTOUR).astype(np.int32)], 1)
    picture[(disc & inside) > 0] = (70, 50, 40)
    if glint:
        cv2.circle(picture, (at[0] - 5, at[1] - 5), 3, (255, 255, 255), -1)
    return Photo(picture)


def test_an_iris_is_found_beside_its_landmarks() -> None:
    for wrong in ((-6, 0), (5, 2), (0, 0)):
        guess = np.array([62.5 + wrong[0], 40.5 + wrong[1]])
        middle, radius = found_iris(eye((62, 40), 17), guess, 16.0, CONTOUR)
        assert abs(middle[0] - 62.5) < 2 and abs(radius - 17.5) < 2.5


def test_without_an_edge_the_landmarks_stay() -> None:
    flat = Photo(np.full((80, 120, 3), 90, np.uint8))
    middle, radius = found_iris(flat, np.array([60.0, 40.0]), 16.0, CONTOUR)
    assert middle.tolist() == [60.0, 40.0] and radius == 16.0


def test_a_borrowed_iris_has_round_rings_and_no_flash() -> None:
    ys, xs = np.mgrid[0.5:80, 0.5:80]
    away = np.hypot(xs - 40, ys - 40) / 16
    eye = np.where(away < 0.35, 10, np.where(away < 1, 90, 220)).astype(np.uint8)
    eye[30:37, 42:50] = 255
    contour = np.stack([40 + 34 * np.cos(np.linspace(0, 6.2, 40)), 42 + 14 * np.sin(np.linspace(0, 6.2, 40))], 1)
    rings = Rings.of(Photo(np.dstack([eye] * 3)), np.array([40.0, 40.0]), 16.0, contour, 16.0)
    made = srgb(rings.at(away, np.arctan2(ys - 40, xs - 40)))[..., 0]
    assert made[away < 0.2].max() < 30
    assert np.abs(made[(away > 0.5) & (away < 0.85)] - 90).max() < 12


def test_a_dark_iris_is_dyed_in_fibres_less_at_its_rim_and_below_the_lid() -> None:
    ys, xs = np.mgrid[0.5:80, 0.5:80]
    away, inside = np.hypot(xs - 40, ys - 40) / 20, np.abs(ys - 40) < 18
    share = colored(away, np.arctan2(ys - 40, xs - 40), inside, 20.0, 20.0)
    ring = (np.abs(away - 0.6) < 0.05) & (ys > 40)
    assert share[ring].std() > 0.05 * share[ring].mean()
    assert share[np.abs(away - 0.98) < 0.02].mean() < 0.5 * share[ring].mean()
    assert share[(ys < 26) & (away < 0.8)].mean() < 0.8 * share[(ys > 54) & (away < 0.8)].mean()
