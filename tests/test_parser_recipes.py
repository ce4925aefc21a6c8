"""What the recipes of the face networks make: turned faces, drawn glasses, hats of others, wide labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from mien.conditions.labels import INDEX, UNKNOWN
from recipes.accessories import Hat, draw_glasses, put_hat, solid_hat
from recipes.backdrops import backdrop
from recipes.mix import mix
from recipes.parser_notes import BEARDS, HATS, MAYBE_BEARDS, Notes
from recipes.parser_samples import random_view
from recipes.portraits import Portraits, fair_weights, load_portraits, rough_yaw
from recipes.turning import Turner, with_turned
from recipes.wide_labels import MARGIN, SIDE, surroundings


@pytest.fixture(scope="module")
def portraits(data: Path) -> Portraits:
    return load_portraits(data / "portraits", "val")


def test_a_face_turned_by_nothing_stays_and_one_turned_aside_looks_aside(portraits: Portraits) -> None:
    turner = Turner(portraits.landmarks)
    face, image = portraits.landmarks[0], portraits.images[0]
    same = turner.turn(face, 0.0, 0.0)
    assert np.abs(same.points[:, :2] - face[:, :2]).max() < 3
    assert np.abs(same.image(image)[60:200, 60:200].astype(int) - image[60:200, 60:200]).mean() < 6
    one, other = (turner.turn(face, yaw, 0.0) for yaw in (-0.6, 0.6))
    yaws = rough_yaw(np.stack([one.points, face, other.points]))
    assert yaws[0] > yaws[1] > yaws[2] or yaws[0] < yaws[1] < yaws[2]
    assert np.abs(yaws[[0, 2]] - yaws[1]).min() > 0.3


def test_turned_portraits_come_up_as_often_as_asked(portraits: Portraits) -> None:
    both, weights = with_turned(portraits, np.ones(len(portraits), np.float32), 10, share=0.25)
    assert len(both) == len(portraits) + 10 == len(weights)
    assert weights[-10:].sum() / weights.sum() == pytest.approx(0.25, abs=1e-5)


def test_glasses_are_drawn_where_their_labels_are(portraits: Portraits) -> None:
    rng = np.random.default_rng(0)
    image, points = portraits.images[1], portraits.landmarks[1]
    labels = np.full((256, 256), INDEX["skin"], np.uint8)
    for _ in range(10):
        drawn, out = draw_glasses(image, labels, points, rng)
        there = out == INDEX["glasses"]
        changed = np.abs(drawn.astype(int) - image).max(2) > 40
        assert 100 < there.sum() < 15000
        assert changed[there].mean() > changed[~there].mean()
        x, y = points[[468, 473], :2].astype(int).T  # over or around both eyes
        near = [there[max(0, v - 30) : v + 30, max(0, u - 30) : u + 30].any() for u, v in zip(x, y, strict=True)]
        assert all(near)


def test_a_hat_of_somebody_else_lands_above_the_eyes(portraits: Portraits) -> None:
    wearer, other = portraits.landmarks[2], portraits.landmarks[3]
    worn = np.zeros((256, 256), np.uint8)
    worn[: int(wearer[[105, 334], 1].mean())] = INDEX["hat"]
    hat = Hat(np.full((256, 256, 3), (200, 30, 30), np.uint8), solid_hat(worn), wearer)
    labels = np.full((256, 256), INDEX["hair"], np.uint8)
    _, out = put_hat(portraits.images[3], labels, other, hat, np.random.default_rng(0))
    rows = np.nonzero(out == INDEX["hat"])[0]
    assert len(rows) > 1000 and rows.mean() < other[[33, 263], 1].mean()


def test_backdrops_fill_their_square(portraits: Portraits) -> None:
    rng = np.random.default_rng(0)
    made = [backdrop(32, portraits.images[0], portraits.images[1], rng) for _ in range(20)]
    assert all(one.shape == (32, 32, 3) and one.dtype == np.uint8 for one in made)
    assert len({one.tobytes() for one in made}) > 15


def test_views_show_windows_of_many_sizes() -> None:
    rng = np.random.default_rng(0)
    sides = [1 / np.sqrt(abs(np.linalg.det(random_view(rng, 256)[:, :2]))) for _ in range(400)]
    assert min(sides) < 0.8 and max(sides) > 2.2 and 0.95 < np.median(sides) < 1.3


def test_the_middle_of_a_wide_picture_keeps_its_labels(portraits: Portraits) -> None:
    image = np.full((SIDE, SIDE, 3), (90, 120, 160), np.uint8)
    image[MARGIN:-MARGIN, MARGIN:-MARGIN] = portraits.images[0]
    inner = np.zeros((256, 256), np.uint8)
    inner[150:] = INDEX["cloth"]
    labels = surroundings(image, inner, np.zeros((160, 160), np.float32), portraits.landmarks[0])
    np.testing.assert_array_equal(labels[MARGIN:-MARGIN, MARGIN:-MARGIN], inner)
    assert set(np.unique(labels).tolist()) <= {INDEX["background"], INDEX["cloth"], INDEX["hair"], UNKNOWN}
    assert (labels[:40] == INDEX["background"]).mean() > 0.9


def test_notes_and_weights_agree_with_the_set(data: Path) -> None:
    assert not BEARDS & MAYBE_BEARDS
    assert Notes.of(min(HATS)).hat is True and Notes.of(min(BEARDS)).beard is True
    weights = fair_weights(data / "portraits", "val")
    assert weights.min() > 0 and weights.mean() == pytest.approx(1)


def test_mixed_weights_lie_between() -> None:
    before, after = {"w": torch.zeros(3)}, {"w": torch.ones(3), "steps": torch.tensor(7)}
    mixed = mix(before, after, 0.25)
    assert mixed["w"].tolist() == [0.25] * 3 and int(mixed["steps"]) == 7
