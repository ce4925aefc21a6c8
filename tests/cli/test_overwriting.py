"""A result that is there already is replaced only where somebody says so."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import typer
from PIL import Image

from mien.cli import _explain
from mien.cli.overwriting import keep_existing
from mien.errors import SaveError

Mien = Callable[..., CompletedProcess[str]]


class Terminal(io.StringIO):
    """Somebody who leaves without a word."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "verb",
    [
        ("edit", "--mask", "hair"),
        ("dye", "--color", "hair=auburn"),
        ("reshape", "--attribute", "smile=1"),
        ("borrow", "--part", "eyes"),
        ("heal", "--glasses"),
    ],
    ids=lambda verb: verb[0],
)
def test_a_file_that_is_there_stays(
    verb: tuple[str, ...], tmp_path: Path, mien: Callable[..., CompletedProcess[str]]
) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "out.png"
    Image.new("RGB", (64, 64), "gray").save(photo)
    out.write_bytes(b"mine")
    told = mien(verb[0], photo, *verb[1:], "-o", out, ok=SaveError.exit_code).stderr
    assert out.read_bytes() == b"mine"
    assert "add --overwrite" in told


def test_what_is_not_there_or_may_be_replaced_is_no_question(tmp_path: Path) -> None:
    there = tmp_path / "a.png"
    there.touch()
    keep_existing([there], overwrite=True)
    keep_existing([tmp_path / "b.png"], overwrite=False)
    with pytest.raises(SaveError, match=r"a\.png exists already"):
        keep_existing([tmp_path / "b.png", there], overwrite=False)


def test_a_question_without_an_answer_ends_as_ctrl_c_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "a.png"
    there.touch()
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with pytest.raises(typer.Abort) as asked:
        keep_existing([there], overwrite=False)
    capsys.readouterr()
    assert _explain(asked.value) == 130
    assert capsys.readouterr().err == ""
