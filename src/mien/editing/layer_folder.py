"""A folder that ``mien conditions`` wrote and a user painted in: what was painted is what is meant.

The layers are extracted from the folder's picture once more. A layer that comes out the same was not touched and says
nothing: the old outline in an untouched sketch would fight a repainted hair. A layer that differs anywhere is meant,
all of it. Without ``mask.png``, the face may change where touched layers differ, and a little around it.

Legend: D side of the folder's layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.align.crop import crop_face, matrix_to_quad
from mien.conditions.extract import conditions_of
from mien.conditions.folder import LayerFolder, read_layers
from mien.conditions.masks import grow
from mien.conditions.parser import FaceParser
from mien.conditions.sketch import draw_sketch
from mien.conditions.types import PIXELWISE, Conditions
from mien.editing.pictures import drawing, rgba
from mien.errors import LayerError
from mien.types import Bool, Float64, Photo, UInt8

COLOR_NOISE = 8
"""Levels by which painting programs may change a colour by themselves."""

INK = 64
"""Levels by which a pixel of the sketch must differ."""

SPECK = 6
"""Pixels of the sketch that hang together, below which a difference is none."""

ROOM = 0.03
"""Fraction of the crop's side by which the mask reaches beyond what was painted: the edit has to join what is there."""

FOREIGN = 40.0
"""Mean difference from the photo, in levels, from which a folder belongs to another photo: edits stay below."""


@dataclass(frozen=True, eq=False)
class Repainted:
    """What a user painted.

    Attributes:
        conditions: of side D, only what was touched, with a mask.
        quad: (4, 2) corners of the crop in the photo; None where the folder does not know them.
        untouched: names of the layers that were left as they were extracted.
    """

    conditions: Conditions
    quad: Float64 | None
    untouched: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, in words."""
        names = " and ".join(self.untouched)
        return (f"{names} as extracted, so left out: paint in a layer to say something with it",) if names else ()


def read_repainted(
    folder: Path, photo: Photo, parser: Callable[[], FaceParser], inputs: Mapping[str, Any] | None = None
) -> Repainted:
    """Reads a folder.

    Args:
        folder: of layers.
        photo: that is edited.
        parser: the one that extracted the layers.
        inputs: what else the editor is given, by its names: the folder's layers of these names do not count.

    Raises:
        LayerError: a layer cannot be read, the folder belongs to another photo, or nothing in it was painted.
    """
    found = read_layers(folder)
    quad = None if found.matrix is None else matrix_to_quad(found.matrix, found.image.shape[0])
    if quad is not None:
        _check_photo(found, quad, photo, folder)
    elsewhere = [name for name, value in (inputs or {}).items() if value is not None]
    given = found.conditions.without(*(name for name in elsewhere if name in ("mask", "exemplar", *PIXELWISE)))
    found = replace(found, conditions=given)
    areas = {name: area for name, area in _painted(found, folder, parser).items() if area.any()}
    untouched = tuple(name for name in PIXELWISE if name in given.given and name not in areas)
    kept = given.without(*untouched)
    if kept.mask is None and areas:
        kept = replace(kept, mask=room_around(np.any(list(areas.values()), axis=0)).astype(np.float32))
    if kept.mask is None and "mask" not in elsewhere:
        raise LayerError(f"The layers in {folder} are as they were extracted; repaint one, or give a mask.")
    return Repainted(kept, quad, untouched)


def _painted(found: LayerFolder, folder: Path, parser: Callable[[], FaceParser]) -> dict[str, Bool]:
    """Where each layer differs from what is extracted afresh, (D, D) bool by name."""
    given = found.conditions
    areas: dict[str, Bool] = {}
    if not set(given.given) & set(PIXELWISE):
        return areas
    labels = parser().parse_crop(found.image)
    fresh = conditions_of(found.image, labels)
    if given.sketch is not None:
        old = np.zeros_like(given.sketch) if fresh.sketch is None else fresh.sketch
        areas["sketch"] = _redrawn(folder / "sketch.png", given.sketch, old)
    if given.semantic is not None:
        areas["semantic"] = _without_edges(given.semantic != labels)
    if given.color is not None:
        kinds = [fresh, conditions_of(found.image, labels, superpixels=True)]
        if (segments := ((found.origin or {}).get("color") or {}).get("segments")) is not None:
            kinds = kinds[1:] if segments == "superpixels" else kinds[:1]
        candidates = [_recolored(given.color, c.color) for c in kinds if c.color is not None]
        areas["color"] = min(candidates, key=np.count_nonzero)  # of both, where the folder does not say which it was
    return areas


def _redrawn(path: Path, lines: Bool, fresh: Bool) -> Bool:
    """Where a sketch was drawn in or erased. The file is compared: reading it makes all lines anew."""
    if not path.exists():  # an SVG drawing
        return lines | fresh
    pixels = rgba(drawing(path, "sketch").astype(np.uint8, copy=False))
    opaque = pixels[..., 3] / np.float32(255)
    shade = pixels[..., :3].mean(2) * opaque + 255 * (1 - opaque)
    differs = np.abs(shade - draw_sketch(fresh)) > INK
    _, index, stats, _ = cv2.connectedComponentsWithStats(differs.astype(np.uint8), connectivity=8)
    drawn: Bool = differs & (stats[index, cv2.CC_STAT_AREA] >= SPECK)
    return drawn


def _recolored(color: UInt8, fresh: UInt8) -> Bool:
    difference = np.abs(color.astype(np.int16) - fresh).max(2)
    return _without_edges(difference > COLOR_NOISE)


def _without_edges(differs: Bool) -> Bool:
    """Without what is a pixel or two wide: two runs of a network may put an edge beside each other's."""
    opened: Bool = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    return opened


def room_around(painted: Bool) -> Bool:
    """(D, D) bool: what was painted, strokes joined, holes filled, and a little room around it."""
    side = painted.shape[0]
    reach = ROOM * side
    joined = np.pad(painted, round(3 * reach))
    closed = grow(grow(joined, 2 * reach), -2 * reach) | joined
    inner = closed[tuple(slice(round(3 * reach), round(3 * reach) + side) for _ in range(2))]
    outlines, _ = cv2.findContours(inner.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(inner.astype(np.uint8), outlines, -1, 1, cv2.FILLED)
    return grow(filled > 0, reach)


def _check_photo(found: LayerFolder, quad: Float64, photo: Photo, folder: Path) -> None:
    side = found.image.shape[0]
    own = crop_face(photo, quad, side).pixels
    difference = float(np.abs(own.astype(np.int16) - found.image).mean())
    if difference > FOREIGN:
        raise LayerError(
            f"The layers in {folder} were made from another photo ({found.photo or 'unnamed'}); give that one, or run "
            "'mien conditions' on this one."
        )
