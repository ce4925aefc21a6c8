"""Several edits of one photo, one after the other, of whichever faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.conditions.pictures import as_photo, name_of
from mien.editing.asked import Asked, numbered
from mien.editing.context import EditContext
from mien.editing.identity import check_identity
from mien.editing.pipeline import edit_photos
from mien.editing.request import Request
from mien.editing.result import EditResult, FaceEdit
from mien.editing.target import FaceTarget, find_target
from mien.editing.validation import check_request
from mien.errors import ConfigError
from mien.types import Photo, PictureLike

if TYPE_CHECKING:
    from mien.backends.base import CropEditor


def edit_in_turn(
    backend: CropEditor,
    photo: PictureLike,
    requests: Sequence[tuple[Any, Request]],
    context: EditContext,
    *,
    anew: bool = False,
) -> EditResult:
    """Edits of faces of a photo; later ones see the earlier ones.

    Args:
        backend: paints.
        photo: in which the faces are looked for.
        requests: which face, and what is asked for.
        context: finds faces; its watch is added to.
        anew: look for each face's points again, as it is then.

    Raises:
        LayerError, PhotoError, FaceError, ConfigError: an input that cannot be used.
    """
    if not requests:
        raise ConfigError("No edit is given; give at least one, such as {'mask': 'hair', 'color': 'sienna'}.")
    edited = original = as_photo(photo)
    count = len(requests) if anew else 1
    for number, (_, request) in enumerate(requests, 1):
        with numbered(number, count):
            check_request(request, original, backend)
            check_identity(request, context.identity)
    with context.watch("find"):
        name = name_of(photo, "photo")
        targets = [_target(original, which, request, context, name) for which, request in requests]
    done: list[FaceEdit] = []
    timings: dict[str, float] = context.watch.lap()
    for number, (target, (_, request)) in enumerate(zip(targets, requests, strict=True), 1):
        if target is not None:
            request = replace(request, face=target.quad if anew or target.face is None else target.face)
        with numbered(number, count):
            (result,) = edit_photos(backend, [Asked(edited, request)], context)
        edited, done = result.photo, [*done, *(_named(face, number, count) for face in result.faces)]
        timings = _added(timings, result.timings)
    return EditResult(edited, original, tuple(done), timings)


def _added(timings: Mapping[str, float], more: Mapping[str, float]) -> dict[str, float]:
    return {stage: timings.get(stage, 0.0) + more.get(stage, 0.0) for stage in (*timings, *more)}


def _target(photo: Photo, which: Any, request: Request, context: EditContext, name: str) -> FaceTarget | None:
    """Where the face is; None where a folder of layers says it."""
    if which is None and isinstance(request.layers, str | Path):
        return None
    return find_target(photo, "largest" if which is None else which, context, name)


def _named(face: FaceEdit, number: int, count: int) -> FaceEdit:
    """With words that tell which of several edits they are about."""
    if count == 1:
        return face
    operations, notes = (tuple(f"edit {number}: {one}" for one in words) for words in (face.operations, face.notes))
    return replace(face, operations=operations, notes=notes)
