"""One face of one photo, from what a user asked for to the edited photo.

Legend: S side of the crop that is edited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mien.align.crop import crop_face, pixel_scale
from mien.align.finder import FaceFinder
from mien.align.paste import Mask, paste_face
from mien.compose.relight import relit
from mien.conditions.parser import FaceParser
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache, digest
from mien.editing.crop_frame import CropFrame
from mien.editing.layers import ParsedCrop, Tools, conditions_of, mask_in_crop, mask_of
from mien.editing.painting import Painting
from mien.editing.request import Request
from mien.editing.result import FaceEdit
from mien.editing.self_layers import changes_colors_alone
from mien.editing.target import Place
from mien.editing.timing import Stopwatch
from mien.editing.weights import weights_of
from mien.types import AlignedFace, Float32, Photo

PARSED = 512
"""Largest side at which a crop is parsed; its labels are as smooth as they get."""

NOTABLE = 0.005
"""Fraction of a mask outside of the crop from which the user is told."""


@dataclass(frozen=True, eq=False)
class Job:
    """An edit that is ready to be painted.

    Attributes:
        crop: S pixels wide.
        place: of the crop.
        request: what was asked for.
        conditions: at S, with the mask.
        mask: (H, W) over the photo, nowhere beyond the crop.
        weights: of the modalities, see :func:`mien.editing.weights.weights_of`.
        notes: what the user should know, in words.
    """

    crop: AlignedFace
    place: Place
    request: Request
    conditions: Conditions
    mask: Mask
    weights: Float32 | None
    notes: tuple[str, ...]


def tools_for(
    photo: Photo,
    place: Place,
    finder: Callable[[], FaceFinder],
    parser: Callable[[], FaceParser],
    cache: EditCache,
) -> Tools:
    """What reading the layers of a face may need."""

    def parsed() -> ParsedCrop:
        side = np.hypot(*(place.quad[3] - place.quad[0]))
        pixels = crop_face(photo, place.quad, int(np.clip(round(side), 128, PARSED))).pixels
        return cache.get("labels", digest(pixels), lambda: ParsedCrop(pixels, parser().parse_crop(pixels)))

    return Tools(finder, parsed)


def prepare(photo: Photo, place: Place, request: Request, size: int, tools: Tools) -> Job:
    """Reads and checks all that was asked for; nothing is painted yet.

    Raises:
        LayerError, PhotoError, FaceError, ConfigError: an input that cannot be used.
    """
    crop = crop_face(photo, place.quad, size, place.face)
    frame = CropFrame.of(crop, request.frame, place.name)
    mask, outside = mask_of(request, frame, tools)
    conditions = conditions_of(request, crop, frame, tools)
    conditions = conditions.replaced(mask=mask_in_crop(mask, frame))
    weights = weights_of(request.weights, request.weight_maps, frame)
    notes = []
    if outside >= NOTABLE:
        notes.append(f"{outside:.0%} of the mask lies outside the face crop and was left as it is")
    elif isinstance(request.mask, str) and _cut(conditions.mask, crop):
        notes.append("the mask ends where the face crop ends; what lies beyond was left as it is")
    if conditions.without("mask").given == ("color",):
        notes.append("with colours alone, what they lie on is painted anew; the sketch 'self' keeps the photo's lines")
    return Job(crop, place, request, conditions, mask, weights, tuple(notes))


def run(
    photo: Photo, job: Job, painting: Painting, editor: str, cache: EditCache, watch: Stopwatch
) -> tuple[Photo, FaceEdit]:
    """Paints and pastes.

    Args:
        photo: that the job was prepared for.
        job: what to do.
        painting: the networks.
        editor: its name, for the receipt.
        cache: of former edits.
        watch: stages are added to it.

    Raises:
        ConfigError: the editor does not know an attribute.
    """
    r, crop, conditions = job.request, job.crop, job.conditions
    painted = painting.edit(crop.pixels, conditions, r.seed, r.strength, job.weights, cache, watch)
    assert conditions.mask is not None
    recolored = changes_colors_alone(r, conditions)
    if recolored:
        with watch("blend"):
            lit = relit(painted.pixels, crop.pixels.astype(np.float32), conditions.mask > 0)
            painted = replace(painted, pixels=lit)
    with watch("paste"):
        pixels, matrix = painted.pixels, crop.matrix
        edited = paste_face(photo, pixels, matrix, job.mask, reference=crop.pixels, all_detail=recolored)
    after = np.rint(painted.over(crop.pixels, conditions.mask)).astype(np.uint8)
    clip = painting.codes.clip
    by = f"{editor}, its words read by {clip.name}" if clip and conditions.text else editor
    what = f"{job.place.name} edited at {crop.size} px by {by}: {r.describe()}"
    return edited, FaceEdit(crop, after, conditions, job.mask, painted.shares, (what,), job.notes)


def _cut(mask: Float32 | None, crop: AlignedFace) -> bool:
    """Whether a mask (S, S) reaches the crop's border where the photo goes on beyond it."""
    assert mask is not None
    rows, columns = np.nonzero(mask > 0)
    last = crop.size - 1
    border = (rows == 0) | (rows == last) | (columns == 0) | (columns == last)
    points = np.stack([columns[border] + 0.5, rows[border] + 0.5], 1) @ crop.matrix[:, :2].T + crop.matrix[:, 2]
    margin = 2 * pixel_scale(crop.matrix)
    beyond = (points > margin).all(1) & (points < np.array(crop.photo_size) - margin).all(1)
    return bool(beyond.any())
