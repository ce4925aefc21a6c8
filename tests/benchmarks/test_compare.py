from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import compare


def row(stage: str, noise: float = 0.0, **measure: float) -> dict[str, Any]:
    return {"preset": "p", "stage": stage, "batch": 1, "dtype": "float32", "mode": "eager", "noise": noise} | measure


def test_ratios_say_how_much_faster_the_second_is() -> None:
    a = {"rows": [row("x", ms=10.0), row("y", images_per_s=10.0)], "peaks": {"float32": 100.0}}
    b = {"rows": [row("x", ms=5.0), row("y", images_per_s=5.0)], "peaks": {"float32": 101.0}}
    changes, alone = compare.compare(a, b)
    assert [(c.name.split()[1], c.faster, c.verdict) for c in changes] == [
        ("x", 2.0, "faster"),
        ("y", 0.5, "slower"),
        ("of", 1.01, ""),
    ]
    assert alone == []


@pytest.mark.parametrize(
    ("after", "noise", "verdict"),
    [(10.2, 0.0, ""), (9.8, 0.0, ""), (11.0, 0.0, "slower"), (11.0, 0.06, ""), (9.0, 0.06, ""), (8.0, 0.06, "faster")],
)
def test_changes_within_the_noise_of_both_say_nothing(after: float, noise: float, verdict: str) -> None:
    (change,), _ = compare.compare({"rows": [row("x", noise, ms=10.0)]}, {"rows": [row("x", noise, ms=after)]})
    assert change.noise == pytest.approx(2 * noise)
    assert change.verdict == verdict


def test_swapping_the_reports_swaps_the_verdicts() -> None:
    a, b = {"rows": [row("x", 0.01, ms=10.0)]}, {"rows": [row("x", 0.02, ms=10.6)]}
    (there,), _ = compare.compare(a, b)
    (back,), _ = compare.compare(b, a)
    assert there.faster == pytest.approx(1 / back.faster)
    assert (there.verdict, back.verdict) == ("slower", "faster")


def test_what_only_one_measured_is_named() -> None:
    a = {"rows": [row("x", ms=1.0), row("gone", ms=1.0), row("y", skipped="no reason")]}
    b = {"rows": [row("x", ms=1.0), row("new", ms=1.0), row("y", ms=3.0)]}
    changes, alone = compare.compare(a, b)
    assert [c.name for c in changes] == ["p x 1 float32 eager"]
    assert [name.split()[1] for name in alone] == ["gone", "new", "y"]


def test_as_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, threads, value in (("a", 1, 8.0), ("b", 2, 4.0)):
        report = {"threads": threads, "clock": "cpu", "rows": [row("x", ms=value), row(name, ms=1.0)]}
        (tmp_path / f"{name}.json").write_text(json.dumps(report), "utf-8")
    monkeypatch.setattr(sys, "argv", ["compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")])
    compare.main()
    printed = capsys.readouterr().out
    assert "threads differs: 1 and 2" in printed and "clock differs" not in printed
    assert "8.00      4.00     2.00x      0%  faster" in printed
    assert printed.count("only in one of them") == 2
