"""Forty edits for which something must be made that nobody shows, as sheets of before, what is asked, and after.

    python -m benchmarks.handmade --data ../shared/data --out SHEETS [--only mouth] [--model FOLDER]
    python -m benchmarks.handmade --data ../shared/data --out SHEETS --only longer

Glasses and beards off, mouths opened and shut by drawn lips, hair by an outline, things before the face taken away,
eyes after another's look; of the wide validation split and of London. Bar: 24 of 40 believed at first glance. The
second one: ten heads with the outlines of long hair of other heads.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.outlines import Wish, hair_outline
from benchmarks.sheets import around, read
from mien import Editor
from mien.align import mesh
from mien.align.crop import crop_face, quad_to_matrix
from mien.align.paste import mask_to_photo
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import MienError
from mien.guides.mouths.shut import shut_points
from mien.guides.mouths.smile import smiling
from mien.guides.shapes import Placement, Shapes
from mien.types import Face, Float64, Photo, UInt8

GLASSES = (0, 2, 7, 10, 14, 15, 39, 42, 47, 51)
"""Numbers of the validation split."""

BEARDS = ("v39", "v42", "v45", "l48", "l68", "l36")
MOUTHS = ("v4", "v12", "v16", "l24", "l35", "l27")
HAIR = (
    ("v44", "shoulder"),
    ("v46", "straight"),
    ("l24", "straight"),
    ("v58", "shorter"),
    ("v25", "fringe"),
    ("l43", "fringe"),
)
LONGER = (
    ("v44", "shoulder"),
    ("v46", "straight"),
    ("v45", "waves"),
    ("v31", "neck"),
    ("v18", "chest"),
    ("v17", "full"),
    ("v43", "neck"),
    ("l24", "straight"),
    ("v15", "shoulder"),
    ("v6", "chest"),
)
"""Faces, and whose long hair is wished for: a key of :data:`benchmarks.outlines.LONG_HAIR`."""

HIDDEN = (("v5", 205), ("v20", 425), ("v50", 61), ("l30", 50), ("l41", 280), ("l94", 1))
"""Faces and the landmark that something lies before."""

LOOKS = (("v12", "v44"), ("v58", "v55"), ("v46", "v45"), ("l24", "l47"), ("l30", "l53"), ("l61", "l41"))
"""Faces, and whose eyes they get; v: of the validation split, l: of London, by row of the index."""


def drawn_lips(photo: Photo, face: Face) -> Wish:
    """Lips drawn by a hand: a shut mouth opens, an open one shuts."""
    points = face.landmarks.astype(np.float64)
    opens = face.mouth_openness < 0.06
    there = points[:, :2] + smiling(face) if opens else shut_points(points)[:, :2]
    unit = Placement.of(points, Shapes.bundled().mean).scale
    rng, shape = np.random.default_rng(len(points)), photo.pixels.shape[:2]
    lines, area = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for contour in (mesh.OUTER_LIPS, mesh.INNER_LIPS_CONTOUR):
        trembling = there[list(contour)] + rng.normal(0, 0.006 * unit, (len(contour), 2))
        cv2.polylines(lines, [np.round(16 * trembling).astype(np.int32)], True, 1, 2, cv2.LINE_8, 4)
    outline = np.concatenate([there[list(mesh.OUTER_LIPS)], points[list(mesh.OUTER_LIPS), :2]])
    cv2.fillConvexPoly(area, cv2.convexHull(np.round(outline).astype(np.int32)), 1)
    return {"mask": cv2.dilate(area, np.ones((round(0.3 * unit),) * 2)) > 0, "sketch": lines > 0}


def hidden(photo: Photo, face: Face, landmark: int) -> Wish:
    """A round thing before the face, whose place is masked."""
    ys, xs = np.mgrid[: photo.height, : photo.width]
    x, y = face.landmarks[landmark, :2]
    unit = float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2]))
    return {"mask": ((xs - x) / 0.3) ** 2 + ((ys - y) / 0.24) ** 2 < unit**2}


def edits(
    faces: Mapping[str, tuple[Photo, Face]], editor: Editor, data: Path
) -> dict[str, tuple[str, Callable[[], Wish]]]:
    """By name: whose face, and what makes the wish."""
    found: dict[str, tuple[str, Callable[[], Wish]]] = {}
    for number in GLASSES:
        found[f"glasses-v{number}"] = (f"v{number}", lambda: {"mask": "glasses", "mode": "heal"})
    for who in BEARDS:
        found[f"beard-{who}"] = (who, lambda: {"part": "lower_face"})
    for who in MOUTHS:
        found[f"mouth-{who}"] = (who, lambda who=who: drawn_lips(*faces[who]))
    for who, kind in HAIR:
        found[f"hair-{who}-{kind}"] = (who, lambda who=who, kind=kind: hair_outline(*faces[who], editor, kind, data))
    for who, kind in LONGER:
        found[f"longer-{who}-{kind}"] = (who, lambda who=who, kind=kind: hair_outline(*faces[who], editor, kind, data))
    for who, landmark in HIDDEN:
        found[f"hidden-{who}"] = (who, lambda who=who, at=landmark: hidden(*faces[who], at))
    for who, whose in LOOKS:
        found[f"look-{who}-{whose}"] = (who, lambda whose=whose: {"mask": "eyes", "exemplar": faces[whose][0]})
    return found


HAIR_COLORS = ((40, 170, 60), (220, 40, 40))
"""Colors in which hair that a map adds, and that it takes away, is shown."""


def asked(photo: Photo, face: Face, wish: Wish, parser: FaceParser) -> UInt8:
    """The photo with mask and lines over it, and in colors what a map changes of the hair."""
    shown, mask = photo.pixels.copy(), wish.get("mask")
    if isinstance(mask, np.ndarray):
        matrix: Float64 = quad_to_matrix(face.quad, len(mask))
        area = mask_to_photo(np.asarray(mask, np.float32), matrix, (photo.width, photo.height)) > 0.5
        area = area if wish.get("frame") == "crop" else mask > 0
        shown[area] = shown[area] // 2 + (50 if "semantic" in wish else 100)
    if "semantic" in wish and isinstance(mask, np.ndarray):
        whole = wish.get("frame") == "photo"
        matrix = np.eye(2, 3) if whole else quad_to_matrix(face.quad, len(wish["semantic"]))
        if whole:
            labels = parser.parse_photo(photo, face.quad)
        else:
            labels = parser.parse_crop(crop_face(photo, face.quad, len(wish["semantic"]), face).pixels)
        old, new = (one == INDEX["hair"] for one in (labels, wish["semantic"]))
        for change, color in zip((new & ~old, old & ~new), HAIR_COLORS, strict=True):
            tinted = mask_to_photo(change.astype(np.float32), matrix, (photo.width, photo.height)) > 0.5
            shown[tinted & area] = (photo.pixels[tinted & area] + np.array(color)) // 2
    if "sketch" in wish:
        shown[wish["sketch"]] = 0
    return shown


def pictures(data: Path) -> dict[str, Photo]:
    """Photos by row: v0 to v60 of the wide validation split, l0 to l123 of London."""
    found = {f"v{number}": photo for number, photo in enumerate(read(data / "wide").values())}
    with (data / "london/index.csv").open(newline="", encoding="utf-8") as file:
        names = [row["id"] for row in csv.DictReader(file)]
    pairs = (*HAIR, *LONGER, *HIDDEN, *LOOKS)
    needed = {who for one in pairs for who in one if isinstance(who, str)} | {*BEARDS, *MOUTHS}
    for number, name in enumerate(names):
        if f"l{number}" in needed:
            path = data / "london/images" / f"{name}.jpg"
            found[f"l{number}"] = Photo(np.asarray(Image.open(path).convert("RGB")))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="Beginning of the names.")
    parser.add_argument("--model", help="An editor; the bundled one otherwise.")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    editor = Editor.from_pretrained(options.model) if options.model else Editor.from_pretrained()
    photos = pictures(options.data)
    faces = {who: (photo, editor.finder.find(photo)[0]) for who, photo in photos.items()}
    for name, (who, wish) in edits(faces, editor, options.data).items():
        if not name.startswith(options.only or name) or (name.startswith("longer") and not options.only):
            continue
        photo, face = faces[who]
        try:
            said = wish()
            result = editor(photo, **said)
        except MienError as error:
            print(f"{name}: {error}")
            continue
        side = min(round(1.1 * float(np.linalg.norm(face.quad[3] - face.quad[0]))), photo.width, photo.height)
        tiles = [
            around(one, face.quad, side)
            for one in (photo.pixels, asked(photo, face, said, editor.parser), result.photo.pixels)
        ]
        Image.fromarray(np.hstack(tiles)).save(options.out / f"{name}.png")
        print(f"{name}: {result.timings['total']:.0f} ms; {'; '.join(result.operations)}", flush=True)


if __name__ == "__main__":
    main()
