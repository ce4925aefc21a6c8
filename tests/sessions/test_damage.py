"""Damage of every kind: nothing that was acknowledged is lost or changed without a word, and nothing hangs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mien.errors import MienError, SaveError, SessionError
from mien.files import atomic_path
from mien.photos.write import save_photo
from mien.session import Session
from mien.sessions.journal import END, NAME, Journal
from mien.sessions.objects import read_file
from tests.sessions.painter import Painter, picture

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")


@pytest.fixture
def two(session: Session) -> Session:
    session.apply(mask="left")
    session.apply(mask="mouth", seed=1)
    return session


def test_every_flipped_bit_of_the_journal_is_told(two: Session) -> None:
    path, wanted = two.folder.path / NAME, two.result().pixels
    data = path.read_bytes()
    for place in range(0, len(data), 7):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        with pytest.raises(SessionError):
            Journal(path).read()
    path.write_bytes(data)
    assert np.array_equal(Session.open(two.folder.path).result().pixels, wanted)


def test_a_journal_that_became_shorter_is_told(two: Session) -> None:
    path = two.folder.path / NAME
    data = path.read_bytes()
    for length in (0, 1, len(data) // 2, data[:-1].rindex(b"\n") + 1, len(data) - 1):
        path.write_bytes(data[:length])
        for action in (lambda: Session.open(two.folder.path), two.undo):
            with pytest.raises(SessionError, match=r"lost its end|not the journal"):
                action()
    (path.parent / END).unlink()
    path.write_bytes(data[:-1])
    assert Session.open(two.folder.path).tree.head == 1  # the user has decided to go on with what is left


def test_lines_that_were_lost_or_moved_are_told(two: Session) -> None:
    path = two.folder.path / NAME
    two.undo()
    two.redo()
    first, *lines = path.read_bytes().splitlines(keepends=True)
    for order in ([1, 0, 2, 3], [0, 1, 3, 2], [0, 1, 3], [0, 1, 2, 2, 3]):
        path.write_bytes(first + b"".join(lines[k] for k in order))
        with pytest.raises(SessionError, match="damaged at line"):
            Session.open(two.folder.path)


@posix
@pytest.mark.parametrize("kind", ["pipe", "link", "folder", "missing"])
@pytest.mark.parametrize("part", ["journal.jsonl", "lock", "journal.end", "photo", "patch", "input", "snapshots"])
def test_what_is_no_ordinary_file(two: Session, painter: Painter, part: str, kind: str, tmp_path: Path) -> None:
    node, folder = two.apply(mask=np.eye(64, dtype=bool)), two.folder.path
    stored = {"photo": two.facts["file"], "patch": node.patch, "input": node.recipe["mask"]["file"]}
    paths = [folder / "objects" / stored[part] if part in stored else folder / part]
    if part == "snapshots":
        paths = list(paths[0].iterdir())
    if part == "patch":
        shutil.rmtree(folder / "snapshots")
    wanted = two.result().pixels
    for path in paths:
        elsewhere = path.rename(tmp_path / path.name)
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "link":
            path.symlink_to(elsewhere)
        elif kind == "folder":
            path.mkdir()
    before = {path: path.read_bytes() for path in tmp_path.glob("*") if path.is_file()}

    def use() -> None:
        again = Session.open(folder, painter)
        assert np.array_equal(again.result().pixels, wanted)
        again.change(3, seed=4)

    if part in ("snapshots", "journal.end") or (part == "lock" and kind == "missing"):
        use()  # the session does without
    else:
        with pytest.raises(MienError):
            use()
    assert all(path.read_bytes() == data for path, data in before.items())  # nothing was written through a link


@posix
def test_refused_files_are_closed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    handles = []
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "none"):
        for _ in range(3):
            with pytest.raises(OSError):
                read_file(path)
            handles.append(os.dup(0))
            os.close(handles[-1])
    assert len(set(handles)) == 1


@posix
def test_a_linked_folder_of_stored_files_is_refused(two: Session, tmp_path: Path) -> None:
    target = (two.folder.path / "snapshots").rename(tmp_path / "elsewhere")
    (two.folder.path / "snapshots").symlink_to(target)
    files = set(target.iterdir())
    with pytest.raises(SessionError, match="is a link"):
        two.apply(mask="hair")
    assert set(target.iterdir()) == files


def test_a_line_that_did_not_reach_the_disk_does_not_count(
    two: Session, painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, tree = two.folder.path / NAME, two.tree
    data, fsync = path.read_bytes(), os.fsync

    def failing(handle: int) -> None:
        if os.fstat(handle).st_size > len(data) and Path(f"/proc/self/fd/{handle}").resolve() == path:
            raise OSError(5, "Input/output error")
        fsync(handle)

    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc")
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", failing)
        with pytest.raises(SaveError, match="Input/output error; the session is as it was before"):
            two.apply(mask="hair")
    assert path.read_bytes() == data and Session.open(path.parent).tree == two.tree == tree
    assert two.apply(mask="hair").number == 3


def test_a_full_disk_while_the_snapshot_is_saved(two: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        if self.parent.name == "snapshots":
            raise OSError(28, "No space left on device")
        with self.open("wb") as file:
            return file.write(data)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        node = two.apply(mask="hair")
    assert node.snapshot == "" and not list((two.folder.path / "snapshots").glob(".*"))
    assert np.array_equal(Session.open(two.folder.path).result().pixels, two.result().pixels)


def test_snapshots_are_checked_and_may_go(session: Session, painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("mien.session", "mien.sessions.folder"):
        monkeypatch.setattr(f"{module}.SNAPSHOT_EVERY", 3)
    results = [session.result(session.apply(mask=("left", "mouth")[k % 2], seed=k).number) for k in range(5)]
    snapshots = session.folder.path / "snapshots"
    assert {session.tree.node(k).snapshot for k in (3, 4, 5)} == {path.name for path in snapshots.iterdir()}
    for damage in (_flip, Path.unlink, _flip):
        again = Session.open(session.folder.path, painter)
        assert all(np.array_equal(again.result(k).pixels, results[k - 1].pixels) for k in (5, 3, 1, 4))
        for path in snapshots.iterdir():
            damage(path)
    shutil.rmtree(snapshots)
    again = Session.open(session.folder.path, painter)
    assert again.apply(mask="hair").parent == 5 and np.array_equal(again.result(5).pixels, results[-1].pixels)


def test_opening_reads_one_picture_however_long_the_history(
    session: Session, painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(5):
        session.apply(mask="left", seed=seed)
    read: list[str] = []
    original: Callable[..., object] = type(session.folder).patch
    monkeypatch.setattr(type(session.folder), "patch", lambda *given: read.append("") or original(*given))
    again = Session.open(session.folder.path, painter)
    again.result(), again.mask(), again.apply(mask="mouth"), again.undo()
    assert not read
    again.result(3)
    assert len(read) == 3


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return save_photo(picture(90, 70, seed=5), tmp_path / "other.png")


def test_a_replay_that_fails_keeps_what_was_in_the_folder(two: Session, other: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    for kept in ("mine.txt", "objects/mine.png", "snapshots/mine.png", f"objects/{'0' * 64}.png"):
        file = target / kept
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("mine")
        with pytest.raises(MienError):
            two.replay(target, other, face="7")
        assert file.read_text() == "mine" and [path for path in target.rglob("*") if path.is_file()] == [file]
        shutil.rmtree(target)
    target.mkdir()
    with pytest.raises(MienError, match="no face 7"):
        two.replay(target, other, face="7")
    assert not list(target.iterdir())


def test_what_appears_during_a_replay_stays(two: Session, painter: Painter, other: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    paint = Painter.__call__

    class Slow(Painter):
        def __call__(self, photo, *args, **inputs):  # type: ignore[no-untyped-def]
            (target / "mine.txt").write_text("mine")
            with pytest.raises(SessionError, match=r"being edited by this very program|is no session"):
                Session.open(target)
            with pytest.raises(SessionError, match=r"being edited by this very program|other files"):
                Session.create(target, other)
            self.astray = True
            return paint(self, photo, *args, **inputs)

    session = Session.open(two.folder.path, Slow())
    with pytest.raises(SessionError, match="outside its mask"):
        session.replay(target, other)
    assert [path.name for path in target.rglob("*")] == ["mine.txt"]


def test_what_a_killed_attempt_left_does_not_block(two: Session, other: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    done = two.replay(target, other)
    (target / NAME).rename(target / "journal.draft")  # as if killed just before the end
    for folder in (target, target / "objects", target / "snapshots"):
        with atomic_path(folder / "x") as unfinished:
            pass
        (folder / "x").rename(unfinished)  # as if killed within the block
    with pytest.raises(SessionError, match="is no session"):
        Session.open(target)
    again = two.replay(target, other)
    assert np.array_equal(again.result().pixels, done.result().pixels) and len(again.tree.nodes) == 2
    assert not list(target.rglob("*.part")) and not (target / "journal.draft").exists()
    (target / NAME).unlink()
    assert Session.create(target, other).tree.head == 0
