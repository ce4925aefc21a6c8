"""The picture of docs/gallery.md: everyday wishes, made of the photo's own pixels.

python -m recipes.gallery docs/images/gallery.webp
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from skimage.data import astronaut

from mien import Editor
from mien.types import UInt8

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
    "brow-height 2": {"reshape": {"brow-height": 2.0}},
    "eye-size 2.5": {"reshape": {"eye-size": 2.5}},
    "jaw-width -2": {"reshape": {"jaw-width": -2.0}},
}
PART = (slice(0, 240), slice(105, 345))
SIDE, COLUMNS = 300, 4


def tile(pixels: UInt8, words: str) -> Image.Image:
    """The head, with what was asked for below it."""
    picture = Image.new("RGB", (SIDE, SIDE + 22), "white")
    picture.paste(Image.fromarray(pixels[PART]).resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    ImageDraw.Draw(picture).text((6, SIDE + 5), words, fill="black")
    return picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    editor, photo = Editor.from_pretrained("opencv:telea"), astronaut()
    tiles = [tile(editor(photo, **wish).photo.pixels if wish else photo, words) for words, wish in WISHES.items()]
    rows = [np.hstack([np.asarray(t) for t in tiles[i : i + COLUMNS]]) for i in range(0, len(tiles), COLUMNS)]
    Image.fromarray(np.vstack(rows)).save(parser.parse_args().out, quality=80, method=6)


if __name__ == "__main__":
    main()
