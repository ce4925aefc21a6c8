"""Guides: pixels that are to be there, with how sure one is of each; a rough paste, made in any program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.conditions.modality import Array, PictureModality
from mien.conditions.pictures import check_size, drawing, over_checkers, rgba, save_png
from mien.errors import LayerError
from mien.pixels import to_planes
from mien.types import Float32, UInt8


class Guide(PictureModality):
    """(G, G, 4) uint8 sRGB and confidence: 255 where the color is the result, 0 where nothing is known; G is free.

    It lies over the photo or over the crop: it is laid over the photo before anything is painted. Painters that learned
    from guides see it, too, where a crop is edited with one.
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

    def encode(self, value: Array, side: int) -> Float32:
        """(G, G, 4) -> (1, 4, S, S): colors in [-1, 1], 0 where nothing is known, and confidence in [0, 1]."""
        sure = value[..., 3:].astype(np.float32) / 255
        known = cv2.resize(np.concatenate([value[..., :3] * sure, sure], 2), (side, side), interpolation=cv2.INTER_AREA)
        colors, small = known[..., :3], known[..., 3:].transpose(2, 0, 1)[None]
        planes = to_planes(np.rint(colors / np.maximum(known[..., 3:], 1e-6)).astype(np.uint8))
        return np.concatenate([planes * (small > 0), small], 1)

    def draw(self, value: Array) -> UInt8:
        """A checkerboard shows through where nothing is known."""
        return over_checkers(value)
