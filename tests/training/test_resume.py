from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mien.errors import ConfigError
from mien.training.snapshots import Snapshots
from mien.training.stages.generator_run import GeneratorRun
from mien.training.stages.running import train

Shown = Callable[[GeneratorRun, int], GeneratorRun]


def _differences(a: Any, b: Any, name: str = "") -> list[str]:
    """Names of the leaves that are not the same, bit for bit."""
    if isinstance(a, torch.Tensor):
        return [] if torch.equal(a, b) and a.dtype == b.dtype else [name]
    if isinstance(a, dict):
        assert a.keys() == b.keys(), name
        return [d for key in a for d in _differences(a[key], b[key], f"{name}/{key}")]
    if isinstance(a, list | tuple):
        assert len(a) == len(b), name
        return [d for i, (x, y) in enumerate(zip(a, b, strict=True)) for d in _differences(x, y, f"{name}/{i}")]
    return [] if a == b else [f"{name}: {a} {b}"]


def _state(folder: Path) -> Any:
    state = Snapshots(folder).latest()
    assert state is not None
    return state["parts"]


def _unsettle() -> None:
    """What a new process would look like: other global generators."""
    torch.manual_seed(99)
    random.seed(99)
    np.random.seed(99)  # noqa: NPY002


def test_six_steps_equal_three_and_three_bit_for_bit(tiny_run: GeneratorRun, shown: Shown, tmp_path: Path) -> None:
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    train(shown(tiny_run, 6), tmp_path / "whole", device="cpu")
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    train(shown(tiny_run, 3), tmp_path / "parts", device="cpu")
    halfway = _state(tmp_path / "parts")
    _unsettle()
    loop, reason = train(shown(tiny_run, 6), tmp_path / "parts", device="cpu", resume=True)
    assert (loop.step, loop.images, reason) == (6, 24, "24 images shown")
    assert _differences(_state(tmp_path / "whole"), _state(tmp_path / "parts")) == []
    assert _differences(halfway, _state(tmp_path / "parts")), "the second half changed nothing"


def test_a_run_is_not_overwritten_and_other_networks_are_refused(
    tiny_run: GeneratorRun, shown: Shown, tmp_path: Path
) -> None:
    train(shown(tiny_run, 1), tmp_path / "run", device="cpu")
    with pytest.raises(ConfigError, match="--resume"):
        train(shown(tiny_run, 2), tmp_path / "run", device="cpu")
    wider = replace(tiny_run.stage, generator=replace(tiny_run.stage.generator, channel_max=8))
    with pytest.raises(ConfigError, match="other networks"):
        train(shown(replace(tiny_run, stage=wider), 2), tmp_path / "run", device="cpu", resume=True)
