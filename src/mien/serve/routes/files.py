"""Files to take home: the result in the photo's format, its receipt, the session, the recipe; and sessions back."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from mien.photos.containers import CONTAINERS, PNG, Container
from mien.photos.write import QUALITY, obstacle
from mien.serve import projects
from mien.serve.answers import SessionAnswer
from mien.serve.faults import ApiError
from mien.serve.routes.sessions import made
from mien.serve.service import Found, Serving, Step, content_type
from mien.serve.store import Stored
from mien.sessions.recipe_file import recipe_of
from mien.types import Photo, Receipt

router = APIRouter(tags=["files"])

Format = Annotated[str | None, Query(pattern="^(png|jpeg|webp|tiff|bmp|avif)$")]
Quality = Annotated[int, Query(ge=1, le=100)]
ZIP = "application/zip"


@router.get("/api/sessions/{number}/download", response_class=Response)
async def download(
    request: Request,
    stored: Found,
    service: Serving,
    step: Step = None,
    format: Format = None,
    quality: Quality = QUALITY,
) -> Response:
    """The edited photo, as a file."""

    def make() -> tuple[bytes, Receipt, Container]:
        return _saved(stored, step, format, quality)

    data, receipt, container = await service.run(request, make, kind="save")
    preserved = "true" if receipt.preserved else "false"
    name = f"{Path(stored.name).stem}-edited{container.suffixes[0]}"
    headers = {**_attachment(name), "X-Mien-Preserved": preserved}
    return Response(data, media_type=f"image/{container.name.lower()}", headers=headers)


@router.get("/api/sessions/{number}/receipt")
async def receipt(
    request: Request,
    stored: Found,
    service: Serving,
    step: Step = None,
    format: Format = None,
    quality: Quality = QUALITY,
) -> dict[str, Any]:
    """What the same file would keep, in figures."""

    def make() -> dict[str, Any]:
        return replace(_saved(stored, step, format, quality)[1], input=stored.name).as_dict()

    return await service.run(request, make, kind="save")


@router.get("/api/sessions/{number}/project", response_class=Response)
async def project(request: Request, stored: Found, service: Serving) -> Response:
    """The whole session as one ZIP."""
    data = await service.run(request, lambda: projects.packed(stored), kind="save", key=stored.id)
    return Response(data, media_type=ZIP, headers=_attachment(f"{Path(stored.name).stem}.mien"))


@router.post(
    "/api/projects",
    status_code=201,
    response_model=SessionAnswer,
    openapi_extra={
        "requestBody": {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}, "required": True}
    },
)
async def open_project(request: Request, service: Serving) -> dict[str, Any]:
    """A session from such a ZIP."""
    if content_type(request) != ZIP:
        raise ApiError("content_type", f"A project is {ZIP}.")
    data = await request.body()
    name = projects.name_in(data)
    return await made(
        request, service, name, lambda folder, editor: projects.unpacked(data, folder, editor, service.settings)
    )


@router.get("/api/sessions/{number}/recipe", response_class=Response)
async def recipe(
    request: Request, stored: Found, service: Serving, step: Step = None, format: Literal["zip", "json"] = "zip"
) -> Response:
    """The edits that led here, for 'mien apply'."""
    kept: dict[str, Path] = {}

    def keep(path: Path) -> str:
        kept[path.name] = path
        return path.name

    def make() -> bytes | dict[str, Any]:
        told = {**recipe_of(stored.session, step, keep)}
        told["photo"] = {**told["photo"], "name": stored.name}
        if format == "json":
            return told
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("recipe.json", json.dumps(told, indent=1))
            for name, path in kept.items():
                archive.write(path, name)
        return file.getvalue()

    found = await service.run(request, make, kind="save")
    if isinstance(found, dict):
        return JSONResponse(found)
    return Response(found, media_type=ZIP, headers=_attachment(f"{Path(stored.name).stem}-recipe.zip"))


def _saved(stored: Stored, step: int | None, format: str | None, quality: int) -> tuple[bytes, Receipt, Container]:
    session = stored.session
    container = _container(session.result(step), format)
    with TemporaryDirectory(prefix="mien-") as folder:
        path = Path(folder) / f"edited{container.suffixes[0]}"
        told = session.save(path, step, quality=quality)
        return path.read_bytes(), told, container


def _container(photo: Photo, format: str | None) -> Container:
    """The format that is asked for, or else the photo's own where mien writes it."""
    name = (format or photo.format or PNG.name).upper()
    found = next((one for one in CONTAINERS if one.name == name and one.writable), PNG)
    reason = obstacle(photo, found)
    if reason is None:
        return found
    if format is not None:
        raise ApiError("config", f"The photo cannot be saved so: {reason}.", "format")
    return PNG


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
