"""Wishes of a body as the inputs of a session's edit: words are checked, pictures are brought to a size that fits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mien.editing.dyes import swatch_of
from mien.errors import MienError
from mien.serve.faults import ApiError
from mien.serve.pictures import fitted, opened
from mien.serve.schema import EditBody
from mien.serve.settings import ServeSettings
from mien.serve.store import Stored
from mien.sessions.recipe import PICTURES, Kept, as_file


def inputs_of(body: EditBody, stored: Stored, settings: ServeSettings, scale: float | None = None) -> dict[str, Any]:
    """What an edit is given, by name; None where something is to be taken away.

    Args:
        body: what was asked for.
        stored: the session.
        settings: of the server.
        scale: of a reduced photo, for which pictures are not stored; None is the session's.

    Raises:
        ApiError, LayerError: a word that is none, or a picture that fits neither photo nor face.
    """
    wishes = body.wished()
    check_words(wishes)

    def layer(name: str, value: Mapping[str, str]) -> Any:
        return _layer(name, value["upload"], body, stored, settings, scale)

    for name in (*PICTURES, "weight_maps"):
        value = wishes.get(name)
        if name == "weight_maps" and value is not None:
            wishes[name] = {key: layer(f"weight of {key}", one) for key, one in value.items()}
        elif isinstance(value, Mapping):
            wishes[name] = layer(name, value)
    if wishes.get("drag") is not None:
        wishes["drag"] = tuple(tuple(float(number) * (scale or 1.0) for number in one) for one in wishes["drag"])
    if body.face and scale is None:
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


def _layer(
    name: str, given: str, body: EditBody, stored: Stored, settings: ServeSettings, scale: float | None
) -> Kept | Path | Image.Image:
    objects, facts = stored.session.folder.objects, stored.session.facts
    try:
        path = objects.path(given)
        data = path.read_bytes()
    except MienError as error:
        raise ApiError("not_found", f"The picture of {name} was not uploaded to this session.", name) from error
    if name == "exemplar":
        return Kept(given, name) if scale is None else path
    size = facts["width"], facts["height"]
    if scale is not None:
        size = round(size[0] * scale), round(size[1] * scale)
    whole = np.array([(0, 0), (0, 1), (1, 1), (1, 0)]) * min(size)
    quad = stored.face(body.face or 0).quad * (scale or 1.0) if stored.faces else whole
    fits = fitted(data, name, size, quad, body.frame or "auto", settings.pixels)
    if scale is not None:
        return opened(fits, settings.pixels, name)
    return Kept(given if fits is data else objects.put(fits, ".png"), name)
