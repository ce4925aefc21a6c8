"""A face for a drawing, at every stroke; for what reads drawings see docs/inversion.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from mien.serve.faults import ApiError
from mien.serve.pictures import opened, png
from mien.serve.service import Service, Serving

if TYPE_CHECKING:
    from mien.inversion.drawing import Drawing

router = APIRouter(prefix="/api", tags=["generate"])

MOST_PIXELS = 4_000_000
BODY = {"requestBody": {"required": True, "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}}


@router.post("/draw", response_class=Response, openapi_extra=BODY)
async def draw(request: Request, service: Serving, seed: Annotated[int, Query(ge=0, le=2**32 - 1)] = 0) -> Response:
    """A square drawing, finished or not, as PNG -> the face that is being drawn, in the style of a seed."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "image/png":
        raise ApiError("content_type", "The body has to be the drawing, image/png.")
    if service.settings.drawings is None:
        raise ApiError("config", "This server reads no drawings; start it with --drawings RUN (docs/inversion.md).")
    data = await request.body()
    return Response(await service.run(request, lambda: _face(data, seed, service), kind="edit"), media_type="image/png")


def _face(data: bytes, seed: int, service: Service) -> bytes:
    from mien.inversion.drawing import read_drawing

    strokes = read_drawing(opened(data, MOST_PIXELS, "drawing"))
    drawing = _drawing(service)
    return png(drawing.picture(strokes, drawing.style(seed)))


def _drawing(service: Service) -> Drawing:
    """Loaded once."""
    from mien.inversion.base import Means
    from mien.inversion.drawing import Drawing

    if "drawing" not in service.shared:
        places = () if service.settings.drawings is None else (service.settings.drawings,)
        service.shared["drawing"] = Drawing(Means.load("portrait-editor", networks=places))
    found: Drawing = service.shared["drawing"]
    return found
