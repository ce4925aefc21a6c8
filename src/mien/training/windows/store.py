"""A folder of faces, first passes over them and surroundings, that windows are cut from; read through memory maps.

Made by ``recipes.windows prepare``. The aligned square has side 1; letters: N faces, M of them wide
and sharp, E edits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mien.errors import DataError
from mien.types import Float64, UInt8

SQUARE, WIDE, WIDE_LABELS, COARSE = 256, 768, 384, 128
"""Sides, pixels, of a face's square, its wide picture, the labels of that, and a first pass."""

MARGIN = 0.25
"""How far the wide picture goes beyond the square on each side, in squares."""


@dataclass(frozen=True, eq=False)
class WindowStore:
    """Attributes:
    squares: (N, 256, 256, 3) uint8 sRGB.
    labels: (N, 256, 256) uint8 semantic maps.
    wides: (M, 768, 768, 3).
    wide_labels: (M, 384, 384).
    wide_real: (M, 384, 384) uint8 in {0, 1}: 0 beyond the photo, where the wide picture is its mirror image.
    wide_of: (N,) the wide picture of a face, −1 where there is none.
    native: (N,) side of the square in the original photo, pixels.
    face_of: (E,) whose edit it is.
    masks: (E, 128, 128) uint8 in {0, 1}.
    coarse: (E, 128, 128, 3) the square after the first pass over that mask.
    weights: (E,) of sampling.
    """

    squares: UInt8
    labels: UInt8
    wides: UInt8
    wide_labels: UInt8
    wide_real: UInt8
    wide_of: Any
    native: Float64
    face_of: Any
    masks: UInt8
    coarse: UInt8
    weights: Float64

    @classmethod
    def load(cls, folder: Path) -> WindowStore:
        """Opens a folder.

        Raises:
            DataError: it was not made by ``recipes.windows prepare``, or is not whole.
        """
        try:
            index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
        except (OSError, ValueError) as error:
            raise DataError(f"{folder} holds no prepared windows; make them with recipes.windows prepare.") from error
        if index.get("kind") != KIND or len(arrays["masks"]) != len(arrays["coarse"]):
            raise DataError(f"{folder} holds no prepared windows, or is not whole; make them anew.")
        return cls(**arrays)


KIND = "mien-windows"
ARRAYS = (
    "squares",
    "labels",
    "wides",
    "wide_labels",
    "wide_real",
    "wide_of",
    "native",
    "face_of",
    "masks",
    "coarse",
    "weights",
)
