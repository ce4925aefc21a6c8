"""Glasses drawn over faces without any, and taken off again: how far the result is from the face.

    python -m benchmarks.bare_eyes --data ../shared/data --weights ../shared/weights [--count 40]

Faces of the validation split of ``wide`` and ``portraits``; LPIPS of both halves of the strip around the eyes.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch

from mien import Editor
from mien.align.crop import between_pixels
from mien.errors import MienError
from mien.guides.glasses.strip import HIGH, WIDE, strip_matrix
from mien.types import Float32, Photo, UInt8
from recipes.fitting import lpips_of
from recipes.frames_drawn import Drawn, drawn
from recipes.strips import bare, read

SIDE, LEFT, TOP = 512, 160, 170
"""Of the pictures, and where the strip is in them, pixels."""

PART = np.s_[TOP : TOP + HIGH, LEFT : LEFT + WIDE]


def faces(data: Path, editor: Editor) -> Iterator[tuple[UInt8, Float32]]:
    """Pictures (SIDE, SIDE, 3) of bare faces, and landmarks (478, 2) in the strip."""
    marks = np.load(data / "portraits/landmarks.npy").astype(np.float32)
    with (data / "wide/index.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "val"]
    for row in rows:
        picture, points = read(data / "wide", row), 2 * marks[int(row["id"]), :, :2] + 128
        square = cv2.resize(picture[128:640, 128:640], (256, 256), interpolation=cv2.INTER_AREA)
        if not bare(editor.parser, np.asarray(square, np.uint8)):
            continue
        matrix = strip_matrix(points)
        there = (points.astype(np.float64) - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
        matrix[:, 2] -= matrix[:, :2] @ np.array([LEFT, TOP], np.float64)
        soft = cv2.GaussianBlur(picture, (0, 0), 0.6)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        whole = cv2.warpAffine(soft, between_pixels(matrix), (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REFLECT)
        yield np.asarray(whole, np.uint8), there.astype(np.float32)


def with_glasses(picture: UInt8, points: Float32, rng: np.random.Generator) -> tuple[UInt8, Drawn]:
    """The picture with random glasses that leave the eyes visible."""
    one = drawn(picture[PART].astype(np.float32), points, rng)
    made = picture.copy()
    made[PART] = np.rint(one.picture)
    return made, one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    editor = Editor.from_pretrained("opencv:telea")
    judges = dict(zip(("alex", "squeeze"), lpips_of(options.weights), strict=True))
    found: dict[str, list[float]] = {}
    for number, (picture, points) in enumerate(faces(options.data, editor)):
        if number >= options.count:
            break
        worn, one = with_glasses(picture, points, np.random.default_rng(number))
        try:
            made = editor(Photo(worn), mask="glasses", mode="heal").photo.pixels[PART]
        except MienError as error:
            print(f"{number}: {error}")
            continue
        for kind, result in (("with glasses", worn[PART]), ("taken off", made)):
            pair = torch.from_numpy(np.stack([result.astype(np.float32), one.clean])).permute(0, 3, 1, 2) / 127.5 - 1
            for name, judge in judges.items():
                with torch.inference_mode():
                    halves = [float(judge(*pair[..., s].split(1))[0]) for s in (slice(HIGH), slice(HIGH, None))]
                found.setdefault(f"{kind}, {name}", []).append(float(np.mean(halves)))
    print(len(next(iter(found.values()))), {name: round(float(np.mean(values)), 4) for name, values in found.items()})


if __name__ == "__main__":
    main()
