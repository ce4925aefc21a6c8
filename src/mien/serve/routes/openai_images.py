"""Edits in OpenAI's form: ``POST /v1/images/edits`` and ``GET /v1/models``, for programs that take a ``base_url``.

Mask polarity: what is **transparent** (alpha 0) may change. Without a mask, the image's transparency is taken; without
any, the words choose the region.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.datastructures import FormData, UploadFile

from mien.errors import LayerError
from mien.serve.faults import ApiError
from mien.serve.schema import Wishes
from mien.serve.service import Service, Serving, content_type, parsed
from mien.serve.single import LAYERS, SingleEdit, checked_mask, file_of, from_base64, photo_of, text_of, wishes_of
from mien.types import Float32, Photo

router = APIRouter(prefix="/v1", tags=["OpenAI"])

MODEL = {"id": "mien", "object": "model", "created": 1767225600, "owned_by": "mien"}
KINDS = ("png", "jpeg", "webp")
KEPT = 32
"""Results that are kept for ``response_format=url``."""


@router.get("/models")
def models() -> dict[str, Any]:
    """The one model."""
    return {"object": "list", "data": [MODEL]}


@router.get("/models/{name}")
def model(name: str) -> dict[str, Any]:
    """The same, whatever it is called."""
    return {**MODEL, "id": name[:64]}


@router.post("/images/edits")
async def edits(request: Request, service: Serving) -> Response:
    """Edits an image after words; see OpenAI's reference. Further fields: ``mien``, wishes as JSON; ``seed``."""
    given = await _sent(request)
    single = _single(given, service)
    kind = str(given.get("output_format") or "png").lower()
    if kind not in KINDS:
        raise ApiError("validation", f"output_format: choose {', '.join(KINDS)}.", "output_format")
    quality = _whole(given, "output_compression", 95, 0, 100)

    def work() -> list[bytes]:
        return [file_of(photo, kind, max(1, quality)) for photo in single.made(service.editor)]

    files = await service.run(request, work, kind="edit")
    told = {"created": int(time.time()), "output_format": kind, "size": f"{single.photo.width}x{single.photo.height}"}
    if str(given.get("stream", "")).lower() == "true":
        return StreamingResponse(_events(files, told), media_type="text/event-stream")
    if given.get("response_format") == "url":
        data = [{"url": _kept(request, service, one, kind)} for one in files]
    else:
        data = [{"b64_json": text} for text in text_of(files)]
    return JSONResponse({**told, "data": data, "usage": _usage()})


@router.get("/images/results/{name}", response_class=Response)
def result(service: Serving, name: str) -> Response:
    """A result that was asked for as an address; kept for a short time."""
    found = _results(service).get(name)
    if found is None:
        raise ApiError("not_found", "There is no such result, or no longer.")
    data, kind = found
    return Response(data, media_type=f"image/{kind}")


async def _sent(request: Request) -> dict[str, Any]:
    """The fields of a form or of JSON; ``images`` is a list of (name, bytes)."""
    kind = content_type(request)
    if kind == "multipart/form-data":
        async with request.form(max_files=18, max_fields=64, max_part_size=1 << 20) as form:
            return await _of_form(form)
    if kind != "application/json":
        raise ApiError("content_type", "Send multipart/form-data, or application/json.")
    try:
        told = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise ApiError("validation", "The body is no JSON.") from error
    if not isinstance(told, dict) or not isinstance(told.get("images"), list):
        raise ApiError("validation", "images: give a list of pictures as data URLs.", "images")
    addresses = [one.get("image_url") if isinstance(one, dict) else None for one in told["images"][:16]]
    images = [("image", _from_url(one, "images")) for one in addresses]
    mask = told.get("mask")
    if isinstance(mask, dict):
        told["mask"] = _from_url(mask.get("image_url"), "mask")
    elif mask is not None:
        raise ApiError("validation", "mask: give {image_url: a data URL}.", "mask")
    return {**told, "images": images}


def _from_url(address: Any, name: str) -> bytes:
    if not isinstance(address, str) or not address.startswith("data:"):
        raise ApiError("validation", f"{name}: only data URLs are read; this server fetches nothing.", name)
    return from_base64(address, name)


async def _of_form(form: FormData) -> dict[str, Any]:
    given: dict[str, Any] = {"images": []}
    for name, part in form.multi_items():
        if not isinstance(part, UploadFile):
            given[name] = part
        elif name in ("image", "image[]"):
            given["images"].append(((part.filename or "").rpartition(".")[0].lower(), await part.read()))
        elif name == "mask" or name in LAYERS:
            given[name] = await part.read()
    return given


def _single(given: dict[str, Any], service: Service) -> SingleEdit:
    if not given["images"]:
        raise ApiError("validation", "image: send the photo that is to be edited.", "image")
    settings = service.settings
    photo = photo_of(given["images"][0][1], settings, "image")
    layers = {name: photo_of(given[name], settings, name) for name in LAYERS if isinstance(given.get(name), bytes)}
    for name, data in given["images"][1:]:
        where = name.partition("-")[0].replace("colour", "color")
        layers[where if where in LAYERS else "exemplar"] = photo_of(data, settings, "image")
    wishes = wishes_of(parsed(given["mien"], Wishes)) if isinstance(given.get("mien"), str) else {}
    prompt = given.get("prompt")
    if isinstance(prompt, str) and prompt.strip():
        wishes["text"] = prompt
    seed = _whole(given, "seed", 0, 0, 2**32 - 1)
    count = _whole(given, "n", 1, 1, settings.candidates)
    return SingleEdit(photo, _mask(given, photo, settings), wishes, layers, seed, count)


def _mask(given: dict[str, Any], photo: Photo, settings: Any) -> Float32 | None:
    """What is transparent may change."""
    if isinstance(given.get("mask"), bytes):
        mask = photo_of(given["mask"], settings, "mask")
        if mask.alpha is None:
            raise LayerError("The mask has no transparency; make transparent (alpha 0) what may change.")
        return checked_mask(_open(mask), photo)
    if photo.alpha is not None and not photo.alpha.all():
        return checked_mask(_open(photo), photo)
    return None


def _open(picture: Photo) -> Float32:
    assert picture.alpha is not None
    highest = np.float32(2**picture.bits - 1)
    return np.asarray(1 - picture.alpha.astype(np.float32) / highest, np.float32)


def _whole(given: dict[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = given.get(name)
    if value in (None, ""):
        return default
    try:
        number = int(str(value))
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ApiError("validation", f"{name}: give a whole number from {low} to {high}.", name)
    return number


def _events(files: list[bytes], told: dict[str, Any]) -> Iterator[str]:
    for text in text_of(files):
        event = {
            "type": "image_edit.completed",
            "b64_json": text,
            "created_at": told["created"],
            "size": told["size"],
            "quality": "high",
            "background": "opaque",
            "output_format": told["output_format"],
            "usage": _usage(),
        }
        yield f"event: image_edit.completed\ndata: {json.dumps(event)}\n\n"


def _usage() -> dict[str, Any]:
    """Nothing here is counted in tokens; some clients expect the field."""
    none = {"image_tokens": 0, "text_tokens": 0}
    return {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0, "input_tokens_details": none}


def _results(service: Service) -> OrderedDict[str, tuple[bytes, str]]:
    found: OrderedDict[str, tuple[bytes, str]] = service.shared.setdefault("results", OrderedDict())
    return found


def _kept(request: Request, service: Service, data: bytes, kind: str) -> str:
    results, name = _results(service), secrets.token_hex(16)
    results[name] = data, kind
    while len(results) > KEPT:
        results.popitem(last=False)
    return str(request.url_for("result", name=name))
