"""Labels for the wide pictures: those of the portrait in the middle, and around it what colors and a hair teacher say.

    python -m recipes.wide_labels --data DATA --labels LABELS-2 --hair hair.pt --trust-code --out LABELS-WIDE

DATA has ``portraits`` and ``wide``. A wide picture is labeled at 384 px, where the FFHQ square is the middle 256. What
lies outside of the original photo is not real, and unknown; what color and place cannot decide is unknown too.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from mien.conditions.labels import INDEX, UNKNOWN
from mien.types import Float32, UInt8
from recipes.parser_colors import bins, components, guided_filter, lab, log_density
from recipes.parser_regions import FaceFrame
from recipes.portraits import load_rows
from recipes.weak_labels import draw, teach_hair, write_sheets

SIDE, MARGIN = 384, 64
"""Side of a labeled picture, and how far the FFHQ square of 256 px lies inside it."""


def read_wide(folder: Path, name: str) -> UInt8:
    """(384, 384, 3) uint8 RGB."""
    image = cv2.imread(str(folder / "images" / f"{name}.webp"))[..., ::-1]
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def surroundings(image: UInt8, inner: UInt8, hair: Float32, points: Float32) -> UInt8:
    """(384, 384) labels.

    Args:
        image: (384, 384, 3) uint8 RGB.
        inner: (256, 256) labels of the FFHQ square.
        hair: (160, 160) probability of hair over the wide picture.
        points: (478, 3) landmarks in the FFHQ square.
    """
    colors, f = lab(image), FaceFrame.of(points + (MARGIN, MARGIN, 0))
    cells = bins(colors)
    middle = np.full((SIDE, SIDE), UNKNOWN, np.uint8)
    middle[MARGIN:-MARGIN, MARGIN:-MARGIN] = inner
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) + 0.5
    body = np.isin(middle, [INDEX["cloth"], INDEX["neck"]])
    behind = middle == INDEX["background"]
    cone = 0.75 * f.width + 1.3 * np.maximum(y - f.chin, 0)
    prior = np.where(y > f.chin, 1.5 - 3 / (1 + np.exp((cone - np.abs(x - f.middle)) / 12)), -4)
    ratio = np.zeros_like(x)
    if body.sum() > 200 and behind.sum() > 200:
        ratio = log_density(cells, body * 1.0, floor=0.1) - log_density(cells, behind * 1.0, floor=0.1)
    score = guided_filter(colors, np.clip(ratio, -3, 3), 4, 1e-3) + prior
    outer = np.where(score > 1.2, INDEX["cloth"], np.where(score < -1.2, INDEX["background"], UNKNOWN)).astype(np.uint8)
    bare = log_density(cells, (middle == INDEX["neck"]) * 1.0, floor=0.02) - log_density(
        cells, (middle == INDEX["cloth"]) * 1.0, floor=0.1
    )
    outer[(outer == INDEX["cloth"]) & (bare > 0)] = UNKNOWN
    teacher = np.clip(guided_filter(colors, cv2.resize(hair, (SIDE, SIDE)), 4, 1e-3), 0, 1)
    locks = components((teacher > 0.6) | (middle == INDEX["hair"]), 60)
    _, index = cv2.connectedComponents(locks.astype(np.uint8))
    locks &= np.isin(index, np.setdiff1d(index[middle == INDEX["hair"]], 0))
    outer[(teacher > 0.25) | locks] = UNKNOWN
    outer[locks & (teacher > 0.6)] = INDEX["hair"]
    near = (
        cv2.dilate((middle == INDEX["hat"]).astype(np.uint8), np.ones((2 * MARGIN + 1, MARGIN // 2 + 1), np.uint8)) > 0
    )
    outer[near & ((y < MARGIN) | (x < MARGIN) | (x > SIDE - MARGIN))] = UNKNOWN  # a hat may go on there
    outer[MARGIN:-MARGIN, MARGIN:-MARGIN] = inner
    return outer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--hair", type=Path, required=True, help="hair teacher (TorchScript), or its answers (.npy)")
    parser.add_argument("--trust-code", action="store_true", help="run the program in the TorchScript file")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", default="train")
    parser.add_argument("--sheets", type=Path)
    a = parser.parse_args()
    cv2.setNumThreads(1)
    points = np.load(a.data / "portraits" / "landmarks.npy").astype(np.float32)
    a.out.mkdir(parents=True, exist_ok=True)
    taught = np.load(a.hair) if a.hair.suffix == ".npy" else None
    tiles = []
    for number, row in enumerate(load_rows(a.data / "wide", a.split)):
        image = read_wide(a.data / "wide", row["id"])
        inner = cv2.imread(str(a.labels / f"{row['id']}.png"), cv2.IMREAD_GRAYSCALE)
        hair = (
            teach_hair(a.hair, image[None], trust_code=a.trust_code)[0]
            if taught is None
            else taught[number] / np.float32(255)
        )
        labels = surroundings(image, inner, hair, points[int(row["id"])])
        real = np.zeros((SIDE, SIDE), np.uint8)
        corners = np.array(json.loads(row["photo_corners"])) / 2
        cv2.fillConvexPoly(real, np.round((corners - 0.5) * 16).astype(np.int32), 1, cv2.LINE_8, 4)
        labels[real == 0] = UNKNOWN
        cv2.imwrite(str(a.out / f"{row['id']}.png"), labels)
        if number % 25 == 0:
            tiles.append(draw(image, labels))
    if a.sheets:
        write_sheets(a.sheets, tiles)


if __name__ == "__main__":
    main()
