"""What a browser needs to preview moves and dyes by itself: displacements on a grid, mattes, tables of colors."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.conditions.colors import parse_color
from mien.conditions.regions import check_region
from mien.editing.context import EditContext
from mien.editing.dyes import RELATIVE, UNCHANGED, depends_on_hair, shaded, swatch_of
from mien.guides.borrow import unit_of
from mien.guides.dyes.coloring import SETTINGS, Dye, curve
from mien.guides.dyes.dye import LARGEST, black_share, mean_color
from mien.guides.dyes.hair_chart import named
from mien.guides.light import under_light
from mien.guides.move import around, controls, freedom
from mien.guides.shapes import Placement, Shapes
from mien.guides.spline import Spline
from mien.photos.color import to_srgb
from mien.serve.faults import ApiError
from mien.types import Face, Float32, Float64, Photo, UInt8

NODES = 17
"""Levels of each channel in a table of colors."""

SCALE = 1 / 128
"""Pixels of one step of a displacement."""

DRAG_SIGMA = 0.18
"""How far a pull reaches, in distances of the outer corners of the eyes; as in :mod:`mien.guides.move`."""


def displacements(photo: Photo, face: Face, columns: int, attributes: Sequence[str]) -> dict[str, Any]:
    """Where pixels come from, for one unit of each attribute; see docs/api.md.

    Args:
        photo: any.
        face: of it.
        columns: of the grid.
        attributes: that move pixels; empty takes all.

    Raises:
        ApiError: an attribute that moves nothing.
    """
    shapes = Shapes.bundled()
    unknown = [name for name in attributes if name not in shapes.moves]
    if unknown:
        raise ApiError("bad_request", f"'{unknown[0]}' moves nothing; see /api/catalog.", "attributes")
    points, unit = face.landmarks.astype(np.float64), unit_of(face)
    placement = Placement.of(points, shapes.mean)
    box = x0, y0, x1, y1 = around(photo, points[:, :2], placement.scale)
    rows = max(2, round(columns * (y1 - y0) / (x1 - x0)))
    size = (columns, rows)
    weight: Any = cv2.resize(
        freedom(photo, points[:, :2], placement.scale, box, None), size, interpolation=cv2.INTER_AREA
    )
    names = tuple(attributes or shapes.moves)
    shifts = [_shift(shapes, placement, name) for name in names]
    fields = _fields(points[:, :2], np.concatenate(shifts, 1), placement.scale, weight, box)
    return {
        "box": box,
        "columns": columns,
        "rows": rows,
        "unit": unit,
        "scale": SCALE,
        "weight": _text(np.rint(weight * 255).astype(np.uint8)),
        "attributes": {name: _text(one) for name, one in zip(names, fields, strict=True)},
        "drag": {"sigma": DRAG_SIGMA * placement.scale},
    }


def _shift(shapes: Shapes, placement: Placement, name: str) -> Float64:
    """(478, 2) pixels by which the points of a face move for one unit."""
    return np.asarray((placement.scale * shapes.displacement({name: 1.0}) @ placement.rotation.T)[:, :2])


def _fields(
    points: Float64, shifts: Float64, unit: float, weight: Float32, box: tuple[int, int, int, int]
) -> list[NDArray[np.int16]]:
    """(rows, columns, 2) steps of :data:`SCALE` for each pair of columns of ``shifts`` (478, 2 N)."""
    rows, columns = weight.shape
    places, _ = controls(points, shifts[:, :2], (), box, unit)
    pulls = np.concatenate([shifts, np.zeros((len(places) - len(points), shifts.shape[1]))])
    _, first = np.unique(np.round(places / max(0.01 * unit, 0.5)), axis=0, return_index=True)
    moved = Spline.fit(places[first], pulls[first], smoothing=1e-4)(_centres(box, columns, rows))
    cell = np.array([(box[2] - box[0]) / columns, (box[3] - box[1]) / rows])
    xs, ys = np.meshgrid(np.arange(columns), np.arange(rows))
    found = []
    for k in range(0, shifts.shape[1], 2):
        forward = moved[:, k : k + 2].reshape(rows, columns, 2).astype(np.float32)
        back: Any = -forward
        for _ in range(2):  # the result's point p shows the source's point q with q + forward(q) = p
            at_x, at_y = ((grid + back[..., axis] / cell[axis]).astype(np.float32) for axis, grid in ((0, xs), (1, ys)))
            back = -cv2.remap(forward, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        steps = np.rint(back * weight[..., None] / SCALE)
        found.append(np.clip(steps, -32768, 32767).astype("<i2"))
    return found


def _centres(box: tuple[int, int, int, int], columns: int, rows: int) -> Float64:
    """(rows * columns, 2) centers of cells."""
    x0, y0, x1, y1 = box
    xs = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    ys = y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows
    return np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)


def matte(photo: Photo, face: Face, region: str, width: int | None, context: EditContext) -> UInt8:
    """How much of each pixel is of a region: (h, w), 255 all of it, of the whole photo at some width.

    Raises:
        LayerError: no such region, or there is none in this photo.
    """
    check_region(region)
    small, there = at_width(photo, face, width)
    found: UInt8 = np.rint(context.matte(small, there, region) * 255).astype(np.uint8)
    return found


def at_width(photo: Photo, face: Face, width: int | None) -> tuple[Photo, Face]:
    """A photo with its face, reduced to so many pixels; 8 bits, sRGB."""
    if width is None or width >= photo.width:
        return photo, face
    size = (width, max(1, round(photo.height * width / photo.width)))
    small = cv2.resize(to_srgb(photo), size, interpolation=cv2.INTER_AREA)
    scale = np.array([size[0] / photo.width, size[1] / photo.height])
    landmarks = face.landmarks * np.array([*scale, scale[0]], np.float32)
    x0, y0, x1, y1 = (float(v) for v in np.array(face.box) * np.tile(scale, 2))
    return Photo(small), replace(face, box=(x0, y0, x1, y1), landmarks=landmarks, quad=face.quad * scale)


def colors_of_dye(photo: Photo, face: Face, region: str, color: str, context: EditContext) -> bytes:
    """What sRGB colors become when a region is dyed: NODES³ × 3 bytes, red fastest.

    Raises:
        LayerError: no such region or color.
        ApiError: something that is not a color.
    """
    if swatch_of(color) is not None:
        raise ApiError("bad_request", "Give the name of a color, or #rrggbb.", "color")
    check_region(region)
    wanted = None if color == UNCHANGED or color in RELATIVE else parse_color(color)
    small, there = at_width(photo, face, min(photo.width, round(photo.width * min(1.0, 256 / there_size(face)))))
    alpha = context.matte(small, there, region)
    if wanted is None:
        mean = mean_color(small, alpha)
        shade = mean if color == UNCHANGED else shaded(mean, color)
    else:
        shade = under_light(wanted, small, there)
        if depends_on_hair(region, color):
            shade = named(wanted, mean_color(small, alpha), black_share(small, alpha), small, there)
    shrink = min(1.0, LARGEST / max(small.width, small.height))
    size = (max(2, round(small.width * shrink)), max(2, round(small.height * shrink)))
    front, covered = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (to_srgb(small), alpha))
    laid = curve(
        front.astype(np.float32) / np.float32(255),
        covered,
        np.array(shade, np.float32) / np.float32(255),
        SETTINGS.get(region, Dye()),
    )
    levels = np.linspace(0, 1, NODES, dtype=np.float32)
    blue, green, red = np.meshgrid(levels, levels, levels, indexing="ij")
    made = laid(np.dstack([red.reshape(1, -1), green.reshape(1, -1), blue.reshape(1, -1)]))
    return np.rint(np.clip(made, 0, 1) * 255).astype(np.uint8).tobytes()


def there_size(face: Face) -> float:
    """Side of a face's square, pixels."""
    return float(np.linalg.norm(face.quad[3] - face.quad[0]))


def _text(array: Any) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")
