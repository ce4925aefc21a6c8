"""Edits: made at once or as tasks that are watched, replaced by newer ones, and canceled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.datastructures import UploadFile

from mien.serve import drafts, edits
from mien.serve.ahead import look_ahead
from mien.serve.answers import EditAnswer, TaskAnswer, TaskState
from mien.serve.faults import ApiError
from mien.serve.routes.sessions import keep_upload
from mien.serve.schema import EditBody, Upload
from mien.serve.service import Found, Service, Serving, checked, content_type, json_body, parsed
from mien.serve.store import Stored
from mien.serve.work import Task
from mien.sessions.recipe import PICTURES

router = APIRouter(prefix="/api/sessions/{number}", tags=["edits"])

HEARTBEAT = 10.0
"""Seconds after which a stream of events says that it is alive."""

AHEAD = 0.4
"""Seconds after an answer before the next edit is prepared: the page shows the answer first."""

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/EditBody"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "edit": {"$ref": "#/components/schemas/EditBody"},
                        **{name: {"type": "string", "format": "binary"} for name in PICTURES},
                    },
                }
            },
        },
    }
}


@router.post("/edits", response_model=EditAnswer, openapi_extra=BODY, responses={202: {"model": TaskAnswer}})
async def edit(request: Request, stored: Found, service: Serving) -> Response:
    """Makes an edit."""
    body = await sent_edit(request, stored, service)
    make = drafts.draft if drafts.is_draft(body, stored) else edits.edit
    return await _perform(request, stored, service, body, lambda: make(body, stored, service.settings))


@router.post("/steps/{step}/change", response_model=EditAnswer, openapi_extra=BODY)
async def change(request: Request, stored: Found, service: Serving, step: int) -> Response:
    """Makes another edit in the place of one; those after it follow."""
    body = await sent_edit(request, stored, service)
    return await _perform(request, stored, service, body, lambda: edits.change(step, body, stored, service.settings))


@router.get("/tasks/{task}", response_model=TaskState, response_model_exclude_none=True)
def state(stored: Found, service: Serving, task: str) -> dict[str, Any]:
    """How far a task is, and its answer."""
    found = service.queue.find(task, stored.id)
    progress = next((data for name, data in reversed(found.events) if name == "progress"), None)
    return {
        "task": found.id,
        "state": found.state,
        "position": service.queue.position(found),
        "progress": progress,
        "answer": found.answer,
        "error": None if found.error is None else found.error.as_dict()["error"],
    }


@router.delete("/tasks/{task}", status_code=204)
def cancel(stored: Found, service: Serving, task: str) -> None:
    """Cancels a task; nothing happens if it has ended."""
    service.queue.cancel(service.queue.find(task, stored.id))


@router.get("/tasks/{task}/events", response_class=StreamingResponse)
async def events(stored: Found, service: Serving, task: str) -> StreamingResponse:
    """What happens to a task, as it happens."""
    found = service.queue.find(task, stored.id)
    return StreamingResponse(_events(found), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def sent_edit(request: Request, stored: Stored, service: Service) -> EditBody:
    """The edit of a body, JSON or a form; pictures of the form are stored.

    Raises:
        ApiError: it is neither, or cannot be read.
    """
    kind = content_type(request)
    if kind == "application/json":
        body = await json_body(request, EditBody)
    elif kind == "multipart/form-data":
        body = await _from_form(request, stored, service)
    else:
        raise ApiError("content_type", "An edit is application/json or multipart/form-data.")
    if body.n > service.settings.candidates:
        raise ApiError("validation", f"n: at most {service.settings.candidates} candidates at once.", "n")
    await asyncio.to_thread(service.store.check_space, stored)
    return body


async def _from_form(request: Request, stored: Stored, service: Service) -> EditBody:
    async with request.form(max_files=16, max_fields=4, max_part_size=1 << 20) as form:
        given = form.get("edit", "{}")
        text = (await given.read()).decode("utf-8", "replace") if isinstance(given, UploadFile) else given
        body = parsed(text, EditBody)
        pictures = {}
        for name, part in form.multi_items():
            if name == "edit":
                continue
            if name not in PICTURES or not isinstance(part, UploadFile):
                raise ApiError("validation", f"There is no layer of this name; choose {', '.join(PICTURES)}.", "edit")
            kind = part.content_type or "application/octet-stream"
            told = await asyncio.to_thread(keep_upload, stored, service, await part.read(), kind)
            pictures[name] = Upload(upload=told["id"]).model_dump()
    return checked({**body.model_dump(by_alias=True, exclude_unset=True), **pictures}, EditBody)


async def _perform(
    request: Request, stored: Stored, service: Service, body: EditBody, work: Callable[[], dict[str, Any]]
) -> Response:
    task = Task(work, "edit", stored.id, body.stream, long=edits.is_long(body, stored), kept=not body.wait)
    service.queue.submit(task)
    if not body.wait:
        url = f"/api/sessions/{stored.id}/tasks/{task.id}/events"
        return JSONResponse({"task": task.id, "events": url}, 202)
    answer = await service.wait(request, task)
    if body.keep and not body.draft:
        loop = asyncio.get_running_loop()
        loop.call_later(AHEAD, look_ahead, service.queue, stored, body.face or 0)
    return JSONResponse(answer)


async def _events(task: Task) -> AsyncIterator[str]:
    loop, changed, place = asyncio.get_running_loop(), asyncio.Event(), 0

    def wake() -> None:
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(changed.set)

    task.listeners.append(wake)
    try:
        while True:
            changed.clear()
            while place < len(task.events):
                name, data = task.events[place]
                place += 1
                yield f"event: {name}\ndata: {json.dumps(data)}\n\n"
                if name in ("done", "failed", "cancelled"):
                    return
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT)
            except TimeoutError:
                yield ": alive\n\n"
    finally:
        task.listeners.remove(wake)
