"""Guides: pixels that are to be there, with how sure one is of each; a rough paste, made in any program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mien.conditions.modality import Array, PictureModality
from mien.conditions.pictures import check_size, drawing, over_checkers, rgba, save_png
from mien.errors import LayerError
from mien.types import UInt8


class Guide(PictureModality):
    """(G, G, 4) uint8 sRGB and confidence: 255 where the color is the result, 0 where nothing is known; G is free.

    It lies over the photo or over the crop, and no network sees it as a layer: it is laid over the photo before
    anything is painted.
    """

    name = "guide"
    placed = blended = smooth = True

    def check(self, value: Any) -> None:
        if value.dtype != np.uint8 or value.shape != (*value.shape[:1] * 2, 4):
            raise ValueError(f"guide must be (G, G, 4) uint8, got {value.shape} {value.dtype}")

    def read(self, path: Path, size: int, notes: list[str] | None = None) -> Array:
        pixels = rgba(drawing(path, "guide").astype(np.uint8, copy=False))
        check_size(path.name, pixels, size)
        if not pixels[..., 3].any():
            raise LayerError(f"{path.name} is empty; paste something there, or leave it out.")
        return pixels

    def write(self, value: Array, path: Path) -> None:
        save_png(value, path)

    def draw(self, value: Array) -> UInt8:
        """A checkerboard shows through where nothing is known."""
        return over_checkers(value)
