from __future__ import annotations

import numpy as np
import pytest
import torch

from mien.conditions import freeform
from mien.conditions.freeform import FreeForm, centre_mask, freeform_batch, freeform_mask, irregular_mask
from mien.errors import ConfigError


def test_free_form_masks_are_neither_empty_nor_full_and_vary() -> None:
    rng = np.random.default_rng(0)
    areas = np.array([freeform_mask(128, rng).mean() for _ in range(60)])
    assert areas.min() > 0
    assert areas.max() < 1
    assert areas.std() > 0.15
    assert 0.3 < areas.mean() < 0.8  # rectangles and brushes of the published sizes cover about half


def test_the_same_seed_gives_the_same_masks() -> None:
    first, again, other = (freeform_batch(3, 64, torch.Generator().manual_seed(s)) for s in (1, 1, 2))
    assert first.shape == (3, 1, 64, 64)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_area_can_be_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    for _ in range(5):
        assert 0.1 < freeform_mask(64, rng, FreeForm(area=(0.1, 0.3))).mean() < 0.3
    monkeypatch.setattr(freeform, "TRIES", 20)
    with pytest.raises(ConfigError, match="widen the range"):
        freeform_mask(16, rng, FreeForm(area=(0.5, 0.5)))


def test_masks_scale_with_the_size() -> None:
    small = np.mean([freeform_mask(64, np.random.default_rng(s)).mean() for s in range(40)])
    large = np.mean([freeform_mask(256, np.random.default_rng(s)).mean() for s in range(40)])
    assert abs(small - large) < 0.12


@pytest.mark.parametrize("area", [(0.01, 0.1), (0.2, 0.3), (0.5, 0.6)])
def test_irregular_masks_keep_to_their_area(area: tuple[float, float]) -> None:
    rng = np.random.default_rng(2)
    for _ in range(4):
        assert area[0] <= irregular_mask(128, rng, area).mean() < area[1]


@pytest.mark.parametrize("area", [(0.3, 0.2), (-0.1, 0.2), (0.5, 1.2)])
def test_impossible_areas_are_refused(area: tuple[float, float]) -> None:
    with pytest.raises(ConfigError):
        irregular_mask(64, np.random.default_rng(0), area)


def test_centred_square_of_the_protocol() -> None:
    mask = centre_mask(256)
    assert mask.sum() == 128 * 128
    assert mask[64:192, 64:192].all()
    with pytest.raises(ConfigError):
        centre_mask(256, 0)
