"""What is left after an interruption at any byte, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mien.errors import SaveError, SessionError
from mien.session import Session
from mien.sessions.journal import NAME, Journal
from mien.sessions.tree import Tree


@pytest.fixture
def busy(session: Session) -> Session:
    """With every kind of line."""
    session.apply(mask="left", note="größer")
    session.apply(mask="mouth")
    session.undo()
    session.redo()
    session.change(1, seed=3)
    session.checkout(2)
    return session


def test_cut_off_at_every_byte(session: Session) -> None:
    session.apply(mask="left", note="größer")
    session.apply(mask="mouth")
    session.undo()
    session.checkout(2)
    session.change(1, seed=3)
    path = session.folder.path / NAME
    data = path.read_bytes()
    ends = [k + 1 for k, byte in enumerate(data) if byte == ord("\n")]
    states: list[Tree] = []
    for end in ends:
        path.write_bytes(data[:end])
        states.append(Session.open(session.folder.path).tree)
    assert len(states) == 6 and states[-1] == session.tree and states[0] == Tree()
    assert [len(state.nodes) for state in states] == [0, 1, 2, 2, 2, 4]  # a change comes whole or not at all
    for length in range(len(data)):
        path.write_bytes(data[:length])
        whole = sum(end <= length for end in ends)
        if whole:
            assert Session.open(session.folder.path).tree == states[whole - 1]
        else:
            with pytest.raises(SessionError):
                Session.open(session.folder.path)


@pytest.mark.parametrize(
    "tail", [b'{"action":"edit","nodes":[{"num', b"\0\0\0\0", b"\0\0\0\0\n", b'{"action":\n', b"\xff"]
)
def test_the_next_writer_cuts_off_what_is_torn(busy: Session, tail: bytes) -> None:
    path = busy.folder.path / NAME
    data, tree = path.read_bytes(), busy.tree
    path.write_bytes(data + tail)
    assert Session.open(busy.folder.path).tree == tree
    assert busy.undo() == 1
    written = path.read_bytes()
    assert written.startswith(data) and len(written[len(data) :].splitlines()) == 1
    assert json.loads(written.splitlines()[-1])["action"] == "undo" and Session.open(busy.folder.path).tree.head == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"nonsense", "line 3"),
        (b"[1]", "line 3"),
        (b'{"action":"undo"}', "damaged"),
        (b'{"action":"undo","head":7,"tip":7}', "damaged"),
        (b'{"action":"undo","head":"x","tip":1}', "damaged"),
        (b'{"action":"edit","nodes":[{"number":5}],"head":1,"tip":1}', "damaged"),
        (b'{"action":"edit","nodes":7,"head":1,"tip":1}', "damaged"),
    ],
)
def test_damage_in_the_middle_is_told(busy: Session, line: bytes, words: str) -> None:
    path = busy.folder.path / NAME
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([*lines[:2], line, *lines[3:], b""]))
    with pytest.raises(SessionError, match=words):
        Session.open(busy.folder.path)


def test_newer_versions_and_other_files(busy: Session) -> None:
    path = busy.folder.path / NAME
    first, *rest = path.read_bytes().splitlines()
    newer = {**json.loads(first), "version": 2}
    for header, words in [
        (json.dumps(newer).encode(), "version 2 .* knows 1 only; update mien"),
        (b'{"format":"other","version":1}', "not the journal"),
        (b'{"format":"mien-session","version":"x"}', "not the journal"),
        (b'{"format":"mien-session","version":1}', "names no photo"),
    ]:
        path.write_bytes(b"\n".join([header, *rest, b""]))
        with pytest.raises(SessionError, match=words):
            _ = Session.open(busy.folder.path).name
        with pytest.raises(SessionError, match=words):
            Session.open(busy.folder.path).apply(mask="left")


def test_additions_of_later_versions_are_left_aside(busy: Session) -> None:
    path = busy.folder.path / NAME
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        line["mood"] = "good"
        for node in line.get("nodes", ()):
            node["mood"] = "better"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert Session.open(busy.folder.path).tree == busy.tree


def test_stored_files_are_checked(busy: Session, tmp_path: Path) -> None:
    node, photo = busy.tree.node(2), busy.folder.facts["file"]
    for name in (node.patch, photo):
        copy = shutil.copytree(busy.folder.path, tmp_path / name[:8])
        file = copy / "objects" / name
        data = bytearray(file.read_bytes())
        data[-20] ^= 1
        file.write_bytes(data)
        with pytest.raises(SessionError, match="changed or is damaged"):
            Session.open(copy).result(2)
        file.unlink()
        with pytest.raises(SessionError, match="cannot be read"):
            Session.open(copy).result(2)


def test_names_that_lead_outside_are_refused(busy: Session, tmp_path: Path) -> None:
    path = busy.folder.path / NAME
    path.write_text(path.read_text("utf-8").replace(busy.tree.node(1).patch, "../../portrait.png"), "utf-8")
    with pytest.raises(SessionError, match="names no stored file"):
        Session.open(busy.folder.path).result(1)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({"mask": "left", "sketch": "/etc/hostname"}, "file outside the session"),
        ({"mask": "left", "weight_maps": {"sketch": "/etc/hostname"}}, "file outside the session"),
        ({"mask": "left", "layers": "/etc"}, "layers of an edit are damaged"),
        ({"mask": "left", "layers": {"sketch": "x"}}, "layers of an edit are damaged"),
        ({"mask": "left", "mood": "good"}, "'mood', which this mien does not know; update"),
        ({"mask": {"file": "../../x.npy", "name": "x"}}, "names no stored file"),
    ],
)
def test_recipes_from_elsewhere(busy: Session, recipe: dict[str, object], words: str) -> None:
    path = busy.folder.path / NAME
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    lines[2]["nodes"][0]["recipe"] = recipe
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    busy.refresh()
    with pytest.raises(SessionError, match=words):
        busy.change(2, seed=8)


def test_a_full_disk_leaves_the_session_as_it_was(busy: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    tree = busy.tree
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(SaveError, match="No space left"):
            busy.apply(mask="hair")
    assert busy.tree == tree and not list(busy.folder.objects.folder.glob(".*"))
    assert np.array_equal(busy.result(busy.apply(mask="hair").number).pixels, busy.result().pixels)


def test_journals_are_json_lines(busy: Session) -> None:
    facts, records = Journal(busy.folder.path / NAME).read()
    assert facts["format"] == "mien-session" and facts["photo"]["name"] == "portrait.png"
    assert [record["action"] for record in records] == ["edit", "edit", "undo", "redo", "change", "checkout"]
    assert all("time" in record for record in records) and len(records[4]["nodes"]) == 2
