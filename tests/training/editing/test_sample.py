from __future__ import annotations

import numpy as np
import pytest
import torch

from mien.conditions.dropping import Dropping
from mien.conditions.labels import INDEX
from mien.training.editing.augment import augmented
from mien.training.editing.masks import EditMasks, edit_masks
from mien.training.editing.sample import SampleConfig, draw_edits, draw_encodings, image_only
from mien.training.phases import Step
from mien.training.windows.guides import GuideDraw

SIDE = 64


def _labels(batch: int) -> torch.Tensor:
    labels = np.zeros((batch, SIDE, SIDE), np.uint8)
    labels[:, 8:56, 16:48] = INDEX["skin"]
    labels[:, 4:20, 12:52] = INDEX["hair"]
    labels[:, 28:32, 20:28] = INDEX["left_eye"]
    return torch.from_numpy(labels)


def _step(batch: int = 32, index: int = 3) -> Step:
    rng = torch.Generator().manual_seed(1)
    coarse = torch.rand(batch, 3, 8, 8, generator=rng) * 2 - 1
    pictures = torch.nn.functional.interpolate(coarse, SIDE, mode="bilinear")
    return Step(index, 0, batch, pictures, _labels(batch))


def test_a_step_has_the_same_edits_whenever_it_is_drawn_and_others_have_others() -> None:
    one, again, other = (draw_edits(_step(index=index), 0) for index in (3, 3, 4))
    assert torch.equal(one.layers.stack(), again.layers.stack())
    assert torch.equal(one.given, again.given)
    assert not torch.equal(one.mask, other.mask)
    assert not torch.equal(one.mask, draw_edits(_step(), 1).mask)


def test_the_image_is_gone_inside_the_mask_and_whole_outside() -> None:
    sample = draw_edits(_step(), 0)
    assert float((sample.layers.image * sample.mask).abs().max()) == 0.0
    outside = sample.layers.image - sample.picture * (1 - sample.mask)
    assert float(outside.abs().max()) == 0.0
    assert bool((sample.mask.flatten(1).sum(1) > 0).all()), "an edit has a mask"


def test_another_face_as_exemplar_comes_without_modalities_as_algorithm_3_says() -> None:
    step = _step(64)
    sample = draw_edits(step, 0, config=SampleConfig(exemplar=1.0, other=0.5))
    foreign = ~sample.same_face
    assert 16 < int(foreign.sum()) < 48
    assert bool(sample.given.all())
    for name in ("sketch", "semantic", "color"):
        assert float(sample.layers[name][foreign].abs().max()) == 0.0
    same = (sample.exemplar == step.reals).flatten(1).all(1)
    assert torch.equal(same, sample.same_face)
    assert torch.equal(sample.picture[foreign], step.reals[foreign])


def test_modalities_that_stay_inside_say_nothing_outside() -> None:
    config = SampleConfig(inside=1.0, dropping=Dropping(absent=0.0, whole=1.0))
    sample = draw_edits(_step(), 0, config=config)
    assert float((sample.layers["semantic"] * (1 - sample.mask)).abs().max()) == 0.0
    everywhere = SampleConfig(inside=0.0, exemplar=0.0, dropping=Dropping(absent=0.0, whole=1.0))
    assert bool((draw_edits(_step(), 0, config=everywhere).layers["semantic"].sum(1) == 1).all())


def test_all_subsets_of_modalities_come_up() -> None:
    seen = set()
    for index in range(8):
        sample = draw_edits(_step(index=index), 0)
        parts = (sample.layers["sketch"], sample.layers["semantic"], sample.layers["color"])
        present = torch.stack([(part.flatten(1) != 0).any(1) for part in (*parts, sample.given.view(-1, 1))], 1)
        seen |= {tuple(row.tolist()) for row in present}
    assert len(seen) == 16


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("boxes", 0.06, 0.57), ("strokes", 0.2, 0.6), ("regions", 0.0, 0.95)]
)
def test_each_kind_of_mask_is_what_it_says(kind: str, low: float, high: float) -> None:
    shares = dict.fromkeys(("boxes", "strokes", "regions", "whole"), 0.0) | {kind: 1.0}
    masks = edit_masks(_labels(48), torch.Generator().manual_seed(2), EditMasks(**shares))
    areas = masks.mean(dim=(1, 2, 3))
    assert set(masks.unique().tolist()) == {0.0, 1.0}
    assert low < float(areas.min())
    assert float(areas.max()) <= high
    if kind == "boxes":
        rows, columns = masks[:, 0].amax(2), masks[:, 0].amax(1)
        assert torch.equal(masks[:, 0], rows[:, :, None] * columns[:, None]), (
            "a rectangle is its rows times its columns"
        )


def test_encodings_are_exemplars_edits_and_fragments() -> None:
    step = _step(128)
    layers = draw_encodings(step, 0)
    kept = (layers.image == step.reals).all(1).flatten(1).float().mean(1)
    assert 0.2 < float((kept == 1).float().mean()) < 0.45
    missing = layers.image.flatten(1).abs().sum(1) == 0
    assert 0.03 < float(missing.float().mean()) < 0.25
    alone = torch.cat([layers["sketch"], layers["semantic"], layers["color"]], 1).flatten(1).abs().sum(1) == 0
    assert bool((kept[alone & ~missing] == 1).any()), "exemplars come without modalities"


def test_an_exemplar_says_nothing_but_its_image() -> None:
    picture = _step(2).reals
    stacked = image_only(picture).stack()
    assert torch.equal(stacked[:, :3], picture)
    assert float(stacked[:, 3:].abs().max()) == 0.0


def test_augmentation_changes_the_look_and_keeps_the_range() -> None:
    picture = _step(16).reals
    changed = augmented(picture, torch.Generator().manual_seed(4))
    assert changed.shape == picture.shape
    assert float(changed.abs().max()) <= 1.0
    assert float((changed - picture).abs().mean()) > 0.05
    assert torch.equal(changed, augmented(picture, torch.Generator().manual_seed(4)))


def _faces(batch: int) -> Step:
    """With all that is moved from face to face, at another place in each."""
    step = _step(batch)
    assert step.labels is not None
    labels = step.labels.numpy().copy()
    for i, one in enumerate(labels):
        for name, row, column in (("left_eye", 24, 20), ("right_eye", 24, 38), ("nose", 32, 29), ("mouth", 42, 28)):
            top, left = row + i % 3, column - i % 2
            one[top : top + 4, left : left + 7] = INDEX[name]
    return Step(step.index, 0, batch, step.reals, torch.from_numpy(labels))


def test_guides_lie_inside_the_mask_and_change_nothing_else() -> None:
    step = _step(64)
    plain = draw_edits(step, 0)
    sample = draw_edits(step, 0, config=SampleConfig(guides=GuideDraw(share=0.5)))
    assert plain.guide is None and sample.guide is not None
    assert torch.equal(plain.layers.stack(), sample.layers.stack()) and torch.equal(plain.mask, sample.mask)
    colors, sure = sample.guide[:, :3], sample.guide[:, 3:]
    assert float(sure.min()) >= 0 and float(sure.max()) <= 1
    assert not (colors * (sure == 0)).any() and not (sure * (1 - sample.mask)).any()
    there = sure.flatten(1).amax(1) > 0
    assert 8 < int(there.sum()) < 48 and not there[~sample.same_face].any()
    near = ((colors - sample.picture).abs() * (sure > 0.5)).sum() / (3 * (sure > 0.5).sum())
    far = ((colors - sample.picture.roll(1, 0)).abs() * (sure > 0.5)).sum() / (3 * (sure > 0.5).sum())
    assert near < 0.6 * far, "the guide is the truth, changed"


def test_a_part_of_another_face_is_the_truth_where_it_is_moved_to() -> None:
    step = _faces(32)
    settings = SampleConfig(guides=GuideDraw(share=0.5, reach=2), moved=1.0, dyed=0.0, other=0.0)
    sample = draw_edits(step, 0, config=settings)
    changed = ((sample.picture - step.reals).abs() > 0.02).any(1, keepdim=True)
    assert int(sample.dyed.sum()) > 24 and torch.equal(changed.flatten(1).any(1), sample.dyed)
    inside = sample.mask > 0
    assert float((changed & ~inside).sum()) < 0.1 * float(changed.sum()), "the mask covers what was blended"
    assert sample.guide is not None and bool((sample.guide[sample.dyed, 3].flatten(1).amax(1) > 0).all())
    assert torch.equal(sample.exemplar, step.reals), "codes know nothing of it"
