"""Drawings that grow, and what reads them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from mien.checkpoints.inversion import save_inversion
from mien.checkpoints.shapes import Pair
from mien.conditions.drawings import read_drawing
from mien.inversion.base import Means
from mien.inversion.drawing import Drawing
from mien.models.inversion import SketchConfig, SketchEncoder
from mien.models.stylegan2 import Generator, portrait_128
from mien.training.devices import Devices
from mien.training.editing.strokes import unfinished
from mien.training.phases import Step
from mien.training.settings import AdamConfig
from mien.training.stages.strokes import SeedFeed, StrokesStage
from mien.training.stages.strokes_run import StrokesConfig
from mien.types import Bool


def lines() -> Bool:
    drawing = np.zeros((64, 64), bool)
    drawing[10:54, 12], drawing[30, 20:60], drawing[5:9, 40:44] = True, True, True
    return drawing


def test_a_drawing_grows_until_it_is_finished() -> None:
    whole = lines()
    grown = [unfinished(whole, np.random.default_rng(0), share) for share in (0, 0.3, 0.6, 1)]
    assert not grown[0].any() and np.array_equal(grown[-1], whole)
    assert all((later | earlier).sum() == later.sum() > earlier.sum() for earlier, later in pairwise(grown))
    assert not unfinished(np.zeros_like(whole), np.random.default_rng(0)).any()


@pytest.fixture(scope="module")
def generator() -> Generator:
    torch.manual_seed(0)
    return Generator(replace(portrait_128(), resolution=32, z_dim=16, w_dim=16, channel_base=256, channel_max=16))


def test_a_stage_starts_better_than_the_mean_and_learns(generator: Generator) -> None:
    stage = StrokesStage(
        StrokesConfig(faces=40, batch=8, adam=AdamConfig(0.003, (0.9, 0.99))), generator, Devices("cpu")
    )
    spread = float((stage.w - stage.generator.mapping.w_avg).square().mean())
    losses = []
    for index in range(12):
        step = Step(index % 3, 8 * index, 8, SeedFeed(8).next().pictures.float())
        stage.optimiser.zero_grad()
        loss, _ = stage.loss(step)
        loss.backward()
        stage.optimiser.step()
        stage.finish_step(step)
        losses.append(float(loss.detach()))
    assert losses[0] < spread and sum(losses[-3:]) < sum(losses[:3])
    assert stage.preview()["strokes"].shape[1] >= 6 * 32


def test_a_drawing_changes_the_shape_and_keeps_the_style(generator: Generator, tmp_path: Path) -> None:
    torch.manual_seed(1)
    means = Means(Pair(generator, None), tmp_path, "toy", networks=(tmp_path,))
    save_inversion(
        tmp_path, "strokes", SketchEncoder(SketchConfig.of(generator.config)), "# Toy\n", {"generator": means.mark}
    )
    drawing = Drawing(means)
    style = drawing.style(3)
    empty, some = (drawing.codes(one, style) for one in (np.zeros((64, 64), bool), lines()))
    shape = drawing.network.config.codes
    assert torch.equal(empty[shape:], style[shape:]) and torch.equal(some[shape:], style[shape:])
    assert not torch.allclose(empty[:shape], some[:shape])
    assert drawing.picture(lines(), style).shape == (32, 32, 3)
    file = tmp_path / "face.svg"
    file.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path d="M 10 10 L 50 50"/></svg>')
    assert 50 < read_drawing(file).sum() < 2000
