"""One result for each of the thirty sentences, each of another person, to be looked at without the photo beside it.

    python -m benchmarks.text_glance --data WIDE --teachers WEIGHTS --out FOLDER [--seed 0]

Who gets which sentence is drawn by chance, among those for whom it means something: wearers for what is to be taken
off, shut lips for teeth, no children for "older", women and men as the sentence says. PNGs at the photo's resolution.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.sheets import read
from benchmarks.text_edits import SENTENCES, WEARERS, Measure
from mien import Editor
from mien.errors import MienError

SIDE = 660
"""Pixels of a result, cut from the middle."""

Meant = Callable[[Mapping[str, float]], bool]
MEANT: Mapping[str, Meant] = {
    **{text: lambda seen, worn=worn: seen[worn] > 0.5 for text, worn in WEARERS.items()},  # type: ignore[misc]
    "smile with teeth": lambda seen: seen["teeth"] < 0.5,
    "older": lambda seen: seen["age"] > 16,
    "make her smile a little more": lambda seen: seen["masculine"] < 0.3,
    "make him look angry": lambda seen: seen["masculine"] > 0.7,
}
"""For whom a sentence means something, where that is not all."""


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
    found = [(name, photo, faces[0]) for name, photo in photos.items() if (faces := editor.finder.find(photo))]
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
                x, y = ((side - SIDE) // 2 for side in (photo.width, photo.height))
                cut = result.pixels[y : y + SIDE, x : x + SIDE]
                Image.fromarray(cut).save(options.out / f"{text.replace(' ', '-').replace(',', '')}.png")
            break


if __name__ == "__main__":
    main()
