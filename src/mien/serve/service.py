"""What all endpoints share: settings, the editor, the queue, the sessions; and how a request waits for its work."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, ValidationError

from mien.editing.cache import EditCache
from mien.editing.context import EditContext
from mien.serve.faults import ApiError, validation
from mien.serve.metrics import Metrics
from mien.serve.settings import ServeSettings
from mien.serve.store import Store, Stored
from mien.serve.together import Together
from mien.serve.work import Task, WorkQueue

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)

WATCHED = 0.25
"""Seconds between looks whether somebody still waits for an answer."""


MATTES = 24
"""Mattes that previews keep."""


class Service:
    """One server.

    Args:
        settings: of the server.
        load: gives the editor, when it is first needed.

    Attributes:
        settings, metrics, queue, store: see there.
        shared: what endpoints keep in memory, by name.
    """

    def __init__(self, settings: ServeSettings, load: Callable[[], Any]) -> None:
        self.settings, self._load = settings, load
        self.metrics, self.shared = Metrics(), dict[str, Any]()
        self.queue = WorkQueue(settings.workers, settings.waiting, settings.seconds, self.metrics)
        self.store = Store(settings, self.editor)

    @cached_property
    def editor(self) -> Any:
        """Makes the edits."""
        made = self._load()
        if self.settings.batch > 1:
            made.backend = Together(made.backend, self.settings.batch)
        return made

    @cached_property
    def looks(self) -> EditContext:
        """What previews look at faces with; mattes are kept for the next color."""
        return EditContext(self.editor, EditCache(MATTES))

    async def run(
        self, request: Request, work: Callable[[], T], *, kind: str = "look", key: str = "", stream: str = ""
    ) -> T:
        """Does something in a worker and waits for it.

        Args:
            request: if its client goes away, the work is canceled.
            work: what to do.
            kind, key, stream: see :class:`Task`.

        Raises:
            ApiError: it failed, was canceled, or there is no place in the queue.
        """
        task = self.queue.submit(Task(work, kind, key, stream))
        answer: T = await self.wait(request, task)
        return answer

    async def wait(self, request: Request, task: Task) -> Any:
        """The answer of a task. Errors as :meth:`run`."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            if task.over:
                with suppress(RuntimeError):  # the loop is closed already
                    loop.call_soon_threadsafe(ended.set)

        task.listeners.append(wake)
        while not task.over:
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), WATCHED)
            if not task.over and await request.is_disconnected():
                self.queue.cancel(task)
                raise ApiError("cancelled", "Nobody waits for the answer any more.")
            if not task.over and task.started and time.monotonic() > task.started + self.settings.seconds:
                self.queue.cancel(task, "time_limit", "This took longer than the server allows.")
                raise ApiError("time_limit", "This took longer than the server allows; try a smaller photo.")
        if task.error is not None:
            raise task.error
        return task.answer


def service_of(request: Request) -> Service:
    """The service of the application."""
    found: Service = request.app.state.service
    return found


def stored_of(
    request: Request,
    number: str,
    x_mien_key: Annotated[str | None, Header(description="The session's key.")] = None,
    key: Annotated[str | None, Query(max_length=200, description="The same, where headers cannot be sent.")] = None,
) -> Stored:
    """The session that a request names."""
    return service_of(request).store.find(number, x_mien_key or key or "")


Serving = Annotated[Service, Depends(service_of)]
Found = Annotated[Stored, Depends(stored_of)]
Width = Annotated[int | None, Query(ge=16, le=32768)]
Step = Annotated[int | None, Query(ge=0, le=10**6)]
Side = Annotated[int, Query(ge=16, le=1024)]


def content_type(request: Request) -> str:
    """The type of a body, in small letters, without its parameters; empty where none is told."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def json_body(request: Request, model: type[Model]) -> Model:
    """A body that has to be JSON of a certain form.

    Raises:
        ApiError: another type, no JSON, or another form.
    """
    if content_type(request) != "application/json":
        raise ApiError("content_type", "The body has to be application/json.")
    return parsed(await request.body(), model)


def parsed(data: bytes | str, model: type[Model]) -> Model:
    """JSON of a certain form; errors as above."""
    try:
        return checked(json.loads(data), model)
    except (ValueError, RecursionError) as error:
        raise ApiError("validation", "The body is no JSON.") from error


def checked(value: Any, model: type[Model]) -> Model:
    """What JSON held, checked; errors as above."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise validation(error.errors(include_url=False, include_input=False, include_context=False)) from error
