"""How the bundled light of faces came to be: how the lower half of shaven men's faces is lit, and how that differs.

    python -m recipes.face_light --data WIDE --portraits PORTRAITS [--out runs/face-light]

``WIDE`` holds index.csv and images/ (768 px, 1.5 times the FFHQ square), ``PORTRAITS`` the index that names genders.
Real men of the train split who look straight on, without beard, each also mirrored. What is not seen of a face is
what the others tell (principal components with missing values, by turns); where few show skin, what lies beside it.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from mien.align.finder import FaceFinder
from mien.checkpoints.store import CARD
from mien.compose.blend import membrane
from mien.conditions.areas import lower_face
from mien.conditions.parser import FaceParser
from mien.errors import MienError
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.beardless import light_of, places
from mien.guides.beards.edge import blurred, dilated, inside
from mien.guides.beards.face_light import HEIGHT, KIND, PICTURE, WIDTH, frame, looks_of
from mien.guides.dyes.coloring import lab_of
from mien.types import Bool, Float32, Float64, Photo

BEARDLESS, TURNED = 0.02, 18.0
"""Mean probability of hair on the lower face, and yaw, degrees, of those that are taken."""

WAYS, ROUNDS = 20, 8
"""How many ways are kept, and how often what is missing is told anew."""

SHOWN = 0.12
"""Share of the men who show skin at a place that counts."""

QUALITY = 89
"""Of the WebP picture."""

NOTES = """---
license: apache-2.0
library_name: mien
---

# Face light

How the lower half of shaven men's faces is lit and coloured, with jaw and neck: the mean of {count} pictures and
{ways} ways in which they differ ({share:.0%} of the variance). It tells how a face looks below a beard.

- **Recipe**: `recipes/face_light.py`.
- **Data**: real pictures of the train split of a set of public-domain, CC0, CC BY, Licence Ouverte and MIT-licensed
  portraits. Nothing in it shows a person.
- **Licence**: Apache-2.0, as the rest of mien.
- **Limits**: men who look at the camera, many of them white and in the light of a studio.
"""


def look(photo: Photo, finder: FaceFinder, parser: FaceParser) -> tuple[Float32, Bool, Float64] | None:
    """Light (H, W, 3), where skin is seen (H, W), and looks (5,); None of a face that is not taken."""
    faces = finder.find(photo)
    if not faces or abs(faces[0].pose.yaw) > TURNED:
        return None
    here = AroundBeard.of(photo, faces[0], parser)
    if float(here.shares["hair"][inside(lower_face(here.points)[0], here.shape)].mean()) > BEARDLESS:
        return None
    lab = lab_of(here.picture / np.float32(255))
    light = light_of(lab, np.median(lab[here.facial], axis=0))
    shown = (here.shares["skin"] + here.shares["neck"] > 0.75) & ~dilated(here.lips, 1) & (here.shares["worn"] < 0.2)
    at = places(frame(), here.points, (HEIGHT, WIDTH))
    light, seen = (cv2.remap(one, at, None, cv2.INTER_LINEAR) for one in (light, shown.astype(np.float32)))
    return np.asarray(light, np.float32), np.asarray(seen > 0.9), looks_of(faces[0])


def components(light: Float32, seen: Bool, looks: Float64) -> tuple[Float32, Float64, float]:
    """Mean and ways (K + 1, H, W, 3), their looks (K + 1, 5), and the share of the variance that these explain."""
    size = light[0].size
    known = np.concatenate([np.repeat(seen.reshape(len(seen), -1), 3, axis=1), np.ones(looks.shape, np.bool_)], 1)
    given = np.concatenate([light.reshape(len(light), -1), looks], 1).astype(np.float32)
    full = np.where(known, given, (given * known).sum(0) / np.maximum(known.sum(0), 1))
    for _ in range(ROUNDS):
        mean = full.mean(0)
        strength, vectors = np.linalg.eigh((full - mean) @ (full - mean).T)
        vectors = vectors[:, ::-1][:, :WAYS]
        ways = vectors.T @ (full - mean)
        full = np.where(known, given, mean + vectors @ ways)
    every = np.concatenate([mean[None], ways / np.sqrt(len(full))])
    share = float(strength[::-1][:WAYS].sum() / strength.sum())
    return every[:, :size].reshape(-1, *light.shape[1:]), every[:, size:].astype(np.float64), share


def spread(every: Float32, seen: Bool) -> Float32:
    """The same, smooth where less than :data:`SHOWN` of all show skin."""
    often = cv2.morphologyEx((seen.mean(0) > SHOWN).astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7)))
    often = cv2.erode(often, np.ones((3, 3))).astype(np.float32)
    sure = (often * blurred(often, 1.2))[..., None]
    beside = (blurred(membrane(one, often, 300.0), 1.5) for one in every)
    return np.stack([two + sure * (blurred(one, 0.6) - two) for one, two in zip(every, beside, strict=True)])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="index.csv and images/")
    options.add_argument("--portraits", type=Path, required=True, help="index.csv with genders")
    options.add_argument("--out", type=Path, default=Path("runs") / KIND)
    o = options.parse_args()
    with (o.portraits / "index.csv").open(encoding="utf-8", newline="") as file:
        men = {row["id"] for row in csv.DictReader(file) if row["gender"] == "male"}
    with (o.data / "index.csv").open(encoding="utf-8", newline="") as file:
        names = [
            r["id"] for r in csv.DictReader(file) if (r["split"], r["kind"]) == ("train", "real") and r["id"] in men
        ]
    finder, parser, found = FaceFinder.bundled(), FaceParser.bundled(), []
    for name in names:
        pixels = np.asarray(Image.open(o.data / "images" / f"{name}.webp").convert("RGB"))
        try:
            one = look(Photo(pixels), finder, parser)
        except MienError:
            continue
        if one is not None:
            found.append(one)
    light, seen, looks = (np.stack(one) for one in zip(*found, strict=True))
    light, seen = (np.concatenate([one, one[:, :, ::-1]]) for one in (light, seen))
    looks = np.concatenate([looks, looks * (1, 1, 1, -1, 1)])
    every, looks, share = components(light, seen, looks)
    save(o.out, spread(every, seen), looks, share, len(found))


def save(folder: Path, every: Float32, looks: Float64, share: float, count: int) -> None:
    """Picture, index and card."""
    folder.mkdir(parents=True, exist_ok=True)
    largest = np.abs(every).max((1, 2))
    levels = np.round(128 + 127 * every / largest[:, None, None]).clip(0, 255).astype(np.uint8)
    half = (WIDTH // 2, HEIGHT // 2)
    hues = [cv2.resize(one[..., n], half, interpolation=cv2.INTER_AREA) for one in levels for n in (1, 2)]
    beside = [np.hstack(pair) for pair in zip(hues[::2], hues[1::2], strict=True)]
    Image.fromarray(np.concatenate([*levels[..., 0], *beside])).save(folder / PICTURE, quality=QUALITY, method=6)
    config = {"kind": KIND, "largest": largest.round(3).tolist(), "looks": looks.round(3).tolist()}
    (folder / "config.json").write_text(json.dumps(config) + "\n", encoding="utf-8")
    (folder / CARD).write_text(NOTES.format(count=count, ways=len(every) - 1, share=share), encoding="utf-8")


if __name__ == "__main__":
    main()
