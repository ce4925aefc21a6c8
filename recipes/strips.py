"""Strips around the eyes of portraits without glasses, on which glasses are drawn to learn what lies behind them.

    python -m recipes.strips --data DATA --out STRIPS.npz [--split train]

Of ``wide`` (sharp) and of ``portraits`` with at least 256 pixels; whose parser sees glasses is left out.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mien.align.crop import between_pixels
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.guides.glasses.strip import HIGH, WIDE, strip_matrix
from mien.types import Float32, Float64, UInt8

ROOM = 24
"""Pixels around the strip, for other frames of it."""

FEW = 60
"""Pixels of the parser's 256 up to which there are no glasses."""

LEAST = 256
"""Side of the face in the photo that a portrait comes from, pixels, at least."""

FRINGE = 0.5
"""Share of the brows that hair may cover."""


@dataclass(frozen=True, eq=False)
class Strips:
    """Attributes:
    pictures: (N, HIGH + 2 ROOM, WIDE + 2 ROOM, 3) RGB.
    points: (N, 478, 2) landmarks there.
    weights: (N,) how often each is shown.
    """

    pictures: UInt8
    points: Float32
    weights: Float32

    @classmethod
    def load(cls, path: Path) -> Strips:
        """What :func:`main` wrote."""
        with np.load(path) as file:
            return cls(file["pictures"], file["points"].astype(np.float32), file["weights"])


def strip_of(picture: UInt8, points: Float32) -> tuple[UInt8, Float32]:
    """A strip with room around it, and the landmarks (478, 2) in it."""
    matrix = strip_matrix(points)
    matrix[:, 2] -= matrix[:, :2] @ np.array([ROOM, ROOM], np.float64)
    small = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if small > 1:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.45 * np.sqrt(small**2 - 1))
    size = (WIDE + 2 * ROOM, HIGH + 2 * ROOM)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(picture, between_pixels(matrix), size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    there = (points[:, :2].astype(np.float64) - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    return np.asarray(strip, np.uint8), there.astype(np.float32)


def bare(parser: FaceParser, face: UInt8) -> bool:
    """Whether an aligned face (256, 256, 3) wears no glasses, and its brows are seen."""
    labels = parser.parse_crop(face)
    brows = int(np.isin(labels, [INDEX["left_brow"], INDEX["right_brow"]]).sum())
    return bool(int((labels == INDEX["glasses"]).sum()) <= FEW and brows > 200)


def read(folder: Path, row: dict[str, str]) -> UInt8:
    """(S, S, 3) RGB."""
    path = folder / "images" / f"{row['id']}.webp"
    path = path if path.is_file() else path.with_suffix(".jpg")
    return np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])


def real(row: dict[str, str], points: Float32) -> bool:
    """Whether the strip lies within the photo, rather than in its mirrored surroundings."""
    if "photo_corners" not in row:
        return True
    corners: Float64 = np.array(json.loads(row["photo_corners"]), np.float32)
    return all(
        cv2.pointPolygonTest(corners.astype(np.float32), tuple(map(float, p)), False) > 0
        for p in points[[127, 356, 10], :2]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", default="train")
    options = parser.parse_args()
    faces, marks = FaceParser.bundled(), np.load(options.data / "portraits/landmarks.npy").astype(np.float32)
    found: list[tuple[UInt8, Float32, float]] = []
    seen: set[str] = set()
    for name in ("wide", "portraits"):
        with (options.data / name / "index.csv").open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["split"] == options.split and row["id"] not in seen]
        for row in rows:
            seen.add(row["id"])
            if int(row["native_px"]) < LEAST or "turned" in row.get("flags", ""):
                continue
            picture, points = read(options.data / name, row), marks[int(row["id"]), :, :2]
            square = picture
            if name == "wide":
                square, points = picture[128:640, 128:640], 2 * points + 128
            if not real(row, points) or not bare(faces, cv2.resize(square, (256, 256), interpolation=cv2.INTER_AREA)):
                continue
            weight = (1.0 if name == "wide" else 0.3) * (0.6 if row["kind"] == "synthetic" else 1.0)
            found.append((*strip_of(picture, points), weight))
            if len(found) % 200 == 0:
                print(len(found), flush=True)
    pictures, there, weights = (np.stack([one[i] for one in found]) for i in range(3))
    np.savez(options.out, pictures=pictures, points=there.astype(np.float16), weights=weights.astype(np.float32))


if __name__ == "__main__":
    main()
