"""How the bundled light of faces came to be: how shaven men's skin is lit at each landmark, and how that differs.

    python -m recipes.face_light --data WIDE --portraits PORTRAITS [--out runs/face-light]

``WIDE`` holds index.csv and images/ (768 px, 1.5 times the FFHQ square), ``PORTRAITS`` the index that names genders.
Real men of the train split who look straight on, without beard, each also mirrored. What is not seen of a face is
what the others tell (principal components with missing values, by turns).
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from PIL import Image

from mien.align.finder import FaceFinder
from mien.checkpoints.store import CARD
from mien.conditions.areas import lower_face
from mien.conditions.parser import FaceParser
from mien.errors import MienError
from mien.guides.around_beard import AroundBeard
from mien.guides.beard_edge import blurred, dilated, inside
from mien.guides.beardless import light_of
from mien.guides.coloring import lab_of
from mien.guides.face_light import KIND
from mien.guides.shapes import Shapes
from mien.types import Bool, Float32, Float64, Photo

BEARDLESS, TURNED = 0.01, 20.0
"""Mean probability of hair on the lower face, and yaw, degrees, of those that are taken."""

WAYS, ROUNDS = 14, 25
"""How many ways are kept, and how often what is missing is told anew."""

LEAST = 0.35
"""Share of the landmarks at which skin must be seen."""

NOTES = """---
license: apache-2.0
library_name: mien
---

# Face light

How the skin of shaven men is lit and coloured at 478 landmarks: the mean of {count} pictures and {ways} ways in which
they differ ({share:.0%} of the variance). It tells how a chin looks below a beard.

- **Recipe**: `recipes/face_light.py`.
- **Data**: real pictures of the train split of a set of public-domain, CC0, CC BY, Licence Ouverte and MIT-licensed
  portraits. Nothing in it shows a person.
- **Licence**: Apache-2.0, as the rest of mien.
- **Limits**: men who look at the camera, many of them white and in the light of a studio.
"""


def look(photo: Photo, finder: FaceFinder, parser: FaceParser) -> tuple[Float32, Bool] | None:
    """Light at the landmarks (478, 3), and where skin is seen (478,); None of a face that is not taken."""
    faces = finder.find(photo)
    if not faces or abs(faces[0].pose.yaw) > TURNED:
        return None
    here = AroundBeard.of(photo, faces[0], parser)
    if float(here.shares["hair"][inside(lower_face(here.points)[0], here.shape)].mean()) > BEARDLESS:
        return None
    lab = lab_of(here.picture / np.float32(255))
    skin = np.median(lab[here.facial], axis=0)
    light = blurred(light_of(lab, skin), 1.5)
    shown = (here.shares["skin"] > 0.75) & ~dilated(here.lips, 1)
    rows, columns, within = here.pixels_of_landmarks
    return light[rows, columns], np.asarray(within & shown[rows, columns], np.bool_)


def components(light: Float64, seen: Bool) -> tuple[Float64, Float64, float]:
    """Mean (478, 3), ways (K, 478, 3), and the share of the variance that these explain."""
    weight = np.repeat(seen, 3, axis=1)
    flat = light.reshape(len(light), -1)
    mean = (flat * weight).sum(0) / np.maximum(weight.sum(0), 1)
    full = np.where(weight, flat, mean)
    for _ in range(ROUNDS):
        mean = full.mean(0)
        u, size, ways = np.linalg.svd(full - mean, full_matrices=False)
        told = mean + (u[:, :WAYS] * size[:WAYS]) @ ways[:WAYS]
        full = np.where(weight, flat, told)
    scaled = ways[:WAYS] * (size[:WAYS] / np.sqrt(len(full)))[:, None]
    share = float((size[:WAYS] ** 2).sum() / (size**2).sum())
    return mean.reshape(-1, 3), scaled.reshape(WAYS, -1, 3), share


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
        if one is not None and one[1].mean() > LEAST:
            found.append(one)
    mean = Shapes.bundled().mean
    other = ((mean[None] - mean[:, None] * (-1, 1, 1)) ** 2).sum(2).argmin(1)  # the same place of the other half
    light = np.stack([one for pair, _ in found for one in (pair, pair[other])]).astype(np.float64)
    seen = np.stack([one for _, pair in found for one in (pair, pair[other])])
    save(o.out, *components(light, seen), len(found))


def save(folder: Path, mean: Float64, ways: Float64, share: float, count: int) -> None:
    """Arrays, index and card."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file({"mean": mean.astype(np.float16), "ways": ways.astype(np.float16)}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"kind": KIND}) + "\n", encoding="utf-8")
    (folder / CARD).write_text(NOTES.format(count=count, ways=len(ways), share=share), encoding="utf-8")


if __name__ == "__main__":
    main()
