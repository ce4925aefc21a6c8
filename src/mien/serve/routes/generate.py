"""Faces without a photo."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from mien.serve.codes import coded
from mien.serve.faults import ApiError
from mien.serve.pictures import as_text, png
from mien.serve.schema import GenerateBody
from mien.serve.service import Service, Serving, content_type, json_body, parsed

router = APIRouter(tags=["generate"])

SCHEMA = {"$ref": "#/components/schemas/GenerateBody"}
FORM = {"type": "object", "properties": {"generate": SCHEMA, "code": {"type": "string", "format": "binary"}}}
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": SCHEMA}, "multipart/form-data": {"schema": FORM}},
    }
}


@router.post("/api/generate", response_class=Response, openapi_extra=BODY)
async def generate(request: Request, service: Serving) -> Response:
    """A face out of a seed, attributes and words; or out of a code file and words."""
    body, code = await _sent(request)
    if body.codes and body.format != "json":
        raise ApiError("validation", 'codes: they come with the JSON answer; add "format": "json".', "codes")

    def make() -> dict[str, Any]:
        return coded(service, body, code) if body.codes or code is not None else _painted(service, body)

    told = await service.run(request, make, kind="edit")
    if body.format == "png":
        return Response(told["png"], media_type="image/png")
    return JSONResponse({name: as_text(one) if isinstance(one, bytes) else one for name, one in told.items()})


def _painted(service: Service, body: GenerateBody) -> dict[str, Any]:
    wishes = {"attributes": body.attributes, "text": body.text or None, "seed": body.seed}
    pixels = service.editor.generate(**wishes).pixels
    return {"png": png(pixels), "width": pixels.shape[1], "height": pixels.shape[0], "seed": body.seed}


async def _sent(request: Request) -> tuple[GenerateBody, bytes | None]:
    """What is asked for, and a code file's bytes.

    Raises:
        ApiError: neither JSON nor a form, or parts that are none of it.
    """
    if content_type(request) != "multipart/form-data":
        return await json_body(request, GenerateBody), None
    async with request.form(max_files=2, max_fields=2, max_part_size=1 << 20) as form:
        if unknown := set(form) - {"generate", "code"}:
            raise ApiError("validation", "The parts of this form are generate (JSON) and code (a file).", min(unknown))
        given, code = form.get("generate", "{}"), form.get("code")
        text = (await given.read()).decode("utf-8", "replace") if isinstance(given, UploadFile) else given
        if code is not None and not isinstance(code, UploadFile):
            raise ApiError("validation", "code: send a file of 'mien invert', with a file name.", "code")
        return parsed(text, GenerateBody), None if code is None else await code.read()
