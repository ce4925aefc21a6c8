"""Five real edits of a portrait with the editor, each from layers that code paints, and the five upon each other.

    python -m recipes.edits FOLDER [--model FOLDER]

The photo is scikit-image's astronaut at 2,000 pixels. Every edit has a folder of layers, such as `mien conditions`
writes and `mien edit photo.png --layers FOLDER` reads, with result and receipt beside them; `sheet.png` shows them all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

import cv2
import numpy as np

from mien.align.crop import crop_face, matrix_to_quad
from mien.conditions.folder import LayerFolder, draw_row, write_layers
from mien.conditions.masks import draw_mask
from mien.conditions.modalities import pictures
from mien.conditions.pictures import save_png
from mien.conditions.resample import picture_at
from mien.conditions.types import Conditions
from mien.editing.result import EditResult
from mien.editor import Editor
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.session import Session
from mien.types import Float64, Photo, Receipt, UInt8
from recipes import edit_layers as layers
from recipes.edit_layers import Sitter

SIDE = 2000
TILE = 384
SMILE = -2.0
"""Standard deviations of the attribute: she smiles more widely than most."""

EXEMPLAR = 7
"""Seed of the face whose eyes are borrowed: one that looks ahead, without glasses; chosen by eye among the first 24."""


@dataclass(frozen=True, eq=False)
class Edit:
    """What is asked for.

    Attributes:
        name: of its folder.
        title: for people.
        sitter: the crop that the layers lie over.
        conditions: the layers, the mask among them.
        also: further inputs of the editor.
    """

    name: str
    title: str
    sitter: Sitter
    conditions: Conditions
    also: Mapping[str, Any] = field(default_factory=dict)

    @property
    def quad(self) -> Float64:
        """(4, 2) corners of the crop in the photo."""
        return matrix_to_quad(self.sitter.crop.matrix, self.sitter.crop.size)

    def write(self, folder: Path, photo: str) -> None:
        """Writes the layers and the crop, all at the side of the layers."""
        side = self.conditions.size
        assert side is not None, "every edit has a mask"
        matrix = self.sitter.crop.matrix * [layers.D / side, layers.D / side, 1]
        image = picture_at(self.sitter.crop.pixels, side)
        write_layers(folder, LayerFolder(image, self.conditions, matrix, photo))


def portrait() -> Photo:
    """The photo of all demonstrations: (2000, 2000) pixels, 8 bits."""
    import skimage.data

    return Photo(cv2.resize(np.asarray(skimage.data.astronaut()), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))


def edits_of(photo: Photo, editor: Editor) -> Iterator[Edit]:
    """The five edits; four where the editor knows no smile."""
    face = editor.finder.find(photo)[0]
    close = Sitter.of(photo, face, face.quad, editor.parser)
    whole = Sitter.of(photo, face, layers.whole_hair(photo, face, editor.parser), editor.parser)
    exemplar = np.asarray(editor.generate(seed=EXEMPLAR).pixels, np.uint8)
    strands = {"sketch": "self"}
    yield Edit("1-hair-colour", "auburn hair, by a colour map", whole, layers.new_hair_color(whole), strands)
    yield Edit("2-hair-outline", "longer hair, by a semantic map and its colour", whole, layers.longer_hair(whole))
    yield Edit("3-closed-mouth", "a closed mouth, by a sketch", close, layers.closed_mouth(close, editor.size))
    yield Edit("4-eyes", f"the eyes of generated face {EXEMPLAR}", close, layers.other_eyes(close, exemplar))
    if "smile" in editor.attributes:
        yield Edit("5-smile", "a narrower smile, by a direction", close, layers.other_smile(close, SMILE))
    else:
        print("5-smile: skipped, this editor has no direction of a smile; recipes/directions.py makes one.")


def layer_tile(conditions: Conditions, crop: UInt8) -> tuple[str, UInt8]:
    """The layer that an edit is about, besides the mask, as a picture (TILE, TILE, 3) with its name; crop alike."""
    c = conditions.at(TILE)
    if c.sketch is not None:
        drawn = cv2.resize(pictures()["sketch"].draw(conditions.sketch), (TILE, TILE), interpolation=cv2.INTER_NEAREST)
        faint = 255 - (255 - crop) // 4  # for orientation
        return "sketch (photo for orientation)", np.minimum(faint, drawn)
    if c.semantic is not None:
        return "semantic map", pictures()["semantic"].draw(c.semantic)
    if c.color is not None:
        return "colour map", pictures()["color"].draw(c.color)
    if c.exemplar is not None:
        return "exemplar", picture_at(c.exemplar, TILE)
    words = ", ".join(f"{name} {strength:+g}" for name, strength in c.attributes.items())
    blank = np.full((TILE, TILE, 3), 255, np.uint8)
    return "attributes", cv2.putText(blank, words, (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (30, 30, 30), 2)


def sheet_row(edit: Edit, result: EditResult) -> UInt8:
    """Photo, mask, layer, result, and where the mask is before and after, in the photo's own pixels."""
    mask = edit.conditions.at(TILE).mask
    assert mask is not None
    crop = crop_face(result.original, edit.quad, TILE).pixels
    box = close_up(result)
    before, after = (picture_at(np.ascontiguousarray(one.pixels[box]), TILE) for one in (result.original, result.photo))
    small = [picture_at(one.pixels, TILE) for one in (result.original, result.photo)]
    return draw_row(
        [
            (edit.title, small[0]),
            ("mask", draw_mask(crop, mask)),
            layer_tile(edit.conditions, crop),
            ("result", small[1]),
            ("before", before),
            ("after", after),
        ]
    )


def close_up(result: EditResult) -> tuple[slice, slice]:
    """A square of the photo around the mask, with a little room."""
    rows, columns = (np.flatnonzero(result.mask.any(axis)) for axis in (1, 0))
    height, width = result.mask.shape
    side = min(int(1.15 * max(np.ptp(rows), np.ptp(columns))), height, width)
    top = int(np.clip((rows[0] + rows[-1] - side) // 2, 0, height - side))
    left = int(np.clip((columns[0] + columns[-1] - side) // 2, 0, width - side))
    return slice(top, top + side), slice(left, left + side)


def write_receipt(receipt: Receipt, path: Path) -> None:
    path.write_text(json.dumps(receipt.as_dict(), indent=2) + "\n", encoding="utf-8")


def one_by_one(photo: Path, edits: Sequence[Edit], editor: Editor, folder: Path) -> list[UInt8]:
    """Every edit of the photo itself, as `mien edit --layers` makes it; rows of the sheet."""
    rows = []
    for edit in edits:
        place = folder / edit.name
        edit.write(place, photo.name)
        result = editor(read_photo(photo), layers=place, **edit.also)
        receipt = result.save(place / "result.png")
        write_receipt(receipt, place / "receipt.json")
        rows.append(sheet_row(edit, result))
        print(
            f"{edit.name}: {edit.title}; {result.timings['total']:.0f} ms; "
            f"largest difference outside of the mask {receipt.max_difference_outside}"
        )
        for note in result.faces[0].notes:
            print(f"  {note}")
    return rows


def upon_each_other(photo: Path, edits: Sequence[Edit], editor: Editor, folder: Path) -> None:
    """All edits in one session, and how far the photo has come outside of the union of their masks."""
    rmtree(folder / "session", ignore_errors=True)
    session = Session.create(folder / "session", photo, editor)
    for edit in edits:
        session.apply(layers=edit.conditions, face=edit.quad, note=edit.title, **edit.also)
    drifts = session.drift(meters=())
    write_receipt(session.save(folder / "all.png"), folder / "all-receipt.json")
    save_png(session.sheet(columns=len(edits) + 1), folder / "all-sheet.png")
    print(
        f"all {len(drifts)} upon each other: largest difference outside of the union of the masks, edit by edit: "
        f"{', '.join(str(drift.largest) for drift in drifts)}; {drifts[-1].changed:.1%} of the photo's pixels differ, "
        f"{drifts[-1].allowed:.1%} may"
    )


def run(folder: Path, model: str | Path = "bundled") -> None:
    """Writes everything into a folder and prints what was done.

    Args:
        folder: made if it is missing.
        model: an editor, see :meth:`mien.editor.Editor.from_pretrained`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    editor = Editor.from_pretrained(model)
    photo = save_photo(portrait(), folder / "photo.png")
    edits = list(edits_of(read_photo(photo), editor))
    rows = one_by_one(photo, edits, editor, folder)
    save_png(np.concatenate(rows), folder / "sheet.png")
    upon_each_other(photo, edits, editor, folder)
    print(f"  {folder / 'sheet.png'}\n  {folder / 'all-sheet.png'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where pictures go")
    parser.add_argument("--model", default="bundled", help="an editor's folder or name")
    options = parser.parse_args()
    run(options.folder, options.model)
