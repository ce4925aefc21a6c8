"""The pictures of docs/gallery.md: everyday wishes, made of photos' own pixels.

python -m recipes.gallery docs/images
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from skimage.data import astronaut

from mien import Editor
from mien.guides.bank import BUNDLED
from mien.photos.read import read_photo
from mien.types import Photo, UInt8

WISHES: Mapping[str, Mapping[str, Any]] = {
    "as it was": {},
    "hair auburn": {"dye": {"hair": "auburn"}},
    "hair black": {"dye": {"hair": "jet-black"}},
    "hair pink": {"dye": {"hair": "pink"}},
    "lips crimson": {"dye": {"lips": "crimson"}},
    "hair platinum": {"dye": {"hair": "platinum"}},
    "smile 1": {"reshape": {"smile": 1.0}},
    "smile -1": {"reshape": {"smile": -1.0}},
    "nose-width -2": {"reshape": {"nose-width": -2.0}},
    "mouth shut": {"reshape": {"mouth-open": -1.0}},
    "eye-size 2.5": {"reshape": {"eye-size": 2.5}},
    "jaw-width -2": {"reshape": {"jaw-width": -2.0}},
}
"""Of the astronaut."""

PAIRS: list[tuple[str, str, Mapping[str, Any]]] = [
    ("3044", "hair auburn", {"dye": {"hair": "auburn"}}),
    ("2519", "hair brown", {"dye": {"hair": "brown"}}),
    ("2248", "irises green", {"dye": {"irises": "green"}}),
    ("2998", "lips crimson", {"dye": {"lips": "crimson"}}),
    ("2374", "smile 1.5", {"reshape": {"smile": 1.5}}),
    ("3203", "nose-width -2, jaw-width -2", {"reshape": {"nose-width": -2.0, "jaw-width": -2.0}}),
    ("2129", "part teeth", {"part": "teeth"}),
    ("2286", "part lower-face", {"part": "lower_face"}),
    ("2332", "hair of another photo", {"part": "hair", "exemplar": "2411"}),
    ("2509", "under-eyes healed", {"mask": "under-eyes", "mode": "heal"}),
]
"""Of faces of nobody in the bundled bank, before and after."""

PART = (slice(0, 240), slice(105, 345))
SIDE, COLUMNS = 300, 4


def tile(pixels: UInt8, words: str) -> UInt8:
    """A head, with what was asked for below it."""
    picture = Image.new("RGB", (SIDE, SIDE + 22), "white")
    picture.paste(Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    ImageDraw.Draw(picture).text((6, SIDE + 5), words, fill="black")
    return np.asarray(picture)


def rows(tiles: list[UInt8], columns: int) -> UInt8:
    """Tiles side by side, in rows."""
    return np.vstack([np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)])


def portrait(number: str) -> Photo:
    """A face of nobody."""
    return read_photo(BUNDLED / f"{number}.webp")


def made(editor: Editor, number: str, wish: Mapping[str, Any]) -> tuple[UInt8, UInt8]:
    """A portrait before and after."""
    photo, given = portrait(number), dict(wish)
    if "exemplar" in given:
        given["exemplar"] = portrait(given["exemplar"])
    top = slice(0, photo.width)
    return photo.pixels[top], editor(photo, **given).photo.pixels[top]


def pairs(editor: Editor) -> Iterator[UInt8]:
    """Before and after of every wish."""
    for number, words, wish in PAIRS:
        before, after = made(editor, number, wish)
        yield tile(before, "as it was")
        yield tile(after, words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    editor, photo = Editor.from_pretrained("opencv:telea"), astronaut()
    tiles = [
        tile((editor(photo, **wish).photo.pixels if wish else photo)[PART], words) for words, wish in WISHES.items()
    ]
    Image.fromarray(rows(tiles, COLUMNS)).save(folder / "gallery.webp", quality=80, method=6)
    Image.fromarray(rows([*pairs(editor)], COLUMNS)).save(folder / "wishes.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
