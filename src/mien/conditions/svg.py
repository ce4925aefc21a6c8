"""Strokes as vectors: a list of polylines, or the part of SVG that painting programs write for them.

Convention:
    Strokes are (N, 2) float arrays of (x, y) in units of the drawing's side: the drawing covers [0, 1] x [0, 1].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np

from mien.errors import LayerError
from mien.types import Bool, Float64

MAX_BYTES = 8 << 20
STEPS = 16
"""Straight pieces for each curve."""

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TOKEN = re.compile(rf"[MmLlHhVvCcSsQqTtZzAa]|{_NUMBER}")
_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}


def render_strokes(strokes: Sequence[Float64], size: int, width: int) -> Bool:
    """Draws strokes into (size, size) bool with lines ``width`` pixels wide.

    Raises:
        LayerError: a stroke is not a list of finite points.
    """
    canvas = np.zeros((size, size), np.uint8)
    for stroke in strokes:
        points = np.asarray(stroke, np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
            raise LayerError("A stroke must be a list of at least one (x, y) pair of finite numbers in [0, 1].")
        # OpenCV counts pixel centers as integers and draws at 1/16 pixel.
        fixed = np.round((np.clip(points, -4, 5) * size - 0.5) * 16).astype(np.int32)
        cv2.polylines(canvas, [fixed.reshape(-1, 1, 2)], False, 255, 1, cv2.LINE_8, 4)
    widened: Any = cv2.dilate(canvas, np.ones((width, width), np.uint8))  # OpenCV's own thick lines are odd pixels wide
    lines: Bool = widened > 0
    return lines


def read_svg(path: Path) -> list[Float64]:
    """Strokes of an SVG file: ``path`` (M L H V C S Q T Z), ``polyline``, ``polygon`` and ``line`` without transforms.

    Raises:
        LayerError: not SVG, too large, with entities, or with a shape outside of this part.
    """
    root, box = _open(path)
    strokes = [stroke for element in root.iter() for stroke in _strokes(element, path.name)]
    return [(stroke - box[:2]) / max(box[2:]) for stroke in strokes]


def drawing_size(path: Path) -> tuple[float, float]:
    """(width, height) of an SVG drawing in its own units; raises as :func:`read_svg`."""
    width, height = _open(path)[1][2:].tolist()
    return width, height


def _open(path: Path) -> tuple[ElementTree.Element, Float64]:
    """The root, and the drawing's (x, y, width, height)."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LayerError(f"{path} cannot be read: {error.strerror}; check the name.") from error
    if len(data) > MAX_BYTES or b"<!ENTITY" in data:
        raise LayerError(f"{path.name} is too large or declares entities; export the strokes as plain SVG.")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise LayerError(f"{path.name} is not valid SVG ({error}); export it again.") from error
    return root, _view_box(root, path.name)


def _view_box(root: ElementTree.Element, name: str) -> Float64:
    """(x, y, width, height) of the drawing."""
    text = root.get("viewBox") or f"0 0 {root.get('width', '')} {root.get('height', '')}"
    numbers = [float(n) for n in re.findall(_NUMBER, text)]
    if not root.tag.endswith("svg") or len(numbers) != 4 or min(numbers[2:]) <= 0:
        raise LayerError(f"{name} has neither a viewBox nor a width and height; export it with one.")
    return np.array(numbers)


def _strokes(element: ElementTree.Element, name: str) -> Iterator[Float64]:
    tag = str(element.tag).rsplit("}", 1)[-1]
    if element.get("transform"):
        raise LayerError(f"{name} moves <{tag}> by a transform; apply transforms when exporting.")
    if tag == "path":
        yield from path_strokes(element.get("d", ""), name)
    elif tag in ("polyline", "polygon"):
        numbers = [float(n) for n in re.findall(_NUMBER, element.get("points", ""))]
        if len(numbers) < 2 or len(numbers) % 2:
            raise LayerError(f"{name} has a <{tag}> with {len(numbers)} numbers; points come in pairs.")
        points = np.array(numbers).reshape(-1, 2)
        yield np.vstack([points, points[:1]]) if tag == "polygon" else points
    elif tag == "line":
        yield np.array([[float(element.get(k, 0)) for k in pair] for pair in (("x1", "y1"), ("x2", "y2"))])
    elif tag in ("rect", "circle", "ellipse", "text", "image", "use"):
        raise LayerError(f"{name} has a <{tag}>; convert shapes to paths when exporting.")


def path_strokes(data: str, name: str = "the path") -> list[Float64]:
    """The ``d`` of an SVG path as strokes, curves cut into straight pieces; arcs are refused."""
    tokens = _TOKEN.findall(data)
    strokes: list[list[Float64]] = []
    here, control, command, i = np.zeros(2), np.zeros(2), "", 0
    while i < len(tokens):
        if tokens[i].isalpha():
            command, i = tokens[i], i + 1
        kind = command.upper()
        count = _ARITY.get(kind)
        if count is None or (not strokes and kind != "M") or i + count > len(tokens):
            raise LayerError(
                f"{name} has a path that cannot be followed near '{' '.join(tokens[max(0, i - 1) : i + 3])}'."
            )
        try:
            values = np.array([float(t) for t in tokens[i : i + count]])
        except ValueError:
            raise LayerError(f"{name} has a path with too few numbers after '{command}'.") from None
        i += count
        points, control = _piece(kind, command.islower(), values, here, control, strokes)
        if kind == "M":
            strokes.append(points)
            command = "l" if command == "m" else "L"
        else:
            strokes[-1] += points
        here = strokes[-1][-1]
        if kind == "Z":
            command = ""
    return [np.array(stroke) for stroke in strokes]


def _piece(
    kind: str, relative: bool, values: Float64, here: Float64, control: Float64, strokes: list[list[Float64]]
) -> tuple[list[Float64], Float64]:
    """The points that one command adds, and the control point that a following S or T mirrors."""
    if kind == "Z":
        return [strokes[-1][0]], strokes[-1][0]
    if kind in "HV":
        axis = "HV".index(kind)
        end = here.copy()
        end[axis] = values[0] + (here[axis] if relative else 0)
        return [end], end
    points = list(values.reshape(-1, 2) + (here if relative else 0))
    if kind in "ML":
        return points, points[-1]
    if kind in "ST":
        points.insert(0, 2 * here - control)
    t = np.linspace(0, 1, STEPS + 1)[1:, None]
    if len(points) == 3:
        a, b, c = points
        curve = (1 - t) ** 3 * here + 3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t**2 * b + t**3 * c
    else:
        a, c = points
        curve = (1 - t) ** 2 * here + 2 * (1 - t) * t * a + t**2 * c
    return list(curve), points[-2]
