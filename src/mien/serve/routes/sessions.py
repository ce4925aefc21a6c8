"""Photos: sent once, looked at at any size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from mien.photos.read import read_photo
from mien.serve import views
from mien.serve.answers import SessionAnswer, UploadAnswer
from mien.serve.codes import KIND as CODE
from mien.serve.codes import picture_of
from mien.serve.pictures import container_of, encoded, parsed_box, shown, size_of
from mien.serve.service import Found, Service, Serving, Step, Width, content_type
from mien.session import Session

router = APIRouter(tags=["sessions"])

FILE = {"schema": {"type": "string", "format": "binary"}}
PHOTO = {"requestBody": {"content": {"image/*": FILE}, "required": True}}
PHOTO_OR_CODE = {"requestBody": {"content": {"image/*": FILE, CODE: FILE}, "required": True}}


@router.post("/api/sessions", status_code=201, response_model=SessionAnswer, openapi_extra=PHOTO_OR_CODE)
async def create(request: Request, service: Serving) -> dict[str, Any]:
    """A photo, as it is, becomes a session; or the face that a code file draws."""
    if content_type(request) == CODE:
        code = await request.body()
        data, suffix = await service.run(request, lambda: picture_of(code), kind="edit"), ".png"
    else:
        data, suffix = await sent_photo(request, service)
    fill = filling(data, suffix, service, Session.create)
    return await made(request, service, name_of(request, suffix), fill)


@router.get("/api/sessions/{number}", response_model=SessionAnswer, response_model_exclude_none=True)
async def get(request: Request, stored: Found, service: Serving) -> dict[str, Any]:
    """All about a session."""
    expires = service.store.expires(stored)
    return await service.run(request, lambda: views.session_facts(stored, expires))


@router.delete("/api/sessions/{number}", status_code=204)
async def delete(request: Request, stored: Found, service: Serving) -> None:
    """Removes a session with all that is in it; its edits that run or wait are canceled."""
    for task in service.queue.of_key(stored.id):
        service.queue.cancel(task)
    await service.run(request, lambda: service.store.delete(stored.id), key=stored.id)


@router.post("/api/sessions/{number}/uploads", status_code=201, response_model=UploadAnswer, openapi_extra=PHOTO)
async def upload(request: Request, stored: Found, service: Serving) -> dict[str, Any]:
    """A picture that edits can name: a layer, or another face."""
    data = await request.body()
    return await service.run(request, lambda: keep_upload(stored, service, data, request.headers.get("content-type")))


@router.get("/api/sessions/{number}/photo", response_class=Response)
async def photo(
    request: Request,
    stored: Found,
    service: Serving,
    step: Step = None,
    box: Annotated[str | None, Query(max_length=64)] = None,
    width: Width = None,
    format: Literal["png", "webp", "jpeg"] = "png",
) -> Response:
    """The photo as a step left it, for the screen."""
    part = parsed_box(box)

    def look() -> tuple[bytes, str]:
        return encoded(shown(stored.session.result(step), part, width), format)

    data, kind = await service.run(request, look)
    return Response(data, media_type=kind)


async def sent_photo(request: Request, service: Service) -> tuple[bytes, str]:
    """The photo of a body, checked as far as that goes without decoding, and the ending of its file."""
    data = await request.body()
    container = container_of(data, request.headers.get("content-type"))
    size_of(data, container, service.settings.pixels)
    return data, container.suffixes[0]


def filling(
    data: bytes, suffix: str, service: Service, make: Callable[[Path, Path, Any], Session]
) -> Callable[[Path, Any], Session]:
    """What makes a session of a photo.

    Args:
        data, suffix: of the photo's file.
        service: limits its pixels.
        make: is given the session's folder, the photo's file, which vanishes afterwards, and the editor.
    """

    def fill(folder: Path, editor: Any) -> Session:
        path = folder.with_name(f"photo{suffix}")
        path.write_bytes(data)
        try:
            read_photo(path, max_pixels=service.settings.pixels)
            return make(folder, path, editor)
        finally:
            path.unlink(missing_ok=True)

    return fill


async def made(request: Request, service: Service, name: str, fill: Callable[[Path, Any], Session]) -> dict[str, Any]:
    """The answer about a new session."""

    def open_() -> dict[str, Any]:
        stored, key = service.store.create(name, fill)
        return views.session_facts(stored, service.store.expires(stored), key)

    return await service.run(request, open_, kind="open")


def keep_upload(stored: Any, service: Service, data: bytes, kind: str | None) -> dict[str, Any]:
    """Stores a picture in a session.

    Raises:
        ApiError: it is none, or there is no space.
    """
    container = container_of(data, kind)
    width, height = size_of(data, container, service.settings.pixels)
    service.store.check_space(stored, len(data))
    return {"id": stored.session.folder.objects.put(data, container.suffixes[0]), "width": width, "height": height}


def name_of(request: Request, suffix: str) -> str:
    """What the user calls the photo; it never becomes the name of a file here."""
    given = unquote(request.headers.get("x-mien-name", ""))[:200]
    plain = "".join(character for character in given if character.isprintable()).replace("\\", "/").rpartition("/")[2]
    if plain.strip(". "):
        return plain.encode("utf-8", "replace").decode()
    return f"photo{suffix}"
