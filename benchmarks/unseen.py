"""A hundred random edits of real faces that nobody chose settings on, to be looked at.

    python -m benchmarks.unseen --data ../shared/data --out OUT --seed 5 [--only glasses,dye-hair] [--rounds 2]

The edits are of the kinds of benchmarks.sheets and benchmarks.handmade, whose sixty photos are the same every time.
Here each takes the first face that it fits, in an order by the seed, out of a split of the wide portraits. Portraits
that docs/log.md names are left out, and those of files that are named with --without, such as the log of another seed.
`alone/` gets what is real of every result (beyond its corners a wide portrait is a mirror image), for readers who see
nothing else; `sheet/` the photo, the photo that something is borrowed from, and the result; `log.jsonl` a line an edit:
whose faces, notes, complaints, figures, or why it was refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.sheets import around
from benchmarks.unseen_edits import Random, edits
from benchmarks.unseen_faces import LEAST, Faces, without
from mien import Editor
from mien.editing.result import EditResult
from mien.errors import MienError
from mien.photos.color import to_srgb
from mien.types import Photo

Line = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Made:
    """One edit: its name, whose face, whose photo something is borrowed from, the photo that was edited, the result."""

    name: str
    who: str
    other: str | None
    photo: Photo
    result: EditResult


def drawn(edit: Random, faces: Faces) -> tuple[str, str | None] | None:
    """Whose face an edit is made on, and who lends; None where no face fits or nobody can lend."""
    who = faces.draw(edit.name, edit.fits)
    if who is None or edit.lender is None:
        return None if who is None else (who, None)
    other = faces.like(who) if edit.lender == "skin" else faces.haired_like(who)
    return None if other is None else (who, other)


def made(edit: Random, who: str, other: str | None, faces: Faces) -> Made:
    """An edit of a face.

    Raises:
        MienError: what is asked for is refused.
    """
    seen = faces.seen(who)
    assert seen is not None
    photo, wish = seen.photo, edit.wish
    if edit.prepared is not None:
        photo, more = edit.prepared(photo, seen.face, faces.editor)
        wish = {**wish, **more}
    lender = None if other is None else faces.seen(other)
    return Made(edit.name, who, other, photo, faces.editor(photo, **wish, exemplar=lender and lender.photo))


def write(one: Made, side: int, faces: Faces, out: Path) -> None:
    """The pictures of an edit, the result alone and the sheet: NAME_WHO.png."""
    quad, result, name = one.result.faces[0].quad, to_srgb(one.result.photo), f"{one.name}_{one.who}.png"
    lender = None if one.other is None else faces.seen(one.other)
    between = [] if lender is None else [around(to_srgb(lender.photo), lender.face.quad, side)]
    tiles = [around(to_srgb(one.photo), quad, side), *between, around(result, quad, side)]
    Image.fromarray(np.hstack(tiles)).save(out / "sheet" / name)
    x, y = np.clip(quad.mean(0) - side / 2, 0, np.maximum(np.array(result.shape[1::-1]) - side, 0)).astype(int).tolist()
    box = faces.real_part(one.who, (x, y, min(x + side, result.shape[1]), min(y + side, result.shape[0])))
    Image.fromarray(result).crop(box).save(out / "alone" / name)


def line(one: Made) -> Line:
    """What the log says of an edit."""
    face = one.result.faces[0]
    outcome = {} if face.outcome is None else face.outcome.as_dict()
    figures = {name: outcome.get(name) for name in ("complaints", "sharpness", "noise", "seam")}
    seconds = round(one.result.timings["total"] / 1000, 2)
    return {"edit": one.name, "face": one.who, "other": one.other, "notes": face.notes, **figures, "seconds": seconds}


def summary(lines: list[Mapping[str, Any]]) -> str:
    """How many were made, refused, and stand beside a complaint."""
    refused = sum("refused" in one for one in lines)
    told = sum(bool(one.get("complaints")) for one in lines)
    sharp = [one["sharpness"] for one in lines if one.get("sharpness") is not None]
    within = sum(0.8 <= one <= 1.25 for one in sharp)
    words = f"{len(lines) - refused} made, {refused} refused, {told} beside a complaint"
    return f"{words}; sharpness inside over ring within 0.8 to 1.25 in {within} of {len(sharp)}"


def run(edit: Random, faces: Faces, out: Path) -> Line:
    """Draws a face for an edit, makes it, writes its pictures, and says what the log should."""
    found = drawn(edit, faces)
    if found is None:
        return {"edit": edit.name, "refused": "no face fits"}
    try:
        one = made(edit, *found, faces)
    except MienError as error:
        return {"edit": edit.name, "face": found[0], "other": found[1], "refused": str(error)}
    write(one, edit.side, faces, out)
    return line(one)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--split", default="train", help="Of the wide portraits.")
    parser.add_argument("--only", default="", help="Beginnings of the names, joined by commas.")
    parser.add_argument("--rounds", type=int, default=1, help="How often each edit is made, on other faces.")
    parser.add_argument("--without", type=Path, nargs="*", default=[], help="Files that name portraits to leave out.")
    parser.add_argument("--least", type=int, default=LEAST, help="Side of the face in its own photo, pixels.")
    options = parser.parse_args()
    for folder in ("alone", "sheet"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    known = without([Path(__file__).parent.parent / "docs/log.md", *options.without])
    editor = Editor.from_pretrained("opencv:telea")
    faces = Faces(options.data, options.split, options.seed, editor, known, options.least)
    lines: list[Mapping[str, Any]] = []
    with (options.out / "log.jsonl").open("w", encoding="utf-8") as log:
        for edit in edits(options.data, options.rounds):
            if edit.name.startswith(tuple(options.only.split(","))):
                lines.append(run(edit, faces, options.out))
                print(json.dumps(lines[-1]), file=log, flush=True)
                print(*(f"{name}: {value}" for name, value in lines[-1].items() if value), sep="; ", flush=True)
    print(summary(lines))


if __name__ == "__main__":
    main()
