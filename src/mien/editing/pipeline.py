"""From photos and what a user asked for to edited photos.

Legend: S side of the crop that is edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.align.crop import crop_face, pixel_scale
from mien.align.paste import paste_face
from mien.compose.relight import relit
from mien.conditions.pictures import as_photo, name_of
from mien.conditions.types import Conditions
from mien.editing.asked import Asked
from mien.editing.auto import by_pixels
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.damaged import SPOTS
from mien.editing.given_guide import lay_guide
from mien.editing.guided import face_edit, guided
from mien.editing.identity import check_identity, strongest
from mien.editing.layer_folder import read_repainted
from mien.editing.layers import looked
from mien.editing.lined import by_lines
from mien.editing.mapped import LAID_OVER, MAPPED
from mien.editing.outcome import Outcome, measure, places
from mien.editing.prepared import PreparedEdit, crop_conditions, prepare
from mien.editing.request import LAYERS, Request
from mien.editing.result import CropEdit, CropOptions, EditResult, FaceEdit
from mien.editing.self_layers import changes_colors_alone, refuse_without_photo
from mien.editing.steps import Guided, worse
from mien.editing.target import FaceTarget, find_target
from mien.editing.validation import check_request
from mien.editing.weights import weighed, weights_of
from mien.editing.windows import SIZE, SMALLEST, WindowNetwork, refined
from mien.editing.worded import made, resolved
from mien.errors import ConfigError, FaceSelectionError, LayerError
from mien.guides.guide import Doubt
from mien.guides.hair.bank_hair import LAID
from mien.guides.looked import unchanged_photos
from mien.threads import side_by_side
from mien.types import AlignedFace, Float32, Photo

if TYPE_CHECKING:
    from mien.backends.base import CropEditor

AT_ONCE = 8
"""Photos that are read before the first of them is painted."""

OF_PHOTOS = ("mask", "strength", "face", "frame", "protect", "weight_maps", "guide", "harmonise")
"""Fields of a request that mean nothing without a photo."""

REAL = "made of pixels that are there; mode look paints it instead"


@dataclass(frozen=True, eq=False)
class _Begun:
    """A photo whose edit is read: pixels are moved already; None is prepared where nothing is painted."""

    photo: Photo
    target: FaceTarget
    request: Request
    guided: Guided
    prepared: PreparedEdit | None
    count: int


def finish(
    photo: Photo, prepared: PreparedEdit, painted: CropEdit, backend: CropEditor, context: EditContext
) -> tuple[Photo, FaceEdit]:
    """Puts a painted crop into the photo.

    Args:
        photo: that the edit was prepared for.
        prepared: the edit.
        painted: its crop.
        backend: painted it.
        context: its watch is added to.
    """
    crop, conditions, watch = prepared.crop, prepared.conditions, context.watch
    assert conditions.mask is not None
    recolored = changes_colors_alone(prepared.request, conditions)
    if recolored:
        with watch("blend"):
            lit = relit(painted.pixels, crop.pixels.astype(np.float32), conditions.mask > 0)
            painted = replace(painted, pixels=lit)
    with watch("paste"):
        detail = recolored or painted.detail
        edited = paste_face(photo, painted.pixels, crop.matrix, prepared.mask, reference=crop.pixels, all_detail=detail)
    after = np.rint(painted.over(crop.pixels, conditions.mask)).astype(np.uint8)
    windows = getattr(backend, "windows", None)
    if windows is not None and not recolored:
        with watch("windows"):
            edited = _in_windows(photo, edited, prepared, windows, context)
    by = f"{backend.name}, its words read by {backend.reader}" if backend.reader and conditions.text else backend.name
    what = f"{prepared.target.name} edited at {crop.size} px by {by}: {prepared.request.describe()}"
    return edited, FaceEdit(crop, after, conditions, prepared.mask, painted.shares, (what,), prepared.notes)


def edit_photos(backend: CropEditor, asked: Sequence[Asked], context: EditContext) -> list[EditResult]:
    """Reads some photos, paints all of their variants at once, puts them back; then the next photos.

    Raises:
        LayerError, PhotoError, FaceError, ConfigError: an input that cannot be used.
    """
    for one in asked:
        check_identity(one.request, context.identity)
    apart = [one.apart() for one in asked]
    free = [one for each in apart for one in each if one.request.keep_identity is None]
    with unchanged_photos():
        results = iter(_edited(backend, free, context))
        grouped = [[_kept(backend, one, context) or next(results) for one in each] for each in apart]
    return [replace(first, others=(*first.others, *others)) for first, *others in grouped]


def _kept(backend: CropEditor, asked: Asked, context: EditContext) -> EditResult | None:
    """The edit at the strength that keeps identity; None where nothing is asked about it."""
    if asked.request.keep_identity is None or context.identity is None:
        return None
    photo = as_photo(asked.photo)

    def edit(request: Request) -> EditResult:
        return _edited(backend, [Asked(photo, request)], context)[0]

    return strongest(asked.request, edit, context.identity)


def _edited(backend: CropEditor, asked: Sequence[Asked], context: EditContext) -> list[EditResult]:
    results: list[EditResult] = []
    for start in range(0, len(asked), AT_ONCE):
        begun = [_begin(backend, one, context) for one in asked[start : start + AT_ONCE]]
        edits = [(one, edit.variant(k)) for one in begun if (edit := one.prepared) for k in range(one.count)]
        crops = iter(_paint(backend, [edit for _, edit in edits], context) if edits else ())
        for one in begun:
            variants = range(one.count if one.prepared else 1)
            done = [_end(one, k, crops, backend, context) for k in variants]
            timings = context.watch.lap()
            first, *others = [EditResult(edited, one.photo, (face,), timings) for edited, face in done]
            results.append(replace(first, others=tuple(others)))
    return results


def without_photo(request: Request, backend: CropEditor, context: EditContext) -> tuple[Conditions, Float32 | None]:
    """Conditions of the backend's side S, and weights, of a face that is made of nothing else.

    Raises:
        ConfigError, LayerError: as above, and something that is said about a photo.
    """
    about = [name for name in request.to_dict() if name in OF_PHOTOS]
    if about:
        raise ConfigError(f"'{about[0]}' says something about a photo, and there is none; leave it out.")
    refuse_without_photo({name: getattr(request, name) for name in LAYERS})
    size = backend.size
    blank = AlignedFace(np.zeros((size, size, 3), np.uint8), np.eye(2, 3), (size, size))
    frame = CropFrame.of(blank, "crop", "the face")
    everywhere = np.ones((size, size), np.float32)
    conditions = crop_conditions(request, blank, frame, context, everywhere, [])
    return conditions.without("mask"), weights_of(request.weights, {}, frame, weighed(backend.supports()))


def _begin(backend: CropEditor, asked: Asked, context: EditContext) -> _Begun:
    """Reads a photo and what is asked for; pixels are moved where that is asked for."""
    photo = as_photo(asked.photo)
    request, target, notes = _target(backend, photo, asked, context)
    request, recipe = resolved(request, backend)
    laid = lay_guide(photo, target, request, context)
    request, context = laid.rest, laid.context
    first = laid.done.and_then(made(laid.done.photo, target, recipe, context))
    if laid.finished or (recipe and not (request.draws or request.moves_pixels)):
        return _Begun(photo, target, request, replace(first, notes=(*notes, *first.notes)), None, 1)
    if (real := _of_pixels(photo, target, request, asked.count, context)) is not None:
        try:
            moved = first.and_then(guided(first.photo, target, real, context))
            return _Begun(photo, target, request, replace(moved, notes=(*notes, *moved.notes, REAL)), None, 1)
        except (LayerError, FaceSelectionError) as error:
            if request.mode == "pixels" or real.part in MAPPED:  # a painter blurs hair and what is behind it
                raise
            notes = (*notes, f"painted, since pixels that are there cannot be used: {error}")
    moved = first.and_then(guided(first.photo, target, request, context))
    if not request.paints:
        return _Begun(photo, target, request, moved, None, 1)
    with context.watch("layers"):
        prepared = prepare(moved.photo, target, request, backend, context)
    return _Begun(photo, target, request, moved, replace(prepared, notes=(*notes, *prepared.notes)), asked.count)


def _of_pixels(photo: Photo, target: FaceTarget, request: Request, count: int, context: EditContext) -> Request | None:
    """The request as one that needs no painting, if it can be one; of several variants, if they are all the same."""
    found = by_lines(photo, target, request, context) if count == 1 else None
    found = found or by_pixels(request, lambda: looked(photo, target, request, context))
    return found if found is None or count == 1 or found.mode not in ("fill", "heal") else None


def _end(
    begun: _Begun, number: int, crops: Iterator[CropEdit], backend: CropEditor, context: EditContext
) -> tuple[Photo, FaceEdit]:
    """The edited photo of one variant, what was done, and how good it is."""
    photo, face = _ended(begun, number, crops, backend, context)
    prepared, request, quad = begun.prepared, begun.request, begun.target.quad
    scale = 1.0 if prepared is None else pixel_scale(prepared.crop.matrix)
    if prepared is not None and getattr(backend, "windows", None) is not None:
        scale *= SMALLEST * backend.size / SIZE
    with context.watch("measure"):
        outcome = measure(
            begun.photo,
            photo,
            face.mask > 0,
            quad,
            context.classes,
            magnification=round(max(1.0, scale), 2),
            unreached=worse(begun.guided.unreached, 0.0 if prepared is None else prepared.unreached),
            identity=None if context.identity is None else context.identity.between(begun.photo, photo, quad),
            crop=context.crop,
        )
    outcome = replace(outcome, doubts=tuple(dict.fromkeys(one for one in face.notes if isinstance(one, Doubt))))
    outcome = _comparable(outcome, face.operations)
    if SPOTS in face.operations:
        outcome = replace(outcome, healed=places(face.mask > 0))
    if request.strict:
        outcome.check()
    notes = (one for one in face.notes if not isinstance(one, Doubt))
    return photo, replace(face, outcome=outcome, notes=(*notes, *outcome.remarks, *outcome.complaints))


def _comparable(outcome: Outcome, operations: tuple[str, ...]) -> Outcome:
    """Without noise where strands lie on what was skin: neither has the other's."""
    return replace(outcome, noise=None) if {*LAID, LAID_OVER} & {*operations} else outcome


def _ended(
    begun: _Begun, number: int, crops: Iterator[CropEdit], backend: CropEditor, context: EditContext
) -> tuple[Photo, FaceEdit]:
    moved = begun.guided
    if begun.prepared is None:
        return moved.photo, face_edit(begun.photo, begun.target, moved, backend.size)
    edited, face = finish(moved.photo, begun.prepared.variant(number), next(crops), backend, context)
    if not moved.operations:
        return edited, face
    both = np.maximum(face.mask, moved.area.astype(face.mask.dtype))
    operations, notes = (*moved.operations, *face.operations), (*moved.notes, *face.notes)
    return edited, replace(face, mask=both, operations=operations, notes=notes)


def _target(
    backend: CropEditor, photo: Photo, asked: Asked, context: EditContext
) -> tuple[Request, FaceTarget, tuple[str, ...]]:
    """What was painted in a folder of layers, if one is given; then the face."""
    request, notes, name = asked.request, tuple[str, ...](), name_of(asked.photo, "photo")
    check_request(request, photo, backend)
    which: Any = "largest" if request.face is None else request.face
    if isinstance(request.layers, str | Path):
        with context.watch("layers"):
            inputs = {layer: getattr(request, layer) for layer in LAYERS}
            painted = read_repainted(Path(request.layers), photo, context.networks, inputs)
        request, notes = replace(request, layers=painted.conditions), painted.notes
        which = painted.quad if request.face is None and painted.quad is not None else which
    with context.watch("find"):
        return request, _sought(photo, which, context, name, request), notes


def _sought(photo: Photo, which: Any, context: EditContext, name: str, request: Request) -> FaceTarget:
    """The face; at the same time those of a photo that lends a part are looked for, which is asked for later."""
    calls: list[Callable[[], Any]] = [partial(find_target, photo, which, context, name)]
    if request.part is not None and isinstance(request.exemplar, Photo):
        calls.append(partial(context.largest, request.exemplar))
    found: FaceTarget = side_by_side(*calls)[0]
    return found


def _in_windows(
    photo: Photo, first: Photo, prepared: PreparedEdit, network: WindowNetwork, context: EditContext
) -> Photo:
    quad = prepared.target.quad
    drawn = replace(prepared.request, exemplar=None, text=None, attributes={})

    def layers_at(side: int) -> Conditions:
        crop = crop_face(photo, quad, side)
        frame = CropFrame.of(crop, drawn.frame, prepared.target.name)
        whole = np.ones((side, side), np.float32)
        return crop_conditions(drawn, crop, frame, context.of(photo, quad), whole, []).without("mask")

    return refined(photo, first, quad, prepared.mask, layers_at, network, prepared.request.strength)


def _paint(backend: CropEditor, edits: Sequence[PreparedEdit], context: EditContext) -> list[CropEdit]:
    options = [CropOptions(e.request.seed, e.request.strength, e.weights) for e in edits]
    return backend.edit([e.crop.pixels for e in edits], [e.conditions for e in edits], options, context)
