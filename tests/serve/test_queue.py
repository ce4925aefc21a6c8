"""The queue: in turn, bounded, newest wins, canceled; and sessions that outlive the server."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mien.client import RemoteSession
from mien.editor import Editor
from mien.errors import ServerError
from mien.interrupt import checkpoint, interruptible
from mien.serve.faults import ApiError
from mien.serve.metrics import Metrics
from mien.serve.together import Together
from mien.serve.work import Task, WorkQueue
from mien.types import Photo
from tests.serve.conftest import Running, pixels_of, running


def wait(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


class Slow:
    """An editor that makes an edit only when it is told to; everything else is the bundled one's."""

    def __init__(self, editor: Any) -> None:
        self.editor, self.go, self.begun = editor, threading.Event(), 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.editor, name)

    def __call__(self, photo: Any, *args: Any, callback: Any = None, **inputs: Any) -> Any:
        self.begun += 1
        while not self.go.wait(0.01):
            if callback is not None:
                callback("waiting", 10.0)
        return self.editor(photo, *args, callback=callback, **inputs)


@pytest.fixture
def slow(bundled: Any) -> Slow:
    return Slow(bundled)


def test_tasks_of_one_key_never_run_at_once() -> None:
    queue, log = WorkQueue(3, 10, 5.0, Metrics()), list[str]()

    def work(name: str) -> Callable[[], str]:
        def run() -> str:
            log.append(f"+{name}")
            time.sleep(0.02)
            log.append(f"-{name}")
            return name

        return run

    tasks = [queue.submit(Task(work("a"), key="one")), queue.submit(Task(work("b"), key="one"))]
    wait(lambda: all(task.over for task in tasks))
    assert log == ["+a", "-a", "+b", "-b"] and [task.answer for task in tasks] == ["a", "b"]
    queue.stop()


def test_a_full_queue_says_when_to_come_back() -> None:
    queue, go = WorkQueue(1, 2, 5.0, Metrics()), threading.Event()
    first = queue.submit(Task(go.wait, "edit"))
    wait(lambda: first.state == "running")
    for _ in range(2):
        queue.submit(Task(go.wait, "edit"))
    with pytest.raises(ApiError) as caught:
        queue.submit(Task(go.wait, "edit"))
    assert caught.value.status == 429 and int(caught.value.headers["Retry-After"]) >= 1
    go.set()
    queue.stop()


def test_newest_wins_within_a_stream() -> None:
    queue, go = WorkQueue(1, 9, 5.0, Metrics()), threading.Event()
    first = queue.submit(Task(go.wait, "edit"))
    old = queue.submit(Task(lambda: 1, "edit", key="s", stream="main"))
    other = queue.submit(Task(lambda: 2, "edit", key="s", stream="side"))
    new = queue.submit(Task(lambda: 3, "edit", key="s", stream="main"))
    assert old.state == "cancelled" and old.error is not None and old.error.code == "superseded"
    go.set()
    wait(lambda: all(task.over for task in (first, other, new)))
    assert (other.answer, new.answer) == (2, 3)
    queue.stop()


def test_what_takes_too_long_is_ended() -> None:
    queue = WorkQueue(1, 9, 0.05, Metrics())
    task = Task(lambda: None)

    def run() -> None:
        for _ in range(100):
            time.sleep(0.01)
            task.progress("stage", 10.0)

    task.run = run
    queue.submit(task)
    wait(lambda: task.over)
    assert task.error is not None and task.error.code == "time_limit"
    queue.stop()


def test_stopping_cancels_what_waits_and_finishes_what_runs() -> None:
    queue, go = WorkQueue(1, 9, 5.0, Metrics()), threading.Event()
    runs = queue.submit(Task(lambda: go.wait() and "done", "edit"))
    waits = queue.submit(Task(lambda: 1, "edit"))
    wait(lambda: runs.state == "running")
    threading.Timer(0.05, go.set).start()
    queue.stop()
    assert runs.answer == "done" and waits.state == "cancelled"
    with pytest.raises(ApiError, match="about to stop"):
        queue.submit(Task(lambda: 1))


def test_over_http(slow: Slow, portrait_png: bytes, tmp_path: Path) -> None:
    with running(slow, folder=tmp_path, waiting=2, workers=1) as server:
        session = server.client.open(portrait_png)
        path, headers = f"/api/sessions/{session.id}/edits", {"X_Mien_Key": session.key}
        wishes = {"reshape": {"nose-width": -1}, "wait": False, "stream": "main"}
        first = server.ask_json("POST", path, wishes, **headers)[1]
        wait(lambda: slow.begun == 1)
        second = server.ask_json("POST", path, wishes, **headers)[1]  # takes the place of the first, which runs
        assert list(session.events(first["task"]))[-1] == ("cancelled", {"code": "superseded"})
        wait(lambda: slow.begun == 2)
        others = [server.ask_json("POST", path, {**wishes, "stream": name}, **headers) for name in ("a", "b", "c")]
        assert [status for status, _ in others] == [202, 202, 429]
        status, told, _ = server.ask("GET", f"/api/sessions/{session.id}/project?key={session.key}")
        assert status == 429 and int(told["retry-after"]) >= 1
        assert server.ask("GET", "/api/health")[0] == 200
        session.cancel(others[1][1]["task"])
        session.cancel(others[0][1]["task"])
        slow.go.set()
        (name, answer) = list(session.events(second["task"]))[-1]
        assert (name, answer["step"]) == ("done", 1)
        state = session.get(f"tasks/{others[0][1]['task']}")
        assert b'"cancelled"' in state
        text = server.ask("GET", "/metrics")[2].decode()
        assert 'mien_work_total{kind="edit",state="cancelled"} 3' in text
        assert 'mien_requests_total{method="GET",status="429"} 1' in text


def test_one_may_look_while_an_edit_is_made(slow: Slow, portrait_png: bytes, tmp_path: Path) -> None:
    with running(slow, folder=tmp_path) as server:
        session = server.client.open(portrait_png)
        thread = threading.Thread(target=lambda: session.edit(reshape={"nose-width": -1}))
        thread.start()
        wait(lambda: slow.begun == 1)
        assert session.tree["steps"] == [] and (pixels_of(session.picture()) == pixels_of(portrait_png)).all()
        slow.go.set()
        thread.join()
        assert session.tree["head"] == 1


def test_a_session_that_is_deleted_ends_its_edits(slow: Slow, portrait_png: bytes, tmp_path: Path) -> None:
    with running(slow, folder=tmp_path) as server:
        session, errors = server.client.open(portrait_png), list[ServerError]()

        def edit() -> None:
            with pytest.raises(ServerError) as caught:
                session.edit(reshape={"nose-width": -1})
            errors.append(caught.value)

        thread = threading.Thread(target=edit)
        thread.start()
        wait(lambda: slow.begun == 1)
        session.delete()
        thread.join()
        assert [error.code for error in errors] == ["cancelled"] and not list(tmp_path.iterdir())


def test_a_client_that_goes_away_cancels_its_edit(slow: Slow, portrait_png: bytes, tmp_path: Path) -> None:
    import http.client
    import json

    with running(slow, folder=tmp_path) as server:
        session = server.client.open(portrait_png)
        connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=10)
        body = json.dumps({"reshape": {"nose-width": -1}})
        headers = {"Content-Type": "application/json", "X-Mien-Key": session.key}
        connection.request("POST", f"/api/sessions/{session.id}/edits", body, headers)
        wait(lambda: slow.begun == 1)
        connection.close()
        wait(lambda: server.service.queue.sizes == (0, 0))
        assert session.tree["steps"] == []


def test_sessions_outlive_the_server(bundled: Any, portrait_png: bytes, tmp_path: Path) -> None:
    with running(bundled, folder=tmp_path) as server:
        session = server.client.open(portrait_png, "nobody.png")
        session.edit(reshape={"nose-width": -1})
        picture = session.picture()
    with running(bundled, folder=tmp_path) as server:
        again = server.client.session(session.id, session.key)
        assert again.picture() == picture and again.photo["name"] == "nobody.png"
        assert again.undo() == 0 and (pixels_of(again.picture()) == pixels_of(portrait_png)).all()
        stored = tmp_path / session.id / "about.json"
        assert session.key not in stored.read_text()
        os.utime(stored, (0, 0))
        server.service.store.clean()
        with pytest.raises(ServerError, match="no such session"):
            server.client.session(session.id, session.key)
        assert not (tmp_path / session.id).exists()


def test_there_is_a_quota(bundled: Any, portrait_png: bytes, tmp_path: Path) -> None:
    with running(bundled, folder=tmp_path, sessions=1, session_bytes=300_000) as server:
        session: RemoteSession = server.client.open(portrait_png)
        with pytest.raises(ServerError) as caught:
            server.client.open(portrait_png)
        assert caught.value.status == 507
        with pytest.raises(ServerError, match="too large"):
            session.edit(exemplar=portrait_png + b"\0" * 300_000, part="eyes")
        session.delete()
        assert server.client.open(portrait_png).id != session.id


def test_threads_give_what_one_gives(server: Running, portrait_png: bytes) -> None:
    alone = server.client.open(portrait_png)
    alone.edit(reshape={"nose-width": -1})
    found: list[bytes] = []

    def edit() -> None:
        session = server.client.open(portrait_png)
        session.edit(reshape={"nose-width": -1})
        found.append(session.picture())

    threads = [threading.Thread(target=edit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone.picture()] * 2


def test_a_long_edit_does_not_keep_short_ones_waiting() -> None:
    queue, go = WorkQueue(2, 9, 5.0, Metrics()), threading.Event()
    long = [queue.submit(Task(go.wait, "edit", key, long=True)) for key in ("a", "b")]
    wait(lambda: long[0].state == "running")
    short = [queue.submit(Task(lambda: 1, "edit", key)) for key in ("c", "d")]
    wait(lambda: all(task.over for task in short))
    assert [task.state for task in long] == ["running", "waiting"]
    go.set()
    wait(lambda: all(task.over for task in long))
    queue.stop()


def test_an_edit_is_cancelled_within_a_stage(bundled: Any, portrait_png: bytes) -> None:
    photo, seen = Photo(pixels_of(portrait_png)), list[str]()
    face = bundled.finder.find(photo)[0]

    def check() -> None:
        seen.append("")
        if len(seen) == 20:
            raise ApiError("cancelled", "enough")

    with pytest.raises(ApiError, match="enough"), interruptible(check):
        bundled(photo, dye={"hair": "auburn"}, face=face.quad, callback=lambda stage, _: seen.append(stage))
    assert set(seen) <= {"", "find"}, "it was ended before its first stage was over"
    checkpoint()  # nobody asks here


def test_edits_of_several_threads_are_painted_in_one_batch(bundled: Any, portrait_png: bytes) -> None:
    photo = Photo(pixels_of(portrait_png))
    wishes = [{"mask": "mouth", "color": color, "mode": "look"} for color in ("#a03050", "#3050a0", "#30a050")]
    alone = [bundled(photo, **wish).photo.pixels.astype(int) for wish in wishes]
    several = Editor(Together(bundled.backend, most=3, wait=20.0))
    found: dict[int, Any] = {}

    def edit(number: int) -> None:
        found[number] = several(photo, **wishes[number]).photo.pixels.astype(int)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert several.backend.sizes == [3]
    assert max(np.abs(found[number] - alone[number]).max() for number in range(3)) <= 1
