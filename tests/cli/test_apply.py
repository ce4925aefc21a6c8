"""``mien apply`` and ``mien session recipe``: several wishes and faces at once, one result, one receipt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from PIL import Image

from mien.cli.console import working
from mien.cli.selection import Networks
from mien.errors import LayerError
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.sessions.recipe_file import RecipeFile
from mien.types import Photo, UInt8

Mien = Callable[..., "CompletedProcess[str]"]
EDITS = [
    {"face": "left", "reshape": {"smile": 1}, "note": "kinder"},
    {"face": "right", "guide": "paste.png", "mask": "paste.png", "mode": "pixels"},
]


@pytest.fixture(scope="module")
def folder(astronaut: UInt8, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two faces, a paste on the right one, and a recipe."""
    folder = tmp_path_factory.mktemp("recipes")
    save_photo(Photo(np.hstack([astronaut, astronaut[:, ::-1]])), folder / "two.png")
    paste = np.zeros((512, 1024, 4), np.uint8)
    paste[118:124, 790:800] = (120, 60, 60, 255)
    Image.fromarray(paste).save(folder / "paste.png")
    (folder / "recipe.json").write_text(json.dumps({"edits": EDITS}))
    return folder


def test_one_result_and_one_receipt(mien: Mien, folder: Path, tmp_path: Path) -> None:
    line = ("apply", folder / "recipe.json", folder / "two.png", "-o", tmp_path / "out.png", "--editor", "opencv:telea")
    receipt = json.loads(mien(*line, "--json").stdout)
    assert receipt["changed_pixels_outside"] == 0 and len(receipt["outcome"]) == 2
    assert receipt["operations"][0] == "edit 1: the face reshaped: smile +1"
    assert any(one == "edit 2: paste.png laid over the face" for one in receipt["operations"])
    made = read_photo(tmp_path / "out.png").pixels
    assert (made[118:124, 790:800] == (120, 60, 60)).all()
    assert "add --overwrite" in mien(*line, ok=7).stderr
    spoilt = ("apply", folder / "recipe.json", folder / "two.png", "-o", folder / "paste.png", "--overwrite")
    mien(*spoilt, ok=7)


def test_a_dry_run_loads_nothing(mien: Mien, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Networks, "load", lambda self: pytest.fail("loaded"))
    told = mien("apply", folder / "recipe.json", folder / "two.png", "--dry-run").stdout
    assert "1  left   reshape smile +1" in told and "kinder" in told and "right" in told
    rows = json.loads(mien("apply", folder / "recipe.json", folder / "two.png", "--dry-run", "--json").stdout)
    assert rows[1] == {"edit": 2, "face": "right", "what": "mask paste.png, guide paste.png, pixels", "note": ""}
    wrong = folder / "wrong.json"
    for edit, sentence in (
        ({"dye": {"hair": "blurple"}}, "Edit 2: 'blurple' is no color"),
        ({"mask": "hiar", "color": "red"}, "Edit 2: 'hiar' is no region"),
        ({"face": "like:paste.png", "reshape": {"smile": 1}}, "Edit 2: Looking for"),
        ({"keep_identity": 0.8, "reshape": {"smile": 1}}, "Edit 2: Keeping identity needs a network"),
        ({"reshape": {"smlie": 1}}, "Edit 2: 'smlie' moves nothing"),
        ({"part": "ears"}, "Edit 2: 'ears' cannot be borrowed"),
    ):
        wrong.write_text(json.dumps([EDITS[0], edit]))
        failed = mien("apply", wrong, folder / "two.png", ok=0 if sentence is None else _code(sentence))
        assert sentence in failed.stderr
    wrong.write_text(json.dumps([{"reshape": {"smlie": 1}}]))
    assert "Edit 1: 'smlie' moves nothing" in mien("apply", wrong, folder / "two.png", ok=9).stderr


def test_options_hold_for_all_edits(mien: Mien, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(recipe: RecipeFile, *_: object) -> None:
        raise LayerError(f"strict {[step.request.strict for step in recipe.steps]}")

    monkeypatch.setattr("mien.cli.apply._made", made)
    line = ("apply", tmp_path / "one.json", folder / "two.png", "--editor", "opencv:telea", "-o", tmp_path / "out.png")
    (tmp_path / "one.json").write_text(json.dumps([{"reshape": {"smile": 1}, "mask": "hair", "strict": False}]))
    assert "Edit 1: Keeping identity needs a network" in mien(*line, "--keep-identity", "0.8", ok=9).stderr
    assert "strict [False]" in mien(*line, ok=5).stderr
    assert "strict [True]" in mien(*line, "--strict", ok=5).stderr


def _code(sentence: str) -> int:
    return 9 if "needs a network" in sentence or "Looking" in sentence or "moves nothing" in sentence else 5


def test_a_session_is_written_as_a_recipe(mien: Mien, folder: Path, tmp_path: Path) -> None:
    session = tmp_path / "session"
    mien("session", "new", folder / "two.png", session)
    paste = ("--guide", folder / "paste.png", "--face", "right", "--editor", "opencv:telea")
    mien("session", "edit", session, *paste)
    printed = json.loads(mien("session", "recipe", session).stdout)
    assert Path(printed["edits"][0]["guide"]["file"]).is_file() and printed["photo"]["name"] == "two.png"
    mien("session", "recipe", session, "-o", tmp_path / "kept.json")
    mien("session", "recipe", session, "-o", tmp_path / "kept.json", ok=7)
    told = json.loads((tmp_path / "kept.json").read_text())
    assert told["edits"][0]["guide"]["file"].startswith("kept-files/") and told["edits"][0]["face"] == "right"
    mien("session", "export", session, "-o", tmp_path / "a.png")
    mien("apply", tmp_path / "kept.json", folder / "two.png", "-o", tmp_path / "b.png", "--editor", "opencv:telea")
    np.testing.assert_array_equal(*(read_photo(tmp_path / name).pixels for name in ("a.png", "b.png")))


def test_signs_of_life_are_for_terminals(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with working("Editing") as told:
        told("find", 1500.0)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with working("Editing") as told:
        told("find", 1500.0)
    out, err = capsys.readouterr()
    assert out == "" and "Editing (find: 1.5 s)" in err
