"""Do the people of val and test come back in train? Asked of two networks.

    python -m recipes.near_duplicates --data PORTRAITS --wide WIDE --weights WEIGHTS --cache FOLDER [--sheet SHEET]

MobileFace says who it is, MobileNetV2 (pooled, trained on ImageNet) what is seen. First in the table come pairs of a
held-out face and one of train that both networks find more alike than chance does: MobileFace than all but one in
ONE_IN of the pairs of two persons of train, MobileNetV2 than SCENE of them. These are the same photo, by eye. Then
those that pass by MobileFace alone: other photos of a person, and faces that are merely alike. How many of the pairs
that belong together pass is told of pairs of one person in train, and of faces beside themselves in another crop, tone
and JPEG. The wide pictures are those of the portraits of the same number: told is whether both sets put them in the
same split. Vectors are kept in the cache, so that a run that was stopped goes on.

Legend: N, M pictures, D numbers of a vector, K pairs.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from mien.checkpoints.judges import load_script
from mien.data import contact_sheet
from mien.data.pictures import Picture
from mien.data.sources import prepared_pictures, read_index
from mien.files import atomic_path
from mien.pixels import to_tensor
from mien.types import Float32, UInt8

ONE_IN, SCENE = 10_000, 0.99
"""Pairs of two persons, of which one passes by MobileFace; share of them that do not by MobileNetV2."""

SIDE, BATCH, KNOWN, COPIES = 256, 64, 150, 48
"""Pixels; pictures at a time; pairs of one person, and faces in another crop, that are asked about."""

Look = Callable[[UInt8], Float32]
"""Pictures (N, SIDE, SIDE, 3) to unit vectors (N, D)."""


def network(file: Path) -> Look:
    """A TorchScript network of pictures in [-1, 1]."""
    judge = load_script(file, torch.device("cpu"), trust_code=True)

    def look(pictures: UInt8) -> Float32:
        with torch.inference_mode():
            return unit(judge(to_tensor(pictures)).numpy())

    return look


def unit(vectors: Float32) -> Float32:
    """Of length 1 (N, D)."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)


def cached(look: Look, pictures: Iterable[Picture], cache: Path, name: str) -> dict[str, Float32]:
    """Vectors (D,) by the picture's name; those that are not in the cache are made, and put there by blocks."""
    cache.mkdir(parents=True, exist_ok=True)
    files = sorted(cache.glob(f"{name}-*.npz"))
    known: dict[str, Float32] = {}
    for file in files:
        with np.load(file) as block:
            known |= dict(zip(block["names"].tolist(), block["vectors"], strict=True))
    missing = [one for one in pictures if one.name not in known]
    for start in range(0, len(missing), BATCH):
        some = missing[start : start + BATCH]
        vectors = look(np.stack([one.pixels(SIDE) for one in some]))
        with atomic_path(cache / f"{name}-{len(known):06d}.npz") as temporary, temporary.open("wb") as file:
            np.savez(file, names=np.array([one.name for one in some]), vectors=vectors)
        known |= dict(zip([one.name for one in some], vectors, strict=True))
    return known


def other_crop(picture: UInt8, rng: np.random.Generator) -> UInt8:
    """The same photo as another site would show it: turned, moved, larger or smaller, in another tone, small JPEG."""
    side = len(picture)
    angle, scale = np.radians(rng.uniform(-4, 4)), rng.uniform(0.88, 1.1)
    (x, y), c = rng.uniform(-0.03, 0.03, 2) * side, side / 2
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    matrix = (a, b, c + x - a * c - b * c, -b, a, c + y + b * c - a * c)
    moved = Image.fromarray(picture).transform((side, side), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
    lit = np.clip(np.asarray(moved) * rng.uniform(0.9, 1.1, 3), 0, 255).astype(np.uint8)
    small = Image.fromarray(lit).resize((side // 2, side // 2), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=70)
    return np.asarray(Image.open(buffer).resize((side, side), Image.Resampling.BICUBIC))


def two_persons(people: Sequence[str], rng: np.random.Generator, count: int) -> tuple[list[int], list[int]]:
    """So many pairs (K,), (K,) of pictures of two persons, by the persons (N,) of the pictures; "" is nobody known."""
    one, other = rng.integers(0, len(people), (2, 2 * count))
    apart = [(int(a), int(b)) for a, b in zip(one, other, strict=True) if people[a] != people[b]][:count]
    return [a for a, _ in apart], [b for _, b in apart]


def one_person(people: Sequence[str], rng: np.random.Generator, count: int) -> tuple[list[int], list[int]]:
    """A pair of pictures each of so many persons at most."""
    of: dict[str, list[int]] = {}
    for number, person in enumerate(people):
        if person:
            of.setdefault(person, []).append(number)
    several = [numbers for numbers in of.values() if len(numbers) > 1]
    chosen = [several[k] for k in rng.permutation(len(several))[:count]]
    pairs = [rng.permutation(numbers)[:2].tolist() for numbers in chosen]
    return [a for a, _ in pairs], [b for _, b in pairs]


def alike(vectors: dict[str, Float32], one: Iterable[Picture], other: Iterable[Picture]) -> Float32:
    """Cosines (K,) of pairs."""
    return np.array([vectors[a.name] @ vectors[b.name] for a, b in zip(one, other, strict=True)], np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--data", "--wide", "--weights", "--cache"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--sheet", type=Path, help="draws the pairs, held-out face first")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    train = prepared_pictures(options.data, "train")
    held = [one for split in ("val", "test") for one in prepared_pictures(options.data, split)]
    splits = {one.name: one.fields["split"] for one in (*train, *held)}
    moved = [row["id"] for row in read_index(options.wide) if splits.get(row["id"]) != row["split"]]
    print(f"{len(held)} faces of val and test, {len(train)} of train; wide in another split than portraits: {moved}")
    faces, scenes = (
        network(options.weights / f"{name}.pt") for name in ("identity_mobileface", "features_mobilenetv2_pooled")
    )
    who = cached(faces, (*held, *train), options.cache, "faces")
    people = [one.fields.get("person", "") for one in train]
    apart, same = two_persons(people, rng, 100 * ONE_IN), one_person(people, rng, KNOWN)
    chance = alike(who, *([train[k] for k in side] for side in apart))
    least = float(np.quantile(chance, 1 - 1 / ONE_IN))
    cosines = np.stack([who[one.name] for one in held]) @ np.stack([who[one.name] for one in train]).T
    pairs = [(held[i], train[k]) for i, k in zip(*np.nonzero(cosines > least), strict=True)]
    known = tuple([train[k] for k in side] for side in same)
    asked = {one.name: one for one in (*(one for pair in pairs for one in pair), *known[0], *known[1])}
    what = cached(scenes, asked.values(), options.cache, "scenes")
    some = [k for k, one in enumerate(train) if one.name in what]
    mixed = two_persons([people[k] for k in some], rng, 20_000)
    usual = float(np.quantile(alike(what, *([train[some[k]] for k in side] for side in mixed)), SCENE))
    print(f"thresholds: MobileFace {least:.3f}, MobileNetV2 {usual:.3f}")
    passed = _passed(alike(who, *known), alike(what, *known), least, usual)
    print(f"pairs of one person in train ({len(known[0])}): {passed}")
    copies = [train[k] for k in rng.permutation(len(train))[:COPIES]]
    crops = np.stack([other_crop(one.pixels(SIDE), rng) for one in copies])
    seen = cached(scenes, copies, options.cache, "scenes")
    beside = [
        (look(crops) * np.stack([of[one.name] for one in copies])).sum(1) for look, of in ((faces, who), (scenes, seen))
    ]
    print(f"the same face in another crop ({COPIES}): {_passed(*beside, least, usual)}")
    rows = sorted(((float(who[a.name] @ who[b.name]), a, b) for a, b in pairs), key=lambda row: -row[0])
    found = [(face, float(what[a.name] @ what[b.name]), a, b) for face, a, b in rows]
    both = [row for row in found if row[1] > usual]
    print(f"{len(found)} pairs above the first threshold, {len(both)} above both\n")
    print("| held out | split | train | kinds | MobileFace | MobileNetV2 |\n|---|---|---|---|---|---|")
    for face, scene, a, b in (*both, *(row for row in found if row[1] <= usual)):
        kinds = " and ".join(one.fields.get("kind", "") for one in (a, b))
        print(f"| {a.name} | {a.fields['split']} | {b.name} | {kinds} | {face:.3f} | {scene:.3f} |")
    if options.sheet and both:
        tiles = [one.pixels(SIDE // 2) for _, _, a, b in both for one in (a, b)]
        Image.fromarray(contact_sheet(np.stack(tiles), 12)).save(options.sheet)


def _passed(faces: Float32, scenes: Float32, least: float, usual: float) -> str:
    one, two = faces > least, scenes > usual
    return (
        f"MobileFace mean {faces.mean():.3f}, above {one.mean():.0%}; MobileNetV2 mean {scenes.mean():.3f}, "
        f"above {two.mean():.0%}; both {(one & two).mean():.0%}"
    )


if __name__ == "__main__":
    main()
