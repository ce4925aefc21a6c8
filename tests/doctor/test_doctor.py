"""Every engine makes the same pictures, and the page in the documents says so in figures that are within bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mien.cli.app import VERBS
from mien.cli.doctor import doctor
from mien.doctor import examine as examination
from mien.doctor.cases import CASES, stored
from mien.doctor.examine import MEAN, MOST, Examined, Outcome, examine
from mien.doctor.machine import EXTRAS, advice, facts
from mien.doctor.report import HEAD, markdown
from mien.doctor.ways import Way
from mien.errors import ConfigError, OutcomeError

PAGE = Path(__file__).parent.parent.parent / "docs" / "doctor.md"
QUICK = ("faces of seeds", "a painted mouth", "nobody, of a seed", "a smile")


@pytest.fixture(scope="module")
def examined() -> Examined:
    return examine([Way("onnx"), Way("torch"), Way("torch", precision="bfloat16")], QUICK)


def test_engines_make_the_same_pictures(examined: Examined) -> None:
    assert {one.way for one in examined.outcomes} == {"onnx", "torch cpu float32", "torch cpu bfloat16"}
    assert [one for one in examined.outcomes if one.mean is None or not one.fits] == []
    edits = [one for one in examined.outcomes if one.case == "a smile"]
    assert [one.way for one in edits] == ["torch cpu float32", "onnx"], "precision matters to painting alone"


def page_rows() -> Iterator[tuple[str, ...]]:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if line.startswith("| ") and cells != HEAD:
            yield cells


def test_the_page_has_every_picture_and_is_within_bounds() -> None:
    rows = list(page_rows())
    for way, paints in (("onnx", False), ("torch cpu float32", False), ("torch cpu bfloat16", True)):
        cases = {name for name, case in CASES.items() if case.paints or not paints}
        assert {case for engine, case, *_ in rows if engine == way} == cases, "mien doctor --markdown docs/doctor.md"
    assert all(float(mean) <= MEAN and int(most) <= MOST for _, _, mean, most, *_ in rows)


def test_what_differs_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(examination, "stored", lambda: {name: 255 - one for name, one in stored().items()})
    monkeypatch.setattr(examination, "CASES", {"faces of seeds": CASES["faces of seeds"]})
    with pytest.raises(OutcomeError, match="different pictures"):
        doctor(engine=["onnx"], as_json=False, markdown=None)
    assert "(!)" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="None of abacus is here"):
        doctor(engine=["abacus"])


def outcome(**values: Any) -> Outcome:
    return Outcome(
        **{"way": "onnx", "case": "a painted mouth", "mean": 0.0, "most": 0, "first": 9, "second": 9} | values
    )


def test_advice_is_about_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    known = facts()
    assert json.loads(json.dumps(known)) == known
    whole = {**known, "cores": 4, "threads": 4, "load": 0.1, "packages": dict.fromkeys(EXTRAS, "1")}
    fine = Examined((outcome(),), {"onnx": 100.0})
    assert advice(whole, fine) == []
    assert "is slow here" in advice(whole, Examined((outcome(second=900.0),), {}))[0]
    assert "Other programs" in advice({**whole, "load": 3.5}, Examined((outcome(second=900.0),), {}))[0]
    lacking = {**whole, "packages": {**whole["packages"], "torch": None}}
    assert 'pip install "mien[paint]"' in advice(lacking, fine)[0]
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert "OMP_NUM_THREADS" in advice({**whole, "threads": 1}, fine)[0]
    assert "| onnx | a painted mouth | – | – |" in markdown(whole, Examined((outcome(mean=None, most=None),), {}))


def test_the_verb_is_there() -> None:
    assert "doctor" in VERBS
    assert np.array_equal(stored()["nobody, of a seed"].shape, (128, 128, 3))
