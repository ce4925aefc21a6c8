"""Broken input, full disks, other processes: one sentence each, nothing lost, and no hanging."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import save_file

from mien.data import find_pictures, write_packed
from mien.data.feed import ImageSet
from mien.data.packed import KIND
from mien.errors import ConfigError, CorruptCheckpointError, DataError, MienError, SaveError
from mien.training.devices import Devices
from mien.training.loop import Loop
from mien.training.settings import LoopConfig
from mien.training.snapshots import Snapshots, read_state, write_state
from mien.training.stages.generator_run import GeneratorRun
from mien.training.stages.initial import initialise
from mien.training.stages.running import train
from tests.training.toy import ToyConfig, ToyStage

Shown = Callable[[GeneratorRun, int], GeneratorRun]
DEEP = "[" * 100_000 + "]" * 100_000

FORKED = """
import os, sys, time
import cv2, numpy as np, torch
import mien
torch.set_num_threads(2), cv2.setNumThreads(2)
x, w = torch.rand(8, 16, 64, 64), torch.rand(16, 16, 3, 3)
def work():
    torch.nn.functional.conv2d(x, w).sum(), (torch.rand(2000, 2000) + 1).sum()
    cv2.GaussianBlur(np.zeros((1024, 1024, 3), np.uint8), (9, 9), 2)
work()
child = os.fork()
if not child:
    work()
    os._exit(0)
for _ in range(600):
    if os.waitpid(child, os.WNOHANG)[0]:
        sys.exit(0)
    time.sleep(0.1)
os.kill(child, 9)
sys.exit("the child waits for threads that it does not have")
"""


def test_a_forked_child_computes_after_its_parent_did() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], check=True)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_reads_pictures_after_its_parent_did(pictures: Path) -> None:
    images = ImageSet(find_pictures(pictures), 32, memory=0)
    expected = images.batch([0, 1])
    child = os.fork()
    if not child:
        os._exit(0 if (images.batch([0, 1]) == expected).all() else 1)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            assert status == 0
            return
        time.sleep(0.05)
    os.kill(child, 9)
    pytest.fail("the child waits for threads that it does not have")


def test_a_full_disk_costs_the_newest_snapshot_only(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.save({"parts": {"x": torch.zeros(10)}}, 1)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(SaveError, match="make room"):
            snapshots.save({"parts": {"x": torch.zeros(1_000_000)}}, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in snapshots.folder.iterdir()] == ["step-000000001.pt"]
    assert snapshots.latest() is not None


def nest(depth: int) -> Any:
    found: Any = torch.zeros(1)
    for _ in range(depth):
        found = [found]
    return found


STATES: dict[str, Any] = {
    "a number": 5,
    "no parts": {"counters": {}},
    "parts are a list": {"parts": [1, 2], "counters": {}},
    "no counters": {"parts": {"level": {"level": torch.zeros(())}}},
    "counters are words": {"parts": {"level": {}}, "counters": "many"},
    "parts are numbers": {"parts": {"level": 5}, "counters": {"step": 1, "images": 2, "elapsed": 3.0}},
    "deep": {"parts": nest(5000), "counters": {}},
}


class Nothing:
    """A feed without pictures."""

    batch = 2

    def state_dict(self) -> dict[str, int]:
        return {}

    def load_state_dict(self, state: Any) -> None:
        pass


@pytest.mark.parametrize("kind", STATES)
def test_odd_snapshots_are_one_sentence(kind: str, tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        torch.save(STATES[kind], tmp_path / "snapshots" / "step-000000001.pt")
    finally:
        sys.setrecursionlimit(limit)
    devices = Devices("cpu")
    stage, feed = ToyStage(ToyConfig(), devices), Nothing()
    loop = Loop(tmp_path, stage, feed, devices, LoopConfig(), None)  # type: ignore[arg-type]
    with pytest.raises((CorruptCheckpointError, ConfigError)):
        loop.resume()


def test_a_snapshot_that_is_no_archive_is_one_sentence(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04" + b"\0" * 200, os.urandom(1000)):
        (tmp_path / "x.pt").write_bytes(content)
        with pytest.raises(CorruptCheckpointError, match="damaged"):
            read_state(tmp_path / "x.pt")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "5", DEEP, "{}", '{"stage": []}', '{"stage": {"generator": 5}}', '{"stage": {"generator": {}}}'],
)
def test_odd_settings_of_an_earlier_run_are_one_sentence(tiny_run: GeneratorRun, tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    (tmp_path / "snapshots").mkdir()
    write_state({"parts": {}}, tmp_path / "snapshots" / "step-000000001.pt")
    from mien.models.stylegan2 import Generator

    with pytest.raises(MienError) as caught:
        initialise(tmp_path, Generator(tiny_run.stage.generator), {})
    assert len(str(caught.value)) < 300


INDEXES = {
    "empty": b"",
    "binary": bytes(range(256)),
    "zeros": b"id,split\n\0\0,train\n",
    "short": b"id,split,kind\na\n",
    "huge": b"id,split\n" + b"a" * 200_000 + b",train\n",
    "no columns": b"\n\n",
    "missing": b"id,split\nb,train\n",
}


@pytest.mark.parametrize("kind", INDEXES)
def test_odd_tables_are_one_sentence(kind: str, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "images" / "a.png")
    (tmp_path / "index.csv").write_bytes(INDEXES[kind])
    with pytest.raises(DataError):
        find_pictures(tmp_path)


def test_rows_of_another_length_are_read(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for name in "ab":
        Image.new("RGB", (8, 8)).save(tmp_path / "images" / f"{name}.png")
    (tmp_path / "index.csv").write_text("id,split,kind\na,train,photo,more,and more\nb,train\n", encoding="utf-8")
    assert [picture.fields["kind"] for picture in find_pictures(tmp_path)] == ["photo", ""]


@pytest.mark.parametrize(
    "entries", [DEEP, "5", "[5, 6]", '[["a", 5], ["b", {}]]', '[["a", {}]]', '{"a": 1}'], ids=range(6)
)
def test_odd_packed_sets_are_one_sentence(entries: str, tmp_path: Path) -> None:
    tensors = {"data": np.zeros(4, np.uint8), "offsets": np.array([0, 2, 4], np.int64)}
    save_file(tensors, tmp_path / "set.safetensors", {"kind": KIND, "entries": entries})
    with pytest.raises(DataError, match="mien data pack"):
        find_pictures(tmp_path / "set.safetensors")


def test_a_packed_set_whose_pictures_overlap_is_refused(pictures: Path, tmp_path: Path) -> None:
    write_packed(find_pictures(pictures), 16, tmp_path / "good.safetensors")
    assert len(find_pictures(tmp_path / "good.safetensors")) == 10
    entries = json.dumps([["a", {}], ["b", {}]])
    tensors = {"data": np.zeros(4, np.uint8), "offsets": np.array([0, 9, 4], np.int64)}
    save_file(tensors, tmp_path / "bad.safetensors", {"kind": KIND, "entries": entries})
    with pytest.raises(DataError, match="not a complete"):
        find_pictures(tmp_path / "bad.safetensors")


def test_a_generator_may_be_held_without_an_anchor(tiny_run: GeneratorRun, shown: Shown, tmp_path: Path) -> None:
    run = shown(replace(tiny_run, stage=replace(tiny_run.stage, hold=8)), 2)
    train(run, tmp_path / "run", device="cpu")
    parts = (Snapshots(tmp_path / "run").latest() or {})["parts"]
    average, now = parts["generator.ema"], parts["generator"]
    assert all(torch.equal(now[name], average[name]) for name in now if "w_avg" not in name)
    train(shown(run, 4), tmp_path / "run", device="cpu", resume=True)
    after = (Snapshots(tmp_path / "run").latest() or {})["parts"]["generator"]
    assert not torch.equal(after["synthesis.const"], now["synthesis.const"])


LINES = {
    "a batch of none": (["--batch", "0"], "--batch is 0; give 1 or more"),
    "a file as folder": (["--out", "FILE"], "is a file, not a folder"),
    "a folder below a file": (["--out", "FILE/run"], "Not a directory; choose another name"),
    "an unknown preset": (["--preset", "none"], "There is no preset 'none'; choose one of"),
    "a set that is not there": (["--data", "NOWHERE"], "does not exist; give the right path as --data"),
    "a run that is there": (["--out", "RUN"], "add --resume"),
}


LOADED = """
import json, os, sys
from mien.cli.train import train
done = []
for folder, line in json.loads(sys.argv[1]):
    os.chdir(folder)
    try:
        train(line, standalone_mode=False)
        done.append(None)
    except Exception as error:
        done.append(str(error))
print(json.dumps([done, "torch" in sys.modules, "numpy" in sys.modules]))
"""


@pytest.mark.parametrize("stage", ["generator", "editor"])
def test_what_needs_no_network_is_said_before_torch_is_loaded(stage: str, tmp_path: Path) -> None:
    lines = []
    for kind, (words, _) in LINES.items():
        folder = tmp_path / kind
        (folder / "RUN").mkdir(parents=True)
        (folder / "FILE").touch()
        (folder / "RUN" / "run.json").write_text("{}")
        lines.append((str(folder), [stage, "--data", ".", "--out", "new", "--perceptual", "FILE", *words]))
    command = [sys.executable, "-c", LOADED, json.dumps(lines)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told[1:] == [False, False]
    for (kind, (_, message)), error in zip(LINES.items(), told[0], strict=True):
        assert error and re.search(message, error), kind
        assert sorted(path.name for path in (tmp_path / kind).iterdir()) == ["FILE", "RUN"], kind
