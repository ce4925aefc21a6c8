"""Contact sheets of edits made of pixels, on the validation split of the wide portraits, to be looked at.

    python -m benchmarks.sheets --data ../shared/data/wide --out SHEETS [--only bank-5,heal]

One PNG an edit: the photo, the photo that something is borrowed from, the result, all at the photo's own resolution.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.sheet_edits import Edit, edits
from mien import Editor
from mien.editing.result import EditResult
from mien.errors import MienError
from mien.types import Float64, Photo, UInt8


def read(data: Path, split: str = "val") -> dict[str, Photo]:
    """A split, the validation's by default, by name, in the order of the index."""
    with (data / "index.csv").open(newline="", encoding="utf-8") as file:
        names = [row["id"] for row in csv.DictReader(file) if row["split"] == split]
    return {n: Photo(np.asarray(Image.open(data / "images" / f"{n}.webp").convert("RGB"))) for n in names}


def around(pixels: UInt8, quad: Float64, side: int) -> UInt8:
    """The square of a picture around a face, (side, side, 3), shifted into it; black where the picture is smaller."""
    most = np.maximum(np.array(pixels.shape[1::-1]) - side, 0)
    x, y = np.clip(quad.mean(0) - side / 2, 0, most).astype(int)
    part = pixels[y : y + side, x : x + side]
    return np.pad(part, ((0, side - part.shape[0]), (0, side - part.shape[1]), (0, 0)))


def made(edit: Edit, photos: Sequence[Photo], editor: Editor) -> tuple[UInt8, EditResult]:
    """The sheet of an edit: the photo, the other one, the result; and the result.

    Raises:
        MienError: what is asked for is refused.
    """
    photo, wish = photos[edit.one], edit.wish
    if edit.prepared is not None:
        photo, more = edit.prepared(photo, editor.finder.find(photo)[0], editor)
        wish = {**wish, **more}
    tiles = [photo] if edit.other is None else [photo, photos[edit.other]]
    result = editor(photo, **wish, **({} if edit.other is None else {"exemplar": photos[edit.other]}))
    quads = [result.faces[0].quad, *(editor.finder.find(one)[0].quad for one in tiles[1:]), result.faces[0].quad]
    pairs = zip([*tiles, result.photo], quads, strict=True)
    return np.hstack([around(one.pixels, quad, edit.side) for one, quad in pairs]), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="Beginnings of the names, joined by commas.")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    named, editor = read(options.data), Editor.from_pretrained("opencv:telea")
    sharpness: list[float] = []
    for edit in edits(list(named)):
        if not edit.name.startswith(tuple(options.only.split(","))):
            continue
        try:
            sheet, result = made(edit, list(named.values()), editor)
        except MienError as error:
            print(f"{edit.name}: {error}")
            continue
        Image.fromarray(sheet).save(options.out / f"{edit.name}.png")
        outcome = result.faces[0].outcome
        assert outcome is not None
        sharpness += [] if outcome.sharpness is None else [outcome.sharpness]
        figures = f"sharpness {outcome.sharpness}, noise {outcome.noise}, seam {outcome.seam}"
        print(f"{edit.name}: {result.timings['total']:.0f} ms, {figures} {' '.join(result.faces[0].notes)}", flush=True)
    within = np.mean([0.8 <= one <= 1.25 for one in sharpness])
    print(f"sharpness inside over ring is between 0.8 and 1.25 in {within:.0%} of {len(sharpness)} edits")


if __name__ == "__main__":
    main()
