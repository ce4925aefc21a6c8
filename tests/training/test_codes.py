"""The codes that a painter learns from are those that an edit uses."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch

from mien.data import Feed
from mien.editing.cache import EditCache
from mien.editing.latents import CodeRequest, LatentCodes
from mien.models.editing import EditorNetworks, portrait_128
from mien.pixels import to_bytes, to_tensor
from mien.training.devices import Devices
from mien.training.editing.sample import Sample, SampleConfig, draw_edits, image_only, step_rng
from mien.training.phases import Step
from mien.training.settings import CriticConfig
from mien.training.stages.editing_settings import Ingredients, PainterConfig
from mien.training.stages.painter import PainterStage
from mien.training.teachers import Teachers

NONE = CriticConfig("projected", 0.0)
TRAINED = ("generator", "encoder", "warping")


@pytest.fixture(scope="module")
def given() -> Ingredients:
    torch.manual_seed(0)
    networks = EditorNetworks(portrait_128())
    rng = np.random.default_rng(0)
    coarse = torch.from_numpy(rng.integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)).permute(0, 3, 1, 2).float()
    pixels = torch.nn.functional.interpolate(coarse, (128, 128), mode="bicubic").clamp(0, 255).round().byte()
    reals = to_tensor(pixels.permute(0, 2, 3, 1).numpy())
    shown = Step(0, 0, 4, reals, torch.from_numpy(rng.integers(0, 19, (4, 128, 128), dtype=np.uint8)))
    for block in networks.warping.parameters():  # a fresh network warps by next to nothing
        block.data.add_(0.05 * torch.randn(block.shape))
    teachers = Teachers(lambda a, b: (a - b).square().mean((1, 2, 3)))
    return Ingredients(networks, TRAINED, teachers, Devices("cpu"), cast(Feed, None), shown)


def codes_of_edit(stage: PainterStage, sample: Sample, index: int) -> torch.Tensor:
    """Of one edit of a batch, as the editor computes them."""
    codes, cache = LatentCodes(stage.networks, True, {}), EditCache()
    pixels = to_bytes(sample.exemplar[index : index + 1])[0]
    own, told = bool(sample.same_face[index]), bool(sample.given[index])
    request = CodeRequest(pixels if told else None, told and not own, 0, {}, None)
    (target,) = codes.of_layers([sample.layers.stack()[index : index + 1]], [b"layers"], cache)
    (found,) = codes.of_edits([target], [request], b"network", cache)
    return found


@torch.no_grad()
def test_codes_in_training_equal_codes_in_edits(given: Ingredients) -> None:
    config = PainterConfig(
        projected=NONE, sample=SampleConfig(exemplar=0.75, other=0.4, dyed=0.0), diverse=0.0, warped=1.0, as_edited=True
    )
    stage = PainterStage(config, given)
    kinds = set()
    for number in range(3):
        sample = draw_edits(replace(given.shown, index=number), 0, config=config.sample)
        trained, _, _ = stage._given(sample, step_rng(1, number, 0))
        for index in range(4):
            kinds.add((bool(sample.given[index]), bool(sample.same_face[index])))
            edited = codes_of_edit(stage, sample, index)
            torch.testing.assert_close(trained[index : index + 1], edited, atol=1e-4, rtol=1e-4)
    assert kinds == {(False, True), (True, True), (True, False)}


@torch.no_grad()
def test_the_papers_codes_are_warped_once(given: Ingredients) -> None:
    """What differs from an edit by default: w_w = w_s + W(w_s, w_t − w_s), once, whoever the exemplar shows."""
    config = PainterConfig(projected=NONE, sample=SampleConfig(exemplar=1.0, other=0.5, dyed=0.0), diverse=0.0)
    stage = PainterStage(config, given)
    sample = draw_edits(given.shown, 0, config=config.sample)
    trained, _, _ = stage._given(sample, step_rng(1, 0, 0))
    networks = stage.networks
    source, target = (networks.encoder(x.stack()) for x in (image_only(sample.exemplar), sample.layers))
    torch.testing.assert_close(trained, networks.warping(source, target), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(trained, networks.turned(source, target), atol=1e-2)
