"""The paper's recipe: its numbers, and one step of every stage at reduced width."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import torch

from benchmarks.cost import step_of
from mien.data import Feed
from mien.models.editing import EditorNetworks
from mien.models.editing.presets import portrait_128, with_generator
from mien.models.stylegan2 import GeneratorConfig
from mien.training.devices import Devices
from mien.training.editing.sample import draw_edits
from mien.training.phases import run_phases
from mien.training.stages.editing_settings import Ingredients, PainterConfig
from mien.training.teachers import Teachers
from recipes import paper
from recipes.editor import Places

HERE = Places(*(Path(),) * 4)


@pytest.mark.parametrize("name", paper.RUNS)
def test_one_step_of_every_stage_at_reduced_width(name: str) -> None:
    generator = GeneratorConfig(1024, z_dim=16, w_dim=16, mapping_layers=2, channel_base=2048, channel_max=16)
    config = with_generator(portrait_128(), generator, channels=(16, 16, 16, 8, 8, 8))
    assert generator.codes == 18
    run, devices = paper.RUNS[name](HERE), Devices("cpu")
    networks, shown = EditorNetworks(config), step_of(0, 2, 128)
    teachers = Teachers(lambda a, b: (a - b).square().mean((1, 2, 3)), lambda a, b: (a - b).abs().mean((1, 2, 3)))
    trained = ("generator", "encoder", "warping")
    stage = run.stage.stage(run, Ingredients(networks, trained, teachers, devices, cast(Feed, None), shown))
    before = {name: value.clone() for name, value in stage.learner.state_dict().items()}
    figures = run_phases(stage.phases, shown, devices, autocast=False)
    assert all(torch.isfinite(value).all() for value in figures.values())
    moved = [name for name, value in stage.learner.state_dict().items() if not torch.equal(value, before[name])]
    assert len(moved) > 0.7 * len(list(stage.learner.parameters()))
    if name == "painter":
        assert {"identity", "attribute", "perceptual", "stylegan2/loss", "stylegan2/r1"} <= figures.keys()
        assert "projected/loss" not in figures


def test_the_numbers_are_the_papers() -> None:
    stage = paper.painter(HERE).stage
    assert isinstance(stage, PainterConfig)
    assert (stage.identity, stage.perceptual, stage.attribute, stage.absolute) == (0.1, 0.5, 0.1, 0.0)
    assert (stage.adam.lr, stage.adam.betas, stage.batch) == (0.002, (0.0, 0.99), 8)
    (critic,) = stage.critics
    assert (critic.kind, critic.weight, critic.r1_gamma, critic.r1_interval) == ("stylegan2", 1.0, 10.0, 16)
    sample = draw_edits(step_of(3, 32, 64), 0, config=replace(paper.SAMPLE, other=0.5))
    assert sample.given.all() and not sample.dyed.any() and 4 < int(sample.same_face.sum()) < 28
