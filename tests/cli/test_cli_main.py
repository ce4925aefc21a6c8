"""The command line as a person meets it: help, version, errors, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np

from mien.photos.write import save_photo
from mien.types import Photo

Mien = Callable[..., CompletedProcess[str]]


def test_help_lists_verbs_and_exit_codes(mien: Mien) -> None:
    text = mien("--help").stdout
    assert "faces" in text and "Exit codes" in text
    assert mien("--version").stdout.startswith("mien 0.")


def test_faces_json_and_files(mien: Mien, portrait: Path, tmp_path: Path) -> None:
    drawn, crops = tmp_path / "drawn.png", tmp_path / "crops"
    done = mien("faces", portrait, "--json", "--annotated", drawn, "--crops", crops, "--size", "128")
    report = json.loads(done.stdout)
    assert report["width"] == 512 and len(report["faces"]) == 1
    assert set(report["faces"][0]) >= {"number", "box", "size", "score", "pose", "quad"}
    notes = json.loads((crops / "portrait-face-0.json").read_text())
    assert np.shape(notes["matrix"]) == (2, 3) and notes["crop_size"] == 128
    assert drawn.is_file() and (crops / "portrait-face-0.png").is_file()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["crops", "drawn.png"]


def test_faces_table(mien: Mien, portrait: Path) -> None:
    assert "1 face in portrait.png" in mien("faces", portrait).stdout


def test_errors_are_one_sentence_with_an_exit_code(mien: Mien, portrait: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    save_photo(Photo(np.full((200, 200, 3), 99, np.uint8)), blank)
    cases = [
        (("faces", tmp_path / "absent.jpg"), 3, "absent.jpg"),
        (("faces", blank), 4, "--box"),
        (("faces", portrait, "--face", "7"), 4, "choose 0 to 0"),
        (("faces", portrait, "--box", "1,2,3"), 4, "left,top,right,bottom"),
        (("faces", portrait, "--annotated", tmp_path / "no" / "such" / "x.png"), 7, "folder"),
    ]
    for arguments, code, words in cases:
        done = mien(*arguments, ok=code)
        assert done.stderr.count("\n") == 1 and done.stderr.startswith("mien: ") and words in done.stderr
        assert done.stdout == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["blank.png"]


def test_debug_shows_the_traceback_wherever_it_stands(mien: Mien, tmp_path: Path) -> None:
    for arguments in (("--debug", "faces", tmp_path / "absent.jpg"), ("faces", tmp_path / "absent.jpg", "--debug")):
        assert "Traceback" in mien(*arguments, ok=1).stderr


def test_wrong_options_exit_with_two(mien: Mien) -> None:
    mien("read", ok=2)
    mien("nonsense", ok=2)


def test_boxes_by_hand(mien: Mien, portrait: Path) -> None:
    found = json.loads(mien("faces", portrait, "--box", "175,60,275,175", "--json", "--landmarks").stdout)["faces"]
    assert len(found) == 1 and np.shape(found[0]["landmarks"]) == (478, 3)
    for box in ("0,0,9000,9000", "-inf,-inf,inf,inf", "nan,0,5,5", "600,600,700,700"):
        assert mien("faces", portrait, f"--box={box}", "--json", ok=4).stdout == ""
    assert "looks like a face" in mien("faces", portrait, "--box", "20,380,80,440", ok=4).stderr
    mien("faces", portrait, "--box", "1,2,3,4", "--face", "0", ok=9)


def test_a_verb_loads_no_other() -> None:
    code = (
        "import sys; sys.argv = ['mien', '--engine', 'onnx', 'dye', '--help']\n"
        "from mien.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted(m for m in sys.modules if m in ('mien.cli.train', 'mien.cli.serve', 'mien.training', 'numpy')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_verb_is_where_the_table_says() -> None:
    from mien.cli.app import VERBS, application

    names = {command.name for command in application().registered_commands}
    assert names | {group.name for group in application().registered_groups} == set(VERBS)
    assert len(application("dye").registered_commands) == 1 and not application("dye").registered_groups
    assert len(application("dey").registered_commands) > 10, "so that the nearest names can be told"
