"""How well faces are parsed, measured against hand-placed points and machine person masks.

    python -m benchmarks.parser --data ../shared/data [--parser FOLDER] [--sheets FOLDER]

Three figures: mean intersection over union on the London set's polygons (189 hand-placed points; the set was never
trained on), intersection over union of the foreground with the person masks of the test portraits, and milliseconds for
one face.
``--sheets`` writes contact sheets of all test portraits, for eyes to judge.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch

from mien.checkpoints.store import BUNDLED, WEIGHTS
from mien.conditions.labels import INDEX
from mien.conditions.modalities import pictures
from mien.conditions.parser import FaceParser
from mien.conditions.regions import parse_region
from mien.types import Bool, Float32, UInt8

FACE = (134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 112, 187, 113, 188, 114, 133, 132, 131, 130)
FACE += (129, 128, 127, 126, 125, 111, 186, 110, 185, 109)
POLYGONS: dict[str, tuple[tuple[int, ...], ...]] = {
    "brows": ((71, 72, 73, 74, 75, 76, 84, 83), (82, 81, 80, 79, 78, 77, 85, 86)),
    "eyes": ((18, 19, 20, 21, 22, 30, 29, 28), (27, 26, 25, 24, 23, 31, 32, 33)),
    "nose": ((50, 51, 52, 53, 61, 62, 63, 64, 180, 55, 181, 69, 68, 67, 66, 59, 58, 57, 56),),
    "upper_lip": ((87, 88, 89, 90, 91, 92, 93, 98, 97, 96, 95, 94),),
    "lower_lip": ((87, 99, 100, 101, 102, 103, 93, 108, 107, 106, 105, 104),),
    "mouth": ((87, 88, 89, 90, 91, 92, 93, 108, 107, 106, 105, 104),),
}
"""Outlines through the 189 points, found by drawing them; ``mouth`` is the whole mouth, lips and what is between."""

PREDICTED = {"skin": "skin-nose", "mouth": "mouth"}
"""The region of ours that stands for each of them, where the name alone does not."""


def polygons(points: Float32, size: int) -> dict[str, Bool]:
    """The true regions of one face; skin is the face without the others."""

    def fill(indices: tuple[int, ...]) -> Bool:
        canvas = np.zeros((size, size), np.uint8)
        cv2.fillPoly(canvas, [np.round((points[list(indices)] - 0.5) * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
        return canvas > 0

    regions = {name: np.any([fill(p) for p in parts], 0) for name, parts in POLYGONS.items()}
    skin = fill(FACE) & ~np.any([regions[name] for name in ("brows", "eyes", "nose", "mouth")], 0)
    return {"skin": skin, **regions}


def overlap(a: Bool, b: Bool) -> float:
    """Intersection over union."""
    return float((a & b).sum() / max(1, (a | b).sum()))


def london(parser: FaceParser, folder: Path) -> dict[str, float]:
    """Mean IoU for each region over all faces with hand-placed points, and the mean over the regions."""
    truth = np.load(folder / "landmarks189.npz")
    scores: dict[str, list[float]] = {}
    for name in truth:
        image = cv2.imread(str(folder / "images" / f"{name}.jpg"))[..., ::-1]
        labels = parser.parse_crop(np.ascontiguousarray(image))
        for region, mask in polygons(truth[name], len(image)).items():
            table = parse_region(PREDICTED.get(region, region))
            # Hair over the forehead is hair for the parser; the points go around the hairline, so nothing is left out.
            scores.setdefault(region, []).append(overlap(table[labels], mask))
    means = {region: float(np.mean(values)) for region, values in scores.items()}
    return {**means, "mean": float(np.mean(list(means.values())))}


def foreground(parser: FaceParser, folder: Path, sheets: Path | None) -> dict[str, float]:
    """IoU of all that is not background with the person masks of the test portraits."""
    with (folder / "index.csv").open(newline="", encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file) if row["split"] == "test"]
    values, tiles = [], []
    for name in ids:
        image = np.ascontiguousarray(cv2.imread(str(folder / "images" / f"{name}.jpg"))[..., ::-1])
        person = cv2.imread(str(folder / "person" / f"{name}.png"), cv2.IMREAD_GRAYSCALE) > 127
        labels = parser.parse_crop(image)
        values.append(overlap(labels != INDEX["background"], person))
        tiles.append(np.concatenate([image, pictures()["semantic"].draw(labels)], 1))
    if sheets is not None:
        write_sheets(tiles, sheets)
    return {"mean": float(np.mean(values)), "worst": float(np.min(values)), "portraits": len(values)}


def write_sheets(tiles: list[UInt8], folder: Path, columns: int = 5, rows: int = 8) -> None:
    """Contact sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(tiles), columns * rows):
        part = tiles[start : start + columns * rows]
        part = part + [np.zeros_like(part[0])] * (-len(part) % columns)
        lines = [np.concatenate(part[i : i + columns], 1) for i in range(0, len(part), columns)]
        cv2.imwrite(str(folder / f"parsed_{start // (columns * rows)}.png"), np.concatenate(lines)[..., ::-1])


def milliseconds(parser: FaceParser, repeats: int = 20) -> float:
    """Median time for one 256 px face on two threads."""
    torch.set_num_threads(2)
    face = np.random.default_rng(0).integers(0, 256, (1, 256, 256, 3), np.uint8)
    times = []
    for _ in range(repeats + 3):
        begun = time.perf_counter()
        parser.parse(face)
        times.append(time.perf_counter() - begun)
    return float(np.median(times[3:]) * 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--parser", type=Path, default=BUNDLED / "face-parser")
    parser.add_argument("--sheets", type=Path)
    a = parser.parse_args()
    network = FaceParser.from_file(a.parser)
    size = (a.parser / WEIGHTS if a.parser.is_dir() else a.parser).stat().st_size
    result = {
        "london_iou": london(network, a.data / "london"),
        "foreground_iou": foreground(network, a.data / "portraits", a.sheets),
        "megabytes": size / 1e6,
        "milliseconds": milliseconds(network),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
