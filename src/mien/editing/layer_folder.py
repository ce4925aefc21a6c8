"""A folder that ``mien conditions`` wrote and a user painted in: only layers that were changed are used.

The layers are extracted from the folder's picture once more. A layer that comes out the same was not touched and is
left out: the old outline in an untouched sketch would contradict a repainted hair. A layer that differs anywhere is
used as a whole. Without ``mask.png``, the face may change where something was painted in these layers, and a little
around it.

Legend: D side of the folder's layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.align.crop import crop_face, matrix_to_quad
from mien.conditions.folder import LayerFolder, find_layer, read_layers
from mien.conditions.masks import grow
from mien.conditions.modalities import maps, pictures
from mien.conditions.types import Conditions
from mien.editing.context import FaceNetworks
from mien.errors import LayerError
from mien.types import Bool, Float64, Photo

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
        remarks: what reading the files has found, in words.
    """

    conditions: Conditions
    quad: Float64 | None
    untouched: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, in words."""
        names = " and ".join(self.untouched)
        left_out = (f"{names} as extracted, so left out: paint in a layer to use it",) if names else ()
        return (*self.remarks, *left_out)


def read_repainted(
    folder: Path, photo: Photo, networks: FaceNetworks, inputs: Mapping[str, Any] | None = None
) -> Repainted:
    """Reads a folder.

    Args:
        folder: of layers.
        photo: that is edited.
        networks: whose parser extracted the layers.
        inputs: what else the editor is given, by its names: the folder's layers of these names do not count.

    Raises:
        LayerError: a layer cannot be read, the folder belongs to another photo, or nothing in it was painted.
    """
    found = read_layers(folder)
    quad = None if found.matrix is None else matrix_to_quad(found.matrix, found.image.shape[0])
    if quad is not None:
        _check_photo(found, quad, photo, folder)
    elsewhere = [name for name, value in (inputs or {}).items() if value is not None]
    given = found.conditions.without(*(name for name in elsewhere if name in ("mask", *pictures())))
    touched, area = _painted(replace(found, conditions=given), folder, networks)
    untouched = tuple(name for name in given.maps if name not in touched)
    kept = given.without(*untouched)
    if kept.mask is None and area.any():
        kept = kept.replaced(mask=room_around(area).astype(np.float32))
    if kept.mask is None and kept.guide is None and not {"mask", "guide"} & {*elsewhere}:
        raise LayerError(f"Nothing new is painted in the layers of {folder}; repaint one, or give a mask.")
    return Repainted(kept, quad, untouched, found.notes)


def _painted(found: LayerFolder, folder: Path, networks: FaceNetworks) -> tuple[list[str], Bool]:
    """Names of the layers that differ from what is extracted now, and where something was painted, (D, D) bool.

    What was erased makes a layer differ, but only a modality of which erasing is a wish has something painted there.
    """
    given, area = found.conditions.maps, np.zeros(found.image.shape[:2], np.bool_)
    touched: list[str] = []
    labels = networks.parser.parse_crop(found.image) if given else np.zeros(area.shape, np.uint8)
    for name, value in given.items():
        modality = maps()[name]
        origin = (found.origin or {}).get(name) or {}
        fresh = modality.candidates(found.image, labels, origin)
        path = find_layer(folder, modality)
        # Of several, the one that explains the most: where the folder does not tell how it was extracted.
        differs = min((modality.differs(value, one, path) for one in fresh), key=np.count_nonzero)
        if differs.any():
            touched.append(name)
            area |= differs if modality.erased_counts else differs & modality.specified(value)
    return touched, area


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
