"""The recipes that label portraits and fuse labels for the second round."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.conditions.labels import INDEX, UNKNOWN
from recipes.parser_colors import bins, guided_filter, lab, log_density
from recipes.parser_labels import fuse
from recipes.parser_samples import Samples, portrait_pools
from recipes.portraits import load_portraits
from recipes.weak_labels import Evidence, label


def test_color_models_prefer_what_they_have_seen() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[:20], image[20:] = (210, 150, 120), (40, 60, 110)
    seeds = np.zeros((40, 40), bool)
    seeds[:5] = True
    density = log_density(bins(lab(image)), seeds)
    assert density[10:20].min() > 0 > density[20:].max()


def test_guided_filter_keeps_edges_of_the_guide_and_smooths_elsewhere() -> None:
    guide = np.zeros((40, 40, 3), np.float32)
    guide[:, 20:] = 1
    noise = np.random.default_rng(0).normal(0, 0.3, (40, 40)).astype(np.float32)
    filtered = guided_filter(guide, guide[..., 0] + noise, 4, 1e-3)
    assert filtered[:, 22:].mean() - filtered[:, :18].mean() > 0.9
    assert filtered[5:35, 5:15].std() < 0.15


def test_fusing_keeps_believable_labels_fills_gaps_and_corrects_mistakes() -> None:
    weak = np.array([[INDEX["skin"], INDEX["cloth"], UNKNOWN, UNKNOWN, INDEX["nose"], INDEX["neck"]]], np.uint8)
    network = np.full((19, 1, 6), 0.01, np.float32)
    network[INDEX["skin"], 0, 0], network[INDEX["hair"], 0, 0] = 0.3, 0.6  # believable
    network[INDEX["background"], 0, 1] = 0.9  # a mistake
    network[INDEX["hair"], 0, 2] = 0.8  # a gap, known now
    network[INDEX["skin"], 0, 4] = 0.9  # drawn by landmarks: stays
    network[INDEX["cloth"], 0, 5] = 0.6  # neither believed nor sure
    names = [INDEX["skin"], INDEX["background"], INDEX["hair"], UNKNOWN, INDEX["nose"], UNKNOWN]
    assert fuse(weak, network)[0].tolist() == names


def test_a_portrait_is_labelled_with_and_without_a_hair_teacher(data: Path) -> None:
    portraits = load_portraits(data / "portraits", "val")
    for i in range(3):
        known = Evidence.of(portraits.images[i], portraits.landmarks[i], portraits.person[i], None)
        labels = label(known)
        person = portraits.person[i] > 127
        named = (labels != UNKNOWN) & (labels != INDEX["background"])
        assert (named & ~person).sum() < 0.02 * person.sum()
        x, y = portraits.landmarks[i][[468, 473], :2].astype(int).T  # irises
        assert set(labels[y, x].tolist()) <= {INDEX["left_eye"], INDEX["right_eye"]}
        assert (labels == INDEX["hair"]).mean() > 0.01


def test_samples_leave_what_is_beyond_the_portrait_unknown(data: Path) -> None:
    portraits = load_portraits(data / "portraits", "val")
    labels = np.full((len(portraits), 256, 256), INDEX["skin"], np.uint8)
    labels[:, :, :128], labels[:, :, 128:] = INDEX["left_eye"], INDEX["right_eye"]
    pools = portrait_pools(portraits, labels, np.ones(len(portraits), np.float32), 20)
    stream = iter(Samples(pools, 64, 0))
    seen = [next(stream) for _ in range(30)]
    assert all(crop.shape == (64, 64, 3) and target.shape == (32, 32) for crop, target in seen)
    assert any((target == UNKNOWN).mean() > 0.2 for _, target in seen)
    for _, target in seen:  # a mirrored picture has its left eye on the left again
        columns = [np.nonzero(target == INDEX[name])[1].mean() for name in ("left_eye", "right_eye")]
        assert columns[0] < columns[1]
