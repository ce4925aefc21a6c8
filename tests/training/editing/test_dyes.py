from __future__ import annotations

import pytest
import torch

from mien.conditions.labels import INDEX, UNKNOWN
from mien.training.editing.dyes import dyed
from mien.training.editing.sample import SampleConfig, draw_edits
from mien.training.phases import Step

SIDE, BATCH = 64, 12


@pytest.fixture
def step() -> Step:
    """Striped hair above skin, lips in it, clothes below."""
    labels = torch.full((BATCH, SIDE, SIDE), INDEX["skin"], dtype=torch.uint8)
    labels[:, :20], labels[:, 50:], labels[:, 40:44, 24:40] = INDEX["hair"], INDEX["cloth"], INDEX["lower_lip"]
    labels[:, 30, :] = UNKNOWN
    pictures = torch.rand(BATCH, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 0.2 - 0.1
    pictures[:, :, :20, ::4] += 0.5
    return Step(0, 0, BATCH, pictures, labels)


def test_only_a_region_changes_and_keeps_its_light_and_dark(step: Step) -> None:
    assert step.labels is not None
    pictures, areas = dyed(step.reals, step.labels, torch.Generator().manual_seed(1), 1.0)
    near = torch.nn.functional.max_pool2d(areas, 3, 1, 1)
    kinds = set()
    for before, after, area, edge, labels in zip(step.reals, pictures, areas, near, step.labels, strict=True):
        assert torch.equal(before * (1 - edge), after * (1 - edge))
        names = {int(one) for one in labels[area[0] > 0].unique()}
        assert len(names) == 1
        kinds |= names
        if names == {INDEX["hair"]}:
            stripes, between = after[:, 5:15, ::4].mean(), after[:, 5:15, 2::4].mean()
            assert stripes > between
            assert (before[:, 5:15] - after[:, 5:15]).mean((1, 2)).abs().max() > 0.05
    assert kinds == {INDEX["hair"], INDEX["cloth"], INDEX["lower_lip"]}
    assert pictures.abs().max() <= 1


def test_nothing_is_dyed_where_none_is_asked_for_or_there(step: Step) -> None:
    assert step.labels is not None
    rng = torch.Generator().manual_seed(1)
    same, areas = dyed(step.reals, step.labels, rng, 0.0)
    assert torch.equal(same, step.reals) and not areas.any()
    same, areas = dyed(step.reals, torch.zeros_like(step.labels), rng, 1.0)
    assert torch.equal(same, step.reals) and not areas.any()


def test_dyes_are_told_and_exemplars_are_not_dyed(step: Step) -> None:
    sample = draw_edits(step, 0, config=SampleConfig(dyed=1.0, exemplar=1.0, other=0.0, inside=0.0))
    changed = (sample.picture - step.reals).abs().amax(1, keepdim=True) > 0
    assert torch.equal(sample.exemplar, step.reals)
    inner = -torch.nn.functional.max_pool2d(-changed.float(), 5, 1, 2) > 0
    for picture, color, where in zip(sample.picture, sample.layers["color"], inner[:, 0], strict=True):
        assert (picture[:, where].mean(1) - color[:, where].mean(1)).abs().max() < 0.2
