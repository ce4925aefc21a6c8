"""Wishes of a body as the inputs of a session's edit: words are checked, pictures are brought to a size that fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mien.editing.dyes import swatch_of
from mien.errors import MienError
from mien.serve.faults import ApiError
from mien.serve.pictures import fitted
from mien.serve.schema import EditBody
from mien.serve.settings import ServeSettings
from mien.serve.store import Stored
from mien.sessions.recipe import PICTURES, Kept, as_file


def inputs_of(body: EditBody, stored: Stored, settings: ServeSettings) -> dict[str, Any]:
    """What a session's edit is given, by name; None where something is to be taken away.

    Raises:
        ApiError, LayerError: a word that is none, or a picture that fits neither photo nor face.
    """
    wishes = body.wished()
    check_words(wishes)
    for name in (*PICTURES, "weight_maps"):
        value = wishes.get(name)
        if name == "weight_maps" and value is not None:
            wishes[name] = {key: _layer(f"weight of {key}", one, body, stored, settings) for key, one in value.items()}
        elif isinstance(value, Mapping):
            wishes[name] = _layer(name, value, body, stored, settings)
    if "drag" in wishes and wishes["drag"] is not None:
        wishes["drag"] = tuple(tuple(one) for one in wishes["drag"])
    if body.face:
        wishes["face"] = body.face
    return wishes


def check_words(wishes: Mapping[str, Any]) -> None:
    """Refuses what Python and the command line would take for the name of a file."""
    for name in PICTURES:
        value = wishes.get(name)
        if isinstance(value, str) and not isinstance(as_file(name, value), str):
            raise ApiError("validation", f"{name}: this is no word that can stand here; upload a picture.", name)
    for region, value in (wishes.get("dye") or {}).items():
        if swatch_of(value) is not None:
            raise ApiError("validation", f"dye.{region}: give the name of a color, or #rrggbb.", "dye")


def _layer(name: str, value: Any, body: EditBody, stored: Stored, settings: ServeSettings) -> Kept:
    objects, given = stored.session.folder.objects, value["upload"]
    try:
        data = objects.path(given).read_bytes()
    except MienError as error:
        raise ApiError("not_found", f"The picture of {name} was not uploaded to this session.", name) from error
    if name == "exemplar":
        return Kept(given, name)
    photo = stored.session.facts
    size = photo["width"], photo["height"]
    quad = stored.face(body.face or 0).quad if stored.faces else np.array([(0, 0), (0, 1), (1, 1), (1, 0)]) * min(size)
    fits = fitted(data, name, size, quad, body.frame or "auto", settings.pixels)
    return Kept(given if fits is data else objects.put(fits, ".png"), name)
