"""``mien session``, verb by verb, with an editor that paints at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from mien.cli.app import app
from mien.errors import ConfigError, MienError, SaveError, SessionError
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.session import Session
from tests.sessions.painter import Painter, picture

Run = Callable[..., str]


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> Painter:
    painter = Painter()
    monkeypatch.setattr("mien.cli.selection.Networks.load", lambda self: painter)
    monkeypatch.setattr("mien.cli.session._check", lambda *_: None)  # this painter has regions of its own
    return painter


@pytest.fixture
def run(painter: Painter) -> Run:
    """``run("log", folder)``: what the verb prints; errors are raised."""

    def run(verb: str, *arguments: str | Path) -> str:
        result = CliRunner().invoke(app, ["session", verb, *map(str, arguments)])
        if isinstance(result.exception, MienError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    photo = save_photo(picture(), tmp_path / "portrait.png")
    assert "150 x 110" in run("new", photo, tmp_path / "edits")
    return tmp_path / "edits"


def test_a_session_from_end_to_end(run: Run, folder: Path, painter: Painter, tmp_path: Path) -> None:
    assert "1  mask left, smile +1.5 (" in run("edit", folder, "--mask", "left", "--attribute", "smile=1.5")
    assert "wider: mask mouth" in run("edit", folder, "--mask", "mouth", "--seed", "4", "--note", "wider")
    run("edit", folder, "--mask", "hair", "--weight", "sketch=2", "--face", "1")
    assert painter.calls[-1]["weights"] == {"sketch": 2.0} and "seed" not in painter.calls[-1]
    assert run("undo", folder, "2").startswith("1  mask left")
    assert run("redo", folder).startswith("2  wider")
    run("redo", folder)
    changed = json.loads(run("change", folder, "1", "--strength", "0.5", "--without", "attributes", "--json"))
    assert changed["number"] == 6 and changed["parent"] == 5 and changed["became"] == {"1": 4, "2": 5, "3": 6}
    lines = run("log", folder).splitlines()
    assert [line[:3] for line in lines] == ["| 0", "  1", "  2", "  3", "| 4", "| 5", "* 6"]
    assert [line.endswith("(on 0)") for line in lines] == [False] * 4 + [True, False, False]
    assert lines[4].endswith("(was 1)  (on 0)") and lines[5].endswith("(was 2)")
    assert run("checkout", folder, "3").startswith("3  mask hair")
    told = json.loads(run("log", folder, "--json"))
    assert told["head"] == 3 and [edit["parent"] for edit in told["edits"]] == [0, 1, 2, 0, 4, 5]
    out = tmp_path / "out.png"
    receipt = json.loads(run("export", folder, "-o", out, "--at", "6", "--receipt"))
    assert receipt["preserved"] and receipt["input"] == "portrait.png" and len(receipt["operations"]) == 3
    assert np.array_equal(read_photo(out).pixels, Session.open(folder).result(6).pixels)


def test_an_edit_keeps_its_number_through_changes(run: Run, folder: Path) -> None:
    for mask in ("left", "mouth", "hair"):
        run("edit", folder, "--mask", mask)
    assert run("change", folder, "2", "--seed", "4").splitlines()[:2] == [
        "Edit 2 is now edit 4.",
        "Edit 3 is now edit 5.",
    ]
    assert run("change", folder, "2", "--seed", "5").startswith(
        "Edit 4 is now edit 6.\nEdit 5 is now edit 7.\n7  mask hair"
    )
    assert run("change", folder, "3", "--seed", "6").startswith("Edit 7 is now edit 8.\n8  mask hair, seed 6 (")
    session = Session.open(folder)
    assert [node.number for node in session.line()] == [1, 6, 8]
    assert [session.tree.now(number).number for number in (1, 2, 3, 4, 5, 6, 7)] == [1, 6, 8, 6, 8, 6, 8]
    run("checkout", folder, "3")
    with pytest.raises(SessionError, match="Edit 8 did not lead to edit 3"):
        run("change", folder, "8", "--seed", "6")


def test_what_words_were_read_as_is_told_and_kept(run: Run, folder: Path) -> None:
    result = CliRunner().invoke(app, ["session", "edit", str(folder), "--mask", "left", "--text", "a big smile"])
    read = '"a big smile" was read as: nothing'
    assert result.exit_code == 0 and read in result.stderr and read not in result.stdout
    assert any(read in one for one in json.loads(run("log", folder, "--json"))["edits"][0]["operations"])
    assert "was read as" not in CliRunner().invoke(app, ["session", "edit", str(folder), "--mask", "left"]).stderr


def test_replay(run: Run, folder: Path, tmp_path: Path) -> None:
    run("edit", folder, "--mask", "left")
    run("edit", folder, "--mask", "mouth")
    other = save_photo(picture(90, 90, seed=3), tmp_path / "other.png")
    assert run("replay", folder, other, tmp_path / "new", "--face", "1").startswith("2  mask mouth, face 1")
    assert Session.open(tmp_path / "new").name == "other.png"


def test_drift_and_sheet(run: Run, folder: Path, tmp_path: Path) -> None:
    run("edit", folder, "--mask", "left")
    run("edit", folder, "--mask", "mouth")
    rows = json.loads(run("drift", folder, "--json"))
    assert [(row["node"], row["largest"], row["mean"]) for row in rows] == [(1, 0, 0), (2, 0, 0)]
    assert all(-1 <= row["face"]["SSIM"] < 1 for row in rows) and rows[1]["changed"] > rows[0]["changed"]
    table = run("drift", folder, "--at", "1")
    assert "PSNR" in table and "outside" in table
    run("sheet", folder, "-o", tmp_path / "sheet.png", "--side", "100")
    assert read_photo(tmp_path / "sheet.png").width == 3 * 100 + 4 * 10


def test_export_finds_a_name(run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("edit", folder, "--mask", "left")
    assert run("export", folder).strip() == "portrait-edited.png"
    assert run("export", folder).strip() == "portrait-edited-2.png"
    with pytest.raises(SaveError, match="began with"):
        run("export", folder, "-o", "portrait.png")


def test_errors(run: Run, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="nothing to undo"):
        run("undo", folder)
    with pytest.raises(SessionError, match="is no session"):
        run("edit", tmp_path, "--mask", "left")
    with pytest.raises(ConfigError, match="write it as sketch=2"):
        run("edit", folder, "--mask", "left", "--weight", "sketch")
    with pytest.raises(ConfigError, match="give a number"):
        run("edit", folder, "--mask", "left", "--weight", "sketch=much")
    with pytest.raises(ConfigError, match="--face and --box"):
        run("edit", folder, "--mask", "left", "--face", "1", "--box", "1,2,3,4")
    with pytest.raises(ConfigError, match="'skecth' is no input"):
        run("edit", folder, "--mask", "left")
        run("change", folder, "1", "--without", "skecth")


def test_degrees_of_words_are_kept_and_can_be_changed(run: Run, folder: Path, tmp_path: Path) -> None:
    run("edit", folder, "--mask", "left", "--text", "a slight smile, auburn hair")
    session = Session.open(folder)
    assert session.line()[0].recipe["degrees"] == {"smile": 0.5, "hair-color": "auburn"}
    run("change", folder, "1", "--degree", "smile=1.2")
    (node,) = Session.open(folder).line()
    assert node.recipe["degrees"] == {"smile": 1.2, "hair-color": "auburn"}
    file = tmp_path / "recipe.json"
    run("recipe", folder, "-o", file)
    assert json.loads(file.read_text())["edits"][0]["degrees"]["smile"] == 1.2
    run("change", folder, "1", "--text", "no smile")
    assert Session.open(folder).line()[0].recipe["degrees"] == {"smile": -2.0}, "other words, other degrees"
    run("change", folder, "3", "--without", "text", "--attribute", "smile=0.8")
    assert "degrees" not in Session.open(folder).line()[0].recipe
