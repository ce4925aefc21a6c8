"""How well faces are found, on real photos, and against the labels they come with.

    python -m benchmarks.faces [--data ../shared/data] [--json out.json] [--detector FOLDER] [--landmarks FOLDER]
    python -m benchmarks.faces --groups   # the validation split, group by group, and its faces turned by machine

Corner error: mean distance of the four corners of the FFHQ square from the label's, over the label's side.
Normalized mean error (NME): mean distance of the points over the distance of the outer corners of the eyes.
Rows are computed on photos as a user gives them: the whole finder runs, nothing is told about where the face is.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mien.align import mesh
from mien.align.crop import ffhq_quad
from mien.align.finder import FaceFinder
from mien.align.measure import interocular
from mien.checkpoints.store import BUNDLED
from mien.engine import load_detector, load_landmarks
from mien.photos.read import read_photo
from mien.types import Face, Float32, Float64, Photo
from recipes.parser_notes import HATS
from recipes.portraits import load_portraits, load_rows
from recipes.turning import turned_portraits

CORNERS_189 = {18: 33, 22: 133, 23: 362, 27: 263, 87: 61, 93: 291}
"""Hand-placed point -> mesh point: the corners of the eyes and of the mouth, compared point to point."""

OUTLINE_189 = tuple(range(125, 134))
"""Hand-placed points along the jaw from ear to ear. They slide along the contour, so each is compared with the nearest
place on the mesh's face oval. The template's upper outline (134-144) follows the hairline, which the mesh does not."""


@dataclass(frozen=True)
class Sample:
    """A photo with its label: the square, and the points where they are known (both in photo pixels)."""

    name: str
    photo: Photo
    quad: Float64 | None = None
    points: Float32 | None = None
    hand: Float32 | None = None


def photos(data: Path) -> Iterator[Sample]:
    """Whole, unaligned photos."""
    for row in _rows(data / "photos"):
        yield Sample(row["file"], read_photo(data / "photos" / row["file"]), np.array(json.loads(row["ffhq_quad"])))


def london(data: Path) -> Iterator[Sample]:
    """Studio portraits with machine points, and for some the hand-placed template."""
    points = np.load(data / "london" / "landmarks478.npy").astype(np.float32)
    hand = np.load(data / "london" / "landmarks189.npz")
    for row, one in zip(_rows(data / "london"), points, strict=True):
        photo = read_photo(data / "london" / "images" / f"{row['id']}.jpg")
        yield Sample(row["id"], photo, ffhq_quad(one), one, hand[row["id"]] if row["id"] in hand.files else None)


def portraits(data: Path, split: str = "test") -> Iterator[Sample]:
    """Aligned portraits of people who are in no training set."""
    points = np.load(data / "portraits" / "landmarks.npy").astype(np.float32)
    for row in _rows(data / "portraits"):
        if row["split"] == split:
            one = points[int(row["id"])]
            photo = read_photo(data / "portraits" / "images" / f"{row['id']}.jpg")
            yield Sample(row["id"], photo, ffhq_quad(one), one)


def groups(data: Path) -> dict[str, list[Sample]]:
    """The validation split by kind and pose; its hats; the training split's turned heads; turned by machine."""
    found: dict[str, list[Sample]] = {}
    folder = data / "portraits"
    for split in ("val", "train"):
        points = np.load(folder / "landmarks.npy").astype(np.float32)
        for row in load_rows(folder, split):
            turned = "turned" in row["flags"]
            names = [f"{split} turned" if turned else f"{split} {row['kind']}"] + [f"{split} hats"] * (
                row["id"] in HATS
            )
            for name in names if split == "val" else [n for n in names if n.endswith(("turned", "hats"))]:
                one = points[int(row["id"])]
                photo = read_photo(folder / "images" / f"{row['id']}.jpg")
                found.setdefault(name, []).append(Sample(row["id"], photo, ffhq_quad(one), one))
    more, _, _ = turned_portraits(load_portraits(folder, "val"), 200, 5)
    pairs = zip(more.images, more.landmarks, strict=True)
    found["val turned by machine"] = [Sample(str(i), Photo(a), ffhq_quad(b), b) for i, (a, b) in enumerate(pairs)]
    return found


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "index.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def corner_error(quad: Float64, label: Float64) -> float:
    """Mean distance of the corners over the side of the label's square."""
    side = np.linalg.norm(label[1] - label[0])
    return float(np.linalg.norm(quad - label, axis=1).mean() / side)


def hand_errors(face: Float32, hand: Float32) -> tuple[list[float], list[float]]:
    """(corner errors, outline errors) against the 189-point template, over the hand-placed eye distance."""
    scale = float(np.linalg.norm(hand[18] - hand[27]))
    corners = [float(np.linalg.norm(hand[a] - face[b, :2])) / scale for a, b in CORNERS_189.items()]
    start = face[list(mesh.OUTLINE), :2]
    along = np.roll(start, -1, 0) - start
    outline = []
    for index in OUTLINE_189:
        t = np.clip(((hand[index] - start) * along).sum(1) / (along**2).sum(1), 0, 1)
        outline.append(float(np.linalg.norm(start + t[:, None] * along - hand[index], axis=1).min()) / scale)
    return corners, outline


def measure(samples: Iterator[Sample], finder: FaceFinder) -> dict[str, Any]:
    """Runs the finder over one set and gathers every figure that its labels allow."""
    quads: list[float] = []
    nme: list[float] = []
    corners: list[float] = []
    outline: list[float] = []
    missed: list[str] = []
    extra = total = 0
    for sample in samples:
        total += 1
        found = finder.find(sample.photo)
        face = _nearest(found, sample.quad)
        if face is None:
            missed.append(sample.name)
            continue
        extra += len(found) - 1
        assert sample.quad is not None
        quads.append(corner_error(face.quad, sample.quad))
        if sample.points is not None:
            distance = np.linalg.norm(face.landmarks[:, :2] - sample.points[:, :2], axis=1)
            nme.append(float(distance.mean()) / interocular(sample.points))
        if sample.hand is not None:
            a, b = hand_errors(face.landmarks, sample.hand)
            corners, outline = corners + a, outline + b
    return {
        "photos": total,
        "missed": missed,
        "other_faces": extra,
        "corner_error": _summary(quads),
        "nme_478": _summary(nme),
        "nme_hand_corners": _summary(corners),
        "nme_hand_outline": _summary(outline),
        "nme_hand": _summary(corners + outline),
    }


def _nearest(found: list[Face], quad: Float64 | None) -> Face | None:
    """The face whose square's center lies nearest to the label's, if within a third of its side."""
    if quad is None or not found:
        return None
    distance = [float(np.linalg.norm(face.quad.mean(0) - quad.mean(0))) for face in found]
    best = int(np.argmin(distance))
    return found[best] if distance[best] < np.linalg.norm(quad[1] - quad[0]) / 3 else None


def _summary(values: list[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {"mean": float(np.mean(values)), "median": float(np.median(values)), "max": float(np.max(values))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--detector", type=Path, default=BUNDLED / "face-detector")
    parser.add_argument("--landmarks", type=Path, default=BUNDLED / "face-landmarks")
    parser.add_argument("--groups", action="store_true", help="the validation split instead")
    arguments = parser.parse_args()
    finder = FaceFinder(load_detector(arguments.detector), load_landmarks(arguments.landmarks))
    if arguments.groups:
        report = {name: measure(iter(one), finder) for name, one in groups(arguments.data).items()}
    else:
        sets = {"photos": photos, "london": london, "portraits test": portraits}
        report = {name: measure(make(arguments.data), finder) for name, make in sets.items()}
    for name, figures in report.items():
        print(
            f"{name}: {figures['photos']} photos, missed {figures['missed'] or 0}, other faces {figures['other_faces']}"
        )
        for key, value in figures.items():
            if isinstance(value, dict):
                print(f"  {key:18} " + "  ".join(f"{k} {100 * v:6.2f} %" for k, v in value.items()))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
