"""The command for a machine with a GPU, on the CPU at toy size: packed, checked, trained, resumed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from mien.training.windows import resident
from mien.training.windows.draw import WindowDraw
from mien.training.windows.feed import WindowFeed
from mien.training.windows.resident import ResidentFeed
from mien.training.windows.store import KIND, WindowStore
from recipes import gpu, gpu_check
from recipes.gpu_pack import pack, unpack
from tests.training.narrow import narrow_editor
from tests.training.test_windows import SMALL

ROOT = Path(__file__).parent.parent.parent
FACES = 6


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Smooth faces, every other one wide, with an edit or two each."""
    top, rng = tmp_path_factory.mktemp("prepared"), np.random.default_rng(0)
    wides = [cv2.resize(rng.integers(0, 256, (12, 12, 3), dtype=np.uint8), (768, 768)) for _ in range(FACES)]
    squares = np.stack([cv2.resize(one[128:640, 128:640], (256, 256), interpolation=cv2.INTER_AREA) for one in wides])
    labels = np.kron(rng.integers(0, 19, (FACES, 8, 8), dtype=np.uint8), np.ones((1, 32, 32), np.uint8))
    face_of = np.array([0, 0, 1, 2, 2, 3, 4, 5])
    masks = np.zeros((len(face_of), 128, 128), np.uint8)
    masks[:, 40:70, 20:60] = 1
    small = np.stack([cv2.resize(one, (128, 128), interpolation=cv2.INTER_AREA) for one in squares])[face_of]
    arrays = {
        "squares": squares,
        "labels": labels,
        "wides": np.stack(wides[::2]),
        "wide_labels": np.stack([cv2.resize(one, (384, 384), interpolation=0) for one in labels[::2]]),
        "wide_real": np.repeat((np.arange(384) > 60).astype(np.uint8)[None, :, None], 3, 0).repeat(384, 2),
        "wide_of": np.array([0, -1, 1, -1, 2, -1]),
        "native": np.linspace(200, 700, FACES),
        "face_of": face_of,
        "masks": masks,
        "coarse": small,
        "weights": np.linspace(1, 2, len(face_of)),
    }
    for split in ("train", "val"):
        (top / split).mkdir()
        for name, array in arrays.items():
            np.save(top / split / f"{name}.npy", array)
        (top / split / "index.json").write_text(json.dumps({"kind": KIND}))
    return top


def test_what_is_packed_is_what_was_prepared(store: Path, tmp_path: Path) -> None:
    assert pack(store, tmp_path / "pack", 2.0) == {"val": FACES, "train": FACES}
    unpack(tmp_path / "pack", tmp_path / "unpacked")
    before, after = WindowStore.load(store / "train"), WindowStore.load(tmp_path / "unpacked" / "train")
    ids = [int(one) for one in json.loads((tmp_path / "unpacked" / "train" / "index.json").read_text())["ids"]]
    assert np.abs(before.squares[ids].astype(int) - after.squares).mean() < 3, "WebP loses a little"
    np.testing.assert_array_equal(before.labels[ids], after.labels)
    for number, face in enumerate(ids):
        if (wide := after.wide_of[number]) >= 0:
            assert np.abs(before.wides[before.wide_of[face]].astype(int) - after.wides[wide]).mean() < 3
            np.testing.assert_array_equal(before.wide_real[before.wide_of[face]], after.wide_real[wide])
        assert (before.wide_of[face] >= 0) == (after.wide_of[number] >= 0)
    assert sorted(ids[face] for face in after.face_of) == sorted(before.face_of)
    assert (after.masks == before.masks[0]).all() and after.weights.sum() == pytest.approx(before.weights.sum())
    pack(store, tmp_path / "small", 0.15)
    assert (tmp_path / "small").stat().st_size < 150_000, "no larger than was asked for"


def test_resident_windows_are_the_same_by_any_number_of_processes(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident, "ProcessPoolExecutor", lambda count, context: ThreadPoolExecutor(count))
    monkeypatch.setattr(resident, "PIECE", 5)

    def feed(processes: int) -> ResidentFeed:
        drawn = WindowFeed(WindowStore.load(store / "train"), 4, 0, WindowDraw(size=32))
        return ResidentFeed(drawn, 8, torch.device("cpu"), processes)

    one, two = feed(1), feed(2)
    state = one.state_dict()
    first, same = one.next(), two.next()
    assert torch.equal(first.pictures, same.pictures) and first.pictures.shape == (4, 3, 32, 32)
    one.next()
    one.load_state_dict(state)
    again = one.next()
    assert torch.equal(again.others["place"], first.others["place"]) and again.labels is not None


def test_the_check_measures_everything(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(gpu_check, "_windows", partial(gpu_check._windows, side=64))
    monkeypatch.setattr(gpu_check, "WindowConfig", lambda: SMALL)
    monkeypatch.setitem(gpu_check.PRESETS, "portrait-64", narrow_editor)
    gpu.main(["check", "--seconds", "0.03", "--preset", "portrait-64", "--device", "cpu"])
    found = json.loads(capsys.readouterr().out)
    assert found["name"] == "CPU" and found["edit_ms"] > 0 and found["tera_multiplications"] > 0
    assert found["windows_per_second"]["1"] > 0 and found["edit_goal_ms"] == gpu.EDIT_MS


def test_figures_of_slow_machines_are_not_rounded_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_check, "_spent", lambda work, device, seconds: 3_000.0)
    monkeypatch.setitem(gpu_check.PRESETS, "portrait-64", narrow_editor)
    found = gpu_check.check(torch.device("cpu"), 0.0, "portrait-64")
    assert found["tera_multiplications"] == pytest.approx(2 * 256**3 / 3_000 / 1e12, rel=0.005)
    assert found["edit_ms"] == 3e6 and found["windows_per_second"]["1"] == pytest.approx(1 / 3_000, rel=0.005)


STUB = """
import sys
from recipes import gpu
from tests.training.test_gpu_recipe import small
gpu.next_stage = small(gpu.next_stage)
gpu.main()
"""


def small(whole: object) -> object:
    """The run with small networks and no judges from files."""
    from dataclasses import replace

    from mien.training.settings import CriticConfig

    def made(options: object, windows: Path) -> object:
        run = whole(options, windows)  # type: ignore[operator]
        stage = replace(
            run.stage,
            network=SMALL,
            windows=WindowDraw(size=64),
            projected=CriticConfig("projected", weight=0.0),
        )
        return replace(run, stage=stage, processes=1, loop=replace(run.loop, images=run.stage.batch * 3))

    return made


def test_one_command_checks_and_trains(store: Path, tmp_path: Path) -> None:
    (tmp_path / "networks").mkdir()
    distance = torch.jit.script(_Distance())
    distance.save(tmp_path / "networks" / "lpips_squeeze.pt")
    pack(store, tmp_path / "pack", 2.0)
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\n[ "$1" = -m ] && [ "$3" = check ] && echo "$@" && exit\n'
        f'[ "$1" = -m ] && [ "$2" = recipes.gpu ] && shift 2 && exec {sys.executable} -c '
        f'\'{STUB}\' "$@"\nexec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)
    words = [
        "bash",
        str(ROOT / "recipes" / "gpu.sh"),
        *(str(tmp_path / name) for name in ("pack", "networks", "run")),
        "2",
    ]
    more = {"PYTHON": str(python), "MIEN_GPU_CHECK": "0", "MIEN_GPU_ARGUMENTS": "--device cpu --batch 2 --windows 8"}
    environment = {**os.environ, **more}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-500:]
    assert "6 images shown: 6 windows in all" in done.stdout
    assert {"painter", "compact.pt", "check.json"} <= {path.name for path in (tmp_path / "run").iterdir()}
    assert (tmp_path / "run" / "check.json").read_text() == "-m recipes.gpu check --seconds 0\n"


class _Distance(torch.nn.Module):
    def forward(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return (one - other).square().mean((1, 2, 3))
