"""One result for each of the thirty sentences, each of another person, to be looked at without the photo beside it.

    python -m benchmarks.text_glance --data WIDE --teachers WEIGHTS --out FOLDER [--seed 0]

Who gets which sentence is drawn by chance, among those for whom it means something: wearers for what is to be taken
off, shut lips for teeth, no children for "older", women and men as the sentence says, a mouth that does not smile for a
smile. PNGs at the photo's resolution, the largest square that lies within the photo: beyond it, these frames are
mirrored, which strangers see at once. Photographs alone: of portraits that a network made, strangers find the faults.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.sheets import read
from benchmarks.text_edits import SENTENCES, WEARERS, Measure
from mien import Editor
from mien.errors import MienError
from mien.types import Float64

SIDE, LEAST = 660, 440
"""Pixels of a result, and the least of it that must lie within the photo."""

Meant = Callable[[Mapping[str, float]], bool]
MEANT: Mapping[str, Meant] = {
    **{text: lambda seen, worn=worn: seen[worn] > 0.5 for text, worn in WEARERS.items()},  # type: ignore[misc]
    "smile with teeth": lambda seen: seen["teeth"] < 0.5,
    "a slight smile": lambda seen: seen["smile"] < -1.5,
    "auburn hair and a smile": lambda seen: seen["hair-length"] > -1.3,
    "older": lambda seen: seen["age"] > 16,
    "make her smile a little more": lambda seen: seen["masculine"] < 0.3,
    "make him look angry": lambda seen: seen["masculine"] > 0.7,
}
"""For whom a sentence means something, where that is not all."""


def within(corners: Float64) -> tuple[int, int, int] | None:
    """(x, y, side) of the largest square around the middle of the frame that lies within a photo's corners (4, 2)."""
    inside = np.zeros((768, 768), np.uint8)
    cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), 1)
    inside = np.pad(inside, 1)[1:-1, 1:-1]
    for side in range(SIDE, LEAST - 1, -4):
        whole = cv2.erode(inside, np.ones((side, side), np.uint8), anchor=(0, 0), borderValue=0)
        rows, columns = np.nonzero(whole)
        if rows.size:
            best = int(np.argmin((rows + 0.5 * side - 370) ** 2 + (columns + 0.5 * side - 384) ** 2))
            return int(columns[best]), int(rows[best]), side
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="some of the sentences; the faces are the same")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    editor = Editor.from_pretrained()
    measure = Measure(editor, options.teachers)
    photos = read(options.data)
    with (options.data / "index.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file) if row["kind"] == "real"}
    cuts = {name: within(np.array(json.loads(rows[name]["photo_corners"]))) for name in photos if name in rows}
    found = [
        (name, photo, faces[0])
        for name, photo in photos.items()
        if cuts.get(name) and (faces := editor.finder.find(photo))
    ]
    print(f"{len(found)} people")
    seen = [measure(photo, face.quad, face) for _, photo, face in found]
    order = list(np.random.default_rng(options.seed).permutation(len(found)))
    options.out.mkdir(parents=True, exist_ok=True)
    for text in sorted(SENTENCES, key=lambda one: one not in MEANT):  # the choosy ones first
        likely = [i for i in order if MEANT.get(text, lambda _: True)(seen[i])]
        for i in likely:
            name, photo, _ = found[i]
            try:
                result = None if options.only and text not in options.only else editor(photo, text=text).photo
            except MienError as error:
                print(f"{text}: {name} refused, {error}")
                continue
            order.remove(i)
            print(f"{text}: {name}", flush=True)
            if result is not None:
                x, y, side = cuts[name] or (0, 0, 0)
                cut = result.pixels[y : y + side, x : x + side]
                Image.fromarray(cut).save(options.out / f"{text.replace(' ', '-').replace(',', '')}.png")
            break


if __name__ == "__main__":
    main()
