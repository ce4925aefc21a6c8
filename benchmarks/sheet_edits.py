"""The 75 edits of benchmarks.sheets: whose photo, whose pixels, and what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.outlines import Wish, hair_outline, spots
from mien import Editor
from mien.types import Face, Photo
from recipes.damage_drawn import flashed, scratched

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


HEADS = [(28, 9), (18, 20), (19, 20), (19, 50)]
"""Whose hair, from whom: short, curly twice, long."""

SHORTER = (40, 57)
"""Whose hair a map ends at the mouth."""

NOBODY = [(1, "teeth"), (9, "teeth"), (26, "teeth"), (5, "eyes"), (60, "eyes"), (6, "fringe"), (58, "hair")]
NOBODY += [(12, "lower-face"), (60, "lower-face")]
"""Parts from the bank."""

HEALED: list[tuple[str, str, float]] = [("0138", "glasses", 1), ("4213", "glasses", 1), ("0322", "glasses", 1)]
HEALED += [("0106", "under-eyes", 0.7), ("2845", "under-eyes", 0.7), ("0204", "forehead", 0.6)]
"""Names of photos, regions, strengths."""

MOLES = {45: (498, 402, 7), 52: (275, 418, 7)}
"""Where they are in the photo: x, y, radius of the mask."""

SCRATCHED, FLASHED = 43, 44
"""Whose photos are scratched and have red pupils: no photo of the split has either."""

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


Prepared = Callable[[Photo, Face, Editor], tuple[Photo, Wish]]
"""The photo that is edited, and more of the wish, made from photo and face."""


@dataclass(frozen=True)
class Edit:
    """Attributes:
    name: of the picture.
    one, other: numbers of the photo, and of one that something is borrowed from.
    side: of the part that is shown, pixels.
    wish: what is asked for.
    prepared: what is made from the photo first.
    """

    name: str
    one: int
    other: int | None
    side: int
    wish: Wish = field(default_factory=dict)
    prepared: Prepared | None = None


def edits(names: Sequence[str]) -> list[Edit]:
    """75 edits, of photos by their names in order."""
    found: list[Edit] = []
    for region, wishes, side in (("hair", HAIR, 700), ("lips", LIPS, 380), ("irises", IRISES, 380)):
        found += [Edit(f"dye-{region}-{i}-{c}", i, None, side, {"dye": {region: c}}) for i, c in wishes.items()]
    found += [Edit(f"reshape-{i}-{'-'.join(s)}", i, None, 460, {"reshape": dict(s)}) for i, s in SHAPES.items()]
    found += [Edit(f"borrow-{i}-{j}-{part}", i, j, 420, {"part": part}) for i, j, part in BORROWED]
    found += [Edit(f"hair-{i}-{j}", i, j, 700, {"part": "hair"}) for i, j in HEADS]
    found += [Edit(f"hair-{i}-shorter", i, None, 700, {}, _shorter) for i in SHORTER]
    found += [Edit(f"bank-{i}-{part}", i, None, 560, {"part": part}) for i, part in NOBODY]
    for name, region, strength in HEALED:
        wish = {"mask": region, "mode": "heal", "strength": strength}
        found.append(Edit(f"heal-{name}-{region}", names.index(name), None, 420, wish))
    for i, disc in MOLES.items():
        found.append(Edit(f"heal-{names[i]}-mole", i, None, 420, {"mode": "heal"}, _mole(disc)))
    found.append(Edit(f"heal-{names[SCRATCHED]}-scratches", SCRATCHED, None, 560, {"mode": "heal"}, _scratches))
    red: Wish = {"mask": "pupils", "mode": "heal"}
    found.append(Edit(f"heal-{names[FLASHED]}-red-eyes", FLASHED, None, 420, red, _red))
    return found + [Edit(f"mixed-{i}", i, None, 620, dict(wish)) for i, wish in MIXED.items()]


def _shorter(photo: Photo, face: Face, editor: Editor) -> tuple[Photo, Wish]:
    return photo, hair_outline(photo, face, editor, "shorter")


def _mole(disc: tuple[int, int, int]) -> Prepared:
    return lambda photo, face, editor: (photo, {"mask": spots(photo, [disc])})


def _scratches(photo: Photo, face: Face, editor: Editor) -> tuple[Photo, Wish]:
    return scratched(photo, face), {}


def _red(photo: Photo, face: Face, editor: Editor) -> tuple[Photo, Wish]:
    return flashed(photo, face), {}
