"""What the pixel verbs cost on a 12-megapixel photo, after start-up: processor seconds and memory.

    python -m benchmarks.pixels [--photo FILE] [--rounds 3] [--verbs dye reshape heal borrow]

Bars: 2 s on two cores (elapsed time; processor time is that of one thread, which a busy machine disturbs less), 1.2 GB
for the whole process. Faces are found anew in every round.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.memory import peak_megabytes
from benchmarks.startup import twelve_megapixels
from mien import Editor
from mien.photos.read import read_photo
from mien.types import Photo


def wishes(photo: Photo, editor: Editor) -> dict[str, dict[str, Any]]:
    """Inputs of an edit by verb; the spot that is healed lies on a cheek."""
    face = editor.finder.find(photo)[0]
    spot = np.zeros((photo.height, photo.width), np.bool_)
    x, y = face.landmarks[50, :2].astype(int)
    reach = max(2, round(face.size / 60))
    spot[y - reach : y + reach, x - reach : x + reach] = True
    return {
        "dye": {"dye": {"hair": "blond"}},
        "dye lips": {"dye": {"lips": "crimson"}},
        "reshape": {"reshape": {"smile": 1.0}},
        "heal": {"mask": spot, "mode": "heal"},
        "borrow": {"exemplar": photo, "part": "eyes"},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--verbs", nargs="+")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photo = read_photo(given.photo or twelve_megapixels(Path(folder)))
    editor = Editor.from_pretrained("opencv:telea")
    print(f"{photo.width} x {photo.height}")
    for verb, wish in wishes(photo, editor).items():
        if given.verbs and verb not in given.verbs:
            continue
        editor(photo, **wish)
        spent, elapsed = [], []
        for _ in range(given.rounds):
            start, wall = time.process_time(), time.perf_counter()
            editor(photo, **wish)
            spent.append(time.process_time() - start)
            elapsed.append(time.perf_counter() - wall)
        peak = peak_megabytes(lambda wish=wish: editor(photo, **wish)) or float("nan")  # type: ignore[misc]
        print(
            f"{verb:<9} {min(spent):5.2f} s of a core, {min(elapsed):5.2f} s elapsed, {peak:5.0f} MB more", flush=True
        )


if __name__ == "__main__":
    main()
