"""Edits in IOPaint's form: ``POST /api/v1/inpaint``, and what its clients ask for first.

Mask polarity: **lighter than 127** may change. Without a prompt, what is masked vanishes, faces or not; with one, the
words say what it becomes.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mien.serve.faults import ApiError
from mien.serve.routes.a1111 import number_of, sent_json
from mien.serve.service import Serving
from mien.serve.single import SingleEdit, checked_mask, file_of, from_base64, levels_of, photo_of

router = APIRouter(prefix="/api/v1", tags=["IOPaint"])

NAME = "mien"
SAMPLER = "mien"


@router.post("/inpaint", response_class=Response)
async def inpaint(request: Request, service: Serving) -> Response:
    """Edits a picture. Fields that mean nothing here are accepted."""
    given = await sent_json(request)
    settings = service.settings
    photo = photo_of(from_base64(given.get("image"), "image"), settings, "image")
    levels = levels_of(photo_of(from_base64(given.get("mask"), "mask"), settings, "mask"))
    mask = checked_mask((levels > 127 / 255).astype(levels.dtype), photo)
    prompt = given.get("prompt")
    wishes = {"text": prompt} if isinstance(prompt, str) and prompt.strip() else {}
    seed = max(0, int(number_of(given, "sd_seed", 0, -1, 2**32 - 1)))
    single = SingleEdit(photo, mask, wishes, seed=seed)
    data = await service.run(request, lambda: file_of(single.made(service.editor)[0], "png"), kind="edit")
    return Response(data, media_type="image/png", headers={"X-Seed": str(seed)})


@router.get("/model")
def model() -> dict[str, Any]:
    """The one model."""
    return _model()


@router.post("/model")
async def switch(request: Request) -> dict[str, Any]:
    """Accepted; there is nothing to switch to."""
    await sent_json(request)
    return _model()


@router.get("/samplers")
def samplers() -> list[str]:
    """One name, since clients want one."""
    return [SAMPLER]


@router.get("/server-config")
def server_config() -> dict[str, Any]:
    """What the server can do."""
    return {
        "plugins": [],
        "modelInfos": [_model()],
        "removeBGModel": "",
        "removeBGModels": [],
        "realesrganModel": "",
        "realesrganModels": [],
        "interactiveSegModel": "",
        "interactiveSegModels": [],
        "enableFileManager": False,
        "enableAutoSaving": False,
        "enableControlnet": False,
        "controlnetMethod": None,
        "disableModelSwitch": True,
        "isDesktop": False,
        "samplers": [SAMPLER],
    }


@router.get("/inputimage")
def input_image() -> Response:
    """No picture is given to the server when it is started."""
    raise ApiError("not_found", "No picture was given to the server; open one.")


def _model() -> dict[str, Any]:
    support = ("controlnet", "brushnet", "powerpaint_v2", "lcm_lora", "strength", "outpainting")
    return {
        "name": NAME,
        "path": NAME,
        "model_type": "inpaint",
        "is_single_file_diffusers": False,
        "controlnets": [],
        "brushnets": [],
        "need_prompt": False,
        **{f"support_{name}": False for name in support},
    }
