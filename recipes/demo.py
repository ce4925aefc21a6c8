"""What ``make demo`` runs: one photo, six wishes, each made of the photo's pixels, and what they left as it was.

    python -m recipes.demo FOLDER

The photo is scikit-image's astronaut, enlarged to 2,000 pixels. Each wish is saved, and what it changed outside of its
mask is counted. Then the bundled editor makes the five edits of :mod:`recipes.edits`, which are painted.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.align.draw import annotate
from mien.checkpoints.editor import DEFAULT
from mien.checkpoints.hub import bundled_names
from mien.editing.result import EditResult
from mien.editor import Editor
from mien.photos.write import save_photo
from mien.types import Float64, Photo, UInt8
from recipes import edits

WISHES: Mapping[str, Mapping[str, Any]] = {
    "auburn": {"dye": {"hair": "auburn"}},
    "crimson-lips": {"dye": {"lips": "crimson"}},
    "green-eyes": {"dye": {"irises": "green"}},
    "closed-mouth": {"reshape": {"mouth-open": -1.0}},
    "narrow-jaw": {"reshape": {"jaw-width": -2.0}},
    "black-and-rose": {"dye": {"hair": "jet-black", "lips": "rose"}, "reshape": {"eye-size": 1.5}},
}
"""Names of the files, and what is asked for."""

TILE = 400
"""Sides of the sheet's panels."""


def tile(picture: UInt8, title: str) -> UInt8:
    """One panel of the sheet."""
    panel = np.full((TILE + 34, TILE, 3), 255, np.uint8)
    panel[34:] = cv2.resize(picture, (TILE, TILE), interpolation=cv2.INTER_AREA)
    cv2.putText(panel, title, (8, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (30, 30, 30), 1, cv2.LINE_AA)
    return panel


def head(photo: Photo, quad: Float64) -> UInt8:
    """The square around a head, with its hair."""
    middle, half = quad.mean(0), 0.75 * float(np.linalg.norm(quad[3] - quad[0]))
    x0, y0 = (max(0, round(float(v) - half)) for v in middle)
    x1, y1 = (round(float(v) + half) for v in middle)
    return photo.pixels[y0:y1, x0:x1]


def outside(result: EditResult) -> int:
    """Samples outside of its mask that an edit changed."""
    changed = result.photo.pixels != result.original.pixels
    return int(changed[~result.mask].sum())


def run(folder: Path) -> None:
    """Writes every picture to ``folder`` and prints where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    photo, editor = edits.portrait(), Editor.from_pretrained("opencv:telea")  # nothing of these wishes is painted
    faces = editor.finder.find(photo)
    pose, quad = faces[0].pose, faces[0].quad
    print(f"{len(faces)} face: yaw {pose.yaw:+.0f}, pitch {pose.pitch:+.0f}, roll {pose.roll:+.0f} degrees")
    drawn = Photo(annotate(photo.pixels, faces))
    save_photo(photo, folder / "photo.png")
    save_photo(drawn, folder / "faces.png")
    panels = [tile(head(photo, quad), "photo"), tile(head(drawn, quad), "face found")]
    for name, wish in WISHES.items():
        result = editor(photo, **wish)
        result.save(folder / f"{name}.png")
        print(f"{name}: {outside(result)} samples changed outside of the mask, {result.timings['total']:.0f} ms")
        panels.append(tile(head(result.photo, quad), name.replace("-", " ")))
    rows = [np.hstack(panels[i : i + 4]) for i in range(0, len(panels), 4)]
    save_photo(Photo(np.vstack(rows)), folder / "sheet.png")
    for path in sorted(folder.glob("*.*")):
        print(f"  {path}")
    if DEFAULT in bundled_names():
        edits.run(folder / "edits")
    else:
        print(f"Edits with the networks are left out: this version of mien has no bundled editor ('{DEFAULT}') yet.")


if __name__ == "__main__":
    run(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-output"))
