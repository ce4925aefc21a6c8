"""The hundred edits of benchmarks.unseen: what is asked for, and whose face it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks.handmade import drawn_lips, hidden
from benchmarks.outlines import Wish, hair_outline, spots
from benchmarks.sheet_edits import MIXED, Prepared
from benchmarks.unseen_faces import Fits, Seen
from mien import Editor
from mien.types import Face, Photo
from recipes.damage_drawn import scratched

HAIR = ("blond", "auburn", "black", "silver", "pink", "platinum", "ginger", "red", "dark-brown")
LIPS, IRISES = ("crimson", "berry", "nude"), ("ice-blue", "brown", "green")
MOVES: tuple[tuple[str, float], ...] = (
    *(("smile", 1.0), ("smile", -1.0), ("lip-fullness", 2.0), ("nose-width", -2.5), ("eye-size", 2.5)),
    *(("brow-height", 2.0), ("jaw-width", -2.5), ("chin-length", -2.0), ("face-width", -2.5), ("frown", 2.0)),
    *(("mouth-width", 2.0), ("nose-length", -2.0), ("forehead", -2.0), ("smile", 1.3), ("eye-openness", 1.0)),
)
BORROWED = ("mouth", "eyes", "nose", "mouth", "eyes+brows", "mouth", "eyes", "nose", "eyes", "brows")
NOBODY = ("teeth", "teeth", "teeth", "eyes", "fringe", "fringe", "hair", "lower-face", "lower-face", "lower-face")
"""Parts from the bank."""

HEALED = (("under-eyes", 0.7), ("under-eyes", 0.7), ("forehead", 0.6))
HIDDEN = (205, 425, 61, 50, 280, 1)
"""Landmarks that something lies before."""

LONGER = ("shoulder", "straight", "waves", "neck")
MOLES = (205, 425, 50, 280)
"""Landmarks of cheeks, one of which a mole's mask lies on, and its radius."""

MOLE = 7


@dataclass(frozen=True)
class Random:
    """Attributes:
    name: of the kind of edit, and of the picture.
    side: of the part that is shown, pixels.
    wish: what is asked for.
    fits: whose face it is made on.
    lender: whether something is borrowed, by skin or by hair.
    prepared: what is made from the photo first.
    """

    name: str
    side: int
    wish: Wish = field(default_factory=dict)
    fits: Fits = lambda seen: True
    lender: Literal["skin", "hair"] | None = None
    prepared: Prepared | None = None


def plain(seen: Seen) -> bool:
    """No glasses."""
    return seen.glasses < 0.02


def glassy(seen: Seen) -> bool:
    """Glasses with frames."""
    return seen.wearer


def haired(seen: Seen) -> bool:
    """Hair that can be dyed."""
    return seen.hair > 0.8


def long(seen: Seen) -> bool:
    """Hair that can be cut."""
    return seen.hair > 3


def short(seen: Seen) -> bool:
    """Hair that can become longer."""
    return 0.5 < seen.hair < 2


def bearded(seen: Seen) -> bool:
    """A beard that hides the chin."""
    return seen.beard > 0.5 and seen.sex != "female"


def edits(data: Path, rounds: int = 1) -> list[Random]:
    """A hundred edits, or as many times a hundred.

    Args:
        data: folder of photo sets, whose long hair is wished for.
        rounds: how often each edit is made, on other faces.
    """
    once = [*_dyes(), *_moves(), *_lent(), *_healed(), *_several(), *_drawn(data)]
    return [Random(f"{one.name}-r{n}" if n else one.name, *_rest(one)) for n in range(rounds) for one in once]


def _rest(one: Random) -> tuple[Any, ...]:
    return one.side, one.wish, one.fits, one.lender, one.prepared


def _dyes() -> list[Random]:
    found = [Random(f"dye-hair-{color}", 700, {"dye": {"hair": color}}, haired) for color in HAIR]
    found += [Random(f"dye-lips-{color}", 380, {"dye": {"lips": color}}) for color in LIPS]
    return found + [Random(f"dye-irises-{color}", 380, {"dye": {"irises": color}}, plain) for color in IRISES]


def _moves() -> list[Random]:
    return [Random(f"reshape-{name}-{value:g}", 460, {"reshape": {name: value}}) for name, value in MOVES]


def _lent() -> list[Random]:
    """Parts of another photo, of the bank, and eyes by look."""
    fitting: Mapping[str, Fits] = {"eyes": plain, "lower-face": bearded}
    found = [Random(f"borrow-{n}-{part}", 420, {"part": part}, plain, "skin") for n, part in enumerate(BORROWED)]
    found += [Random(f"hair-{n}", 700, {"part": "hair"}, lender="hair") for n in range(4)]
    found += [
        Random(f"bank-{n}-{part}", 560, {"part": part}, fitting.get(part, lambda seen: True))
        for n, part in enumerate(NOBODY)
    ]
    return found + [Random(f"look-{n}", 420, {"mask": "eyes"}, plain, "skin") for n in range(6)]


def _healed() -> list[Random]:
    found = [Random(f"glasses-{n}", 420, {"mask": "glasses", "mode": "heal"}, glassy) for n in range(8)]
    for n, (region, strength) in enumerate(HEALED):
        wish = {"mask": region, "mode": "heal", "strength": strength}
        found.append(Random(f"heal-{n}-{region}", 420, wish, plain))
    found += [Random(f"heal-mole-{n}", 420, {"mode": "heal"}, prepared=_mole) for n in range(2)]
    return [*found, Random("heal-scratches", 560, {"mode": "heal"}, prepared=_scratches)]


def _several() -> list[Random]:
    """Several wishes at once, those of the sheets."""
    return [Random(f"mixed-{n}", 620, dict(wish), haired) for n, wish in enumerate(MIXED.values())]


def _drawn(data: Path) -> list[Random]:
    """What a hand draws or masks."""
    found = [Random(f"lips-{n}", 460, prepared=_lips) for n in range(4)]
    found += [Random(f"hidden-{n}", 460, prepared=_hidden(landmark)) for n, landmark in enumerate(HIDDEN)]
    found += [Random(f"longer-{kind}", 700, {}, short, prepared=_outline(kind, data)) for kind in LONGER]
    found += [Random(f"shorter-{n}", 700, {}, long, prepared=_outline("shorter", data)) for n in range(2)]
    return found + [Random(f"fringe-{n}", 700, {}, haired, prepared=_outline("fringe", data)) for n in range(2)]


def _mole(photo: Photo, face: Face, editor: Editor) -> tuple[Photo, Wish]:
    """The mask of a spot on one of the cheeks, the same for a face always."""
    at = MOLES[int(np.abs(face.landmarks).sum()) % len(MOLES)]
    x, y = face.landmarks[at, :2].astype(int).tolist()
    return photo, {"mask": spots(photo, [(x, y, MOLE)])}


def _scratches(photo: Photo, face: Face, editor: Editor) -> tuple[Photo, Wish]:
    return scratched(photo, face), {}


def _lips(photo: Photo, face: Face, editor: Editor) -> tuple[Photo, Wish]:
    return photo, drawn_lips(photo, face)


def _hidden(landmark: int) -> Prepared:
    return lambda photo, face, editor: (photo, hidden(photo, face, landmark))


def _outline(kind: str, data: Path) -> Prepared:
    return lambda photo, face, editor: (photo, hair_outline(photo, face, editor, kind, data))
