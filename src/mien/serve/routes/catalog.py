"""What there is to choose from: attributes, colors, parts, regions, words, sample photos."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mien.conditions.colors import NAMES
from mien.conditions.labels import CLASSES, PALETTE
from mien.conditions.regions import NAMES as REGIONS
from mien.conditions.text import LONGEST, validate_text
from mien.editing.catalogue import DYED, UNSUPPORTED, entries
from mien.editing.request import Mode
from mien.finding.tower import nearest_words
from mien.guides.bank import BUNDLED as BANK
from mien.guides.parts import HAIR, LOWER, PARTS
from mien.serve.faults import ApiError
from mien.serve.pictures import size_of
from mien.serve.schema import MOST_DRAGS, ReadBody
from mien.serve.service import Serving, json_body
from mien.words.reader import read as understood

router = APIRouter(tags=["choices"])

SLIDERS = ("moves", "look", "paint")
"""Kinds of attributes that are numbers."""

FIRST_OF_LIPS, FIRST_OF_EYES = "nude", "hazel"
"""Where names of colors of lips and of eyes begin."""

SAMPLES = ("2118", "2125", "2331", "2402", "2517", "2664", "2776", "2998", "3052", "3130")
"""Pictures of the bundled bank that make good first photos; those that are not there are left out."""


@router.get("/api/catalog")
def catalog(service: Serving) -> dict[str, Any]:
    """Attributes, colors, parts, regions, classes, limits."""
    editor, settings = service.editor, service.settings
    backend = getattr(editor, "backend", None)
    table = entries(getattr(editor, "attributes", ()))
    return {
        "editor": {
            "name": editor.name,
            "size": getattr(editor, "size", 0),
            "reads": sorted(backend.supports()) if backend is not None else [],
            "identity": getattr(editor, "identity", None) is not None,
            "clip": bool(getattr(backend, "reader", "")),
        },
        "attributes": [one.to_dict() for one in table if one.kind in SLIDERS],
        "colors": _colors(),
        "dyes": list(DYED),
        "unsupported": dict(UNSUPPORTED),
        "parts": [name for name in (*PARTS, *LOWER, *HAIR) if name != "face"],
        "regions": list(REGIONS),
        "classes": [{"label": label, "name": name, "color": _hex(PALETTE[name])} for label, name in enumerate(CLASSES)],
        "modes": list(get_args(Mode)),
        "limits": {
            "upload_bytes": settings.upload_bytes,
            "pixels": settings.pixels,
            "text": LONGEST,
            "candidates": settings.candidates,
            "drags": MOST_DRAGS,
            "seconds": settings.seconds,
        },
    }


@router.post("/api/read")
async def read(request: Request) -> dict[str, Any]:
    """What a sentence asks for."""
    body = await json_body(request, ReadBody)
    reading = understood(validate_text(body.text) or "")
    return {**reading.to_dict(), "nearest": nearest_words(reading.unknown)}


@router.get("/api/samples")
def samples() -> list[dict[str, Any]]:
    """Faces of nobody, to begin with."""
    found = []
    for name, path in _samples().items():
        width, height = _size(path)
        found.append({"name": name, "picture": f"/api/samples/{name}", "width": width, "height": height})
    return found


@router.get("/api/samples/{name}")
def sample(name: str) -> Response:
    """One of them, as WebP."""
    path = _samples().get(name)
    if path is None:
        raise ApiError("not_found", "There is no such sample; see /api/samples.")
    return Response(path.read_bytes(), media_type="image/webp", headers={"Cache-Control": "max-age=86400"})


@cache
def _samples() -> dict[str, Path]:
    return {name: BANK / f"{name}.webp" for name in SAMPLES if (BANK / f"{name}.webp").is_file()}


@cache
def _size(path: Path) -> tuple[int, int]:
    from mien.photos.containers import WEBP

    return size_of(path.read_bytes(), WEBP, 1 << 26)


def _colors() -> list[dict[str, str]]:
    kind, found = "hair", []
    for name, color in NAMES.items():
        kind = "lips" if name == FIRST_OF_LIPS else "eyes" if name == FIRST_OF_EYES else kind
        found.append({"name": name, "hex": _hex(color), "of": kind})
    return found


def _hex(color: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
