"""What is left after an interruption at any byte, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mien.errors import SaveError, SessionError
from mien.session import Session
from mien.sessions.journal import END, NAME, Journal, sealed
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


def records_of(path: Path) -> list[dict[str, Any]]:
    """The journal's lines without their checks."""
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [{key: value for key, value in record.items() if key != "check"} for record in records]


def seal_text(lines: Sequence[bytes]) -> bytes:
    """Lines of JSON with checks that fit."""
    text, check = b"", b""
    for line in lines:
        check = hashlib.sha256(check + line).hexdigest()[:32].encode()
        text += line[:-1] + b',"check":"' + check + b'"}\n'
    return text


def rewrite(path: Path, records: Sequence[Any]) -> None:
    """A journal with checks that fit."""
    path.write_bytes(sealed(records)[0])
    path.with_name(END).unlink(missing_ok=True)


def test_cut_off_at_any_byte(session: Session) -> None:
    session.apply(mask="left", note="größer")
    session.apply(mask="mouth")
    session.undo()
    session.checkout(2)
    session.change(1, seed=3)
    path = session.folder.path / NAME
    data = path.read_bytes()
    (path.parent / END).unlink()  # as if the last line had never been acknowledged
    ends = [k + 1 for k, byte in enumerate(data) if byte == ord("\n")]
    states: list[Tree] = []
    for end in ends:
        path.write_bytes(data[:end])
        states.append(Session.open(session.folder.path).tree)
    assert len(states) == 6 and states[-1] == session.tree and states[0] == Tree()
    assert [len(state.nodes) for state in states] == [0, 1, 2, 2, 2, 4]  # a change comes whole or not at all
    near = {end + by for end in ends for by in (-2, -1, 0, 1)}
    for length in (k for k in range(len(data)) if k % 5 == 0 or k in near):
        path.write_bytes(data[:length])
        whole = sum(end <= length for end in ends)
        if whole:
            assert Session.open(session.folder.path).tree == states[whole - 1]
        else:
            with pytest.raises(SessionError):
                Session.open(session.folder.path)


@pytest.mark.parametrize("tail", [b'{"action":"edit","nodes":[{"num', b"\0\0\0\0", b"\xff"])
def test_the_next_writer_cuts_off_what_is_torn(busy: Session, tail: bytes) -> None:
    path = busy.folder.path / NAME
    data, tree = path.read_bytes(), busy.tree
    path.write_bytes(data + tail)
    assert Session.open(busy.folder.path).tree == tree
    assert busy.undo() == 1
    written = path.read_bytes()
    assert written.startswith(data) and len(written[len(data) :].splitlines()) == 1
    assert json.loads(written.splitlines()[-1])["action"] == "undo" and Session.open(busy.folder.path).tree.head == 1


@pytest.mark.parametrize("tail", [b"\0\0\0\0\n", b'{"action":\n', b'{"action":"undo","head":0,"tip":1}\n', b"\n"])
def test_a_whole_line_is_never_torn(busy: Session, tail: bytes) -> None:
    path = busy.folder.path / NAME
    path.write_bytes(path.read_bytes() + tail)
    damaged = path.read_bytes()
    for action in (lambda: Session.open(busy.folder.path), busy.undo):
        with pytest.raises(SessionError, match=r"damaged at line 8; restore it .*, or delete that line"):
            action()
    assert path.read_bytes() == damaged


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"action": "undo"}, "damaged"),
        ({"action": "undo", "head": 7, "tip": 7}, "damaged"),
        ({"action": "undo", "head": "x", "tip": 1}, "damaged"),
        ({"action": "undo", "head": 1.0, "tip": 1}, "damaged"),
        ({"action": "undo", "head": 10**400, "tip": 10**400}, "damaged"),
        ({"action": "edit", "nodes": [{"number": 5}], "head": 1, "tip": 1}, "damaged"),
        ({"action": "edit", "nodes": 7, "head": 1, "tip": 1}, "damaged"),
    ],
)
def test_lines_that_do_not_follow_are_told(busy: Session, record: dict[str, Any], words: str) -> None:
    path = busy.folder.path / NAME
    records = records_of(path)
    rewrite(path, [*records[:2], record, *records[3:]])
    with pytest.raises(SessionError, match=words):
        Session.open(busy.folder.path)


@pytest.mark.parametrize("deep", [100, 900, 100_000])
@pytest.mark.parametrize("version", [1, 2])
def test_lists_in_lists_in_lists(busy: Session, deep: int, version: int) -> None:
    path = busy.folder.path / NAME
    lines = [json.dumps(record).encode() for record in records_of(path)]
    nested = b"[" * deep + b"]" * deep
    lines[1] = lines[1].replace(b'{"mask": "left"}', b'{"mask": ' + nested + b"}")
    assert nested in lines[1]
    if version == 1:
        path.write_bytes(b"".join(line.replace(b'"version": 2', b'"version": 1') + b"\n" for line in lines))
    else:
        path.write_bytes(seal_text(lines))
    path.with_name(END).unlink()
    with pytest.raises(SessionError, match="damaged"):
        Session.open(busy.folder.path)


def test_newer_versions_and_other_files(busy: Session) -> None:
    path = busy.folder.path / NAME
    first, *rest = records_of(path)
    for header, words in [
        ({**first, "version": 3}, "version 3 .* knows 2 only; update mien"),
        ({"format": "other", "version": 2}, "not the journal"),
        ({"format": "mien-session", "version": "x"}, "not the journal"),
        ({"format": "mien-session", "version": 2}, "names no photo"),
        ({**first, "photo": {**first["photo"], "width": "wide"}}, "names no photo"),
    ]:
        rewrite(path, [header, *rest])
        with pytest.raises(SessionError, match=words):
            Session.open(busy.folder.path)
        with pytest.raises(SessionError, match=words):
            busy.apply(mask="left")


def test_additions_of_later_versions_are_left_aside(busy: Session) -> None:
    path = busy.folder.path / NAME
    records = records_of(path)
    for record in records:
        record["mood"] = "good"
        for node in record.get("nodes", ()):
            node["mood"] = "better"
    rewrite(path, records)
    assert Session.open(busy.folder.path).tree == busy.tree


def test_stored_files_are_checked(busy: Session, tmp_path: Path) -> None:
    node, photo = busy.tree.node(2), busy.facts["file"]
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
    text = json.dumps(records_of(path)).replace(busy.tree.node(1).patch, "../../portrait.png")
    rewrite(path, json.loads(text))
    for snapshot in (busy.folder.path / "snapshots").iterdir():
        snapshot.unlink()
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
    records = records_of(path)
    records[2]["nodes"][0]["recipe"] = recipe
    rewrite(path, records)
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
