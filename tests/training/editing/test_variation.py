from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from mien.training.editing.variation import Variation, varied
from mien.training.phases import Step

SIDE, BATCH = 64, 16
STILL = Variation(1.0, *([0.0] * 8))


@pytest.fixture
def step() -> Step:
    """A bright disc with a label of its own."""
    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    disc = (rows - 30) ** 2 + (columns - 34) ** 2 < 18**2
    picture = torch.where(disc, 0.6, -0.4).expand(BATCH, 3, -1, -1).clone()
    picture[:, 0] += 0.2
    return Step(0, 0, BATCH, picture, disc.to(torch.uint8).mul(17).expand(BATCH, -1, -1).clone())


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_labels_move_with_their_pictures(step: Step) -> None:
    shaken = varied(step, rng(), replace(STILL, angle=15, scale=0.2, shift=0.08, bend=0.03))
    assert shaken.labels is not None and step.labels is not None
    assert set(shaken.labels.unique().tolist()) == {0, 17}
    bright = shaken.reals[:, 1] > 0.1
    agree = (bright == (shaken.labels == 17)).float().mean((1, 2))
    assert agree.min() > 0.97
    assert ((shaken.labels != step.labels).float().mean((1, 2)) > 0.01).float().mean() > 0.8


def test_a_tint_moves_nothing(step: Step) -> None:
    tinted = varied(step, rng(), replace(STILL, brightness=0.2, contrast=0.2, saturation=0.5, tint=0.1))
    assert step.labels is not None and tinted.labels is not None
    assert torch.equal(tinted.labels, step.labels)
    for before, after in zip(step.reals, tinted.reals, strict=True):
        assert len(after.flatten(1).round(decimals=3).unique(dim=1)[0]) == len(before.flatten(1).unique(dim=1)[0])
    assert tinted.reals.abs().max() <= 1 and (tinted.reals - step.reals).abs().mean() > 0.03


def test_nothing_changes_without_a_reason(step: Step) -> None:
    assert varied(step, rng(), replace(Variation(), share=0.0)) is step
    assert torch.allclose(varied(step, rng(), STILL).reals, step.reals, atol=1e-4)


def test_a_share_is_left_as_it_is_and_seeds_decide(step: Step) -> None:
    half = varied(step, rng(), replace(Variation(), share=0.5))
    same = (half.reals == step.reals).flatten(1).all(1)
    assert 2 <= int(same.sum()) <= BATCH - 2
    assert torch.equal(half.reals, varied(step, rng(), replace(Variation(), share=0.5)).reals)
    assert not torch.equal(half.reals, varied(step, rng(1), replace(Variation(), share=0.5)).reals)


def test_pictures_without_labels(step: Step) -> None:
    bare = varied(replace(step, labels=None), rng(), Variation())
    assert bare.labels is None and torch.equal(bare.reals, varied(step, rng(), Variation()).reals)


def test_bfloat16_moves_no_pixel(step: Step) -> None:
    wanted = varied(step, rng(), Variation())
    with torch.autocast("cpu", torch.bfloat16):
        found = varied(step, rng(), Variation())
    assert torch.equal(found.reals, wanted.reals)
