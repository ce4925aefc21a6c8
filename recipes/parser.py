"""How the bundled face parser came to be.

    python -m recipes.weak_labels --data PORTRAITS --hair hair.pt --out LABELS
    python -m recipes.parser --data PORTRAITS --labels LABELS --out runs/parser-1 --time-limit 1500
    python -m recipes.parser_labels --data PORTRAITS --labels LABELS --parser runs/parser-1 --out LABELS-2
    python -m recipes.parser --data PORTRAITS --labels LABELS-2 --start runs/parser-1 --out runs/parser-2

Trained on the train split only. A sample is a portrait, mirrored half of the time (left and right classes change
places), seen through a crop that is turned, shifted and scaled against the FFHQ frame, before another background or
behind something now and then, distorted as photos are. What lies beyond the portrait's edge is not learnt from.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from mien.checkpoints.parser import KIND
from mien.checkpoints.store import load_folder, save_folder
from mien.conditions.labels import COUNT, INDEX, UNKNOWN, mirror_table
from mien.models.perception.parser import ParserConfig, ParserNet
from mien.pixels import scale_bytes
from mien.types import UInt8
from recipes.distort import Rng, distort, occlude
from recipes.fitting import Fitting
from recipes.landmarks import FRAME, warp
from recipes.portraits import Portraits, load_portraits, rough_yaw

WEIGHTS = {"background": 0.7, "skin": 0.8, "cloth": 0.8, "neck": 1.2, "glasses": 1.5, "left_ear": 2.0, "right_ear": 2.0}
WEIGHTS |= dict.fromkeys(("left_brow", "right_brow", "left_eye", "right_eye", "upper_lip", "lower_lip", "mouth"), 2.0)
"""Of the classes in the loss; the others weigh 1."""


@dataclass(frozen=True)
class ParserRecipe:
    """Settings of the run.

    Attributes:
        phases: (end as a fraction of the run, side of the crops): most of the learning happens at a smaller size.
        batch: samples per step.
        rate: peak learning rate of AdamW, see ``recipes/fitting.py``.
        ema: decay per step of the averaged weights, which are the ones that are saved.
        workers: processes that make samples.
    """

    phases: tuple[tuple[float, int], ...] = ((0.45, 192), (1.0, 256))
    batch: int = 16
    rate: float = 2e-3
    ema: float = 0.996
    workers: int = 1
    network: ParserConfig = ParserConfig()


def load_labels(folder: Path, data: Path, split: str) -> UInt8:
    """(N, 256, 256) uint8, one for each portrait of the split, in the order of the index."""
    with (data / "index.csv").open(newline="", encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file) if row["split"] == split]
    return np.stack([cv2.imread(str(folder / f"{i}.png"), cv2.IMREAD_GRAYSCALE) for i in ids])


def sampling_weights(portraits: Portraits, labels: UInt8) -> np.ndarray:
    """(N,) probabilities by which rare things come up more often: hair, skin tones, glasses, hats, turned heads."""
    hair = (labels == INDEX["hair"]).mean((1, 2))
    bare = labels == INDEX["skin"]
    light = np.array([im[skin].mean() if skin.any() else 0 for im, skin in zip(portraits.images, bare, strict=True)])
    weight = 1 + 2 * np.clip(np.abs(rough_yaw(portraits.landmarks)) / 0.5, 0, 1) ** 2
    for value in (hair, light):
        edges = np.linspace(value.min(), value.max() + 1e-6, 9)
        share = np.histogram(value, edges)[0] / len(value)
        weight *= np.clip(share[np.digitize(value, edges) - 1], 0.01, 1) ** -0.5
    weight *= 1 + 1.0 * ((labels == INDEX["glasses"]).mean((1, 2)) > 0.005)
    weight *= 1 + 4.0 * ((labels == INDEX["hat"]).mean((1, 2)) > 0.02)
    probability: np.ndarray = weight / weight.sum()
    return probability


def random_view(rng: Rng, size: int) -> np.ndarray:
    """2x3, FFHQ frame to crop, continuous coordinates; sometimes much wider than the frame, for hair beyond it."""
    wide = rng.random() < 0.2
    scale = float(rng.uniform(0.55, 0.85) if wide else np.exp(rng.normal(0, 0.1)))
    turn = np.deg2rad(rng.normal(0, 8))
    stretch = float(np.exp(rng.normal(0, 0.05)))
    k = size / FRAME * scale
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.diag(
        [k * stretch, k / stretch]
    )
    shift = rng.normal(0, 0.05, 2) * size
    offset = np.array([size / 2, size / 2]) + shift - linear @ np.array([FRAME / 2, FRAME / 2])
    return np.hstack([linear, offset[:, None]])


class Samples(IterableDataset[tuple[UInt8, UInt8]]):
    """Endless stream of (crop (S, S, 3) uint8, labels (S / 2, S / 2) uint8)."""

    def __init__(self, portraits: Portraits, labels: UInt8, size: int, seed: int) -> None:
        self.portraits, self.labels, self.size, self.seed = portraits, labels, size, seed
        self.probability = sampling_weights(portraits, labels)

    def __iter__(self) -> Iterator[tuple[UInt8, UInt8]]:
        cv2.setNumThreads(0)
        info = get_worker_info()
        rng = np.random.default_rng([self.seed, info.id if info else 0])
        while True:
            yield self.sample(rng)

    def sample(self, rng: Rng) -> tuple[UInt8, UInt8]:
        """One portrait through one random view."""
        p = self.portraits
        i, j = rng.choice(len(p), p=self.probability), rng.integers(len(p))
        image, labels, person, other = p.images[i], self.labels[i], p.person[i], p.images[j]
        if rng.random() < 0.5:
            image, person = np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(person[:, ::-1])
            labels = mirror_table()[labels[:, ::-1]]
        matrix = random_view(rng, self.size)
        crop = self.scene(image, person, matrix, other, rng)
        target = nearest(labels, matrix * 0.5, self.size // 2)
        if rng.random() < 0.15:
            texture = cv2.resize(other[:72, :72], (self.size, self.size))
            covered = occlude(crop, rng, texture)
            half = cv2.resize(
                (covered != crop).any(2).astype(np.uint8), target.shape[::-1], interpolation=cv2.INTER_AREA
            )
            crop, target = covered, np.where(half > 0, INDEX["background"], target).astype(np.uint8)
        return distort(crop, rng), target

    def scene(self, image: UInt8, person: UInt8, matrix: np.ndarray, other: UInt8, rng: Rng) -> UInt8:
        """What lies beyond the portrait's edge, and sometimes behind the person: flat, mirrored, another picture."""
        size, kind = self.size, rng.random()
        if kind < 0.45:
            return warp(image, matrix, size, cv2.BORDER_REFLECT_101)
        behind = np.empty((size, size, 3), np.uint8)
        behind[:] = rng.integers(0, 256, 3)
        if kind > 0.6:
            behind = cv2.GaussianBlur(cv2.resize(other, (size, size)), (0, 0), float(rng.uniform(0.5, 8)))[
                :: int(rng.choice([-1, 1]))
            ]
        weight = person if kind > 0.7 else np.full_like(person, 255)
        alpha = warp(weight, matrix, size, cv2.BORDER_CONSTANT)[..., None].astype(np.float32) / 255
        return (warp(image, matrix, size, cv2.BORDER_REPLICATE) * alpha + behind * (1 - alpha)).astype(np.uint8)


def nearest(labels: UInt8, matrix: np.ndarray, size: int) -> UInt8:
    """Labels through a continuous-coordinate matrix; beyond their edge they are unknown."""
    half = matrix.copy()
    half[:, 2] += half[:, :2] @ (0.5, 0.5) - 0.5
    return cv2.warpAffine(
        np.ascontiguousarray(labels),
        half,
        (size, size),
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=UNKNOWN,
    )


def loss_of(scores: Tensor, target: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted cross-entropy over the known pixels, and the fraction of them that is right."""
    known = target != UNKNOWN
    labels = torch.where(known, target, 255).long()
    loss = F.cross_entropy(scores, labels, weights, ignore_index=UNKNOWN, label_smoothing=0.02)
    with torch.no_grad():
        right = (scores.argmax(1) == labels)[known].float().mean()
    return loss, right


def train(data: Path, labels: Path, out: Path, recipe: ParserRecipe, time_limit: float, start: Path | None) -> None:
    """Runs the recipe and saves the averaged network to ``out``; ends after ``time_limit`` seconds."""
    torch.manual_seed(0)
    portraits, truth = load_portraits(data, "train"), load_labels(labels, data, "train")
    network = ParserNet(recipe.network)
    if start is not None:
        network.load_state_dict(load_folder(start, KIND)[1])
    fitting = Fitting(network, rate=recipe.rate, time_limit=time_limit, ema=recipe.ema)
    weights = torch.tensor([WEIGHTS.get(name, 1.0) for name in INDEX])
    assert len(weights) == COUNT
    for number, (end, size) in enumerate(recipe.phases):
        samples = Samples(portraits, truth, size, number + 10 * (start is not None))
        for crops, target in DataLoader(samples, recipe.batch, num_workers=recipe.workers, prefetch_factor=6):
            if fitting.pace() >= end:
                break
            with torch.autocast("cpu", torch.bfloat16):
                scores = network.scores(scale_bytes(crops.permute(0, 3, 1, 2)))
            loss, right = loss_of(scores, target, weights)
            if fitting.step(loss, len(crops), entropy=loss, right=right):
                save(out, fitting)
    save(out, fitting)


def save(out: Path, fitting: Fitting[ParserNet]) -> None:
    """Writes the folder that the package bundles."""
    run = {"images_shown": fitting.shown, "seconds": round(fitting.seconds)}
    network = fitting.average
    save_folder(out, network.state_dict(), {"kind": KIND, **network.config.to_dict(), **run}, CARD)


CARD = """# Face parser

19 semantic classes (the face-parsing order) for each pixel of an FFHQ-aligned face, from 256 px.

- **Recipe**: `recipes/parser.py`, on labels made by `recipes/weak_labels.py` and, in a second round, cleaned by
  `recipes/parser_labels.py`. Settings and images shown in the second round are in `config.json`; the first round
  (1,500 s, about 61,000 images) used an earlier state of the weak labels, without widened brows, earrings and hats. The
  clock that paces the learning rate was moved on once in the second round, by 350 s, so that a rerun is close but not
  the same.
- **Data**: the train split (1,830 pictures) of a set of public-domain, CC0 and MIT-licensed official portraits,
  aligned by the FFHQ rule. Nobody annotated them: the labels come from machine landmarks (MediaPipe 0.10, Apache-2.0),
  machine person masks, colour models and edges.
- **Licence**: Apache-2.0, as the rest of mien. **Note**: hair labels came from a teacher network (MIT licence) whose
  own training data, CelebAMask-HQ, are for non-commercial research only.
- **Limits**: hats are rare in the data and often taken for hair or background; earrings are labelled roughly and often
  missed; necklaces are not labelled at all, so that class never comes up; glasses are found by their frames, rimless
  ones are missed. Adults facing the camera are the majority; older white men are over-represented. Hands and
  microphones before the face may count as skin or cloth.
- **Figures**: `python -m benchmarks.parser` measures them; `CHANGELOG.md` quotes them. The width of the brows in the
  labels was chosen on the London set, so that its figure for brows is not untouched.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="folder of a parser to go on from (a second round)")
    parser.add_argument("--time-limit", type=float, default=1500.0, help="seconds")
    parser.add_argument("--rate", type=float, default=ParserRecipe.rate)
    a = parser.parse_args()
    train(a.data, a.labels, a.out, ParserRecipe(rate=a.rate), a.time_limit, a.start)


if __name__ == "__main__":
    main()
