"""How the bundled landmark network came to be.

    python -m recipes.landmarks --data PORTRAITS --out runs/landmarks --images 600000 --time-limit 1680
    python -m recipes.landmarks --data PORTRAITS --start runs/landmarks --out runs/landmarks-2 --images 2000000 \\
        --time-limit 900 --rate 8e-4

Trained on the train split only. A sample is a portrait, mirrored half of the time, seen through a crop that is turned,
shifted, stretched and scaled against the FFHQ frame, with another background now and then, distorted as photos are.
A third of the portraits were turned to other poses by machine (``recipes/turning.py``).
One in eight is no face at all (a far-off crop or shuffled tiles): from those the presence logit learns.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from mien.align import mesh
from mien.checkpoints.store import load_folder, save_folder
from mien.models.perception.landmarks import POINTS, LandmarkConfig, LandmarkNet
from mien.pixels import scale_bytes
from mien.training.devices import quick_autocast
from mien.types import Float32, UInt8
from recipes.distort import Rng, distort, occlude
from recipes.fitting import Fitting
from recipes.portraits import SOURCES, Portraits, fair_weights, load_portraits, mirror_order, rough_yaw
from recipes.turning import with_turned

FRAME = 256
EYES_AND_MOUTH = [*mesh.LEFT_EYE, *mesh.RIGHT_EYE, *mesh.MOUTH_CORNERS]
"""The points that decide the FFHQ crop; they weigh more in the loss."""


@dataclass(frozen=True)
class LandmarkRecipe:
    """Settings of the run.

    Attributes:
        images: samples shown in all.
        batch: samples per step.
        rate: peak learning rate of Adam, see ``recipes/fitting.py``.
        ema: decay per step of the averaged weights, which are the ones that are saved.
        negatives: fraction of samples without a face.
        turned: portraits that are turned by machine, beside the others.
        share: of the samples that show those.
        workers: processes that make samples.
    """

    images: int = 600_000
    batch: int = 64
    rate: float = 1.5e-3
    ema: float = 0.998
    negatives: float = 0.12
    turned: int = 3000
    share: float = 0.25
    workers: int = 1
    network: LandmarkConfig = LandmarkConfig()


def random_view(rng: Rng, size: int) -> np.ndarray:
    """2x3, FFHQ frame to crop, continuous coordinates: how a detector's guess may differ from the true square.

    Half of the samples are near the true square (the second pass sees those), half far from it (the first pass).
    """
    far = rng.random() < 0.5
    turn = rng.normal(0, 4) if not far else (rng.uniform(-50, 50) if rng.random() < 0.3 else rng.normal(0, 14))
    scale = float(np.exp(rng.normal(0, 0.16 if far else 0.05)))
    stretch = float(np.exp(rng.normal(0, 0.05)))
    shift = rng.normal(0, 0.06 if far else 0.015, 2) * size
    k = size / FRAME * scale
    a = np.deg2rad(turn)
    linear = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ np.diag([k * stretch, k / stretch])
    middle = np.array([FRAME / 2, FRAME * 0.54])  # turn about the face, which lies a little below the middle
    offset = np.array([size / 2, size * 0.54]) + shift - linear @ middle
    return np.hstack([linear, offset[:, None]])


def warp(image: UInt8, matrix: np.ndarray, size: int, border: int, value: tuple[int, ...] = (0, 0, 0)) -> UInt8:
    """Applies a continuous-coordinate matrix with OpenCV, which counts pixel centers as integers."""
    half = matrix.copy()
    half[:, 2] += half[:, :2] @ (0.5, 0.5) - 0.5
    return cv2.warpAffine(image, half, (size, size), flags=cv2.INTER_LINEAR, borderMode=border, borderValue=value)


class Samples(IterableDataset[tuple[UInt8, Float32, float]]):
    """Endless stream of (crop (S, S, 3) uint8, points (478, 3) in half sides, 1.0 for a face or 0.0)."""

    def __init__(
        self, portraits: Portraits, weights: Float32, order: np.ndarray, recipe: LandmarkRecipe, seed: int = 0
    ) -> None:
        self.portraits, self.order, self.recipe, self.seed = portraits, order, recipe, seed
        weight = weights * (1 + 3 * np.clip(np.abs(rough_yaw(portraits.landmarks)) / 0.5, 0, 1) ** 2)
        self.probability = weight / weight.sum()

    def __iter__(self) -> Iterator[tuple[UInt8, Float32, float]]:
        cv2.setNumThreads(0)
        info = get_worker_info()
        rng = np.random.default_rng([self.seed, info.id if info else 0])
        while True:
            yield self.negative(rng) if rng.random() < self.recipe.negatives else self.face(rng)

    def face(self, rng: Rng) -> tuple[UInt8, Float32, float]:
        """One portrait through one random view."""
        p, size = self.portraits, self.recipe.network.size
        i, j = rng.choice(len(p), p=self.probability), rng.integers(len(p))
        image, points, person = p.images[i], p.landmarks[i].copy(), p.person[i]
        if rng.random() < 0.5:
            image, person = image[:, ::-1], person[:, ::-1]
            points = points[self.order] * (-1, 1, 1) + (FRAME, 0, 0)
        matrix = random_view(rng, size)
        crop = self.background(np.ascontiguousarray(image), np.ascontiguousarray(person), matrix, p.images[j], rng)
        if rng.random() < 0.3:
            crop = occlude(crop, rng, warp(p.images[j], matrix, size, cv2.BORDER_REFLECT))
        xy = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        z = points[:, 2:] * np.sqrt(abs(np.linalg.det(matrix[:, :2])))
        target = np.concatenate([xy - size / 2, z], 1) / (size / 2)
        return distort(crop, rng), target.astype(np.float32), 1.0

    def background(self, image: UInt8, person: UInt8, matrix: np.ndarray, other: UInt8, rng: Rng) -> UInt8:
        """What lies behind the person and beyond the portrait's edge: its mirror image, a flat color, another one."""
        size, kind = self.recipe.network.size, rng.random()
        if kind < 0.45:
            return warp(image, matrix, size, cv2.BORDER_REFLECT)
        if kind < 0.6:
            flat = tuple(int(v) for v in rng.integers(0, 256, 3))
            return warp(image, matrix, size, cv2.BORDER_CONSTANT, flat)
        weight = person if kind < 0.8 else np.full_like(person, 255)
        alpha = warp(weight, matrix, size, cv2.BORDER_CONSTANT)[..., None].astype(np.float32) / 255
        behind = cv2.resize(other, (size, size), interpolation=cv2.INTER_AREA)[:: int(rng.choice([-1, 1]))]
        return (warp(image, matrix, size, cv2.BORDER_REPLICATE) * alpha + behind * (1 - alpha)).astype(np.uint8)

    def negative(self, rng: Rng) -> tuple[UInt8, Float32, float]:
        """No face that anyone would want aligned: far off, a piece of one, upside down, or shuffled tiles."""
        size, image = self.recipe.network.size, self.portraits.images[rng.integers(len(self.portraits))]
        nothing = np.zeros((POINTS, 3), np.float32)
        if rng.random() < 0.25:
            tiles = cv2.resize(image, (size, size)).reshape(4, size // 4, 4, size // 4, 3).swapaxes(1, 2)
            tiles = tiles.reshape(16, size // 4, size // 4, 3)[rng.permutation(16)].reshape(
                4, 4, size // 4, size // 4, 3
            )
            return distort(np.ascontiguousarray(tiles.swapaxes(1, 2).reshape(size, size, 3)), rng), nothing, 0.0
        matrix, kind = random_view(rng, size), rng.integers(3)
        centre = np.array([size / 2, size / 2])
        if kind == 0:  # elsewhere
            angle = rng.uniform(0, 2 * np.pi)
            matrix[:, 2] += np.array([np.cos(angle), np.sin(angle)]) * size * rng.uniform(0.55, 0.9)
        else:  # far too close, or upside down
            linear = np.eye(2) * rng.uniform(2.6, 5) if kind == 1 else -np.eye(2)
            matrix = np.hstack([linear @ matrix[:, :2], (linear @ (matrix[:, 2] - centre) + centre)[:, None]])
        border = cv2.BORDER_REPLICATE if rng.random() < 0.5 else cv2.BORDER_CONSTANT
        return distort(warp(image, matrix, size, border), rng), nothing, 0.0


def loss_terms(points: Tensor, logits: Tensor, target: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
    """Mean absolute error in inter-ocular distances (eyes and mouth count 4 times, depth 0.3); presence loss.

    The eyes of a profile are close together; no distance counts as less than a fifth of the crop.
    """
    eyes = target[:, [33, 263], :2]
    scale = (eyes[:, 0] - eyes[:, 1]).norm(dim=1).clamp(min=0.4)[:, None, None]
    weight = torch.ones(POINTS, 3)
    weight[EYES_AND_MOUTH] = 4.0
    weight[468:] = 2.0
    weight[:, 2] *= 0.3
    error = ((points - target).abs() * weight / weight.mean() / scale).mean((1, 2))
    presence = torch.nn.functional.binary_cross_entropy_with_logits(logits, present)
    return (error * present).sum() / present.sum().clamp(min=1), presence


def train(portraits: Path, out: Path, recipe: LandmarkRecipe, time_limit: float, start: Path | None = None) -> None:
    """Runs the recipe and saves the averaged network to ``out``; stops after ``time_limit`` seconds at the latest."""
    torch.manual_seed(0)
    data = load_portraits(portraits, "train")
    order = mirror_order(data.landmarks)
    network = LandmarkNet(recipe.network)
    network.mean.copy_(torch.from_numpy((data.landmarks - (128, 128, 0)).mean(0) / 128))
    if start is not None:
        network.load_state_dict(load_folder(start, "face-landmarks")[1])
    data, weights = with_turned(data, fair_weights(portraits, "train"), recipe.turned, recipe.share)
    fitting = Fitting(network, rate=recipe.rate, time_limit=time_limit, samples=recipe.images, ema=recipe.ema)
    stream = Samples(data, weights, order, recipe, 0)
    loader = DataLoader(stream, recipe.batch, num_workers=recipe.workers, prefetch_factor=8)
    for crops, target, present in loader:
        if fitting.pace() >= 1:
            break
        with quick_autocast():
            points, logits = network(scale_bytes(crops.permute(0, 3, 1, 2)))
        error, presence = loss_terms(points, logits, target, present.float())
        if fitting.step(error + 0.05 * presence, len(crops), error=error, presence=presence):
            save(out, fitting)
    save(out, fitting)


def save(out: Path, fitting: Fitting[LandmarkNet]) -> None:
    """Writes the folder that the package bundles."""
    run = {"images_shown": fitting.shown, "seconds": round(fitting.seconds)}
    network = fitting.average
    save_folder(out, network.state_dict(), {"kind": "face-landmarks", **network.config.to_dict(), **run}, CARD)


CARD = f"""---
license: apache-2.0
library_name: mien
---

# Landmark network

478 points of MediaPipe's face-mesh topology with irises, and whether a face is there at all, from a 128 px crop.

- **Recipe**: `recipes/landmarks.py` in four rounds (1,830 portraits first, then three with the data below and with
  faces turned by machine); before the last, `recipes/mix.py` went 0.6 of the way from the first round's weights to
  the third's; then `recipes/presence.py` fitted the presence logit (1,000 scenes). Images shown and seconds of the
  last round on one core are in `config.json`.
- **Data**: {SOURCES}
  The points are machine labels made with MediaPipe 0.10 (Apache-2.0), good to about 2 % of the distance between the
  eyes, worse at the outline of the face; those of turned faces were turned with them.
- **Licence**: Apache-2.0, as the rest of mien.
- **Limits**: adults facing the camera are the majority of the data; older white men are over-represented. Beyond
  about 60 degrees of yaw, or far from above or below, the points become guesses. It cannot tell people apart.
- **Figures**: `python -m benchmarks.faces` measures them; they are quoted in the README.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--images", type=int, default=LandmarkRecipe.images)
    parser.add_argument("--start", type=Path, help="folder of a network to go on from")
    parser.add_argument("--rate", type=float, default=LandmarkRecipe.rate)
    parser.add_argument("--time-limit", type=float, default=3600.0, help="seconds")
    a = parser.parse_args()
    torch.set_flush_denormal(True)
    train(a.data, a.out, LandmarkRecipe(images=a.images, rate=a.rate), a.time_limit, a.start)


if __name__ == "__main__":
    main()
