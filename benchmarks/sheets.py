"""Contact sheets of edits made of pixels, on the validation split of the wide portraits, to be looked at.

    python -m benchmarks.sheets --data ../shared/data/wide --out SHEETS

One PNG an edit: the photo, the photo that something is borrowed from, the result, all at the photo's own resolution.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mien import Editor
from mien.errors import MienError
from mien.types import Float64, Photo, UInt8

HAIR = {
    2: "blond",
    6: "auburn",
    9: "black",
    14: "silver",
    17: "pink",
    28: "platinum",
    38: "ginger",
    47: "red",
    56: "teal",
}
LIPS, IRISES = {2: "crimson", 17: "berry", 35: "nude"}, {6: "ice-blue", 38: "brown", 58: "hazel"}
SHAPES: Mapping[int, Mapping[str, float]] = {
    2: {"smile": 1.0},
    6: {"smile": -1.0},
    9: {"lip-fullness": 2.0},
    14: {"nose-width": -2.5},
    17: {"eye-size": 2.5},
    22: {"brow-height": 2.0},
    26: {"jaw-width": -2.5},
    28: {"smile": 1.3, "eye-openness": -1.0},
    35: {"chin-length": -2.0},
    38: {"face-width": -2.5},
    42: {"frown": 2.0},
    47: {"mouth-width": 2.0},
    52: {"smile": 1.2},
    56: {"nose-length": -2.0},
    58: {"forehead": -2.0},
}
BORROWED = [(2, 6, "mouth"), (9, 14, "eyes"), (17, 22, "nose"), (26, 28, "mouth"), (35, 38, "eyes+brows")]
BORROWED += [(42, 47, "mouth"), (52, 56, "eyes"), (58, 2, "nose"), (22, 52, "mouth"), (47, 35, "brows")]


HEADS = [(2, 17), (14, 22), (28, 9), (42, 38), (52, 35)]
"""Whose hair, from whom."""

NOBODY = [
    (1, "teeth"),
    (4, "teeth"),
    (9, "teeth"),
    (26, "teeth"),
    (38, "teeth"),
    (6, "fringe"),
    (22, "hair"),
    (58, "hair"),
]
NOBODY += [(0, "lower-face"), (12, "lower-face")]
"""Parts from the bank."""

HEALED: list[tuple[str, str, float]] = [("0138", "glasses", 1), ("0408", "glasses", 1), ("0705", "glasses", 1)]
HEALED += [("4213", "glasses", 1), ("0322", "glasses", 1), ("0106", "under-eyes", 0.7), ("2845", "under-eyes", 0.7)]
HEALED += [("0664", "under-eyes", 0.7), ("0204", "forehead", 0.6), ("2138", "under-eyes", 0.5)]
"""Names of photos, regions, strengths."""

MIXED: Mapping[int, Mapping[str, Any]] = {
    2: {"dye": {"hair": "brown"}, "reshape": {"smile": 0.8}},
    9: {"dye": {"hair": "copper", "lips": "rose"}},
    14: {"part": "teeth", "dye": {"hair": "dark-blond"}},
    17: {"part": "teeth", "reshape": {"eye-openness": 0.8}},
    22: {"dye": {"irises": "green", "brows": "brown"}},
    28: {"dye": {"hair": "auburn"}, "reshape": {"face-width": -1.5, "smile": 0.7}},
    35: {"dye": {"lips": "coral", "irises": "hazel"}, "reshape": {"lip-fullness": 1.0}},
    42: {"dye": {"hair": "gray", "brows": "gray"}},
    47: {"part": "eyes", "dye": {"lips": "nude"}},
    52: {"reshape": {"nose-width": -1.5, "jaw-width": -1.5}, "dye": {"hair": "black"}},
}


def edits(names: Sequence[str]) -> list[tuple[str, int, int | None, int, dict[str, Any]]]:
    """75 edits: name, number of the photo, of another one, side of the part that is shown, and what is asked for."""
    found: list[tuple[str, int, int | None, int, dict[str, Any]]] = []
    for region, wishes, side in (("hair", HAIR, 700), ("lips", LIPS, 380), ("irises", IRISES, 380)):
        found += [(f"dye-{region}-{i}-{c}", i, None, side, {"dye": {region: c}}) for i, c in wishes.items()]
    found += [(f"reshape-{i}-{'-'.join(s)}", i, None, 460, {"reshape": dict(s)}) for i, s in SHAPES.items()]
    found += [(f"borrow-{i}-{j}-{part}", i, j, 420, {"part": part}) for i, j, part in BORROWED]
    found += [(f"hair-{i}-{j}", i, j, 700, {"part": "hair"}) for i, j in HEADS]
    found += [(f"bank-{i}-{part}", i, None, 560, {"part": part}) for i, part in NOBODY]
    for name, region, strength in HEALED:
        wish = {"mask": region, "mode": "heal", "strength": strength}
        found.append((f"heal-{name}-{region}", names.index(name), None, 420, wish))
    return found + [(f"mixed-{i}", i, None, 620, dict(wish)) for i, wish in MIXED.items()]


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    named, editor = read(options.data), Editor.from_pretrained("opencv:telea")
    photos = list(named.values())
    sharpness: list[float] = []
    for name, one, other, side, wish in edits(list(named)):
        given = wish if other is None else {**wish, "exemplar": photos[other]}
        try:
            result = editor(photos[one], **given)
        except MienError as error:
            print(f"{name}: {error}")
            continue
        tiles = [around(p.pixels, result.faces[0].quad, side) for p in (photos[one], result.photo)]
        if other is not None:
            tiles.insert(1, around(photos[other].pixels, editor.finder.find(photos[other])[0].quad, side))
        Image.fromarray(np.hstack(tiles)).save(options.out / f"{name}.png")
        outcome = result.faces[0].outcome
        assert outcome is not None
        sharpness += [] if outcome.sharpness is None else [outcome.sharpness]
        figures = f"sharpness {outcome.sharpness}, noise {outcome.noise}, seam {outcome.seam}"
        print(f"{name}: {result.timings['total']:.0f} ms, {figures} {' '.join(result.faces[0].notes)}")
    within = np.mean([0.8 <= one <= 1.25 for one in sharpness])
    print(f"sharpness inside over ring is between 0.8 and 1.25 in {within:.0%} of {len(sharpness)} edits")


if __name__ == "__main__":
    main()
