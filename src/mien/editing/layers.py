"""A user's layers, in any frame and of any kind, as the conditions of one crop.

Legend: D side of a layer in the crop's frame, S side of the crop that is edited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder, select_face
from mien.align.paste import Mask, mask_to_photo
from mien.conditions.attributes import validate_attributes
from mien.conditions.color import normalise_color
from mien.conditions.labels import UNKNOWN
from mien.conditions.protection import protected
from mien.conditions.regions import parse_region, region_mask
from mien.conditions.semantic import from_colors, from_indices, read_semantic
from mien.conditions.sketch import line_width, normalise
from mien.conditions.svg import drawing_size, read_svg, render_strokes
from mien.conditions.text import validate_text
from mien.conditions.types import Conditions
from mien.editing.context import ParsedCrop
from mien.editing.crop_frame import CropFrame, cut
from mien.editing.pictures import as_photo, drawing, hardened, name_of, painted_mask, rgba
from mien.editing.request import Request
from mien.editing.resample import color_at, conditions_at, labels_at, levels_at, lines_at, picture_at
from mien.editing.self_layers import is_own, own_layer
from mien.errors import LayerError
from mien.types import AlignedFace, Bool, UInt8

REGION_GROWTH = 2 / 128
"""Fraction of the crop's side by which a region named as mask is widened, so that its soft edge, which lies inside of
the mask, leaves no fringe of what was there."""

FAINTEST = 1e-3
"""Cover of a pixel of the crop below which the mask does not reach it."""

_WORDS = re.compile(r"[a-z_]+(\s*[-+&]\s*[a-z_]+)*")


@dataclass(frozen=True, eq=False)
class Tools:
    """What reading layers may need; nothing is loaded before it is asked for.

    Attributes:
        finder: finds the exemplar's face.
        parsed: gives the crop's regions.
    """

    finder: Callable[[], FaceFinder]
    parsed: Callable[[], ParsedCrop]


def conditions_of(request: Request, crop: AlignedFace, frame: CropFrame, tools: Tools) -> Conditions:
    """All layers but the mask, at the crop's side S.

    Raises:
        LayerError, PhotoError, FaceError: a layer cannot be read, does not fit, or says nothing within the crop.
    """
    layers = request.layers if isinstance(request.layers, Conditions) else Conditions()
    given = conditions_at(replace(layers, mask=None), frame.size)
    readers: Mapping[str, tuple[Any, Callable[[Any, CropFrame], Any]]] = {
        "sketch": (request.sketch, read_lines),
        "semantic": (request.semantic, read_labels),
        "color": (request.color, read_colors),
    }
    found: dict[str, Any] = {
        name: own_layer(name, crop, tools) if is_own(source) else read(source, frame)
        for name, (source, read) in readers.items()
        if source is not None
    }
    if request.exemplar is not None:
        found["exemplar"] = read_face(request.exemplar, crop, tools.finder)
    if given.exemplar is not None:
        found.setdefault("exemplar", picture_at(given.exemplar, crop.size))
    attributes = validate_attributes({**given.attributes, **request.attributes})
    text = validate_text((given.text or "") if request.text is None else request.text)
    return replace(given, **found, attributes=attributes, text=text)


def read_lines(source: Any, frame: CropFrame) -> Bool:
    """A sketch: (S, S) bool."""
    name, frame = name_of(source, "sketch"), frame.for_source(source)
    if isinstance(source, str | Path) and Path(source).suffix.lower() == ".svg":
        lines = _strokes(Path(source), frame)
    else:
        drawn = drawing(source, "sketch")
        if drawn.dtype == np.bool_:
            brought = frame.bring(drawn.astype(np.uint8), name, smooth=False) > 0
        else:
            brought = normalise(frame.bring(rgba(drawn.astype(np.uint8, copy=False)), name, smooth=True))
        lines = lines_at(brought, frame.size)
    _require(lines.any(), f"{name} holds no line within the crop of {frame.name}; draw some there, or leave it out.")
    return lines


def _strokes(path: Path, frame: CropFrame) -> Bool:
    strokes, (width, height) = read_svg(path), drawing_size(path)
    if frame.over_photo(round(width), round(height), path.name):
        unit = max(width, height) * frame.photo_size[0] / width
        strokes = [frame.points(stroke * unit) for stroke in strokes]
    return render_strokes(strokes, frame.size, line_width(frame.size))


def read_labels(source: Any, frame: CropFrame) -> UInt8:
    """A semantic map: (S, S) uint8."""
    name, frame = name_of(source, "semantic map"), frame.for_source(source)
    if isinstance(source, str | Path) and Path(source).is_dir():
        labels = _from_folder(Path(source))
    else:
        drawn = drawing(source, "semantic map").astype(np.uint8, copy=False)
        brought = frame.bring(drawn, name, smooth=False)
        labels = from_indices(brought, name=name) if brought.ndim == 2 else from_colors(brought, name=name)
    labels = labels_at(labels, frame.size)
    says = (labels != UNKNOWN).any()
    _require(says, f"{name} says nothing within the crop of {frame.name}; paint some class there, or leave it out.")
    return labels


def _from_folder(folder: Path) -> UInt8:
    """One picture for each class, of whatever side the first one has."""
    first = next(iter(sorted(folder.glob("*.png"))), None)
    if first is None:
        raise LayerError(f"{folder} holds no PNG; give a picture, or a folder with one picture for each class.")
    return read_semantic(folder, drawing(first, "semantic map").shape[0])


def read_colors(source: Any, frame: CropFrame) -> UInt8:
    """A colour map: (S, S, 4) uint8, alpha 255 or 0."""
    name, frame = name_of(source, "colour map"), frame.for_source(source)
    drawn = drawing(source, "colour map")
    if drawn.ndim == 2:
        raise LayerError(f"{name} is gray and has no colours; save the colour map as RGB or RGBA.")
    brought = frame.bring(drawn.astype(np.uint8, copy=False), name, smooth=False)
    color = color_at(normalise_color(brought), frame.size)
    painted = color[..., 3].any()
    _require(painted, f"{name} has nothing painted within the crop of {frame.name}; paint there, or leave it out.")
    return color


def read_face(source: Any, crop: AlignedFace, finder: Callable[[], FaceFinder]) -> UInt8:
    """An exemplar, aligned: (S, S, 3) uint8; "self" is the crop itself."""
    if isinstance(source, AlignedFace):
        return picture_at(source.pixels, crop.size)
    if is_own(source):
        return crop.pixels
    photo = as_photo(source, "The exemplar")
    face = select_face(finder().find(photo), "largest", name_of(source, "exemplar"))
    return crop_face(photo, face.quad, crop.size).pixels


def mask_of(request: Request, frame: CropFrame, tools: Tools) -> tuple[Mask, float]:
    """The mask in the photo's frame, nowhere beyond the crop, and the fraction of it that was.

    Raises:
        LayerError: none given, unreadable, of the wrong size, empty, outside of the crop, or protected away.
    """
    mask, name = _mask(request, frame, tools)
    if mask.shape != frame.photo_size[::-1]:
        raise LayerError(f"{name} is {mask.shape[1]} x {mask.shape[0]} pixels; draw it at the photo's size.")
    kept, outside = frame.within(mask, name)
    if request.protect:
        parsed = tools.parsed()
        side = parsed.labels.shape[0]
        area = protected(parsed.pixels, parsed.labels, request.protect, side / 256)
        kept = cut(kept, mask_to_photo(area, frame.matrix_at(side), frame.photo_size) > 0)
        if not kept.any():
            raise LayerError(f"Protecting {request.protect} leaves nothing of the mask; protect less, or mask more.")
    return kept, outside


def _mask(request: Request, frame: CropFrame, tools: Tools) -> tuple[Mask, str]:
    source = request.mask
    if source is None and isinstance(request.layers, Conditions) and request.layers.mask is not None:
        return _to_photo(hardened(request.layers.mask), frame), "The mask"
    if source is None:
        raise LayerError("Nothing says where the face may change; give a mask: a region such as hair, or a picture.")
    if isinstance(source, str) and _WORDS.fullmatch(source.strip().lower()):
        growth = 0.0 if is_own(request.sketch) else REGION_GROWTH  # where lines stay, nothing lies beyond them
        return _to_photo(_region(tools.parsed().labels, source, growth), frame), f"The region {source}"
    mask, name = painted_mask(source), name_of(source, "mask")
    if frame.for_source(source).over_photo(mask.shape[1], mask.shape[0], name):
        return mask, name
    return _to_photo(mask, frame), name


def _region(labels: UInt8, expression: str, growth: float) -> Bool:
    """A named region, widened by a fraction of the side, but not over what the expression takes away: (D, D) bool."""
    area = region_mask(labels, expression, grow_by=growth * labels.shape[0]) > 0
    for name in re.findall(r"-\s*([a-z_]+)", expression.lower()):
        area &= ~parse_region(name)[labels]
    return area


def _to_photo(mask: Mask, frame: CropFrame) -> Mask:
    return mask_to_photo(mask, frame.matrix_at(mask.shape[0]), frame.photo_size)


def mask_in_crop(mask: Mask, frame: CropFrame) -> Any:
    """The photo's mask as the crop sees it: (S, S) float32, above 0 wherever the photo's is.

    Raises:
        LayerError: it is too small to be seen.
    """
    seen = levels_at(frame.from_photo(mask.astype(np.float32), smooth=True), frame.size)
    if seen.max() <= FAINTEST:
        raise LayerError(f"The mask is smaller than a pixel of the crop of {frame.name}; paint a larger area.")
    return np.where(seen > FAINTEST, seen.clip(0, 1), np.float32(0))


def _require(says: object, otherwise: str) -> None:
    if not says:
        raise LayerError(otherwise)
