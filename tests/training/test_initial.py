from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mien.checkpoints.generator import load_generator
from mien.errors import ConfigError, UnknownCheckpointError
from mien.training.devices import Devices
from mien.training.stages.generator import GeneratorStage
from mien.training.stages.generator_run import GeneratorRun
from mien.training.stages.running import train

Shown = Callable[[GeneratorRun, int], GeneratorRun]


def _stage(run: GeneratorRun) -> GeneratorStage:
    devices = Devices("cpu")
    return run.build(devices)[1]


def _grown(run: GeneratorRun, init: Path) -> GeneratorRun:
    return replace(run, init=init, stage=replace(run.stage, generator=replace(run.stage.generator, resolution=64)))


@pytest.fixture(scope="module")
def small(tiny_run: GeneratorRun, shown: Shown, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of three steps at 32 px."""
    folder = tmp_path_factory.mktemp("small")
    train(shown(tiny_run, 3), folder, device="cpu")
    return folder


def test_growing_starts_from_the_same_pictures(tiny_run: GeneratorRun, small: Path) -> None:
    before, after = _stage(replace(tiny_run, init=small)), _stage(_grown(tiny_run, small))
    z = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))
    for a, b in [(before.generator, after.generator), (before.ema.network, after.ema.network)]:
        with torch.no_grad():
            low, high = a(z, noise="none"), b(z, noise="none")
        assert high.shape == (4, 3, 64, 64)
        reduced = torch.nn.functional.avg_pool2d(high, 2)
        assert (reduced - low).norm() < 0.2 * low.norm()
    assert not torch.equal(after.generator.synthesis.const, after.ema.network.synthesis.const)


def test_critics_come_along(tiny_run: GeneratorRun, small: Path) -> None:
    before, after = _stage(replace(tiny_run, init=small)), _stage(_grown(tiny_run, small))
    fresh = _stage(tiny_run)
    for kind, name in [("projected", "heads.0.0.bias"), ("stylegan2", "hidden.bias")]:
        values = [stage.parts[kind].state_dict()[name] for stage in (before, after, fresh)]
        assert torch.equal(values[0], values[1])
        assert not torch.equal(values[0], values[2])
    entry = [stage.parts["stylegan2"].state_dict()["from_rgb.weight"] for stage in (before, after)]
    assert not torch.equal(*entry), "the layer that reads the picture starts afresh"


def test_a_saved_generator_will_do(tiny_run: GeneratorRun, small: Path) -> None:
    stage = _stage(_grown(tiny_run, small / "generator"))
    average = _stage(replace(tiny_run, init=small)).ema.network
    saved = stage.generator.synthesis.const
    assert torch.allclose(saved, average.synthesis.const, atol=1e-3)  # stored in half precision


def test_folders_that_will_not_do_are_named(tiny_run: GeneratorRun, small: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownCheckpointError):
        _stage(replace(tiny_run, init=tmp_path))
    wider = replace(tiny_run.stage, generator=replace(tiny_run.stage.generator, w_dim=16))
    with pytest.raises(ConfigError, match="other widths"):
        _stage(replace(tiny_run, init=small, stage=wider))
    shutil.copytree(small, tmp_path / "early", ignore=shutil.ignore_patterns("step-000000003.pt"))
    with pytest.raises(UnknownCheckpointError, match="no snapshot yet"):
        _stage(replace(tiny_run, init=tmp_path / "early"))


def test_exported_generator_is_the_average(small: Path, tiny_run: GeneratorRun) -> None:
    average = _stage(replace(tiny_run, init=small)).ema.network.state_dict()
    saved = load_generator(small / "generator").state_dict()
    assert all(torch.allclose(saved[name], average[name], rtol=1e-3, atol=1e-4) for name in average)
    assert json.loads((small / "generator" / "config.json").read_text())["images"] == 12
    assert "12 pictures shown" in (small / "generator" / "README.md").read_text()
