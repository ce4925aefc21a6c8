"""Exemplars: the face whose look is borrowed, aligned by the same code as the face that is edited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mien.conditions.modality import Array, PictureModality
from mien.conditions.pictures import drawing, rgba, save_png
from mien.errors import LayerError
from mien.types import UInt8


class Exemplar(PictureModality):
    """(E, E, 3) uint8 sRGB, an aligned face; E is free."""

    name, short = "exemplar", "Ex"

    def check(self, value: Any) -> None:
        if value.dtype != np.uint8 or value.shape != (*value.shape[:1] * 2, 3):
            raise ValueError(f"exemplar must be (E, E, 3) uint8, got {value.shape} {value.dtype}")

    def read(self, path: Path, size: int, notes: list[str] | None = None) -> Array:
        pixels = rgba(drawing(path, "exemplar").astype(np.uint8, copy=False))
        if pixels.shape[0] != pixels.shape[1]:
            raise LayerError(f"{path.name} is {pixels.shape[1]} x {pixels.shape[0]}; an aligned exemplar is square.")
        return np.ascontiguousarray(pixels[..., :3])

    def write(self, value: Array, path: Path) -> None:
        save_png(value, path)

    def draw(self, value: Array) -> UInt8:
        return value
