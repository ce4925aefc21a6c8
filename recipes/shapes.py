"""How the bundled face shapes came to be: the mean face, and how its 478 points move for each attribute.

    python -m recipes.shapes --data PORTRAITS --expression expression.pt --trust-code --out runs/shapes

One unit of an attribute is one standard deviation of its measure over the people of the train split. A smile is learned
from people who are there twice: what changes between two pictures of one person with the change of expression, the
openness of the mouth and the pose held. All others are defined by anatomy: a few points move, the points around follow
smoothly, and the measure says how far one unit is.

Legend: N pictures, K = 478 points. Shapes are in the mean face's frame: x right, y down, z towards the back, the
distance between the outer corners of the eyes is 1.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from mien.align import mesh
from mien.checkpoints.judges import load_script
from mien.checkpoints.store import save_folder
from mien.guides.shapes import KIND, canonical
from mien.pixels import to_tensor
from mien.types import Float32, Float64

Vector = tuple[float, float, float]
Measure = Callable[[Float64], Float64]
"""(N, K, 3) -> (N,)."""

UPPER_OUTER, LOWER_OUTER = mesh.OUTER_LIPS[1:10], mesh.OUTER_LIPS[11:]
UPPER_INNER, LOWER_INNER = mesh.INNER_LIPS_CONTOUR[1:10], mesh.INNER_LIPS_CONTOUR[11:]
BROWS = (*mesh.LEFT_BROW, *mesh.RIGHT_BROW, 46, 53, 52, 65, 55, 276, 283, 282, 295, 285)
NOSTRILS = (129, 358, 48, 278, 64, 294, 219, 439, 49, 279, 98, 327)
JAW = (172, 136, 150, 58, 397, 365, 379, 288)
CHIN = (152, 148, 377, 176, 400, 175, 199)
CHEEKS = (50, 280, 205, 425, 187, 411, 207, 427, 123, 352)
SIDES = (234, 454, 127, 356, 93, 323, 132, 361, 58, 288, 172, 397)
FOREHEAD = (10, 338, 297, 109, 67, 151)
EYES = (*mesh.LEFT_EYE_CONTOUR, *mesh.RIGHT_EYE_CONTOUR)
EYE_AND_BROW = (*EYES, *BROWS)
UPPER_LIDS = (160, 159, 158, 157, 161, 173, 246, 385, 386, 387, 384, 388, 398, 466)
MOUTH = (*mesh.OUTER_LIPS, *mesh.INNER_LIPS_CONTOUR)


@dataclass(frozen=True)
class Anatomy:
    """An attribute that is defined by hand.

    Attributes:
        measure: what it changes, in units of the eye distance.
        moves: how points move, (dx, dy, dz) by point; dx is away from the middle of the face.
        fixed: points that stay.
        reach: distance over which the skin around follows, in eye distances.
        lowest, highest: strengths within which pictures stay believable.
    """

    measure: Measure
    moves: Callable[[Float64], dict[int, Vector]]
    fixed: Sequence[int] = ()
    reach: float = 0.25
    lowest: float = -3.0
    highest: float = 3.0


def distance(a: int, b: int) -> Measure:
    """Between two points."""
    return lambda x: np.linalg.norm(x[:, a] - x[:, b], axis=1)


def below(high: Sequence[int], low: Sequence[int]) -> Measure:
    """How far the second points lie below the first ones."""
    return lambda x: x[:, list(low), 1].mean(1) - x[:, list(high), 1].mean(1)


def every(points: Sequence[int], vector: Vector) -> Callable[[Float64], dict[int, Vector]]:
    """All these points move alike."""
    return lambda mean: dict.fromkeys(points, vector)


def _lips(mean: Float64) -> dict[int, Vector]:
    """The red of the lips grows outward, the line between them stays."""
    middle = {p: (0.0, -_bow(mean, p), 0.0) for p in UPPER_OUTER}
    return middle | {p: (0.0, 1.2 * _bow(mean, p), 0.0) for p in LOWER_OUTER}


def _bow(mean: Float64, point: int) -> float:
    """1 in the middle of the mouth, 0 at its corners."""
    half = abs(mean[mesh.MOUTH_CORNERS[1], 0] - mean[mesh.MOUTH_CORNERS[0], 0]) / 2
    return float(np.clip(1 - (abs(mean[point, 0]) / half) ** 2, 0, 1))


def _jaw_drop(mean: Float64) -> dict[int, Vector]:
    """Lower lip and chin go down, the chin by two thirds."""
    lips = {p: (0.0, _bow(mean, p), 0.0) for p in (*LOWER_OUTER, *LOWER_INNER)}
    return lips | dict.fromkeys(CHIN, (0.0, 0.65, 0.0)) | dict.fromkeys((172, 397, 136, 365), (0.0, 0.2, 0.0))


def _eyes(mean: Float64) -> dict[int, Vector]:
    """Each eye grows around its middle."""
    found: dict[int, Vector] = {}
    for contour in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR):
        middle = mean[list(contour)].mean(0)
        for p in contour:
            away = mean[p] - middle
            found[p] = (float(away[0] * np.sign(middle[0])), float(away[1]), 0.0)
    return found


def _brow_angle(mean: Float64) -> dict[int, Vector]:
    """Inner ends down, outer ends up."""
    return {p: (0.0, float(0.45 - abs(mean[p, 0])) * 3.0, 0.0) for p in BROWS}


def _mouth_width(mean: Float64) -> dict[int, Vector]:
    half = abs(mean[mesh.MOUTH_CORNERS[0], 0])
    return {p: (float(abs(mean[p, 0]) / half), 0.0, 0.0) for p in MOUTH}


def _inner_brows(x: Float64) -> Float64:
    inner = x[:, [55, 285, 107, 336], 1].mean(1)
    outer = x[:, [46, 276, 70, 300], 1].mean(1)
    return np.asarray(inner - outer)


_UNDER_EYES = (*EYES, 168, 6)
ANATOMY: dict[str, Anatomy] = {
    "mouth-width": Anatomy(distance(*mesh.MOUTH_CORNERS), _mouth_width, (1, 2, 152), 0.2),
    "lip-fullness": Anatomy(
        lambda x: below((37, 0, 267), (82, 13, 312))(x) + below((87, 14, 317), (84, 17, 314))(x),
        _lips,
        (*UPPER_INNER, *LOWER_INNER, *mesh.MOUTH_CORNERS, 2, 152, 199),
        0.09,
    ),
    "mouth-open": Anatomy(distance(13, 14), _jaw_drop, (*UPPER_INNER, *UPPER_OUTER, 1, 2, *EYES), 0.3, -1.0, 0.6),
    "eye-size": Anatomy(
        lambda x: (distance(33, 133)(x) + distance(362, 263)(x)) / 2, _eyes, (*BROWS, 168, 6), 0.12, -3.0, 3.0
    ),
    "eye-openness": Anatomy(
        lambda x: (distance(159, 145)(x) + distance(386, 374)(x)) / 2,
        lambda mean: {p: (0.0, -1.0 if p in (159, 386, 160, 158, 385, 387) else -0.6, 0.0) for p in UPPER_LIDS},
        (33, 133, 362, 263, 145, 374, 153, 144, 380, 373, *BROWS),
        0.08,
        -3.0,
        2.0,
    ),
    "brow-height": Anatomy(below(BROWS, EYES), every(BROWS, (0.0, -1.0, 0.0)), (*EYES, 168), 0.15),
    "brow-angle": Anatomy(_inner_brows, _brow_angle, (*EYES, 168), 0.14),
    "frown": Anatomy(
        lambda x: -below((107, 336, 55, 285), (133, 362))(x),
        lambda mean: dict.fromkeys((107, 66, 55, 65, 336, 296, 285, 295, 9), (-0.35, 1.0, 0.0)),
        (*EYES, 70, 300, 46, 276, 10),
        0.14,
        -2.5,
        2.5,
    ),
    "nose-width": Anatomy(distance(129, 358), every(NOSTRILS, (1.0, 0.0, 0.0)), (168, 6, *EYES, *MOUTH, 4, 1), 0.12),
    "nose-length": Anatomy(
        below((168,), (4, 1)),
        every((4, 1, 5, 2, 94, *NOSTRILS, 45, 275, 44, 274), (0.0, 1.0, 0.0)),
        (168, *EYES, *MOUTH),
        0.16,
    ),
    "jaw-width": Anatomy(distance(172, 397), every(JAW, (1.0, 0.0, 0.0)), (152, *MOUTH, *EYES, 234, 454, 1), 0.3),
    "chin-length": Anatomy(
        below((17,), (152,)), every(CHIN, (0.0, 1.0, 0.0)), (*MOUTH, 234, 454, 132, 361, 1), 0.3, -2.5, 2.5
    ),
    "cheek-width": Anatomy(
        lambda x: (distance(205, 425)(x) + distance(123, 352)(x)) / 2,
        every(CHEEKS, (1.0, 0.0, 0.0)),
        (*MOUTH, *EYES, 1, 152, 10),
        0.25,
    ),
    "face-width": Anatomy(distance(234, 454), every(SIDES, (1.0, 0.0, 0.0)), (*EYES, *MOUTH, 1, 10, 152), 0.45),
    "forehead": Anatomy(below((10,), (9,)), every(FOREHEAD, (0.0, -1.0, 0.0)), (*EYE_AND_BROW, 1), 0.35, -2.0, 2.0),
}


def defined(one: Anatomy, mean: Float64, shapes: Float64) -> Float64:
    """(K, 3): the displacement of all points for one unit."""
    handles = one.moves(mean)
    side = np.sign(mean[:, 0]) * (np.abs(mean[:, 0]) > 0.02)
    wanted = np.array([(v[0] * side[p], v[1], v[2]) for p, v in handles.items()])
    fixed = [p for p in one.fixed if p not in handles]
    points = [*handles, *fixed]
    values = np.concatenate([wanted, np.zeros((len(fixed), 3))])

    def kernel(a: Float64, b: Float64) -> Float64:
        return np.asarray(np.exp(-((a[:, None] - b[None]) ** 2).sum(2) / (2 * one.reach**2)))

    flat = mean * (1, 1, 0)
    weights = np.linalg.solve(kernel(flat[points], flat[points]) + 1e-2 * np.eye(len(points)), values)
    moved = kernel(flat, flat[points]) @ weights
    step = 1e-3
    slope = float((one.measure((mean + step * moved)[None]) - one.measure(mean[None]))[0]) / step
    return moved * (float(one.measure(shapes).std()) / slope)


def learnt_smile(shapes: Float64, happy: Float64, persons: Sequence[str], mean: Float64) -> Float64:
    """(K, 3): what a smile does to one person's points, per unit of its measure's standard deviation.

    Differences of pairs of pictures of one person, by least squares on the changes of expression, of the mouth's
    openness and of the remaining pose, of which only the first is kept.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, person in enumerate(persons):
        groups[person].append(index)
    pairs = np.array([pair for group in groups.values() for pair in combinations(group, 2)])
    a, b = pairs[:, 0], pairs[:, 1]
    opened = distance(13, 14)(shapes)
    turned = shapes[:, 234, 2] - shapes[:, 454, 2]
    nodded = shapes[:, 10, 2] - shapes[:, 152, 2]
    causes = np.stack([happy, opened, turned, nodded], 1)
    change, cause = shapes[b] - shapes[a], causes[b] - causes[a]
    solved, *_ = np.linalg.lstsq(cause, change.reshape(len(pairs), -1), rcond=None)
    found = solved[0].reshape(mean.shape)
    flip = mirror(mean)
    found = (found + found[flip] * (-1, 1, 1)) / 2  # a smile is as strong on the left as on the right
    shut = [(u, w) for u, w in zip(UPPER_INNER, reversed(LOWER_INNER), strict=True)]
    for upper, lower in shut:  # shut lips stay shut
        found[[upper, lower]] = (found[upper] + found[lower]) / 2
    coordinate = (shapes - mean).reshape(len(shapes), -1) @ found.ravel() / (found**2).sum()
    return np.asarray(found * coordinate.std())


def mirror(mean: Float64) -> np.ndarray:
    """(K,): the point on the other side of the face."""
    from scipy.optimize import linear_sum_assignment

    cost = np.linalg.norm((mean * (-1, 1, 1))[:, None] - mean[None], axis=2)
    return np.asarray(linear_sum_assignment(cost)[1])


def read_set(folder: Path, expression: Path, *, trust_code: bool = False) -> tuple[Float32, Float64, list[str]]:
    """Landmarks (N, K, 3), probability of a happy expression (N,) and person of the real training pictures.

    Raises:
        UnsafeCheckpointError: ``expression`` is a program, and ``trust_code`` is not set.
    """
    network = load_script(expression, torch.device("cpu"), trust_code=trust_code)
    with (folder / "index.csv").open(newline="", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["split"] == "train" and r["kind"] == "real"]
    landmarks = np.load(folder / "landmarks.npy")[[int(r["id"]) for r in rows]].astype(np.float32)
    happy: list[Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(rows), 32):
            names = [folder / "images" / f"{r['id']}.jpg" for r in rows[start : start + 32]]
            batch = np.stack([cv2.imread(str(name))[..., ::-1] for name in names])
            happy.append(network(to_tensor(batch))[:, 1])
    return landmarks, torch.cat(happy).double().numpy(), [r["person"] for r in rows]


def build(landmarks: Float32, happy: Float64, persons: Sequence[str]) -> tuple[Float64, dict[str, Float64]]:
    """The mean face, and the displacement of one unit of every attribute."""
    mean = landmarks.mean(0).astype(np.float64)
    for _ in range(3):
        mean = mean - (mean[33] + mean[263]) / 2
        mean = mean / np.linalg.norm(mean[33] - mean[263])
        shapes = canonical(landmarks, mean)
        mean = shapes.mean(0)
    mean = (mean + mean[mirror(mean)] * (-1, 1, 1)) / 2
    shapes = canonical(landmarks, mean)
    smile = learnt_smile(shapes, happy, persons, mean)
    moves = {"smile": smile}
    return mean, moves | {name: defined(one, mean, shapes) for name, one in ANATOMY.items()}


SMILE = (-1.2, 1.6)
"""Strengths of a smile within which pictures stay believable."""

CARD = """---
license: apache-2.0
library_name: mien
---

# Face shapes

The mean face (478 points of MediaPipe's mesh, with depth) and, for each attribute, how its points move.

- **Recipe**: `recipes/shapes.py`. `smile` is learnt from 720 people of whom there are several pictures; the others
  are defined by anatomy. One unit is one standard deviation of the attribute's measure.
- **Data**: landmarks (machine labels, MediaPipe 0.10, Apache-2.0) of the 3,377 real pictures in the train split of a
  set of public-domain, CC0, CC BY, Licence Ouverte and MIT-licensed portraits. An expression network (face-api.js, MIT)
  told smiles apart.
- **Licence**: Apache-2.0, as the rest of mien.
- **Limits**: adults facing the camera are the majority. Nothing is invented: a smile of shut lips stays shut.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the prepared portraits")
    parser.add_argument("--expression", type=Path, required=True, help="TorchScript: pictures -> seven expressions")
    parser.add_argument("--trust-code", action="store_true", help="run the program in the TorchScript file")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    mean, moves = build(*read_set(options.data, options.expression, trust_code=options.trust_code))
    tensors = {name: torch.from_numpy(value).half() for name, value in ({"mean": mean} | moves).items()}
    ranges = {"smile": SMILE} | {name: (one.lowest, one.highest) for name, one in ANATOMY.items()}
    save_folder(options.out, tensors, {"kind": KIND, "ranges": ranges}, CARD)


if __name__ == "__main__":
    main()
