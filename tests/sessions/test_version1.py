"""A session of version 1, whose journal has no checks: it opens, and gets checks with the next action.

``version1`` was written by commit e83af37: edits 1 to 4 and a change of edit 1, on a generated picture.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mien.errors import SessionError
from mien.photos.write import save_photo
from mien.session import Session
from tests.sessions.painter import Painter, picture

# The samples of all results, as that commit gave them.
HASHES = ["2b11ffff", "e643da18", "b32eac70", "4272b78f", "c1e4358e", "c3abab60", "3e4aa1ba", "881c1598"]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return Path(shutil.copytree(Path(__file__).parent / "version1", tmp_path / "old"))


def test_results_are_the_same(old: Path, painter: Painter) -> None:
    session = Session.open(old, painter)
    assert (session.tree.head, session.tree.tip, session.line()[0].note) == (7, 7, "größer")
    found = [hashlib.sha256(session.result(number).pixels.tobytes()).hexdigest()[:8] for number in range(8)]
    assert found == HASHES and not painter.calls


def test_it_goes_on_with_checks(old: Path, painter: Painter) -> None:
    session = Session.open(old, painter)
    before = session.tree
    session.undo()
    lines = [json.loads(line) for line in (old / "journal.jsonl").read_bytes().splitlines()]
    assert lines[0]["version"] == 2 and all("check" in line for line in lines)
    again = Session.open(old, painter)
    assert again.tree.nodes == before.nodes and again.tree.head == 6
    assert again.apply(mask="hair").number == 8


def test_layers_of_the_former_name_are_made_again(old: Path, painter: Painter, tmp_path: Path) -> None:
    session = Session.open(old, painter)
    other = session.replay(tmp_path / "new", save_photo(picture(90, 70), tmp_path / "other.png"))
    assert len(other.line()) == 3 and painter.calls[-1]["layers"].color.shape == (16, 16, 4)
    assert np.array_equal(painter.calls[-1]["layers"].sketch, np.eye(16, dtype=bool))


def test_a_broken_last_line_is_told_here_too(old: Path) -> None:
    path = old / "journal.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[:-3] + b"\0" + data[-2:])
    with pytest.raises(SessionError, match="damaged at line 8"):
        Session.open(old)
    path.write_bytes(data[:-1])  # torn: its line feed is not there
    assert Session.open(old).tree.head == 3
