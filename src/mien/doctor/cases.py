"""Fixed pictures that every engine makes: of the networks alone, and edits of a face of nobody that comes with mien.

Legend: S side of the editor's crops, H and W of the photo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mien.align.crop import crop_face
from mien.conditions.types import Conditions
from mien.editor import Editor
from mien.engine.faces import BUNDLED_GENERATOR, load_maker
from mien.guides.bank import Bank, Entry
from mien.types import Float32, Photo, UInt8

FACE, OTHER = "3262", "3127"
"""Pictures of the bundled bank."""

REFERENCE = Path(__file__).with_name("reference.webp")
"""What torch made in float32 of the cases that are made by networks alone, side by side; lossless."""


@dataclass(frozen=True)
class Case:
    """A picture that is made again and again.

    Attributes:
        make: it, (H, W, 3) uint8; the engine is the one that the environment says.
        networks: whether nothing but networks makes it, so that there is a reference without torch, too.
        paints: whether the precision of the painter matters.
    """

    make: Callable[[Editor], UInt8]
    networks: bool = False
    paints: bool = False


def _pixels(photo: Photo) -> UInt8:
    return photo.pixels.astype(np.uint8, copy=False)


def _entry(name: str) -> Entry:
    return next(one for one in Bank.bundled().entries if one.path.stem == name)


def _crop(editor: Editor) -> UInt8:
    entry = _entry(FACE)
    return crop_face(entry.photo(), entry.face.quad, editor.size).pixels


def _mask(side: int) -> Float32:
    """The lower middle of a crop, where mouth and chin are."""
    mask = np.zeros((side, side), np.float32)
    mask[side * 5 // 8 : side * 15 // 16, side // 4 : side * 3 // 4] = 1
    return mask


def _seeds(editor: Editor) -> UInt8:
    maker = load_maker(BUNDLED_GENERATOR)
    return np.concatenate(list(maker.pictures(maker.codes([0, 1], 0.7))), 1)


def _painted(editor: Editor, **values: Any) -> UInt8:
    crop = _crop(editor)
    conditions = Conditions(_mask(editor.size), **values)
    return np.rint(editor.edit_crop(crop, conditions, seed=int(not values)).pixels).astype(np.uint8)


def _turned(editor: Editor) -> UInt8:
    other = _entry(OTHER)
    return _painted(editor, exemplar=crop_face(other.photo(), other.face.quad, editor.size).pixels)


def _edit(**inputs: Any) -> Callable[[Editor], UInt8]:
    def edit(editor: Editor) -> UInt8:
        return _pixels(editor(_entry(FACE).photo(), **inputs).photo)

    return edit


def _nobody(editor: Editor) -> UInt8:
    return _pixels(editor.generate(seed=5))


CASES: Mapping[str, Case] = {
    "faces of seeds": Case(_seeds, networks=True),
    "a painted mouth": Case(lambda editor: _painted(editor, attributes={"smile": 1.0}), networks=True, paints=True),
    "an exemplar's mouth": Case(_turned, networks=True, paints=True),
    "a painted variant": Case(_painted, networks=True, paints=True),
    "nobody, of a seed": Case(_nobody, networks=True, paints=True),
    "dyed hair": Case(_edit(dye={"hair": "auburn"})),
    "a smile": Case(_edit(attributes={"smile": 1.0})),
    "healed skin": Case(_edit(mask="under-eyes", mode="heal")),
}


def stored() -> dict[str, UInt8]:
    """The reference of each case that is made by networks alone, (S, S or 2 S, 3)."""
    from mien.photos.read import read_photo

    strip, place, found = _pixels(read_photo(REFERENCE)), 0, {}
    for name, case in CASES.items():
        if case.networks:
            width = strip.shape[0] * (2 if name == "faces of seeds" else 1)
            found[name] = strip[:, place : place + width]
            place += width
    return found


def source(edited: UInt8) -> UInt8 | None:
    """The photo that an edit began with; None for pictures of the networks, which have other sizes."""
    before = _pixels(_entry(FACE).photo())
    return before if before.shape == edited.shape else None
