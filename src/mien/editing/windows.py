"""Coarse to fine: what was painted of the whole face is painted again in windows, at the photo's scale.

Convention:
    Places are in the aligned square, whose side is 1; S is the side of a window in pixels, F that of the whole face.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import cv2
import numpy as np

from mien.align.crop import crop_face, matrix_to_quad, quad_to_matrix
from mien.align.paste import Mask, paste_face
from mien.conditions.modalities import maps
from mien.conditions.resample import levels_at
from mien.conditions.types import Conditions
from mien.editing.crop_frame import CropFrame
from mien.types import Bool, Float32, Float64, Photo, UInt8

Place = tuple[float, float, float]
"""Center x, center y and side."""

SMALLEST, LARGEST = 0.3, 1.0
"""Sides of windows that the painter was trained on."""

CONTEXT = 1.6
"""Side of a window in sides of what is masked in it."""

WORTH = 1.25
"""Photo pixels per pixel of the first pass from which it is painted again."""

FINER = 1.8
"""How much smaller the windows of the next level are; a level is added while the photo is finer than its windows."""

OVERLAP = 1 / 3
"""Fraction of a window that its neighbor of the same level covers too."""

MOST = 24
"""Windows in one edit."""

FACE = 128
"""F, pixels."""

SIZE = 128
"""S, pixels: the side that it was trained at."""


@dataclass(frozen=True, eq=False)
class Window:
    """One window and what is known of it.

    Attributes:
        photo: (S, S, 3) uint8, as it was.
        area: (S, S) bool, what is to be painted.
        first: (S, S, 3) uint8, after the first pass.
        mirror: (S, S, 3) uint8, the same window of the mirrored photo.
        hidden: (S, S) bool, where that is masked.
        conditions: of side S; only its maps count.
        place: center x, center y and side in the aligned square, whose side is 1.
        face: (F, F, 3) uint8, the whole face after the first pass.
        face_area: (F, F) bool.
    """

    photo: UInt8
    area: Bool
    first: UInt8
    mirror: UInt8
    hidden: Bool
    conditions: Conditions
    place: tuple[float, float, float]
    face: UInt8
    face_area: Bool


class WindowNetwork(Protocol):
    """Paints windows."""

    def paint(self, windows: Sequence[Window]) -> list[Float32]:
        """The pictures of B windows, each (S, S, 3) float32 in [0, 255]."""


def refined(
    photo: Photo,
    first: Photo,
    quad: Float64,
    mask: Mask,
    layers_at: Callable[[int], Conditions],
    network: WindowNetwork,
    strength: float = 1.0,
) -> Photo:
    """Paints the masked part again in windows.

    Args:
        photo: as it was.
        first: after the first pass over the whole face.
        quad: (4, 2) corners of the aligned square in the photo.
        mask: (H, W), above 0 where the face may change.
        layers_at: the square's layers at any side.
        network: paints windows.
        strength: in [0, 1], of the edit.

    Returns:
        ``first`` itself where the photo is no finer than the first pass.
    """
    across = float(np.linalg.norm(quad[3] - quad[0]))
    frame = CropFrame(quad_to_matrix(quad, FACE), FACE, (photo.width, photo.height))
    area = levels_at(frame.from_photo(mask.astype(np.float32), smooth=True), FACE) > 0.5
    if across < WORTH * SIZE or not area.any():
        return first
    face, layers = crop_face(first, quad, FACE).pixels, cache(layers_at)
    current = first
    for place in plan(area, max(SMALLEST, SIZE / across)):
        window, matrix = _window(photo, current, quad, mask, layers, place, (face, area))
        if not window.area.any():
            continue
        before = window.photo.astype(np.float32)
        painted = before + np.float32(strength * (2 - strength)) * (network.paint([window])[0] - before)
        current = paste_face(current, painted, matrix, mask, reference=window.first)
    return current


def plan(area: Bool, finest: float) -> Iterator[Place]:
    """Windows over an area (F, F) of the square, coarse ones first: none is smaller than ``finest``."""
    left = MOST
    count, _, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8))
    boxes = stats[1:count, :4][np.argsort(-stats[1:count, cv2.CC_STAT_AREA])] / len(area)
    covered = np.zeros_like(area)
    for x, y, w, h in boxes.tolist():
        box = np.s_[
            round(y * len(area)) : round((y + h) * len(area)), round(x * len(area)) : round((x + w) * len(area))
        ]
        if covered[box].all():
            continue
        side = float(np.clip(CONTEXT * max(w, h), finest, LARGEST))
        for level in _levels(side, finest):
            for place in _tiled((x, y, w, h), level):
                inside = _slices(place, len(area))
                if area[inside].any() and left > 0:
                    left -= 1
                    covered[inside] = True
                    yield place


def _levels(side: float, finest: float) -> Iterator[float]:
    yield side
    while side > WORTH * finest:
        side = max(finest, side / FINER)
        yield side


def _tiled(box: tuple[float, float, float, float], side: float) -> Iterator[Place]:
    """Windows of one side that cover a box (x, y, w, h)."""
    x, y, w, h = box
    for cy in _steps(y, h, side):
        for cx in _steps(x, w, side):
            yield cx, cy, side


def _steps(start: float, length: float, side: float) -> list[float]:
    """Centers of windows along one axis."""
    if length * (CONTEXT + 1) / 2 <= side:
        return [start + length / 2]
    count = 1 + int(np.ceil((length - side * (1 - OVERLAP)) / (side * (1 - OVERLAP))))
    low, high = start + side * (1 - OVERLAP) / 2, start + length - side * (1 - OVERLAP) / 2
    return [float(v) for v in np.linspace(low, max(low, high), max(1, count))]


def _slices(place: Place, size: int) -> tuple[slice, slice]:
    x, y, side = place
    bounds = [np.clip(np.round([(c - side / 2) * size, (c + side / 2) * size]), 0, size).astype(int) for c in (y, x)]
    return slice(*bounds[0].tolist()), slice(*bounds[1].tolist())


def _window(
    photo: Photo,
    current: Photo,
    quad: Float64,
    mask: Mask,
    layers: Callable[[int], Conditions],
    place: Place,
    face: tuple[Any, Bool],
) -> tuple[Window, Float64]:
    """A window and its matrix to the photo; it lies on whole pixels of the square at the window's own scale."""
    full = max(SIZE, round(SIZE / place[2]))  # side of the square in the window's pixels
    corner = [round(c * full - SIZE / 2) for c in place[:2]]
    square = quad_to_matrix(quad, full)

    def seen(left: int) -> tuple[Float64, Bool]:
        matrix = np.column_stack([square[:, :2], square @ (left, corner[1], 1)])
        frame = CropFrame(matrix, SIZE, (photo.width, photo.height))
        return matrix, levels_at(frame.from_photo(mask.astype(np.float32), smooth=True), SIZE) > 0.5

    matrix, area = seen(corner[0])
    other, hidden = seen(full - corner[0] - SIZE)
    return Window(
        photo=crop_face(photo, matrix_to_quad(matrix, SIZE), SIZE).pixels,
        area=area,
        first=crop_face(current, matrix_to_quad(matrix, SIZE), SIZE).pixels,
        mirror=np.ascontiguousarray(crop_face(photo, matrix_to_quad(other, SIZE), SIZE).pixels[:, ::-1]),
        hidden=hidden[:, ::-1],
        conditions=_part(layers(full), (corner[0], corner[1]), SIZE),
        place=((corner[0] + SIZE / 2) / full, (corner[1] + SIZE / 2) / full, SIZE / full),
        face=face[0],
        face_area=face[1],
    ), matrix


def _part(conditions: Conditions, corner: tuple[int, int], size: int) -> Conditions:
    """A square part of all maps; beyond their edge nothing is given."""
    known, parts = maps(), {}
    for name, value in conditions.maps.items():
        part = np.full((size, size, *value.shape[2:]), known[name].beyond or 0, value.dtype)
        x, y = corner
        x0, y0, x1, y1 = max(0, x), max(0, y), min(len(value), x + size), min(len(value), y + size)
        if x0 < x1 and y0 < y1:
            part[y0 - y : y1 - y, x0 - x : x1 - x] = value[y0:y1, x0:x1]
        parts[name] = part
    return Conditions(**parts)
