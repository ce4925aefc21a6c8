"""All of another's hair, brought to the outline that a map asks for."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.guides.hair.crown import Crown
from mien.guides.hair.fit import Fitted, places_of
from mien.guides.hair.whole import asks_for_all
from mien.guides.hair.wished import to_outline
from mien.guides.scene import GROUPS, Scene
from mien.types import Bool, Face, Float32

SIDE = 256


def falling(scene: Scene, wide: float, low: float) -> Bool:
    """Hair around a head: so many units wide on either side, down to so many units below the eyes."""
    eyes, unit = scene.points[[33, 263], :2].mean(0), scene.unit
    hair = np.zeros(scene.shape, np.uint8)
    x, y, half = int(eyes[0]), int(eyes[1]), int(wide * unit)
    cv2.ellipse(hair, (x, y), (half, int(1.2 * unit)), 0, 180, 360, 1, -1)
    cv2.rectangle(hair, (x - half, y), (x + half, int(y + low * unit)), 1, -1)
    cv2.ellipse(hair, (x, int(y + 0.3 * unit)), (int(0.6 * unit), int(0.95 * unit)), 0, 0, 360, 0, -1)
    hair[int(y + 0.6 * unit) :, x - int(0.4 * unit) : x + int(0.4 * unit)] = 0
    return hair > 0


@pytest.fixture
def scene(face: Face) -> Scene:
    points = face.landmarks.astype(np.float64)
    middle = points[[33, 263], :2].mean(0)
    points = (points - (*middle, 0)) * 60 / np.linalg.norm(points[33] - points[263]) + (SIDE / 2, 100, 0)
    none = np.zeros((SIDE, SIDE), np.float32)
    shares = {**dict.fromkeys(GROUPS, none), "background": none + 1}
    return Scene((0, 0, SIDE, SIDE), 1.0, np.dstack([none] * 3), shares, none, none, none, points)


def fitted(scene: Scene, hair: Bool) -> Fitted:
    matte = cv2.GaussianBlur(hair.astype(np.float32), (0, 0), 1.0)
    picture: Float32 = np.random.default_rng(0).uniform(60, 90, (*scene.shape, 3)).astype(np.float32)
    places = places_of(np.zeros((*scene.shape, 2), np.float32))
    return Fitted(matte, picture, picture, picture, {**scene.shares, "strained": scene.hair}, places)


@pytest.mark.parametrize("theirs", [(0.8, 2.2), (1.3, 2.2), (1.0, 1.6)])
@pytest.mark.parametrize("mine", [(1.0, 1.2), (1.15, 1.9)])
def test_hair_comes_to_a_wished_outline(scene: Scene, mine: tuple[float, float], theirs: tuple[float, float]) -> None:
    wished = falling(scene, *mine)
    found = to_outline(scene, fitted(scene, falling(scene, *theirs)), wished).alpha > 0.5
    lower = min(mine[1], theirs[1])  # hair that ends sooner is not drawn longer
    asked = wished & (np.arange(SIDE)[:, None] < scene.points[[33, 263], 1].mean() + lower * scene.unit)
    assert (found & asked).sum() > 0.85 * (found | asked).sum()
    assert not (found & (cv2.dilate(wished.astype(np.uint8), np.ones((17, 17))) == 0)).any()


def test_all_hair_is_exchanged_where_much_is_new_and_the_mask_holds_the_old(scene: Scene) -> None:
    short = Scene(**{**vars(scene), "hair": falling(scene, 0.9, 0.2).astype(np.float32)})
    wished, everywhere = falling(scene, 1.0, 1.6), np.ones(scene.shape, np.bool_)
    assert asks_for_all(short, wished, everywhere)
    assert not asks_for_all(short, falling(scene, 0.95, 0.3), everywhere)
    below = np.arange(SIDE)[:, None] > scene.points[33, 1]
    assert not asks_for_all(short, wished, np.broadcast_to(below, scene.shape))


@pytest.mark.parametrize("by", [(-SIDE / 2 - 5, 0), (SIDE / 2 + 5, 0), (0, -120)])
def test_a_head_at_the_edge_of_the_photo_is_no_crash(scene: Scene, by: tuple[float, float]) -> None:
    there = replace(scene, points=scene.points + (*by, 0))
    wished = falling(scene, 1.0, 1.6)
    found = to_outline(there, fitted(there, falling(scene, 1.2, 2.0)), wished)
    assert np.isfinite(found.alpha).all() and found.alpha.shape == scene.shape


def test_old_hair_stays_at_the_crown_and_new_hair_begins_below(scene: Scene) -> None:
    short = replace(scene, hair=falling(scene, 0.95, 0.2).astype(np.float32))
    wished, eyes = falling(scene, 1.0, 1.6), float(scene.points[[33, 263], 1].mean())
    crown, unit = Crown.of(short, wished, scene.hair), scene.unit
    high, low = int(eyes - 0.9 * unit), int(eyes + 0.3 * unit)
    assert crown.share[:high].min() == 1 and crown.share[low:].max() == 0
    assert (crown.wished[low + int(0.4 * unit) :] == wished[low + int(0.4 * unit) :]).all()
    assert not Crown.of(scene, wished, scene.hair).share.any()  # a bald head keeps nothing
    skin = replace(short, shares={**short.shares, "face": scene.hair + 1})
    assert crown.fits(short, wished.astype(np.float32))
    assert not crown.fits(skin, scene.hair + 1)
