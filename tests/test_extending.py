"""What somebody adds is one file and one line in a list."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from mien.cli.train import verbs
from mien.training.stages.registry import STAGES, StageEntry


def test_a_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.training.toy import ToyConfig, ToyRun

    monkeypatch.setitem(STAGES, "toy", StageEntry(ToyRun, ToyConfig, "How bright pictures are."))
    Image.new("RGB", (32, 32), (191, 191, 191)).save(tmp_path / "gray.png")
    run, line = CliRunner(), ["toy", "--data", tmp_path, "--out", tmp_path / "run", "--device", "cpu", "--size", 16]
    options = run.invoke(verbs(STAGES), ["toy", "--help"]).output
    assert "--size" in options and "Side of the" in options and "--lr" in options and "--balance" in options
    first = run.invoke(verbs(STAGES), [str(word) for word in (*line, "--images", 100)], catch_exceptions=False)
    assert first.exit_code == 0
    again = [str(word) for word in (*line, "--images", 200, "--resume", "--lr", 0.01)]
    assert run.invoke(verbs(STAGES), again, catch_exceptions=False).exit_code == 0
    assert float((tmp_path / "run" / "level.txt").read_text()) == pytest.approx(0.5, abs=0.03)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["stage"]["size"] == 16


def test_a_metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mien.cli.app import app
    from mien.evaluation.metrics import METRICS, Judges
    from mien.evaluation.protocol.edits import EditStore
    from mien.evaluation.protocol.journal import Journal
    from tests.evaluation.toy import BRIGHTER

    monkeypatch.setitem(METRICS, "brighter", lambda judges: [BRIGHTER])
    made, wanted = np.full((2, 32, 32, 3), [[[[90]]], [[[80]]]], np.uint8)
    for name, pixels in (("made", made), ("wanted", wanted)):
        (tmp_path / name).mkdir()
        Image.fromarray(pixels).save(tmp_path / name / "a.png")
    line = ["evaluate", "pairs", tmp_path / "made", tmp_path / "wanted", "--out", tmp_path / "pairs.json"]
    assert CliRunner().invoke(app, [*map(str, line)], catch_exceptions=False).exit_code == 0
    rows = {row["metric"]: row["value"] for row in json.loads((tmp_path / "pairs.json").read_text())["results"]}
    assert rows["brighter"] == 10
    store = EditStore(None, Judges(), tmp_path, Journal(tmp_path / "journal"), 32)  # type: ignore[arg-type]
    figures = store.measure(made, wanted, np.ones((32, 32), np.bool_))
    assert figures["brighter"] == figures["brighter inside the mask"] == 10


def test_a_foreign_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mien.checkpoints.foreign import registry
    from mien.checkpoints.generator import load_generator
    from mien.cli.app import app
    from tests.checkpoints.toy import TOY, write

    write(str(tmp_path / "a.bin"))
    line = ["import", str(tmp_path / "a.bin"), "--out", str(tmp_path / "folder")]
    assert CliRunner().invoke(app, line).exit_code != 0
    monkeypatch.setattr(registry, "FORMATS", (*registry.FORMATS, TOY))
    assert CliRunner().invoke(app, line, catch_exceptions=False).exit_code == 0
    assert bool((load_generator(tmp_path / "folder").synthesis.const == 1).all())


def test_a_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mien.backends import BACKENDS
    from mien.editor import Editor
    from tests.backends.toy import Gray

    monkeypatch.setitem(BACKENDS, "gray", Gray.load)  # type: ignore[arg-type]
    (tmp_path / "config.json").write_text(json.dumps({"kind": "gray", "level": 90}))
    photo, mask = np.full((64, 64, 3), 200, np.uint8), np.zeros((64, 64), np.bool_)
    mask[16:48, 16:48] = True
    result = Editor.from_pretrained(tmp_path)(photo, mask=mask, face="aligned")
    assert (result.photo.pixels[~mask] == 200).all() and (result.photo.pixels[30:34, 30:34] == 90).all()
    assert "by gray" in result.operations[0]


def test_a_group_of_endpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi import APIRouter

    from mien.serve import app as serving
    from mien.serve.settings import ServeSettings

    router = APIRouter()
    router.add_api_route("/api/toys", lambda: ["bear"])
    monkeypatch.setattr(serving, "GROUPS", (*serving.GROUPS, router))
    made = serving.build_app(ServeSettings(folder=tmp_path), lambda: None)
    assert "/api/toys" in made.openapi()["paths"]
