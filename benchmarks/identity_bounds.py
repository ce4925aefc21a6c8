"""How like themselves people are, to a network, once glasses or a beard are gone: what a perfect removal could reach.

    python -m benchmarks.identity_bounds --wide WIDE --portraits PORTRAITS --teachers WEIGHTS

*Drawn glasses*: faces of ``wide`` val without glasses, the same photo with drawn ones (``recipes/accessories.py``) and
without: taking them off perfectly gives back the photo, so this cosine is what no edit can better on average. Lenses
that hide the eyes (sunglasses) count apart.

*Beards put on* shaven men of ``wide`` train (``benchmarks/beards_on.py``), each another man's: the same for beards, by
how much of a face they cover. Beside it what mien's removal reaches, with the photo as it was and with the beard.

*Two photos of a person* (``person`` of ``portraits``, not its test split): the cosine where one of them shows the
thing and the other does not, over that where neither does. Were other differences of the photos independent of it,
this quotient would be what one photo would have with itself once the thing is gone. Glasses are there to see how far
that agrees with drawn ones.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from benchmarks.beards_on import USED, WORST, bearded, covered, grown, met, people, shaven, unlike
from benchmarks.sheets import read
from mien import Editor
from mien.align.crop import crop_face, inverse
from mien.checkpoints.judges import load_script
from mien.conditions.areas import AREAS, Seen
from mien.conditions.labels import INDEX
from mien.errors import MienError
from mien.pixels import to_tensor
from mien.types import Float64, Photo, UInt8
from recipes.accessories import draw_glasses

SIDE = 256
"""Of the crops that are compared, and of the portraits, pixels."""

GLASSES, CHIN, NONE = 0.012, 0.15, 0.001
"""Shares of the square that are glasses, and of the lower face that are beard, from which a thing is there; and up to
which it is not."""

SAME = 0.25, 0.97
"""Cosines beyond which two photos are not of one person, whatever the index says, or are one picture, cut otherwise."""

MUCH = 0.7
"""Square eye distances of a face from which a beard covers much of it."""

DRAWS = 3
"""Pairs of glasses drawn on each face."""


class Who:
    """The identity network that ``benchmarks.looks`` measures with."""

    def __init__(self, teachers: Path) -> None:
        self.network = load_script(teachers / "identity_mobileface.pt", torch.device("cpu"), trust_code=True)

    def __call__(self, crop: UInt8) -> Float64:
        """(S, S, 3) -> a vector of length 1."""
        with torch.inference_mode():
            vector = self.network(to_tensor(crop[None]))[0].double().numpy()
        return np.asarray(vector / np.linalg.norm(vector))


def drawn(wide: Path, editor: Editor, who: Who) -> None:
    """Prints cosines of faces with and without drawn glasses."""
    rng, clear, dark = np.random.default_rng(0), list[float](), list[float]()
    for photo in read(wide).values():
        for face in editor.finder.find(photo)[:1]:
            crop = crop_face(photo, face.quad, SIDE)
            labels = editor.parser.parse_crop(crop.pixels)
            if (labels == INDEX["glasses"]).mean() > NONE:
                continue
            back = inverse(crop.matrix)
            points = face.landmarks.copy()
            points[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
            bare = who(crop.pixels)
            for _ in range(DRAWS):
                worn, seen = draw_glasses(crop.pixels, labels, points, rng)
                eyes = np.isin(seen, [INDEX["left_eye"], INDEX["right_eye"]])
                (clear if eyes.any() else dark).append(float(bare @ who(worn)))
    for name, found in (("clear lenses", clear), ("sunglasses", dark)):
        print(f"drawn glasses, {name}: {told(found)}")


def pairs(portraits: Path, editor: Editor, who: Who) -> None:
    """Prints cosines of two photos of a person by what they show."""
    with (portraits / "index.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] != "test" and row["kind"] == "real"]
    points = np.load(portraits / "landmarks.npy", mmap_mode="r")
    people, women = defaultdict[str, list[int]](list), set[str]()
    for row in rows:
        if row["person"] and int(row["native_px"]) >= SIDE:
            people[row["person"]].append(int(row["id"]))
            women |= {row["person"]} if row["gender"] == "female" else set()
    found = defaultdict[tuple[str, str], list[float]](list)
    for person, ids in people.items():
        if len(ids) < 2:
            continue
        seen = [look(portraits, number, np.asarray(points[number], np.float64), editor, who) for number in ids]
        for (one, glasses, beard), (two, others, other) in combinations(seen, 2):
            if not SAME[0] < one @ two < SAME[1]:
                continue
            if beard + other == 0:
                found["glasses", f"{glasses + others:g}"].append(float(one @ two))
            if glasses + others == 0 and person not in women:
                found["beard", f"{beard + other:g}"].append(float(one @ two))
    for thing in ("glasses", "beard"):
        neither, one, both = (found[thing, count] for count in ("0", "1", "2"))
        ratio = np.mean(one) / np.mean(neither)
        print(f"{thing} in neither: {told(neither)}\n  in one: {told(one)}\n  in both: {told(both)}")
        print(f"  one over neither: {ratio:.3f}")


def grown_on(wide: Path, portraits: Path, editor: Editor, who: Who, count: int) -> None:
    """Prints cosines of shaven men and the same with other men's beards, and of what mien makes of these."""
    photos = people(wide, portraits)
    every = {name: met(photo, editor.finder, editor.parser) for name, photo in photos.items()}
    men = {name: man for name, man in every.items() if man is not None}
    beards, used = [name for name, man in men.items() if grown(man)], defaultdict[str, int](int)
    found = defaultdict[str, list[tuple[float, float, float]]](list)
    for name in [name for name, man in men.items() if shaven(man)]:
        man = men[name]
        best = min(beards, key=lambda one: unlike(man, men[one]) + USED * used[one])
        if unlike(man, men[best]) > WORST or sum(map(len, found.values())) >= 2 * count:
            continue
        used[best] += 1
        worn = bearded(man, men[best])[0]
        try:
            removed = editor(Photo(worn), part="lower_face").photo.pixels
        except MienError:
            continue
        bare, grew, made = (
            who(crop_face(Photo(one), man.face.quad, SIDE).pixels) for one in (man.photo.pixels, worn, removed)
        )
        much = "much of the face" if covered(men[best]) > MUCH else "less of it"
        for key in ("all", much):
            found[key].append((float(bare @ grew), float(made @ grew), float(made @ bare)))
    for key, rows in sorted(found.items()):
        perfect, reached, true = (told(list(one)) for one in zip(*rows, strict=True))
        print(f"beards put on, {key}\n  untouched: {perfect}\n  removed: {reached}")
        print(f"  removed against untouched: {true}")


def look(portraits: Path, number: int, points: Float64, editor: Editor, who: Who) -> tuple[Float64, float, float]:
    """Who a portrait shows; and whether glasses and a beard: 1, 0, or not a number where that is not clear."""
    pixels = np.asarray(Image.open(portraits / "images" / f"{number:04d}.jpg").convert("RGB"))
    labels = editor.parser.parse_crop(pixels)
    worn = float((labels == INDEX["glasses"]).mean())
    seen = Seen(labels, points, pixels)
    chin = AREAS["lower_face"](seen)
    grown = float((AREAS["beard"](seen) & chin).sum() / max(1, chin.sum()))
    return who(pixels), clearly(worn, GLASSES), clearly(grown, CHIN)


def clearly(share: float, least: float) -> float:
    """1 from ``least`` on, 0 where there is nearly none, and else not a number."""
    return 1.0 if share >= least else 0.0 if share <= NONE else np.nan


def told(found: list[float]) -> str:
    """Mean, worst tenth and least, with how many there are."""
    if not found:
        return "none"
    return f"{len(found)}, mean {np.mean(found):.3f}, worst tenth {np.quantile(found, 0.1):.3f}, least {min(found):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--wide", "--portraits", "--teachers"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--beards", type=int, default=120, help="how many are put on")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    editor, who = Editor.from_pretrained("opencv:telea"), Who(options.teachers)
    grown_on(options.wide, options.portraits, editor, who, options.beards)
    drawn(options.wide, editor, who)
    pairs(options.portraits, editor, who)


if __name__ == "__main__":
    main()
