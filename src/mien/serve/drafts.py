"""Drafts: an edit of the photo as the screen shows it, for a preview of a large photo while somebody still chooses."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.photos.color import to_srgb
from mien.serve.edits import Facts, WatchedEditor, answer_of, facts_of, timings_of
from mien.serve.pictures import as_text, png
from mien.serve.schema import EditBody
from mien.serve.settings import ServeSettings
from mien.serve.store import Stored
from mien.serve.wishes import inputs_of
from mien.sessions.patch import Patch
from mien.types import Photo


def is_draft(body: EditBody, stored: Stored) -> bool:
    """Whether an edit is to be made of the reduced photo."""
    return body.draft and body.preview_width is not None and body.preview_width < stored.session.facts["width"]


def draft(body: EditBody, stored: Stored, settings: ServeSettings) -> Facts:
    """Makes an edit of the reduced photo; nothing is kept. Runs in a worker.

    Raises:
        MienError, ApiError: it cannot be made.
    """
    session, width = stored.session, body.preview_width or 0
    parent = session.tree.head if body.from_ is None else body.from_
    before = reduced_photo(stored, parent, width)
    scale = before.width / session.facts["width"]
    given = {k: v for k, v in inputs_of(body, stored, settings, scale).items() if v is not None}
    quad = stored.face(body.face or 0).quad * scale
    watched = WatchedEditor(stored.editor)
    result = watched(before, **given, face=quad, cache=session.cache)
    patch = Patch.between(before, result.photo, result.mask)
    (x, y), (height, wide) = patch.place, patch.inside.shape
    low, high = np.floor(np.array([x, y]) / scale), np.ceil(np.array([x + wide, y + height]) / scale)
    high = np.minimum(high, (session.facts["width"], session.facts["height"]))
    pixels = np.dstack([patch.pixels, patch.inside.astype(np.uint8) * 255])
    shown = {
        "box": [*low.astype(int).tolist(), *high.astype(int).tolist()],
        "place": [x, y],
        "width": wide,
        "height": height,
        "png": as_text(png(pixels)),
        "url": None,
    }
    facts = facts_of(given.get("seed", 0), result, before)
    return answer_of(body, [{**facts, "patch": shown}], parent, None, stored, timings_of(result))


def reduced_photo(stored: Stored, step: int, width: int) -> Photo:
    """The photo after a step as the screen shows it; the last one is remembered."""
    known: tuple[Any, Photo] | None = stored.known.get("small")
    if known is None or known[0] != (step, width):
        photo = stored.session.result(step)
        size = (width, max(1, round(photo.height * width / photo.width)))
        known = (
            (step, width),
            Photo(np.asarray(cv2.resize(to_srgb(photo), size, interpolation=cv2.INTER_AREA), np.uint8)),
        )
        stored.known["small"] = known
    return known[1]
