"""Photos ranked by descriptions, in the lexicon's words, beyond them, and misspelled: does who has it come first?

    python -m benchmarks.find_words --portraits PORTRAITS --teachers WEIGHTS [--faces 150]

Faces of the validation split. Labels are of networks and landmarks that the face reader is not (age, presentation and
expression of the teachers, areas of the parser, openness of the mouth): who is in the upper third has it, who is in the
lower third does not; where something is there in few, above 0.5. A figure is the share of pairs in the right order.
"""

from __future__ import annotations

import argparse
import csv
import random
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image

from benchmarks.text_edits import Measure
from mien import Editor
from mien.errors import ConfigError
from mien.finding.face_reader import FaceReader
from mien.finding.match import match
from mien.finding.search import asked_for
from mien.finding.tower import TextTower
from mien.types import Photo
from mien.words.reader import read
from recipes.text_tower import misspelt
from recipes.text_tower_check import free

LABELS = {
    **{"smile": "happy", "age": "age", "feminine": "masculine", "mouth-open": "mouth-open", "face-width": "face-width"},
    **{"glasses": "glasses", "beard": "beard", "stubble": "beard", "moustache": "beard", "baldness": "hair-length"},
}
"""Numbers of the judges by attribute."""

INVERTED = ("feminine", "baldness")
THERE = ("glasses", "beard")

KNOWN = {
    "smiling": "smile+",
    "serious": "smile-",
    "old": "age+",
    "young": "age-",
    "feminine": "feminine+",
    "masculine": "feminine-",
    "glasses": "glasses+",
    "beard": "beard+",
    "mouth open": "mouth-open+",
    "chubby": "face-width+",
}


def ordered(scores: Any, label: Any, there: bool) -> float:
    """Share of pairs, one who has it and one who does not, of which the first scores higher; ties count half."""
    few = (label > 0.5, label <= 0.5)
    high, low = few if there else (label > np.quantile(label, 2 / 3), label < np.quantile(label, 1 / 3))
    apart = scores[high][:, None] - scores[low][None]
    return float((np.sign(apart) / 2 + 0.5).mean()) if apart.size else np.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portraits", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, required=True)
    parser.add_argument("--faces", type=int, default=150)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    editor = Editor.from_pretrained()
    measure, reader = Measure(editor, options.teachers), FaceReader.bundled()
    with (options.portraits / "index.csv").open(newline="", encoding="utf-8") as file:
        names = [row["id"] for row in csv.DictReader(file) if row["split"] == "val"][: options.faces]
    photos = [Photo(np.asarray(Image.open(options.portraits / "images" / f"{n}.jpg").convert("RGB"))) for n in names]
    found = [(photo, faces[0]) for photo in photos if (faces := editor.finder.find(photo))]
    looks = reader.looks(found)
    told = [measure(photo, face.quad, face) for photo, face in found]
    rng = random.Random(3)
    beyond = [(text, signed) for text, wanted in free() for signed in sorted(wanted) if signed[:-1] in LABELS]
    sets = {
        "words of the lexicon": list(KNOWN.items()),
        "the same, two letters wrong": [(misspelt(rng, t, 2), s) for t, s in KNOWN.items() for _ in range(5)],
        "words beyond it": list(dict(beyond).items()),
    }
    for name, texts in sets.items():
        rows = []
        for text, signed in texts:
            attribute, sign = signed[:-1], 1 if signed.endswith("+") else -1
            label = np.array([one[LABELS[attribute]] for one in told])
            label = -label if attribute in INVERTED else label
            wanted = sign * label if LABELS[attribute] not in THERE else label
            row = [bool(read(text).wishes), np.nan, np.nan]
            for at, reading in ((1, read(text)), (2, _asked(text))):
                scores = np.array([match(look, reading).score for look in looks])
                row[at] = ordered(scores, wanted, LABELS[attribute] in THERE)
            rows.append((text, signed, *row))
        read_share = np.mean([row[2] for row in rows])
        rules, both = (np.nanmean([row[k] for row in rows]) for k in (3, 4))
        print(f"{name}: {len(rows)}, read by the rules {read_share:.0%}; right: {rules:.3f}, with the tower {both:.3f}")
        for row in rows:
            print("   ", row[0], row[1], " ".join(f"{value:.2f}" for value in row[3:]), flush=True)
    print(f"tower: {len(TextTower.bundled().names)} attributes, {len(found)} faces")


def _asked(text: str) -> Any:
    try:
        return asked_for(text)
    except ConfigError:
        return read("")


if __name__ == "__main__":
    main()
