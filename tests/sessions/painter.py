"""An editor that paints at once what a real one would have to think about, and photos to paint on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.align.crop import crop_face, square_quad
from mien.align.paste import mask_to_photo, paste_face
from mien.conditions.types import Conditions
from mien.editing.result import EditResult, FaceEdit
from mien.editing.worded import READ_AS
from mien.errors import LayerError
from mien.photos.mask import read_mask
from mien.types import Bool, Face, Float64, Photo, Pose

SIZE = 64
REGIONS = {"left": (0.3, 0.45), "right": (0.7, 0.45), "mouth": (0.5, 0.75), "hair": (0.5, 0.15)}
"""Discs in the crop, as fractions of its side."""


@dataclass
class Painter:
    """Adds noise, by seed, inside the mask. There are two faces in every photo, at fixed fractions of its size.

    Attributes:
        calls: the inputs of every call.
        searches: how often faces were looked for.
        name: for the journal.
        astray: whether to change all pixels outside the mask, too.
    """

    calls: list[dict[str, Any]] = field(default_factory=list)
    searches: int = 0
    name: str = "painter"
    fingerprint: bytes = b"painter"
    astray: bool = False

    @property
    def finder(self) -> Any:
        return self

    @property
    def parser(self) -> Any:
        return self

    def find(self, photo: Photo) -> list[Face]:
        self.searches += 1
        return [_face(photo, 0.35, 0.45, 0.6), _face(photo, 0.8, 0.4, 0.35)]

    def __call__(self, photo: Photo, *args: Any, **inputs: Any) -> EditResult:
        self.calls.append(inputs)
        before = crop_face(photo, inputs["face"], SIZE)
        mask = area(inputs["mask"], before.matrix, photo)
        amount = inputs.get("strength", 1.0) * (1 + sum((inputs.get("attributes") or {}).values()))
        noise = np.random.default_rng(inputs.get("seed", 0)).normal(50, 40, before.pixels.shape)
        after = np.clip(before.pixels + amount * noise, 0, 255).astype(np.uint8)
        edited = paste_face(photo, after, before.matrix, mask)
        if self.astray:
            edited = edited.with_pixels(np.where(mask[..., None], edited.pixels, ~edited.pixels))
        shares = np.full((4, SIZE, SIZE), 0.25, np.float32)
        read = (f'"{inputs["text"]}"{READ_AS}nothing',) if "text" in inputs else ()
        face = FaceEdit(before, after, Conditions(), mask, shares, (*read, f"painted {inputs['mask']}"))
        return EditResult(edited, photo, (face,), {})


def area(source: Any, matrix: Float64, photo: Photo) -> Bool:
    """A mask in the photo's frame."""
    if isinstance(source, str):
        if source not in REGIONS:
            raise LayerError(f"There is no '{source}' in this face; choose another region.")
        x, y = REGIONS[source]
        rows, columns = np.indices((SIZE, SIZE)) / SIZE
        return mask_to_photo(np.hypot(columns - x, rows - y) < 0.15, matrix, (photo.width, photo.height)) > 0
    drawn = read_mask(source) if isinstance(source, Path) else np.asarray(source)
    if drawn.shape == (photo.height, photo.width):
        return drawn > 0
    if drawn.shape[0] != drawn.shape[1]:
        raise LayerError(f"{source} is {drawn.shape[1]} x {drawn.shape[0]} pixels; draw it at the photo's size.")
    scale = np.diag([SIZE / drawn.shape[0]] * 2 + [1.0])
    return mask_to_photo(drawn > 0, matrix @ scale, (photo.width, photo.height)) > 0


def picture(width: int = 150, height: int = 110, *, seed: int = 1, dtype: Any = np.uint8, channels: int = 3) -> Photo:
    """Smooth noise."""
    noise = np.random.default_rng(seed).random((height // 8 + 2, width // 8 + 2, channels)).astype(np.float32)
    smooth = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC).reshape(height, width, channels)
    return Photo((smooth.clip(0, 1) * np.iinfo(dtype).max).astype(dtype))


def _face(photo: Photo, x: float, y: float, side: float) -> Face:
    quad = square_quad(x * photo.width, y * photo.height, side * photo.height)
    box = (*quad.min(0).tolist(), *quad.max(0).tolist())
    return Face(box, 0.9, np.zeros((478, 3), np.float32), quad, Pose(0, 0, 0), (0.3, 0.3), 0.0)
