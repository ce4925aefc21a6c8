"""What has been computed is not computed again, whatever happened in between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mien.errors import DataError, SaveError
from mien.evaluation.protocol import journal as journals
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
def test_a_torn_last_line_counts_as_missing(tmp_path: Path, torn: int) -> None:
    path, work = tmp_path / "journal.jsonl", Work()
    journal = Journal(path)
    for seed in range(3):
        journal.once("edit", {"seed": seed}, work)
    whole = path.read_bytes()
    path.write_bytes(whole[:-torn])
    resumed = Journal(path)
    for seed in range(3):
        resumed.once("edit", {"seed": seed}, work)
    assert work.done == 3 + (torn > 1)  # a line that lacks its line feed alone is whole
    assert len(Journal(path)._known) == 3


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


def test_another_version_computes_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, work = tmp_path / "journal.jsonl", Work()
    for version in ("1", "2", "1"):
        monkeypatch.setattr(journals, "__version__", version)
        Journal(path).once("edit", {}, work)
    assert work.done == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace(b"0.1", b"0.7"),
        lambda line: b"[" * 100_000 + b"\n",
        lambda line: b'{"key": 1}\n',
        lambda line: b"\xff\x00" + line,
        lambda line: b"",
    ],
)
def test_a_damaged_line_is_computed_again(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path, work = tmp_path / "journal.jsonl", Work()
    values = [Journal(path).once("edit", {"seed": seed}, work) for seed in range(3)]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(damage(lines[0]) + lines[1] + lines[2])
    assert Journal(path).once("edit", {"seed": 1}, work) == values[1] and work.done == 3
    assert Journal(path).once("edit", {"seed": 0}, work) == {"value": 0.4}
    assert Journal(path).once("edit", {"seed": 0}, work) == {"value": 0.4} and work.done == 4


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="Cannot write"):
        Journal(tmp_path / "missing" / "journal.jsonl").once("edit", {}, Work())
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        Journal(tmp_path / "journal.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_named() -> None:
    journal = Journal(Path("/dev/full/none"))
    journal.path = Path("/dev/full")
    with pytest.raises(SaveError, match="make room"):
        journal.once("edit", {}, Work())
