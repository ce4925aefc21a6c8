"""The pictures of docs/gallery.md: everyday wishes, made of photos' own pixels.

python -m recipes.gallery docs/images [--only more]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from skimage.data import astronaut

from mien import Editor
from mien.types import UInt8
from recipes.gallery_more import further, in_turn, portrait, square

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

RECIPE: list[tuple[str, Mapping[str, Any]]] = [
    ("hair auburn", {"dye": {"hair": "auburn"}}),
    ("lips crimson", {"dye": {"lips": "crimson"}}),
    ("smile 1", {"reshape": {"smile": 1.0}}),
    ("background teal", {"dye": {"background": "teal"}}),
]
"""Several wishes of the astronaut in one recipe, shown after each of its edits."""

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


def tile(pixels: UInt8, words: str, wide: int = 1) -> UInt8:
    """A head, or a picture of several, as wide as so many heads, with what was asked for below it."""
    width = SIDE * wide
    height = SIDE if wide == 1 else round(width * pixels.shape[0] / pixels.shape[1])
    picture = Image.new("RGB", (width, height + 22), "white")
    picture.paste(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))
    ImageDraw.Draw(picture).text((6, height + 5), words, fill="black")
    return np.asarray(picture)


def rows(tiles: list[UInt8], columns: int) -> UInt8:
    """Tiles side by side, in rows."""
    return np.vstack([np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)])


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


def gallery(editor: Editor) -> UInt8:
    """The astronaut, once for each wish, and after each edit of a recipe."""
    photo = astronaut()
    heads = [((editor(photo, **wish).photo.pixels if wish else photo)[PART], words) for words, wish in WISHES.items()]
    for number, (words, _) in enumerate(RECIPE, 1):
        made = editor.edit_in_turn(photo, [wish for _, wish in RECIPE[:number]]).photo.pixels
        heads.append((made[PART], f"a recipe: {words}" if number == 1 else f"... {words}"))
    return rows([tile(*one) for one in heads], COLUMNS)


def wishes(editor: Editor) -> UInt8:
    """Faces of nobody, before and after."""
    return rows([*pairs(editor)], COLUMNS)


def more(editor: Editor) -> UInt8:
    """What wishes there are besides, before and after, and three faces in one go."""
    tiles = []
    for before, after, words in further(editor):
        told = "a rough paste" if "paste" in words else "as it was"
        tiles += [tile(square(before), told), tile(square(after), words)]
    before, after, words = in_turn(editor)
    wide = [tile(one, told, 2) for one, told in ((before, "as it was"), (after, words))]
    return np.vstack([rows(tiles, COLUMNS), np.hstack(wide)])


PICTURES: Mapping[str, Callable[[Editor], UInt8]] = {"gallery": gallery, "wishes": wishes, "more": more}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=PICTURES, help="One of the pictures; by default all.")
    options = parser.parse_args()
    editor = Editor.from_pretrained("opencv:telea")
    for name in [options.only] if options.only else PICTURES:
        Image.fromarray(PICTURES[name](editor)).save(options.folder / f"{name}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
