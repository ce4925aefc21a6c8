"""Work in turn: a bounded queue, a few threads, and tasks that can be canceled, replaced and watched."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any

from mien.interrupt import interruptible
from mien.serve.faults import ApiError, as_api_error
from mien.serve.metrics import Metrics

KEPT_SECONDS = 300.0
"""How long the answer of a task is kept."""

LOOK = "look"
"""The kind of tasks that are quick and change nothing."""

ALL, SHORT, LOOKS = "all", "short", "looks"
"""What a thread takes: every task, all but those that take long, or what only looks."""

MOST_KEPT = 32
"""Tasks whose answers are kept."""

Event = tuple[str, dict[str, Any]]


@dataclass(eq=False)
class Task:
    """One piece of work.

    Attributes:
        run: does it, in a thread.
        kind: for metrics: "edit", "open", "look".
        key: of what it needs for itself, such as a session; two tasks of one key never run at once. Empty: nothing.
        stream: a new task with the same key and stream cancels this one; empty: never.
        long: whether it may take seconds; one worker of several is kept for others.
        kept: whether it can be asked for by its id afterwards.
        id: unguessable.
        state: "waiting", "running", "done", "failed" or "cancelled".
        events: what has happened.
        answer, error: how it ended.
    """

    run: Callable[[], Any]
    kind: str = LOOK
    key: str = ""
    stream: str = ""
    long: bool = False
    kept: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    state: str = "waiting"
    events: list[Event] = field(default_factory=list)
    answer: Any = None
    error: ApiError | None = None
    created: float = field(default_factory=time.monotonic)
    started: float = 0.0
    ended: float = 0.0
    deadline: float = 0.0
    stop: ApiError | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def queued_ms(self) -> float:
        """How long it waited."""
        return round(((self.started or time.monotonic()) - self.created) * 1e3, 2)

    def tell(self, name: str, data: dict[str, Any]) -> None:
        """Adds an event and wakes those who wait for it."""
        self.events.append((name, data))
        for listener in list(self.listeners):
            listener()

    def check(self) -> None:
        """Raises ApiError where the task is to stop, or has taken too long."""
        if self.stop is not None:
            raise self.stop
        if self.deadline and time.monotonic() > self.deadline:
            raise ApiError(
                "time_limit", "This took longer than the server allows; try a smaller photo or fewer wishes."
            )

    def progress(self, stage: str, spent: float) -> None:
        """A stage is done: to be given to an editor as its callback. Raises ApiError as :meth:`check`."""
        elapsed = round((time.monotonic() - self.started) * 1e3, 1)
        self.tell("progress", {"stage": stage, "ms": round(spent, 1), "elapsed_ms": elapsed})
        self.check()


CURRENT: ContextVar[Task | None] = ContextVar("current", default=None)
"""The task of this thread."""


class WorkQueue:
    """Runs tasks, oldest first; what is only looked at need not wait for edits.

    Args:
        workers: threads; of two and more, the last one takes nothing that is long. One more does nothing but
            :data:`LOOK`.
        waiting: most tasks that wait, and most of :data:`LOOK`.
        seconds: limit of one task.
        metrics: counts them.
    """

    def __init__(self, workers: int, waiting: int, seconds: float, metrics: Metrics) -> None:
        self.limit, self.seconds, self.metrics = waiting, seconds, metrics
        self._changed = Condition()
        self._waiting: list[Task] = []
        self._running: list[Task] = []
        self._kept: dict[str, Task] = {}
        self._stopping = self._stopped = False
        self._mean = 0.5  # seconds that a task takes, lately
        lanes = [ALL] * max(1, workers - 1) + [SHORT] * (workers > 1) + [LOOKS]
        self._threads = [
            Thread(target=self._work, args=(lane,), name=f"mien-{lane}-{n}", daemon=True)
            for n, lane in enumerate(lanes)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def sizes(self) -> tuple[int, int]:
        """How many tasks wait, and how many run."""
        return len(self._waiting), len(self._running)

    def submit(self, task: Task) -> Task:
        """Puts a task into the queue.

        Raises:
            ApiError: the queue is full, or the server is about to stop.
        """
        with self._changed:
            if self._stopping:
                raise ApiError(
                    "stopping", "The server is about to stop; try again later.", headers={"Retry-After": "5"}
                )
            if task.stream:
                self._supersede(task)
            ahead = sum((task.kind == LOOK) == (one.kind == LOOK) for one in self._waiting)
            if ahead >= self.limit:
                wait = str(max(1, round(ahead * self._mean / (len(self._threads) - 1))))
                raise ApiError(
                    "queue_full", "Too many requests wait already; try again.", headers={"Retry-After": wait}
                )
            self._forget()
            if task.kept:
                self._kept[task.id] = task
            self._waiting.append(task)
            task.tell("waiting", {"position": len(self._waiting)})
            self._changed.notify_all()
        return task

    def find(self, number: str, key: str) -> Task:
        """A task by its id and key.

        Raises:
            ApiError: there is none, or no longer.
        """
        task = self._kept.get(number)
        if task is None or task.key != key:
            raise ApiError("not_found", "There is no such task, or no longer.")
        return task

    def position(self, task: Task) -> int:
        """Its place among those that wait, from 1; 0 when it is not waiting."""
        with self._changed:
            return self._waiting.index(task) + 1 if task in self._waiting else 0

    def of_kind(self, kind: str) -> list[Task]:
        """Those of a kind that wait or run."""
        with self._changed:
            return [task for task in (*self._running, *self._waiting) if task.kind == kind]

    def of_key(self, key: str) -> list[Task]:
        """Those of a key that wait or run."""
        with self._changed:
            return [task for task in (*self._running, *self._waiting) if task.key == key]

    def cancel(self, task: Task, code: str = "cancelled", message: str = "The edit was cancelled.") -> None:
        """Ends a task that waits at once, and one that runs after its present stage."""
        with self._changed:
            self._cancel(task, ApiError(code, message))

    def stop(self, seconds: float = 30.0) -> None:
        """Refuses new tasks, cancels those that wait, and lets those that run come to their end."""
        with self._changed:
            self._stopping = True
            for task in list(self._waiting):
                self._cancel(task, ApiError("stopping", "The server is stopping; try again later."))
            self._stopped = True
            self._changed.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        for task in list(self._running):
            task.stop = task.stop or ApiError("stopping", "The server is stopping; try again later.")

    def refuse(self) -> None:
        """From now on new tasks are refused; those that are there go on."""
        self._stopping = True

    def _supersede(self, newer: Task) -> None:
        for task in [*self._waiting, *self._running]:
            if (task.key, task.stream) == (newer.key, newer.stream):
                self._cancel(task, ApiError("superseded", "A newer edit took the place of this one."))

    def _cancel(self, task: Task, error: ApiError) -> None:
        if task in self._waiting:
            self._waiting.remove(task)
            self._end(task, "cancelled", error=error)
        elif not task.over:
            task.stop = error

    def _forget(self) -> None:
        over = [task for task in self._kept.values() if task.over]
        limit = time.monotonic() - KEPT_SECONDS
        for task in over[: max(0, len(over) - MOST_KEPT)] + [task for task in over if task.ended < limit]:
            self._kept.pop(task.id, None)

    def _next(self, lane: str) -> Task | None:
        busy = {task.key for task in self._running if task.key}
        free = (task for task in self._waiting if task.key not in busy)
        if lane == SHORT:
            free = (task for task in free if not task.long)
        return next((task for task in free if lane != LOOKS or task.kind == LOOK), None)

    def _work(self, lane: str) -> None:
        while True:
            with self._changed:
                while (task := self._next(lane)) is None:
                    if self._stopped:
                        return
                    self._changed.wait()
                self._waiting.remove(task)
                self._running.append(task)
                task.state, task.started = "running", time.monotonic()
                task.deadline = task.started + self.seconds
            self._perform(task)

    def _perform(self, task: Task) -> None:
        CURRENT.set(task)
        answer, error = None, None
        task.tell("running", {})
        try:
            task.check()
            with interruptible(task.check):
                answer = task.run()
        except Exception as caught:
            error = as_api_error(caught)
        with self._changed:
            self._running.remove(task)
            state = "done" if error is None else "cancelled" if error is task.stop else "failed"
            self._end(task, state, answer, error)
            self._changed.notify_all()

    def _end(self, task: Task, state: str, answer: Any = None, error: ApiError | None = None) -> None:
        task.ended = time.monotonic()
        task.started = task.started or task.ended
        task.answer, task.error, task.state, task.run = answer, error, state, lambda: None
        if state == "done":
            self._mean += 0.1 * (task.ended - task.started - self._mean)
        self.metrics.work(task.kind, state, task.ended - task.started)
        if state == "done":
            task.tell("done", answer if isinstance(answer, dict) else {})
        elif state == "cancelled" and error is not None:
            task.tell("cancelled", {"code": error.code})
        elif error is not None:
            task.tell("failed", error.as_dict())
