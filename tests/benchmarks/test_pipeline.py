from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from benchmarks import cost, peers, pipeline
from benchmarks.backends import SkippedError, export, prepare
from benchmarks.memory import peak_megabytes
from benchmarks.stages import Stage, build_networks, network_stages
from benchmarks.timing import all_turns, take_turns


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x @ x * 2.0


def stage(signature: str) -> Stage:
    network, inputs = Twice(), (torch.eye(4),)
    return Stage(lambda: network(*inputs), signature, network, inputs)


@pytest.fixture
def bench() -> pipeline.Bench:
    return pipeline.Bench(argparse.Namespace(rounds=2, clock="cpu", seconds=60.0, threads=1))


def test_what_presets_have_in_common_is_measured_once(bench: pipeline.Bench) -> None:
    stages = [{"encode": stage("same"), "paint": stage(f"paint {preset}")} for preset in ("a", "b")]
    for preset, given in zip(("a", "b"), stages, strict=True):
        bench.measure(preset, given, 1, "float32", "eager")
    counts = {name: [cast_twice(given[name]).calls for given in stages] for name in ("encode", "paint")}
    assert counts["encode"][0] > 0 and counts["encode"][1] == 0
    assert min(counts["paint"]) > 0
    rows = bench.finish()
    assert [(r["preset"], r["stage"]) for r in rows] == [
        ("a", "encode"),
        ("a", "paint"),
        ("b", "encode"),
        ("b", "paint"),
    ]
    assert rows[0]["ms"] == rows[2]["ms"] and rows[0]["gflop"] == rows[1]["gflop"] == 2 * 4**3 / 1e9
    assert all(0 < r["of_peak"] == r["gflop_per_s"] / bench.peaks["float32"] for r in rows)


def cast_twice(given: Stage) -> Twice:
    assert isinstance(given.network, Twice)
    return given.network


def test_what_cannot_be_run_is_a_row_with_a_reason(bench: pipeline.Bench) -> None:
    bench.measure("a", {"encode": stage("s")}, 1, "bfloat16", "onnx")
    (row,) = bench.finish()
    assert "bfloat16" in row["skipped"] and "ms" not in row


def test_graphs_compute_the_same(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    given = stage("s")
    run = prepare(given, "onnx", "float32", 1)
    (found,) = run()  # type: ignore[misc]
    assert np.allclose(found, 2 * np.eye(4))
    names = export(cast_twice(given), given.inputs, tmp_path / "n.onnx")
    assert [i.name for i in onnxruntime.InferenceSession(tmp_path / "n.onnx").get_inputs()] == names


class Unexportable(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.linalg.eigvals(x).real


def test_graphs_that_cannot_be_written_are_skipped_in_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    network, inputs = Unexportable(), (torch.eye(4),)
    with pytest.raises(SkippedError, match=r"^ONNX: .*linalg_eig.*$"):
        prepare(Stage(lambda: None, "s", network, inputs), "onnx", "float32", 1)
    assert capfd.readouterr().out == ""


def test_stages_are_the_editors_own_networks() -> None:
    networks = build_networks("portrait-128-lite")
    stages = network_stages(networks, 1)
    with torch.no_grad():
        (w_plus,) = stages["synthesize"].inputs
        picture, maps = networks.bank(w_plus)
        found: Any = stages["synthesize"].run()
        assert torch.equal(found[0], picture) and len(found) == 1 + len(maps)
        layers, mask, codes, *given = stages["paint"].inputs
        bank = dict(zip(maps, given, strict=True))
        assert [m.shape for m in given] == [m.shape for m in maps.values()]
        painted: Any = stages["paint"].run()
        assert torch.equal(painted[0], networks.painter(layers, mask, codes, bank)[0])
    full = network_stages(build_networks("portrait-128"), 1)
    same = {name for name, stage in stages.items() if stage.signature == full[name].signature}
    assert same == {"encode", "warp", "synthesize"}


def test_an_edit_takes_the_fastest_of_all_four_networks() -> None:
    def row(stage: str, ms: float, preset: str = "p", batch: int = 1) -> dict[str, Any]:
        return {"preset": preset, "stage": stage, "batch": batch, "ms": ms}

    rows = [row("encode", 9.0), row("encode", 4.0), row("warp", 1.0), row("synthesize", 2.0), row("paint", 3.0)]
    rows += [row("encode", 1.0, batch=8), row("align", 100.0), row("encode", 1.0, "incomplete")]
    assert pipeline.edit_milliseconds(rows) == {"p": 10.0}


def test_speed_of_turns() -> None:
    assert pipeline.speed([4.0, 5.0, 8.0], 2) == {"ms": 4.0, "noise": 0.25, "turns": 3, "pictures_per_s": 500.0}


def test_turns_are_counted_and_bounded() -> None:
    calls = {"a": 0, "b": 0}

    def call(name: str) -> None:
        calls[name] += 1

    turns = all_turns({name: lambda n=name: call(n) for name in calls}, rounds=3)
    assert {name: len(t) for name, t in turns.items()} == {"a": 3, "b": 3} and calls == {"a": 4, "b": 4}
    assert {name: len(t) for name, t in all_turns({"a": lambda: call("a")}, 5, seconds=-1.0).items()} == {"a": 1}
    assert list(take_turns({"b": lambda: call("b")}, 1)) == ["b"]


def test_the_peak_of_memory_is_seen_though_it_is_given_back() -> None:
    found = peak_megabytes(lambda: np.ones(25_000_000))
    if found is None:
        pytest.skip("the system does not tell")
    assert 195 < found < 260
    assert (peak_megabytes(lambda: None) or 0.0) < 5


def test_without_diffusers_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "diffusers", None)
    ((_, figures),) = peers.diffusion({"p": 1.0}, "cpu").items()
    assert list(figures) == ["not measured"] and "mien[benchmarks]" in str(figures["not measured"])


def test_stages_need_a_network_to_judge_by() -> None:
    options = argparse.Namespace(perceptual=None, presets=["portrait-128"], stages=["encoder", "painter"], batch=2)
    assert [row["skipped"] for row in cost.measure(options)] == ["needs --perceptual"] * 2
