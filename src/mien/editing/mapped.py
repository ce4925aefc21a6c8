"""Hair that a semantic map asks for, made of pixels: a fringe, longer hair beside the face, shorter hair."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from mien.align.crop import inverse, quad_to_matrix
from mien.align.paste import Mask, mask_to_photo
from mien.conditions.labels import INDEX
from mien.editing.context import EditContext
from mien.editing.hair_reached import reached
from mien.editing.lenders import album_of
from mien.editing.request import Request
from mien.editing.steps import Guided, worse
from mien.editing.target import FaceTarget
from mien.errors import ConfigError, LayerError
from mien.guides.borrow import unit_of
from mien.guides.guide import Guide
from mien.guides.hair.bank_hair import fringe_to, longer, narrower, shorter
from mien.guides.laid import soft
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8

ALONE = 0.7
"""Share of what a map changes that must be one change of the hair."""

BEYOND, CLOSER = 0.08, 0.2
"""Share of what would be cut, and of what comes closer to the neck, that may lie outside the mask: it stays there."""

SAME = 0.98
"""Share of a crop in which a map at two scales says the same."""

LAID_OVER = "hair laid over the forehead"
"""What is done where a map asks for a fringe."""

FRINGE, LONGER, SHORTER = MAPPED = "hair over the forehead", "longer hair", "shorter hair"
"""What a map may ask for, which are no parts that a user names."""


def by_map(request: Request, wished: Any, labels: UInt8, allowed: Bool) -> Request | None:
    """The request as one whose hair is made of pixels; None where a map changes more than that.

    Args:
        request: with a semantic map and a mask.
        wished: (D, D) the map in the crop.
        labels: (d, d) of the photo in the crop.
        allowed: (D, D) the mask.
    """
    before = cv2.resize(labels, allowed.shape[::-1], interpolation=cv2.INTER_NEAREST)
    part = _asked(wished, before, allowed)
    if not part:
        return None
    hair = INDEX["hair"]
    shown = wished == hair if part != SHORTER else (before == hair) & (wished != hair) & allowed
    return replace(request, semantic=np.where(shown, np.uint8(hair), np.uint8(0)), layers=None, part=part)


def widened(quad: Float64) -> Float64:
    """(4, 2): the square, twice as wide as a face's quad, over which a map of longer hair lies."""
    middle = quad.mean(0)
    return np.asarray(middle + 2 * (quad - middle), np.float64)


def central(plane: Any) -> Any:
    """The part (D, D) of a map (2 D, 2 D) of that square that lies over the crop."""
    rest = len(plane) // 4
    return plane[rest:-rest, rest:-rest]


def going_on(request: Request, drawn: Any = None) -> Request:
    """A request that :func:`by_map` made, whose map of longer hair goes on beyond the crop.

    Args:
        request: with a map (D, D).
        drawn: (2 D, 2 D) labels over twice as wide a square, if the map was drawn over the photo. Where what lies over
            the crop is not the same, it was not, and hair goes on as it is at the crop's border.
    """
    shown: Any = request.semantic
    drawn = np.zeros((2 * len(shown),) * 2, np.uint8) if drawn is None else drawn
    wide = cv2.copyMakeBorder(shown, *(len(shown) // 2,) * 4, cv2.BORDER_REPLICATE)
    hair = np.where(drawn == INDEX["hair"], np.uint8(INDEX["hair"]), np.uint8(0))
    same = (central(hair) > 0) == (shown > 0)
    return replace(request, semantic=hair if float(same.mean()) > SAME else wide)


def _asked(wished: Any, before: UInt8, allowed: Bool) -> str:
    """Which change of hair, if nearly all that a map changes within a mask is that."""
    hair, changed = INDEX["hair"], (wished != before) & allowed
    brows = np.flatnonzero(np.isin(before, [INDEX["left_brow"], INDEX["right_brow"]]).any(1))
    if not changed.any() or not len(brows):
        return ""
    grown, gone = (wished == hair) & changed, (before == hair) & changed
    over_face = grown & np.isin(before, [INDEX["skin"], INDEX["left_brow"], INDEX["right_brow"]])
    for part, area, above in ((FRINGE, over_face, True), (LONGER, grown, False), (SHORTER, gone, False)):
        rows = np.flatnonzero(area.any(1))
        if area.sum() > ALONE * changed.sum() and (rows.mean() < brows.mean()) == above:
            return part
    return ""


def hair_by_map(
    done: Guided, face: Face, target: FaceTarget, request: Request, mask: Mask | None, context: EditContext
) -> Guided:
    """A fringe, longer or shorter hair as a request says that :func:`by_map` made.

    Raises:
        LayerError: a hat is in the way, or there is too little hair.
    """
    if mask is None or not isinstance(request.semantic, np.ndarray):
        raise ConfigError("Fringes, longer and shorter hair are asked for by a semantic map and a mask.")
    photo, parser = done.photo, context.networks.parser
    shown: Any = request.semantic > 0
    quad = widened(target.quad) if request.part == LONGER else target.quad
    matrix = quad_to_matrix(quad, len(shown))
    area = np.asarray(mask_to_photo(shown.astype(np.float32), matrix, (photo.width, photo.height)), np.float32)
    masked: Bool = np.asarray(mask, np.float32) > 0
    within = soft(masked, 2 * unit_of(face))
    if request.part == FRINGE:
        guide, words = fringe_to(photo, face, parser, area, mask, request.seed), LAID_OVER
    elif request.part == LONGER:
        own = album_of(request, context)
        guide, words = longer(photo, face, parser, area * masked, mask, request.seed, own), "hair made longer"
    else:
        guide, words = _shorter(photo, face, context, _below(area, matrix, request.semantic), masked, request.seed)
    after = done.then(guide, words, within, request.strength)
    shown = central(shown) if request.part == LONGER else shown
    told = reached(done.photo, after.photo, target.quad, parser, (shown, request.part == SHORTER, masked))
    return replace(after, notes=(*after.notes, str(told)), unreached=worse(after.unreached, told.missing))


def _shorter(
    photo: Photo, face: Face, context: EditContext, gone: Float32, masked: Bool, seed: int
) -> tuple[Guide, str]:
    """Hair cut where a map takes it away (H, W); drawn closer to the neck where its ends lie beyond the mask.

    Raises:
        LayerError: most of it lies there, or there is too little hair.
    """
    parser = context.networks.parser
    with suppress(LayerError):
        guide = shorter(photo, face, parser, gone, masked.astype(np.float32))
        if _beyond(guide, masked) <= BEYOND:
            return guide, "hair cut shorter"
    guide = narrower(photo, face, parser, gone)
    if _beyond(guide, masked) > CLOSER:
        raise LayerError("The hair goes on beyond the mask; mask all of it that is to go, to its ends.")
    return guide, "hair made narrower"


def _beyond(guide: Guide, masked: Bool) -> float:
    """Share of what changes that lies beyond a mask (H, W)."""
    x0, y0, x1, y1 = guide.box
    changes = guide.confidence > 0
    return float(changes[~masked[y0:y1, x0:x1]].sum() / max(1, int(changes.sum())))


def _below(area: Float32, matrix: Any, gone: UInt8) -> Float32:
    """An area (H, W) of the photo, with what lies beyond the crop at its height: a map ends there, hair does not."""
    edges: Any = (gone[:, :2] > 0).any(1) | (gone[:, -2:] > 0).any(1)
    edges[-1] |= bool(gone[-2:].any())
    rows = np.flatnonzero(edges)
    if not len(rows):
        return area
    back = inverse(matrix)
    ys, xs = np.mgrid[: area.shape[0], : area.shape[1]].astype(np.float32)
    down = xs * np.float32(back[1, 0]) + ys * np.float32(back[1, 1]) + np.float32(back[1, 2])
    right = xs * np.float32(back[0, 0]) + ys * np.float32(back[0, 1]) + np.float32(back[0, 2])
    outside = (right < 1) | (right > len(gone) - 1) | (down > len(gone) - 1)
    return np.asarray(np.maximum(area, outside & (down >= rows[0])), np.float32)
