"""A folder of layers: what ``mien conditions`` writes, what a user repaints, what ``mien edit`` reads back.

    layers.json    size, the photo's name, matrix from crop to photo, how the maps were extracted, attributes, text
    image.png      the aligned crop
    sketch.png     black lines on white (or sketch.svg)
    semantic.png   palette PNG, one color for each class
    color.png     RGBA; only painted pixels count
    guide.png      RGBA; pixels that are to be there, as sure as they are opaque
    mask.png       white where the face may change
    exemplar.png   an aligned face
    sheet.png      all of them side by side, for people; never read

A layer that is missing gives no information.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mien.conditions.masks import draw_mask, read_mask, write_mask
from mien.conditions.modalities import FORMER_NAMES, current_name, given_modalities, pictures
from mien.conditions.modality import PictureModality
from mien.conditions.pictures import check_size, drawing, rgba, save_png
from mien.conditions.resample import picture_at
from mien.conditions.types import Conditions
from mien.errors import LayerError, SaveError
from mien.files import atomic_path
from mien.types import Float64, UInt8

NOTES, IMAGE, MASK, SHEET = "layers.json", "image.png", "mask.png", "sheet.png"


@dataclass(frozen=True, eq=False)
class LayerFolder:
    """The content of a folder.

    Attributes:
        image: (S, S, 3) uint8 sRGB, the aligned crop.
        matrix: (2, 3) crop to photo, or None when the crop was given by hand.
        photo: name of the photo's file, or None.
        conditions: of side S.
        origin: how the maps were extracted, see :func:`mien.conditions.extract.origin_of`; None where nobody noted it.
        notes: what the user should know about the files, in words.
    """

    image: UInt8
    conditions: Conditions
    matrix: Float64 | None = None
    photo: str | None = None
    origin: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


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
    if c.mask is not None:
        write_mask(c.mask, folder / MASK)
    for name, modality in pictures().items():
        if (value := getattr(c, name)) is not None:
            modality.write(value, folder / f"{name}.png")
    notes = {
        "version": 1,
        "size": layers.image.shape[0],
        "photo": layers.photo,
        "matrix": None if layers.matrix is None else layers.matrix.tolist(),
        "convention": "photo = matrix @ (x, y, 1); continuous pixels, the first pixel's centre at (0.5, 0.5)",
        "origin": None if layers.origin is None else dict(layers.origin),
        **{name: one.note(getattr(c, name)) for name, one in given_modalities().items() if not one.pictured},
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
    image = rgba(drawing(folder / IMAGE, "image").astype(np.uint8, copy=False))
    check_size(IMAGE, image, size)
    remarks: list[str] = []
    found: dict[str, Any] = {}
    for name, modality in given_modalities().items():
        if isinstance(modality, PictureModality):
            path = find_layer(folder, modality)
            found[name] = None if path is None else modality.read(path, size, remarks)
        else:
            found[name] = modality.validate(notes.get(name))
    mask = read_mask(folder / MASK, size) if (folder / MASK).exists() else None
    matrix = None if notes.get("matrix") is None else np.array(notes["matrix"], np.float64)
    origin = None if notes.get("origin") is None else {current_name(name): of for name, of in notes["origin"].items()}
    pixels = np.ascontiguousarray(image[..., :3])
    return LayerFolder(pixels, Conditions(mask, **found), matrix, notes.get("photo"), origin, tuple(remarks))


def find_layer(folder: Path, modality: PictureModality) -> Path | None:
    """The file of a modality, perhaps as an earlier version called it; None if there is none."""
    former = (folder / f"{old}.png" for old, new in FORMER_NAMES.items() if new == modality.name)
    return modality.find(folder) or next((path for path in former if path.exists()), None)


def _read_notes(path: Path) -> dict[str, Any]:
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
        if not (isinstance(notes["size"], int) and 16 <= notes["size"] <= 4096):
            raise ValueError("size")
        if notes.get("matrix") is not None and np.array(notes["matrix"], np.float64).shape != (2, 3):
            raise ValueError("matrix")
        if not isinstance(notes.get("origin") or {}, dict):
            raise ValueError("origin")
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
    for name, modality in pictures().items():
        if (value := getattr(c, name)) is not None:
            tiles.append((name, picture_at(modality.draw(value), size)))
    tiles += results
    sheet = draw_row(tiles)
    others = {name: one for name, one in given_modalities().items() if not one.pictured and getattr(c, name)}
    words = "   ".join(one.caption(getattr(c, name)) for name, one in others.items())
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
