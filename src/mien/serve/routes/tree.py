"""The tree of edits: listed, walked, made again, measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from mien.errors import ConfigError
from mien.packages import need_torch
from mien.serve import edits, views
from mien.serve.answers import HeadAnswer, SessionAnswer, TreeFacts
from mien.serve.faults import ApiError
from mien.serve.pictures import encoded, png
from mien.serve.routes.sessions import PHOTO, filling, made, name_of, sent_photo
from mien.serve.schema import HeadBody
from mien.serve.service import Found, Serving, json_body
from mien.serve.store import Stored
from mien.session import Session

router = APIRouter(prefix="/api/sessions/{number}", tags=["tree"])

ThumbnailSide = Annotated[int, Query(ge=16, le=512)]


@router.get("/tree", response_model=TreeFacts)
async def tree(request: Request, stored: Found, service: Serving) -> dict[str, Any]:
    """All edits."""
    return await service.run(request, lambda: views.tree_facts(stored))


@router.post(
    "/head",
    response_model=HeadAnswer,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HeadBody"}}},
        }
    },
)
async def head(request: Request, stored: Found, service: Serving) -> dict[str, Any]:
    """Undo, redo, or go to any step."""
    body = await json_body(request, HeadBody)
    given = [name for name in ("undo", "redo", "to") if getattr(body, name) is not None]
    if len(given) != 1:
        raise ApiError("validation", "Give one of undo, redo and to.")

    def move() -> dict[str, Any]:
        session, before = stored.session, stored.session.tree.head
        if body.undo is not None:
            session.undo(body.undo)
        elif body.redo is not None:
            session.redo(body.redo)
        else:
            session.checkout(body.to or 0)
        now = session.tree
        return {"head": now.head, "tip": now.tip, "box": _between(stored, before, now.head)}

    return await service.run(request, move, key=stored.id)


@router.post("/replay", status_code=201, response_model=SessionAnswer, openapi_extra=PHOTO)
async def replay(request: Request, stored: Found, service: Serving) -> dict[str, Any]:
    """The edits that led here, on another photo: a new session."""
    data, suffix = await sent_photo(request, service)

    def again(folder: Path, photo: Path, editor: Any) -> Session:
        return Session(stored.session.folder, editor).replay(folder, photo)

    fill = filling(data, suffix, service, again)
    return await made(request, service, name_of(request, suffix), fill)


@router.get("/steps/{step}/patch", response_class=Response)
async def patch(
    request: Request, stored: Found, service: Serving, step: int, against: Literal["parent", "original"] = "parent"
) -> Response:
    """What a step changed, lossless, at full resolution."""

    def look() -> tuple[bytes, list[int]]:
        session = stored.session
        node = session.tree.node(step)
        changes = session.changes(step) if against == "original" else session.folder.patch(node, session.facts)
        assert changes is not None
        box, _, pixels = edits.cut(changes, session.result(step))
        return png(pixels), box

    data, box = await service.run(request, look)
    return Response(data, media_type="image/png", headers={"X-Mien-Box": ",".join(map(str, box))})


@router.get("/steps/{step}/thumbnail", response_class=Response)
async def thumbnail(
    request: Request, stored: Found, service: Serving, step: int, side: ThumbnailSide = 160
) -> Response:
    """The face after a step; 0 is the photo."""

    def look() -> bytes:
        session = stored.session
        quad = session.tree.node(step).quad if step else stored.faces[0].quad if stored.faces else None
        return encoded(views.thumbnail(session.result(step), quad, side), "webp")[0]

    data = await service.run(request, look)
    return Response(data, media_type="image/webp")


@router.get("/drift")
async def drift(request: Request, stored: Found, service: Serving) -> list[dict[str, Any]]:
    """How far each step that led here is from the photo; without PyTorch, faces are not compared."""

    def look() -> list[dict[str, Any]]:
        metrics: list[Any] | None = None
        try:
            need_torch("Comparing faces")
        except ConfigError:
            metrics = []
        return [one.as_dict() for one in stored.session.drift(metrics=metrics)]

    return await service.run(request, look)


def _between(stored: Stored, one: int, other: int) -> list[int] | None:
    """A box around all that may differ between two steps."""
    if one == other:
        return None
    session = stored.session
    lines = [{node.number for node in session.line(number)} for number in (one, other)]
    boxes = [views.box_of_patch(stored, session.tree.node(number)) for number in lines[0] ^ lines[1]]
    corners = np.array([box for box in boxes if box is not None]).reshape(-1, 4)
    if not len(corners):
        return None
    return [*corners[:, :2].min(0).tolist(), *corners[:, 2:].max(0).tolist()]
