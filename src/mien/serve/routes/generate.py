"""Faces without a photo."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from mien.serve.pictures import as_text, png
from mien.serve.schema import GenerateBody
from mien.serve.service import Serving, json_body

router = APIRouter(tags=["generate"])


@router.post(
    "/api/generate",
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/GenerateBody"}}},
        }
    },
)
async def generate(request: Request, service: Serving) -> Response:
    """A face out of a seed, attributes and words."""
    body = await json_body(request, GenerateBody)

    def make() -> Any:
        wishes = {"attributes": body.attributes, "text": body.text or None, "seed": body.seed}
        return service.editor.generate(**wishes).pixels

    pixels = await service.run(request, make, kind="edit")
    data = png(pixels)
    if body.format == "png":
        return Response(data, media_type="image/png")
    told = {"png": as_text(data), "width": pixels.shape[1], "height": pixels.shape[0], "seed": body.seed}
    return JSONResponse(told)
