"""Drawn lines that a face's features follow: the photo's own pixels move to where a sketch runs."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.align.crop import crop_face, inverse
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.drawn_lips import LIPS, lips_asked
from mien.editing.layers import mask_in_crop, mask_of
from mien.editing.mapped import LONGER, by_map, going_on, widened
from mien.editing.outlined import by_outline
from mien.editing.prepared import crop_conditions
from mien.editing.request import Request
from mien.editing.reshaped import OPEN
from mien.editing.self_layers import is_from_photo
from mien.editing.target import FaceTarget
from mien.errors import LayerError
from mien.guides.drawn import followed
from mien.guides.mouths.shut import shut_points
from mien.guides.mouths.smile import smiling
from mien.guides.move import SHUT
from mien.types import Bool, Face, Float64, Photo

SIDE = 256
"""Of the crop in which lines are looked at."""

POINTS, FEW = 1500, 12
"""Of the lines at most, and below which they are none."""

NOT_ENCLOSED = (
    "The sketch encloses no head, or asks for hair that is neither longer nor shorter; draw the outline of all of the "
    "hair, or give a mask."
)


def by_lines(photo: Photo, target: FaceTarget, request: Request, context: EditContext) -> Request | None:
    """The request as one whose features move to a sketch's lines, or whose hair follows a map; None for all else.

    Args:
        photo: any.
        target: the face in it.
        request: with a sketch or a semantic map in a mask and nothing else, in mode "auto" or "pixels".
        context: reads the layers.
    """
    others = (request.color, request.exemplar, request.text, request.guide)
    bare = replace(request, part="") if request.part == "hair" else request
    more = request.attributes or request.degrees or request.weights or request.weight_maps or bare.moves_pixels
    drawn = any(one is not None for one in (request.sketch, request.semantic, request.layers))
    if request.mode not in ("auto", "pixels") or not drawn or more or any(one is not None for one in others):
        return None
    if is_from_photo(request.sketch) or is_from_photo(request.semantic) or target.face is None:
        return None
    crop = crop_face(photo, target.quad, SIDE, target.face)
    frame, seen = CropFrame.of(crop, request.frame, target.name), context.of(photo, target.quad)
    free = bare is not request and request.mask is None and request.layers is None
    mask = np.ones((SIDE, SIDE), np.float32) if free else mask_in_crop(mask_of(bare, frame, seen)[0], frame)
    conditions = crop_conditions(bare, crop, frame, seen, mask, [])
    allowed = np.asarray(conditions.mask) > 0
    if conditions.without("mask").given == ("semantic",) and not free:
        found = by_map(bare, conditions.semantic, seen.parsed().labels, allowed)
        return _wider(found, bare, photo, target, seen) if found is not None and found.part == LONGER else found
    if conditions.without("mask").given != ("sketch",) or conditions.sketch is None:
        return None
    if bare is not request or (isinstance(request.mask, str) and "hair" in request.mask.split("+")):
        found = by_outline(bare, conditions.sketch, seen.parsed().labels, None if free else allowed)
        if found is None and free:
            raise LayerError(NOT_ENCLOSED)
        return going_on(found) if found is not None and found.part == LONGER else found
    if request.seed:
        return None
    if (lips := lips_asked(photo, target, request, context)) is not None:
        return _with_lips(request, target.face, inverse(crop.matrix), lips[1], allowed)
    row, column = np.nonzero(conditions.sketch & allowed)
    lines = np.stack([column, row], -1)[:: 1 + len(row) // POINTS].astype(np.float64) + 0.5
    return _followed(request, target.face, inverse(crop.matrix), lines, allowed)


def _wider(found: Request, request: Request, photo: Photo, target: FaceTarget, seen: EditContext) -> Request:
    """A request for longer hair with what its map says beyond the crop."""
    assert isinstance(found.semantic, np.ndarray)
    crop = crop_face(photo, widened(target.quad), 2 * len(found.semantic))
    frame = CropFrame.of(crop, request.frame, target.name)
    drawn = crop_conditions(request, crop, frame, seen, np.ones((crop.size, crop.size), np.float32), []).semantic
    return going_on(found, cv2.resize(np.asarray(drawn), (crop.size, crop.size), interpolation=cv2.INTER_NEAREST))


def _with_lips(request: Request, face: Face, back: Float64, lines: Float64, allowed: Bool) -> Request | None:
    """The request as one whose lips go where they are drawn; other lines (N, 2) of the photo are followed before."""
    wanted = replace(request, part=LIPS)
    if len(lines) < FEW:
        return wanted
    scale, points = float(np.sqrt(abs(np.linalg.det(back[:, :2])))), face.landmarks.astype(np.float64)
    inside = np.concatenate([points[:, :2] @ back[:, :2].T + back[:, 2], scale * points[:, 2:]], 1)
    drawn = (lines @ back[:, :2].T + back[:, 2])[:: 1 + len(lines) // POINTS]
    found = followed(inside, drawn, allowed, ("lips", "mouth"))
    return None if found is None else replace(wanted, reshape=dict(found.strengths))


def _followed(request: Request, face: Face, back: Float64, lines: Float64, allowed: Bool) -> Request | None:
    """The request as one whose features, an open mouth that shuts, or a shut one that opens follow lines in a crop."""
    scale = float(np.sqrt(abs(np.linalg.det(back[:, :2]))))
    points = face.landmarks.astype(np.float64)
    inside = np.concatenate([points[:, :2] @ back[:, :2].T + back[:, 2], scale * points[:, 2:]], 1)
    found, opens = followed(inside, lines, allowed), face.mouth_openness < SHUT
    other = inside.copy()
    if opens:
        other[:, :2] += smiling(face) @ back[:, :2].T
    else:
        other = shut_points(inside)
    changed = followed(other, lines, allowed)
    rest = replace(request, sketch=None, layers=None)
    if changed is not None and (found is None or changed.cost < found.cost):
        return replace(rest, part="teeth") if opens else replace(rest, reshape={**changed.strengths, OPEN: -1.0})
    return replace(rest, reshape=dict(found.strengths)) if found is not None and found.strengths else None
