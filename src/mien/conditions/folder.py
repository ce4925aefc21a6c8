"""A folder of layers: what ``mien conditions`` writes, what a user repaints, what ``mien edit`` reads back.

    layers.json    size, the photo's name, matrix from crop to photo, how the maps were extracted, attributes, text
    image.png      the aligned crop
    sketch.png     black lines on white (or sketch.svg)
    semantic.png   palette PNG, one colour for each class
    color.png     RGBA; only painted pixels count
    mask.png       white where the face may change
    exemplar.png   an aligned face
    sheet.png      all of them side by side, for people; never read

A layer that is missing says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mien.conditions.attributes import draw_attributes, validate_attributes
from mien.conditions.color import draw_color, read_color, write_color
from mien.conditions.exemplar import read_aligned, write_aligned
from mien.conditions.masks import draw_mask, read_mask, write_mask
from mien.conditions.pictures import check_size, open_picture, save_png
from mien.conditions.semantic import draw_semantic, read_semantic, write_semantic
from mien.conditions.sketch import draw_sketch, read_sketch, write_sketch
from mien.conditions.text import validate_text
from mien.conditions.types import FORMER_NAMES, Conditions, current_name
from mien.errors import LayerError, SaveError
from mien.files import atomic_path
from mien.types import Float64, UInt8

NOTES, IMAGE, SHEET = "layers.json", "image.png", "sheet.png"

_READ: Mapping[str, Callable[[Path, int], Any]] = {
    "mask": read_mask,
    "sketch": read_sketch,
    "semantic": read_semantic,
    "color": read_color,
    "exemplar": lambda path, size: read_aligned(path),
}
_WRITE: Mapping[str, Callable[[Any, Path], None]] = {
    "mask": write_mask,
    "sketch": write_sketch,
    "semantic": write_semantic,
    "color": write_color,
    "exemplar": write_aligned,
}


@dataclass(frozen=True, eq=False)
class LayerFolder:
    """The content of a folder.

    Attributes:
        image: (S, S, 3) uint8 sRGB, the aligned crop.
        matrix: (2, 3) crop to photo, or None when the crop was given by hand.
        photo: name of the photo's file, or None.
        conditions: of side S.
        origin: how the maps were extracted, see :func:`mien.conditions.extract.origin_of`; None where nobody noted it.
    """

    image: UInt8
    conditions: Conditions
    matrix: Float64 | None = None
    photo: str | None = None
    origin: Mapping[str, Any] | None = None


def write_layers(folder: Path, layers: LayerFolder) -> None:
    """Writes every layer that is there, the notes and the sheet; each file whole or not at all.

    Raises:
        SaveError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"Cannot make the folder {folder}: {error.strerror}; choose another.") from error
    c = layers.conditions
    save_png(layers.image, folder / IMAGE)
    for name, write in _WRITE.items():
        if (value := getattr(c, name)) is not None:
            write(value, folder / f"{name}.png")
    notes = {
        "version": 1,
        "size": layers.image.shape[0],
        "photo": layers.photo,
        "matrix": None if layers.matrix is None else layers.matrix.tolist(),
        "convention": "photo = matrix @ (x, y, 1); continuous pixels, the first pixel's centre at (0.5, 0.5)",
        "origin": None if layers.origin is None else dict(layers.origin),
        "attributes": dict(c.attributes),
        "text": c.text,
    }
    with atomic_path(folder / NOTES) as path:
        path.write_text(json.dumps(notes, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    save_png(draw_sheet(layers.image, c), folder / SHEET)


def read_layers(folder: Path) -> LayerFolder:
    """Reads a folder back; every layer is checked.

    Raises:
        LayerError: no such folder, damaged notes, or a layer that does not fit, by name.
    """
    notes = _read_notes(folder / NOTES)
    size = notes["size"]
    picture = open_picture(folder / IMAGE)
    check_size(folder / IMAGE, picture.size, size)
    found: dict[str, Any] = {}
    for name, read in _READ.items():
        path = folder / f"{name}.png"
        if name == "sketch" and not path.exists():
            path = path.with_suffix(".svg")
        if not path.exists():  # as an earlier version called it
            path = next((folder / f"{old}.png" for old, new in FORMER_NAMES.items() if new == name), path)
        if path.exists():
            found[name] = read(path, size)
    attributes = validate_attributes(notes.get("attributes") or {})
    conditions = Conditions(**found, attributes=attributes, text=validate_text(notes.get("text") or ""))
    matrix = None if notes.get("matrix") is None else np.array(notes["matrix"], np.float64)
    image = np.asarray(picture.convert("RGB"))
    origin = None if notes.get("origin") is None else {current_name(name): of for name, of in notes["origin"].items()}
    return LayerFolder(image, conditions, matrix, notes.get("photo"), origin)


def _read_notes(path: Path) -> dict[str, Any]:
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
        if not (isinstance(notes["size"], int) and 16 <= notes["size"] <= 4096):
            raise ValueError("size")
        if notes.get("matrix") is not None and np.array(notes["matrix"], np.float64).shape != (2, 3):
            raise ValueError("matrix")
        for name in ("attributes", "origin"):
            if not isinstance(notes.get(name) or {}, dict):
                raise ValueError(name)
    except OSError as error:
        raise LayerError(f"{path.parent} is no folder of layers: it has no {NOTES}; run 'mien conditions'.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LayerError(f"{path} is damaged ({error}); run 'mien conditions' again.") from error
    return notes  # type: ignore[no-any-return]


def draw_sheet(image: UInt8, conditions: Conditions, results: Sequence[tuple[str, UInt8]] = ()) -> UInt8:
    """Every layer side by side under its name, attributes and text below: (about 1.1 S, N * S, 3) uint8.

    Args:
        image: (S, S, 3) uint8.
        conditions: of side S.
        results: further pictures (S, S, 3) to put at the end, with their names.
    """
    c, size = conditions, image.shape[0]
    tiles: list[tuple[str, UInt8]] = [("image", image)]
    if c.mask is not None:
        tiles.append(("mask", draw_mask(image, c.mask)))
    if c.sketch is not None:
        tiles.append(("sketch", np.repeat(draw_sketch(c.sketch)[..., None], 3, 2)))
    if c.semantic is not None:
        tiles.append(("semantic", draw_semantic(c.semantic)))
    if c.color is not None:
        tiles.append(("color", draw_color(c.color)))
    if c.exemplar is not None:
        resized: Any = cv2.resize(c.exemplar, (size, size), interpolation=cv2.INTER_AREA)
        tiles.append(("exemplar", resized))
    tiles += results
    sheet = draw_row(tiles)
    words = "   ".join(filter(None, (draw_attributes(c.attributes), f'"{c.text}"' if c.text else "")))
    return np.concatenate([sheet, _caption(words, sheet.shape[1], size)]) if words else sheet


def draw_row(tiles: Sequence[tuple[str, UInt8]]) -> UInt8:
    """Pictures (S, S, 3) uint8 side by side, each under its name: (about 1.1 S, N * S, 3)."""
    columns = [np.concatenate([_caption(name, tile.shape[1], len(tile)), tile]) for name, tile in tiles]
    return np.concatenate(columns, 1)


def _caption(text: str, width: int, size: int) -> UInt8:
    """A line of text; Pillow's own font knows more letters than OpenCV's."""
    height = max(14, size // 13)
    line = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(line).text(
        (height // 4, height // 2), text, "black", ImageFont.load_default(height * 0.6), anchor="lm"
    )
    return np.asarray(line)
