"""Faces: what lies where, masks of regions, layers to start from, and data for previews in the browser."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from mien.align.crop import quad_to_matrix
from mien.serve import previews, views
from mien.serve.answers import FieldAnswer
from mien.serve.pictures import png
from mien.serve.service import Found, Serving, Side, Step, Width

router = APIRouter(prefix="/api/sessions/{number}/faces/{face}", tags=["faces"])

FaceFrame = Literal["photo", "crop"]
Region = Annotated[str, Query(max_length=200)]


@router.get("/labels", response_class=Response)
async def labels(
    request: Request,
    stored: Found,
    service: Serving,
    face: int,
    frame: FaceFrame = "photo",
    width: Width = None,
    side: Side = 256,
    step: Step = None,
) -> Response:
    """The class of each pixel."""

    def look() -> bytes:
        photo, parser = stored.session.result(step), service.editor.parser
        if frame == "crop":
            return png(views.layer(photo, stored.face(face), "labels", side, parser))
        return png(views.labels(photo, stored.face(face), width, parser))

    return _png(await service.run(request, look))


@router.get("/mask", response_class=Response)
async def mask(
    request: Request,
    stored: Found,
    service: Serving,
    face: int,
    region: Region,
    grow: Annotated[float, Query(ge=-500, le=500)] = 0.0,
    feather: Annotated[float, Query(ge=0, le=500)] = 0.0,
    width: Width = None,
    step: Step = None,
) -> Response:
    """White = the region, over the whole photo."""

    def look() -> bytes:
        photo = stored.session.result(step)
        return png(views.mask(photo, stored.face(face), region, grow, feather, width, service.editor.parser))

    return _png(await service.run(request, look))


@router.get("/layers")
async def layers(
    request: Request, stored: Found, service: Serving, face: int, side: Side = 256, step: Step = None
) -> dict[str, Any]:
    """Where the layers of a face are, and the way from them to the photo."""

    def look() -> dict[str, Any]:
        quad = stored.face(face).quad
        base = f"/api/sessions/{stored.id}/faces/{face}/layers"
        query = f"?side={side}" + ("" if step is None else f"&step={step}")
        return {
            "side": side,
            "quad": np.round(quad, 3).tolist(),
            "matrix": quad_to_matrix(quad, side).tolist(),
            "layers": {name: f"{base}/{name}{query}" for name in views.LAYERS},
        }

    return await service.run(request, look)


@router.get("/layers/{name}", response_class=Response)
async def layer(
    request: Request,
    stored: Found,
    service: Serving,
    face: int,
    name: str,
    side: Side = 256,
    frame: FaceFrame = "crop",
    width: Width = None,
    step: Step = None,
) -> Response:
    """One layer as a picture."""

    def look() -> bytes:
        photo, found = stored.session.result(step), stored.face(face)
        pixels = views.layer(photo, found, name, side, service.editor.parser)
        return png(pixels if frame == "crop" else views.over_photo(pixels, name, photo, found, width))

    return _png(await service.run(request, look))


@router.get("/field", response_model=FieldAnswer)
async def field(
    request: Request,
    stored: Found,
    service: Serving,
    face: int,
    columns: Annotated[int, Query(ge=8, le=128)] = 64,
    attributes: Annotated[str, Query(max_length=2000)] = "",
) -> dict[str, Any]:
    """Displacements, to preview moves and drags."""
    names = [name for name in (part.strip() for part in attributes.split(",")) if name]

    def look() -> dict[str, Any]:
        return previews.displacements(stored.session.original, stored.face(face), columns, names)

    return await service.run(request, look)


@router.get("/matte", response_class=Response)
async def matte(
    request: Request, stored: Found, service: Serving, face: int, region: Region, width: Width = None, step: Step = None
) -> Response:
    """How much of each pixel a dye reaches."""

    def look() -> bytes:
        photo = stored.session.result(step)
        return png(previews.matte(photo, stored.face(face), region, width, service.looks))

    return _png(await service.run(request, look))


@router.get("/dye", response_class=Response)
async def dye(
    request: Request, stored: Found, service: Serving, face: int, region: Region, color: Region, step: Step = None
) -> Response:
    """What colors become: a table for previews."""

    def look() -> bytes:
        photo = stored.session.result(step)
        return previews.colors_of_dye(photo, stored.face(face), region, color, service.looks)

    data = await service.run(request, look)
    return Response(data, media_type="application/octet-stream")


def _png(data: bytes) -> Response:
    return Response(data, media_type="image/png")
