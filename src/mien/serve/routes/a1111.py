"""Edits in the form of the AUTOMATIC1111 web UI: ``POST /sdapi/v1/img2img``, and what its clients ask for first.

Mask polarity: **white** may change; black with ``inpainting_mask_invert: 1``. Wishes that this form has no field for,
and layers, come in ``alwayson_scripts``: ``{"mien": {"args":
[{"dye": {"hair": "auburn"}, "layers": {"sketch": base64}}]}}``.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request

from mien._version import __version__
from mien.serve.faults import ApiError, plain
from mien.serve.schema import Wishes
from mien.serve.service import Serving, checked, content_type
from mien.serve.settings import ServeSettings
from mien.serve.single import (
    LAYERS,
    SingleEdit,
    checked_mask,
    file_of,
    from_base64,
    levels_of,
    photo_of,
    text_of,
    wishes_of,
)
from mien.types import Photo

router = APIRouter(prefix="/sdapi/v1", tags=["A1111"])

USUAL = 0.75
"""The denoising strength that clients send if nobody chose one; it is taken for all of the edit."""

NAME = "mien"
STREAM = "sdapi"


@router.post("/img2img")
async def img2img(request: Request, service: Serving) -> dict[str, Any]:
    """Edits a picture. Fields that mean nothing here are accepted."""
    given = await sent_json(request)
    single = _single(given, service.settings)

    def work() -> list[bytes]:
        return [file_of(photo, "png") for photo in single.made(service.editor)]

    files = await service.run(request, work, kind="sdapi")
    prompt = plain(str(given.get("prompt") or ""))
    seeds = [single.seed + k for k in range(len(files))]
    info = {
        "prompt": prompt,
        "all_prompts": [prompt] * len(files),
        "negative_prompt": "",
        "seed": single.seed,
        "all_seeds": seeds,
        "width": single.photo.width,
        "height": single.photo.height,
        "sampler_name": NAME,
        "sd_model_name": NAME,
        "infotexts": [f"{prompt}\nSeed: {seed}, Model: {NAME}" for seed in seeds],
        "styles": [],
        "version": __version__,
    }
    images = text_of(files) if given.get("send_images", True) else []
    return {"images": images, "parameters": _repeated(given), "info": json.dumps(info)}


@router.get("/sd-models")
def sd_models() -> list[dict[str, Any]]:
    """The one model."""
    return [{"title": NAME, "model_name": NAME, "hash": None, "sha256": None, "filename": NAME, "config": None}]


@router.get("/samplers")
def samplers() -> list[dict[str, Any]]:
    """There is nothing to sample with; one name, since clients want one."""
    return [{"name": NAME, "aliases": [], "options": {}}]


@router.get("/schedulers")
def schedulers() -> list[dict[str, Any]]:
    """The same."""
    return [{"name": "automatic", "label": "Automatic", "aliases": None, "default_rho": -1, "need_inner_model": False}]


@router.get("/upscalers")
def upscalers() -> list[dict[str, Any]]:
    """None."""
    return [{"name": "None", "model_name": None, "model_path": None, "model_url": None, "scale": 4}]


@router.post("/options")
def set_options() -> dict[str, Any]:
    """Accepted; there is nothing to set."""
    return {}


@router.get("/progress/")
@router.get("/progress")
def progress(service: Serving) -> dict[str, Any]:
    """Whether an edit of this form is being made."""
    tasks = service.queue.of_kind(STREAM)
    state = {"skipped": False, "interrupted": False, "job": "", "job_count": len(tasks), "job_no": 0}
    share = 0.5 if tasks else 0.0
    state |= {"job_timestamp": "0", "sampling_step": 0, "sampling_steps": 0}
    return {"progress": share, "eta_relative": 0.0, "state": state, "current_image": None, "textinfo": None}


@router.post("/interrupt")
def interrupt(service: Serving) -> dict[str, Any]:
    """Ends the edits of this form."""
    for task in service.queue.of_kind(STREAM):
        service.queue.cancel(task)
    return {}


@router.post("/png-info")
async def png_info(request: Request) -> dict[str, Any]:
    """No parameters are written into pictures here."""
    await sent_json(request)
    return {"info": "", "items": {}, "parameters": {}}


@router.get("/{name}")
def nothing(name: str) -> Any:
    """Lists that clients ask for and that are empty here."""
    empty: dict[str, Any] = {
        **{key: [] for key in ("sd-vae", "sd-modules", "loras", "hypernetworks", "face-restorers")},
        **{key: [] for key in ("realesrgan-models", "prompt-styles", "latent-upscale-modes", "extensions")},
        "embeddings": {"loaded": {}, "skipped": {}},
        "scripts": {"txt2img": [], "img2img": [NAME]},
        "script-info": [],
        "cmd-flags": {},
        "memory": {"ram": {}, "cuda": {}},
        "options": {"sd_model_checkpoint": NAME, "samples_format": "png", "CLIP_stop_at_last_layers": 1},
    }
    if name not in empty:
        raise ApiError("not_found", "There is no such endpoint; see docs/api.md.")
    return empty[name]


async def sent_json(request: Request) -> dict[str, Any]:
    """A body that has to be a JSON object; any fields.

    Raises:
        ApiError: it is none.
    """
    kind = content_type(request)
    if kind != "application/json":
        raise ApiError("content_type", "The body has to be application/json.")
    try:
        told = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise ApiError("validation", "The body is no JSON.") from error
    if not isinstance(told, dict):
        raise ApiError("validation", "The body is no JSON object.")
    return told


def _repeated(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a request that are words and numbers."""
    simple: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, str) and len(value) < 1000 and name not in ("mask",):
            simple[plain(name)] = plain(value)
        elif value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 1e15):
            simple[plain(name)] = value
    return simple


def _single(given: dict[str, Any], settings: ServeSettings) -> SingleEdit:
    images = given.get("init_images")
    if not isinstance(images, list) or not images:
        raise ApiError("validation", "init_images: send the photo that is to be edited.", "init_images")
    photo = photo_of(from_base64(images[0], "init_images"), settings, "image")
    mask = None
    if given.get("mask"):
        levels = levels_of(photo_of(from_base64(given["mask"], "mask"), settings, "mask"))
        mask = checked_mask(1 - levels if number_of(given, "inpainting_mask_invert", 0, 0, 1) else levels, photo)
    wishes, layers = _script(given, settings)
    if isinstance(given.get("prompt"), str) and given["prompt"].strip():
        wishes["text"] = given["prompt"]
    seed = max(0, int(number_of(given, "seed", -1, -1, 2**32 - 1)))
    count = int(number_of(given, "batch_size", 1, 1, 64) * number_of(given, "n_iter", 1, 1, 64))
    strength = min(1.0, number_of(given, "denoising_strength", USUAL, 0, 1) / USUAL)
    return SingleEdit(photo, mask, wishes, layers, seed, min(count, settings.candidates), strength)


def _script(given: dict[str, Any], settings: ServeSettings) -> tuple[dict[str, Any], dict[str, Photo]]:
    """Wishes and layers of ``alwayson_scripts``."""
    scripts = given.get("alwayson_scripts")
    script = scripts.get(NAME) if isinstance(scripts, dict) else None
    args = script.get("args") if isinstance(script, dict) else script
    told = args[0] if isinstance(args, list) and args else args
    if not isinstance(told, dict):
        return {}, {}
    pictures = told.get("layers") or {}
    if not isinstance(pictures, dict) or not set(pictures) <= set(LAYERS):
        raise ApiError("validation", f"layers: choose from {', '.join(LAYERS)}.", "alwayson_scripts")
    layers = {name: photo_of(from_base64(text, name), settings, name) for name, text in pictures.items()}
    return wishes_of(checked({name: one for name, one in told.items() if name != "layers"}, Wishes)), layers


def number_of(given: dict[str, Any], name: str, default: float, low: float, high: float) -> float:
    """A field that may be left out.

    Raises:
        ApiError: no number, or out of range.
    """
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if not isinstance(value, int | float) or not low <= value <= high:
        raise ApiError("validation", f"{name}: give a number from {low:g} to {high:g}.", name)
    return float(value)
