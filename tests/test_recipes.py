"""The recipes' own arithmetic: where faces are said to be is where they are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.models.perception.detector import DetectorConfig
from recipes.detector import targets
from recipes.distort import distort
from recipes.landmarks import FRAME, LandmarkRecipe, Samples, random_view, warp
from recipes.portraits import Portraits, load_portraits, mirror_order
from recipes.scenes import Scene, SceneMaker


def test_views_take_points_where_they_take_pixels() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        matrix = random_view(rng, 128)
        picture = np.zeros((FRAME, FRAME, 3), np.uint8)
        cv2.circle(picture, (128, 140), 9, (255, 255, 255), -1)
        seen = warp(picture, matrix, 128, cv2.BORDER_CONSTANT)[..., 0].astype(float)
        rows, columns = np.indices(seen.shape) + 0.5
        centre = np.array([(columns * seen).sum(), (rows * seen).sum()]) / seen.sum()
        np.testing.assert_allclose(centre, matrix @ (128.5, 140.5, 1), atol=0.15)


def test_targets_mark_the_centre_and_spare_other_octaves() -> None:
    faces = np.array([[60, 84, 56, 0.3], [150, 150, 20, 0]], np.float32)
    maps = targets(Scene(np.zeros((224, 224, 3), np.uint8), faces), DetectorConfig())
    heat, judged, near = maps[:3]
    assert np.unravel_index(heat.argmax(), heat.shape) == (84 // 8, 60 // 8) and heat.max() == 1
    assert (heat == 1).sum() == 1
    assert judged[150 // 8, 150 // 8] == 0 and judged[20, 2] == 1
    row, column = 84 // 8, 60 // 8
    assert near[row, column] == 1
    dx, dy, side, cos, sin = maps[3:, row, column]
    assert (column + 0.5) * 8 + dx * 56 == pytest.approx(60) and (row + 0.5) * 8 + dy * 56 == pytest.approx(84)
    assert side == pytest.approx(0) and np.arctan2(sin, cos) == pytest.approx(0.3)


def test_distortions_keep_the_shape_and_repeat_with_the_seed() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (96, 80, 3)).astype(np.uint8)
    for seed in range(30):
        one, other = (distort(picture, np.random.default_rng(seed)) for _ in range(2))
        assert one.shape == picture.shape and one.dtype == np.uint8
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def portraits(data: Path) -> Portraits:
    return load_portraits(data / "portraits", "val")


def test_mirroring_pairs_left_with_right(portraits: Portraits) -> None:
    order = mirror_order(portraits.landmarks)
    for left, right in ((33, 263), (133, 362), (61, 291), (234, 454), (468, 473), (1, 1), (152, 152)):
        assert order[left] == right and order[right] == left


def test_scenes_hold_faces_where_they_say(portraits: Portraits) -> None:
    """A portrait pasted upright at its own size gives its own pixels back."""
    maker = SceneMaker(portraits, 400)
    rng = np.random.default_rng(5)
    canvas = maker.paste(np.zeros((400, 400, 3), np.uint8), 200, 190, 256, 0.0, rng, fill=True)
    window = canvas[190 - 128 : 190 + 128, 200 - 128 : 200 + 128].astype(int)
    both = np.concatenate([portraits.images, portraits.images[:, :, ::-1]])
    assert np.abs(both - window).mean((1, 2, 3)).min() < 1


def test_samples_are_faces_with_their_points_or_none(portraits: Portraits) -> None:
    order = mirror_order(portraits.landmarks)
    stream = iter(Samples(portraits, np.ones(len(portraits), np.float32), order, LandmarkRecipe(negatives=0.5)))
    drawn = [next(stream) for _ in range(40)]
    present = [p for _, p, label in drawn if label]
    assert 5 < len(present) < 35
    assert all(np.abs(p[:, :2]).max() < 4 and np.linalg.norm(p[33] - p[263]) > 0.1 for p in present)
    assert all(not p.any() for _, p, label in drawn if not label)
