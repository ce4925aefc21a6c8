"""Photos found by words, as ``mien find`` does it for folders: who laughs, wears glasses, has red hair."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile

from mien.finding.face_reader import FaceReader
from mien.finding.match import match
from mien.finding.search import asked_for, reduced, words_of
from mien.serve.answers import FoundAnswer
from mien.serve.faults import ApiError
from mien.serve.service import Service, Serving, content_type
from mien.serve.single import photo_of
from mien.types import Photo
from mien.words.types import Reading

router = APIRouter(prefix="/api", tags=["find"])

MOST = 16
"""Photos of one request."""

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["text", "photo"],
                    "properties": {
                        "text": {"type": "string"},
                        "photo": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    },
                }
            }
        },
    }
}


@router.post("/find", response_model=FoundAnswer, openapi_extra=BODY)
async def find(request: Request, service: Serving) -> dict[str, Any]:
    """Every face of some photos, the one that fits a sentence best first; nothing is kept."""
    kind = content_type(request)
    if kind != "multipart/form-data":
        raise ApiError("content_type", "Send multipart/form-data: text, and up to 16 parts called photo.")
    async with request.form(max_files=MOST, max_fields=4, max_part_size=1 << 20) as form:
        text = form.get("text")
        photos = [
            (part.filename or "", await part.read())
            for name, part in form.multi_items()
            if name == "photo" and isinstance(part, UploadFile)
        ]
    if not isinstance(text, str) or not photos:
        raise ApiError("validation", "Send text, and at least one photo.", "text" if photos else "photo")
    return await service.run(request, lambda: _ranked(asked_for(text), photos, service), kind="edit")


def _ranked(reading: Reading, photos: list[tuple[str, bytes]], service: Service) -> dict[str, Any]:
    reader: FaceReader = service.shared.setdefault("face reader", None) or FaceReader.bundled()
    service.shared["face reader"] = reader
    hits: list[dict[str, Any]] = []
    for number, (name, data) in enumerate(photos):
        photo: Photo
        photo, shrink = reduced(photo_of(data, service.settings, "photo"))
        faces = service.editor.finder.find(photo)
        for face, look in enumerate(reader.looks([(photo, one) for one in faces])):
            found = match(look, reading)
            hits.append(
                {
                    "photo": number,
                    "name": _plain(name),
                    "face": face,
                    "box": [round(float(v) / shrink, 2) for v in faces[face].box],
                    "score": round(found.score, 4),
                    "wishes": {wish: round(value, 3) for wish, value in found.wishes},
                }
            )
    hits.sort(key=lambda hit: (-hit["score"], hit["photo"], hit["face"]))
    return {**reading.to_dict(), "notes": list(words_of(reading)), "photos": len(photos), "hits": hits}


def _plain(name: str) -> str:
    """What a file is called, without folders."""
    told = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in told if character.isprintable())[:200]
