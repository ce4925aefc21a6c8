"""What has been computed is not computed again, whatever happened in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.errors import DataError, SaveError
from mien.evaluation.protocol.code import code_of
from mien.evaluation.protocol.journal import Journal


class Work:
    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> dict[str, float]:
        self.done += 1
        return {"value": 0.1 * self.done}


def test_a_result_is_computed_once(tmp_path: Path) -> None:
    path, work = tmp_path / "journal.jsonl", Work()
    journal = Journal(path)
    first = journal.once("edit", {"seed": 0}, work)
    assert journal.once("edit", {"seed": 0}, work) == first and work.done == 1
    assert Journal(path).once("edit", {"seed": 0}, work) == first and work.done == 1
    journal.once("edit", {"seed": 1}, work)
    journal.once("other", {"seed": 0}, work)
    assert work.done == 3
    assert journal.counts == {"edit": 3, "other": 1} and journal.milliseconds.keys() == journal.counts.keys()


@pytest.mark.parametrize("torn", [1, 20, 60])
def test_a_torn_last_line_is_cut_off(tmp_path: Path, torn: int) -> None:
    path, work = tmp_path / "journal.jsonl", Work()
    journal = Journal(path)
    for seed in range(3):
        journal.once("edit", {"seed": seed}, work)
    whole = path.read_bytes()
    path.write_bytes(whole[:-torn])
    resumed = Journal(path)
    for seed in range(3):
        resumed.once("edit", {"seed": seed}, work)
    assert work.done == 4
    assert len(path.read_bytes().splitlines()) == 3 and len(Journal(path)._known) == 3


def test_a_result_without_its_file_is_made_again(tmp_path: Path) -> None:
    work, file = Work(), tmp_path / "edit.png"

    def draw() -> dict[str, float]:
        file.write_bytes(b"a picture")
        return work()

    journal = Journal(tmp_path / "journal.jsonl")
    journal.once("edit", {}, draw, needs=file)
    journal.once("edit", {}, draw, needs=file)
    assert work.done == 1
    file.unlink()
    journal.once("edit", {}, draw, needs=file)
    assert work.done == 2 and file.is_file()


def test_other_code_computes_anew(tmp_path: Path) -> None:
    path, work = tmp_path / "journal.jsonl", Work()
    for code in ("a", "b", "a"):
        Journal(path, lambda kind, code=code: code if kind == "edit" else "").once("edit", {}, work)
        Journal(path, lambda kind, code=code: code if kind == "edit" else "").once("figures", {}, work)
    assert work.done == 3
    assert code_of("edit") != code_of("figures") == code_of("set")


def test_damage_is_named(tmp_path: Path) -> None:
    path, work = tmp_path / "journal.jsonl", Work()
    journal = Journal(path)
    for seed in range(3):
        journal.once("edit", {"seed": seed}, work)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"key": 1}\n' + lines[2])
    with pytest.raises(DataError, match="damaged at line 2"):
        Journal(path)
    with pytest.raises(SaveError, match="Cannot write"):
        Journal(tmp_path / "missing" / "journal.jsonl").once("edit", {}, work)
