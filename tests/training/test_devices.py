from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mien.errors import ConfigError
from mien.training import devices
from mien.training.devices import Devices, quick_autocast

WORKERS = """
import os, sys
import accelerate, torch._dynamo
from dataclasses import replace
from pathlib import Path
from mien.models.stylegan2 import GeneratorConfig
from mien.training.settings import CriticConfig
from mien.training.settings import LoopConfig
from mien.training.stages.generator_run import GeneratorStageConfig
from mien.training.settings import DataConfig
from mien.training.stages.generator_run import GeneratorRun
from mien.training.stages.running import train

rank = 0 if os.fork() else 1  # what both need is loaded once
os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank)}
shape = GeneratorConfig(32, z_dim=8, w_dim=8, mapping_layers=2, channel_base=128, channel_max=8)
stage = GeneratorStageConfig(shape, batch=8, seed=1)
run = GeneratorRun(DataConfig(Path(sys.argv[1])), stage, LoopConfig(images=16))
for resume in (False, True):
    loop, _ = train(run, Path(sys.argv[2]), device="cpu", resume=resume)
    run = replace(run, loop=LoopConfig(images=32))
parts = loop.stage.parts
torch.save([loop.step, parts["generator"].synthesis.const, parts["stylegan2"].out.weight, loop.stage.rng.get_state()],
           Path(sys.argv[2]) / f"rank{loop.devices.rank}.pt")
if rank == 0:
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_two_processes_keep_the_same_weights_and_draw_different_codes(pictures: Path, tmp_path: Path) -> None:
    import torch

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    common = {**os.environ, "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", WORKERS, str(pictures), str(tmp_path / "run")]
    done = subprocess.run(command, env=common, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    first, second = (torch.load(tmp_path / "run" / f"rank{rank}.pt") for rank in range(2))
    assert first[0] == second[0] == 4
    assert torch.equal(first[1], second[1])
    assert torch.equal(first[2], second[2])
    assert not torch.equal(first[3], second[3])


def test_unknown_or_absent_devices_are_named() -> None:
    with pytest.raises(ConfigError, match="'tpu'"):
        Devices("tpu")


def test_missing_packages_are_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"mien\[train\]"):
        Devices("cpu")


@pytest.mark.parametrize("quick", [True, False])
def test_bfloat16_only_where_the_processor_multiplies_it(quick: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.training.devices.multiplies_bfloat16", lambda: quick)
    devices, wanted = Devices("cpu"), torch.bfloat16 if quick else torch.float32
    assert devices.dtype(True) == wanted and devices.dtype(False) == torch.float32
    for context in (devices.autocast(True), quick_autocast()):
        with context:
            assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == wanted
    with devices.autocast(False):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
