"""Two writers at once, and writers that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from mien.errors import SessionError
from mien.session import Session
from mien.sessions.lock import writing
from tests.sessions.painter import Painter

ROOT = Path(__file__).parent.parent.parent

WRITER = """
import sys
from mien.session import Session
from tests.sessions.painter import Painter
session = Session.open(sys.argv[1], Painter())
for step in range(10_000):
    if step % 4 == 3:
        session.undo()
        session.change(session.tree.head, strength=0.5)
    node = session.apply(mask=("left", "right", "mouth")[step % 3], seed=step, note="x" * 3000)
    print(node.number, flush=True)
"""

HOLDER = """
import sys, time
from pathlib import Path
from mien.sessions.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    command = [sys.executable, "-c", code, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})


def kill(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGKILL)
    with process:
        assert process.stdout is not None
        return process.stdout.read()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_killed_writers_lose_nothing_that_they_had_reported(session: Session, painter: Painter) -> None:
    folder, reported = session.folder.path, 0
    for round_ in range(3):
        process = start(WRITER, folder)
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(2 + round_)]  # killed at some moment of the next edit
        words = "".join(said) + kill(process)
        reported = max(int(word) for word in words.splitlines(keepends=True) if word.endswith("\n"))
        found = Session.open(folder, painter)
        assert len(found.tree.nodes) >= reported
        found.apply(mask="hair")  # and the next writer goes on
        assert not list((folder / "objects").glob(".*.part"))
    for node in found.tree.nodes:
        made = painter(found.result(node.parent), face=np.array(node.quad), **node.recipe)
        assert np.array_equal(made.photo.pixels, found.result(node.number).pixels)
    assert all(row.largest == 0 for row in found.drift(metrics=[]))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_another_process_holds_the_lock_as_long_as_it_lives(session: Session) -> None:
    process = start(HOLDER, session.folder.path)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    try:
        for action in (lambda: session.apply(mask="left"), session.undo):
            with pytest.raises(SessionError, match=rf"being edited by another process \({process.pid}\); wait"):
                action()
        assert Session.open(session.folder.path).tree.head == 0  # readers do not wait
    finally:
        kill(process)
    assert session.apply(mask="left").number == 1


def test_two_threads_exclude_each_other(session: Session) -> None:
    complaints: list[str] = []

    def undo() -> None:
        try:
            session.undo()
        except SessionError as error:
            complaints.append(str(error))

    session.apply(mask="left")
    with writing(session.folder.path):
        thread = threading.Thread(target=undo)
        thread.start()
        thread.join()
    assert len(complaints) == 1 and "this very program" in complaints[0]
    assert session.undo() == 0


def test_writers_see_what_others_have_done(session: Session, painter: Painter) -> None:
    other = Session.open(session.folder.path, painter)
    other.apply(mask="left")
    assert session.tree.head == 0
    other.apply(mask="mouth")
    assert session.apply(mask="hair").parent == 2
    assert np.array_equal(session.result().pixels, Session.open(session.folder.path).result().pixels)


def test_of_many_who_make_a_session_in_one_folder_one_succeeds(photo: Path, tmp_path: Path) -> None:
    """That the folder is empty is seen by whoever holds the lock, not before."""
    made: list[Session] = []
    complaints: list[str] = []
    together = threading.Barrier(8)

    def create() -> None:
        together.wait()
        try:
            made.append(Session.create(tmp_path / "new", photo))
        except SessionError as error:
            complaints.append(str(error))

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and len(complaints) == 7
    assert all("holds a session already" in one or "is being edited by" in one for one in complaints), complaints
    assert np.array_equal(Session.open(tmp_path / "new").result().pixels, made[0].original.pixels)
