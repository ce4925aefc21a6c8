"""A face for a drawing, at every stroke: the bundled mapping network's, or that of a run of ``mien train strokes``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from mien.conditions.drawings import read_drawing
from mien.conditions.text import LONGEST
from mien.serve.codes import mapping_of
from mien.serve.faults import ApiError
from mien.serve.pictures import opened, png
from mien.serve.service import Service, Serving, content_type
from mien.types import Bool, UInt8

router = APIRouter(prefix="/api", tags=["generate"])

MOST_PIXELS = 4_000_000
TRUNCATION = 0.5
"""Of the mapping network's codes: few strokes leave much open, and what is open shall be a plausible face."""

BODY = {"requestBody": {"required": True, "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}}

Draws = Callable[[Bool, int, str], UInt8]
"""Lines (S, S), a seed and a sentence -> a face (R, R, 3)."""


@router.post("/draw", response_class=Response, openapi_extra=BODY)
async def draw(
    request: Request,
    service: Serving,
    seed: Annotated[int, Query(ge=0, le=2**32 - 1)] = 0,
    text: Annotated[str, Query(max_length=LONGEST)] = "",
) -> Response:
    """A square drawing, finished or not, as PNG -> the face that is being drawn, in the style of a seed."""
    if content_type(request) != "image/png":
        raise ApiError("content_type", "The body has to be the drawing, image/png.")
    if text and service.settings.drawings is not None:
        raise ApiError("config", "The network of --drawings hears no words; leave out the text.")
    data = await request.body()

    def make() -> bytes:
        strokes = read_drawing(opened(data, MOST_PIXELS, "drawing"))
        return png(_draws(service)(strokes, seed, text))

    return Response(await service.run(request, make, kind="edit"), media_type="image/png")


def _draws(service: Service) -> Draws:
    """Loaded once."""
    if "draws" not in service.shared:
        service.shared["draws"] = _by_mapping(service) if service.settings.drawings is None else _by_strokes(service)
    found: Draws = service.shared["draws"]
    return found


def _by_mapping(service: Service) -> Draws:
    generator = mapping_of(service)

    def made(strokes: Bool, seed: int, text: str) -> UInt8:
        wanted = generator.wanted(text=text)
        if strokes.any():
            wanted = replace(wanted, sketch=generator.lines_of(strokes))
        face = generator.pictures(generator.codes([wanted], [seed], TRUNCATION))[0]
        return face.pixels.astype(np.uint8)

    return made


def _by_strokes(service: Service) -> Draws:
    from mien.inversion.base import Means
    from mien.inversion.drawing import Drawing

    places = () if service.settings.drawings is None else (service.settings.drawings,)
    drawing = Drawing(Means.load("portrait-editor", networks=places))
    return lambda strokes, seed, text: drawing.picture(strokes, drawing.style(seed))
