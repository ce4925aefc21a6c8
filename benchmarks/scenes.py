"""What the detector finds in scenes made for the purpose: by size of the face, by roll, and where there is no face.

    python -m benchmarks.scenes [--data ../shared/data] [--yunet yunet.onnx]

Faces of the test split are pasted into 1600 x 1200 scenes, one at a time, so that size and roll are known exactly. With
``--yunet`` OpenCV's FaceDetectorYN runs over the same scenes as a yardstick.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from mien.align.detector import SQUARE_PER_FACE
from mien.align.finder import FaceFinder
from mien.checkpoints.store import BUNDLED
from mien.engine import load_detector, load_landmarks
from mien.types import Photo, UInt8
from recipes.portraits import Portraits, load_portraits
from recipes.scenes import SceneMaker

WIDTH, HEIGHT = 1600, 1200
Find = Callable[[UInt8], list[tuple[float, float]]]


def scene(
    portraits: Portraits, index: int, side: float, roll: float, rng: np.random.Generator, behind: UInt8
) -> tuple[UInt8, tuple[float, float]]:
    """One portrait, cut out along the person, over a backdrop; the picture and the center of the face's square."""
    x, y = rng.uniform(side * 0.6, WIDTH - side * 0.6), rng.uniform(side * 0.6, HEIGHT - side * 0.6)
    k, a = side / 256, np.deg2rad(roll)
    linear = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) * k
    matrix = np.hstack([linear, (np.array([x, y]) - linear @ (128, 128))[:, None]])
    matrix[:, 2] += linear @ (0.5, 0.5) - 0.5
    sigma = max(0.01, 0.5 / k - 0.5)  # anti-aliasing for the reduction
    image = cv2.GaussianBlur(portraits.images[index], (0, 0), sigma)
    front = cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    alpha = (
        cv2.warpAffine(cv2.GaussianBlur(portraits.person[index], (0, 0), sigma), matrix, (WIDTH, HEIGHT))[..., None]
        / 255
    )
    return (front * alpha + behind * (1 - alpha)).astype(np.uint8), (x, y)


def mien_finder(detector: Path, landmarks: Path) -> Find:
    finder = FaceFinder(load_detector(detector), load_landmarks(landmarks))
    return lambda image: [tuple(face.quad.mean(0)) for face in finder.find(Photo(image))]  # type: ignore[misc]


def yunet_finder(path: Path) -> Find:
    net = cv2.FaceDetectorYN.create(str(path), "", (WIDTH, HEIGHT), 0.6)

    def find(image: UInt8) -> list[tuple[float, float]]:
        net.setInputSize((image.shape[1], image.shape[0]))
        rows = net.detect(np.ascontiguousarray(image[..., ::-1]))[1]
        return [] if rows is None else [(float(r[0] + r[2] / 2), float(r[1] + r[3] / 2)) for r in rows]

    return find


def run(find: Find, portraits: Portraits, faces: list[float], rolls: list[float], count: int) -> None:
    """Prints recall for every size and roll, with the number of false alarms."""
    backdrops = SceneMaker(portraits, 400)
    print("face px \\ roll" + "".join(f"{roll:>8.0f}" for roll in rolls) + "   false alarms")
    for face in faces:
        cells, alarms = [], 0
        for roll in rolls:
            rng, hits = np.random.default_rng(int(face * 1000 + roll)), 0
            for _ in range(count):
                behind = cv2.resize(backdrops.background(rng), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
                sign = rng.choice([-1, 1])
                side = face * SQUARE_PER_FACE
                image, centre = scene(portraits, int(rng.integers(len(portraits))), side, sign * roll, rng, behind)
                near = [np.hypot(x - centre[0], y - centre[1]) < 0.35 * side for x, y in find(image)]
                hits += any(near)
                alarms += len(near) - sum(near)
            cells.append(f"{100 * hits / count:7.0f}%")
        print(f"{face:>14.0f}" + "".join(cells) + f"   {alarms} in {count * len(rolls)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--yunet", type=Path)
    parser.add_argument("--detector", type=Path, default=BUNDLED / "face-detector")
    parser.add_argument("--landmarks", type=Path, default=BUNDLED / "face-landmarks")
    parser.add_argument("--count", type=int, default=24, help="scenes for each size and roll")
    arguments = parser.parse_args()
    portraits = load_portraits(arguments.data / "portraits", "test")
    faces, rolls = [48.0, 64.0, 96.0, 200.0, 450.0], [0.0, 15.0, 30.0, 45.0]
    print("mien")
    run(mien_finder(arguments.detector, arguments.landmarks), portraits, faces, rolls, arguments.count)
    if arguments.yunet:
        print("FaceDetectorYN")
        run(yunet_finder(arguments.yunet), portraits, faces, rolls, arguments.count)


if __name__ == "__main__":
    main()
