from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from mien.training.devices import Devices
from mien.training.settings import CriticConfig, DataConfig
from mien.training.stages.generator import GeneratorStage
from mien.training.stages.generator_run import GeneratorRun
from mien.training.stages.running import train
from mien.training.state import RandomState

Shown = Callable[[GeneratorRun, int], GeneratorRun]


def _stage(run: GeneratorRun) -> GeneratorStage:
    devices = Devices("cpu")
    return run.build(devices)[1]


def test_looking_does_not_change_what_comes_next(tiny_run: GeneratorRun) -> None:
    stage = _stage(tiny_run)
    random = RandomState(stage.rng)
    before = random.state_dict()
    sheets = stage.preview(count=5)
    again = stage.preview(count=5)
    after = random.state_dict()
    assert torch.equal(before["torch"], after["torch"])
    assert torch.equal(before["own"], after["own"])
    assert {name: sheet.shape for name, sheet in sheets.items()} == {"psi1.0": (64, 96, 3), "psi0.7": (64, 96, 3)}
    assert all(np.array_equal(sheets[name], again[name]) for name in sheets)


def test_phases_are_the_schedule_that_was_asked_for(tiny_run: GeneratorRun) -> None:
    expected = [("generator", 1), ("path-length", 4), ("projected", 1), ("stylegan2", 1), ("stylegan2-r1", 4)]
    assert [(phase.name, phase.interval) for phase in _stage(tiny_run).phases] == expected
    alone = replace(tiny_run.stage, discriminator="projected", path_length=0.0)
    assert [phase.name for phase in _stage(replace(tiny_run, stage=alone)).phases] == ["generator", "projected"]


def test_style_mixing_uses_two_codes(tiny_run: GeneratorRun) -> None:
    for probability, mixed in [(0.0, 0), (1.0, 64)]:
        stage = _stage(replace(tiny_run, stage=replace(tiny_run.stage, style_mixing=probability)))
        codes = stage._codes(64, update_average=False)
        assert int((codes != codes[:, :1]).flatten(1).any(dim=1).sum()) == mixed


def test_a_generator_learns_the_color_of_its_set(tiny_run: GeneratorRun, shown: Shown, tmp_path: Path) -> None:
    """Sixty steps on plain orange pictures; the generator starts gray."""
    folder = tmp_path / "orange"
    folder.mkdir()
    for i in range(4):
        Image.new("RGB", (32, 32), (230, 120 + 5 * i, 20)).save(folder / f"{i}.png")
    critic = CriticConfig("stylegan2", augment="translation", r1_gamma=0.1)
    stage = replace(
        tiny_run.stage, discriminator="stylegan2", plain=critic, path_length=0.0, batch=4, ema_half_life=40.0
    )
    unseen = replace(tiny_run.loop, preview_every=10**6)
    run = shown(replace(tiny_run, data=DataConfig(folder), stage=stage, loop=unseen), 60)
    loop, _ = train(run, tmp_path / "run", device="cpu")
    assert isinstance(loop.stage, GeneratorStage)
    color = loop.stage.preview(count=8)["psi1.0"].reshape(-1, 3).mean(axis=0)
    assert color[0] > color[1] + 20
    assert color[1] > color[2] + 20
