"""Thirty sentences, each for twenty faces: does what was asked for move the right way, measured anew?

    python -m benchmarks.text_edits --data WIDE --teachers WEIGHTS [--faces 20] [--sheets SHEETS]

Measured are landmarks found again, the parser's areas and their colors, and, for age, presentation and expression, the
teachers' networks; expressions in log odds, since shares of nearly 0 and 1 tell nothing. A forehead is as high as the
skin above the brows, eyes and lips are as large as the parser's area of them: the landmarks do not see that.
Nobody who lacks a thing is asked to take it off. A sheet of a sentence shows each face before and after, at the photo's
resolution.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from benchmarks.move import AREAS
from benchmarks.sheets import around, read
from mien import Editor
from mien.align import mesh
from mien.align.crop import crop_face, inverse
from mien.conditions.areas import Seen
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import MienError
from mien.finding.axes import COLORS, NUMBERS, PRESENT
from mien.finding.match import Look, fit
from mien.guides.mouths.smile import level
from mien.guides.shapes import Shapes
from mien.types import Face, Float32, Float64, Photo, UInt8
from mien.words.reader import read as understood
from mien.words.types import Wish
from recipes.reader_labels import measured, taught

SENTENCES = """
a slight smile
make her smile a little more
look more serious
smile with teeth
blond hair
black hair
auburn hair and a smile
gray hair
pink hair, red lips
blue eyes
green eyes, a bit bigger
bigger eyes
open the eyes wider
a smaller nose
narrower nose and fuller lips
fuller lips
dark red lips
raise the eyebrows
a thinner face
a narrower jaw
a longer chin
a wider mouth
a lower forehead
without glasses
no beard
remove the dark circles under the eyes
make him look angry
dark brown hair, brown eyes
lighter hair
older
""".strip().splitlines()

WEARERS: Mapping[str, str] = {"without glasses": "glasses", "no beard": "beard"}
"""Sentences for those alone who have such a thing."""

SIDE, LEAST = 256, 1e-5
"""Pixels of the crop; share of an expression that counts as none."""

BROWS = (105, 334)
"""Landmarks in the middle of them."""


class Measure:
    """What is seen of a face, in the frame of the crop before the edit."""

    def __init__(self, editor: Editor, teachers: Path) -> None:
        self.finder, self.teachers = editor.finder, teachers
        self.parser, self.shapes = FaceParser.bundled(), Shapes.bundled()

    def __call__(self, photo: Photo, quad: Float64, asked: Face) -> dict[str, float]:
        """Numbers by name; landmarks are looked for anew."""
        crop = crop_face(photo, quad, SIDE)
        faces = self.finder.find(photo)
        face = min(faces, key=lambda f: float(np.linalg.norm(f.quad.mean(0) - quad.mean(0)))) if faces else asked
        back = inverse(crop.matrix)
        points = face.landmarks.astype(np.float64).copy()
        points[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
        points[:, 2] *= np.sqrt(abs(np.linalg.det(back[:, :2])))
        told = {name: float(v[0]) for name, v in self.shapes.strengths(points[None].astype(np.float32)).items()}
        told |= {name: float(v[0]) for name, v in taught(crop.pixels[None], self.teachers).items()}
        told |= {name: float(np.log((told[name] + LEAST) / (1 - told[name] + LEAST))) for name in ("happy", "angry")}
        shares = self.parser.shares(crop.pixels)
        told["forehead"] = forehead(shares[INDEX["skin"]], points)
        told |= {name: float(shares[[INDEX[one] for one in of]].sum(0).mean()) for name, of in AREAS.items()}
        return told | measured(Seen(self.parser.parse_crop(crop.pixels), points, crop.pixels))


def forehead(skin: Float32, points: Float64) -> float:
    """Mean height of the skin (S, S) above the brows (points of a face in it), pixels."""
    top = int(points[[*mesh.LEFT_BROW, *mesh.RIGHT_BROW], 1].min())
    left, right = sorted(int(points[one, 0]) for one in BROWS)
    return float(skin[: max(1, top), left:right].sum() / max(1, right - left))


def right(wish: Wish, before: dict[str, float], after: dict[str, float]) -> bool | None:
    """Whether a wish came nearer; None for what is not measured."""
    if wish.attribute in COLORS and wish.color:
        one, two = (fit(Look(values, values), wish) for values in (before, after))
        return None if one is None or two is None or np.isnan(one) else bool(two > one or two > 0.6)
    weights = NUMBERS.get(wish.attribute)
    if weights is None:
        return None
    if wish.attribute == "smile" and not wish.relative and 0 < wish.degree < 1:  # nearer to it, from either side
        return abs(after["smile"] - level(wish.degree)) < abs(before["smile"] - level(wish.degree))
    change = sum(weight * (after[name] - before[name]) for name, weight in weights.items())
    there = wish.degree > 0
    if set(weights) <= PRESENT and change == 0 and (before[next(iter(weights))] > 0.5) == there:
        return None  # it was so before
    return bool(change > 0) if there else bool(change < 0)


def sheet(pairs: list[tuple[UInt8, UInt8]]) -> UInt8:
    """Before and after beside each other, five pairs a row."""
    tiles = [np.hstack(pair) for pair in pairs]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 5)
    return np.vstack([np.hstack(tiles[i : i + 5]) for i in range(0, len(tiles), 5)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, required=True)
    parser.add_argument("--faces", type=int, default=20)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--only", nargs="*", default=SENTENCES, help="some of the sentences")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    photos = list(read(options.data).values())
    editor = Editor.from_pretrained()
    measure = Measure(editor, options.teachers)
    found = [(photo, faces[0]) for photo in photos[::2] if (faces := editor.finder.find(photo))]
    before = [measure(photo, face.quad, face) for photo, face in found]
    moved: list[bool] = []
    for text in options.only:
        wearers = [i for i in range(len(found)) if text not in WEARERS or before[i][WEARERS[text]] > 0.5]
        told: list[bool] = []
        pairs, refused = [], 0
        for i in wearers[: options.faces]:
            photo, face = found[i]
            try:
                result = editor(photo, text=text)
            except MienError:
                refused += 1
                continue
            after = measure(result.photo, face.quad, face)
            known = [one for w in understood(text).wishes if (one := right(w, before[i], after)) is not None]
            told += known
            pairs.append((around(photo.pixels, face.quad, 520), around(result.photo.pixels, face.quad, 520)))
        moved += told
        share = f"{np.mean(told):.0%} of {len(told)}" if told else "not measured"
        print(f"{text}: {len(pairs)} edits, {refused} refused; right way {share}", flush=True)
        if options.sheets and pairs:
            options.sheets.mkdir(parents=True, exist_ok=True)
            Image.fromarray(sheet(pairs)).save(options.sheets / f"{text.replace(' ', '-').replace(',', '')}.png")
    print(f"all: right way in {np.mean(moved):.1%} of {len(moved)} measured wishes")


if __name__ == "__main__":
    main()
