"""How the bundled face parser came to be.

    python -m recipes.weak_labels --data PORTRAITS --hair hair.pt --out LABELS
    python -m recipes.parser --data DATA --labels LABELS --out runs/parser-1 --time-limit 1500
    python -m recipes.parser_labels --data PORTRAITS --labels LABELS --parser runs/parser-1 --out LABELS-2
    python -m recipes.wide_labels --data DATA --labels LABELS-2 --hair hair.pt --out LABELS-WIDE
    python -m recipes.parser --data DATA --labels LABELS-2 --wide LABELS-WIDE --start runs/parser-1 --out runs/parser-2

Trained on the train split only. A sample is a portrait or a wide picture, mirrored half of the time (left and right
classes change places), seen through a window of 0.7 to 2.5 FFHQ sides that is turned and shifted, before another
backdrop or behind something now and then, with glasses drawn or a hat put on, turned to another pose, distorted as
photos are. A backdrop that goes on beyond the picture's edge is learnt from, a person's edge is not.
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
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from mien.checkpoints.parser import KIND
from mien.checkpoints.store import load_folder, save_folder
from mien.conditions.labels import COUNT, INDEX, UNKNOWN, mirror_table
from mien.models.perception.parser import ParserConfig, ParserNet
from mien.pixels import scale_bytes
from mien.types import Float32, Float64, UInt8
from recipes.accessories import Hat, draw_glasses, put_hat, solid_hat
from recipes.backdrops import backdrop
from recipes.distort import Rng, distort, occlude
from recipes.fitting import Fitting
from recipes.landmarks import FRAME, warp
from recipes.portraits import Portraits, fair_weights, load_portraits, load_rows, rough_yaw
from recipes.turning import turned_portraits
from recipes.wide_labels import MARGIN, read_wide

WEIGHTS = {"background": 0.7, "skin": 0.8, "cloth": 0.8, "neck": 1.2, "glasses": 1.5, "left_ear": 2.0, "right_ear": 2.0}
WEIGHTS |= {"hat": 1.5}
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
        turned: portraits that are turned by machine, beside the others.
    """

    phases: tuple[tuple[float, int], ...] = ((0.45, 192), (1.0, 256))
    turned: int = 1500
    batch: int = 16
    rate: float = 2e-3
    ema: float = 0.996
    workers: int = 1
    network: ParserConfig = ParserConfig()


def load_labels(folder: Path, data: Path, split: str) -> UInt8:
    """(N, S, S) uint8, one for each picture of the split, in the order of the index."""
    ids = [row["id"] for row in load_rows(data, split)]
    return np.stack([cv2.imread(str(folder / f"{i}.png"), cv2.IMREAD_GRAYSCALE) for i in ids])


@dataclass(frozen=True, eq=False)
class Pool:
    """Pictures of one size with their labels.

    Attributes:
        images: (N, S, S, 3) uint8 RGB.
        labels: (N, S, S) uint8.
        cutout: (N, S, S) uint8, 255 where the person is, or where nobody knows.
        points: (N, 478, 3) float32, pixels.
        weights: (N,) how often each comes up.
        margin: pixels around the FFHQ square of 256.
    """

    images: UInt8
    labels: UInt8
    cutout: UInt8
    points: Float32
    weights: Float32
    margin: int = 0


def portrait_pools(portraits: Portraits, labels: UInt8, weights: Float32, turned: int) -> list[Pool]:
    """The portraits, and some of them turned."""
    plain = Pool(portraits.images, labels, portraits.person, portraits.landmarks, weights)
    more, numbers, moved = turned_portraits(portraits, turned, labels=labels)
    return [plain, Pool(more.images, moved, more.person, more.landmarks, weights[numbers])]


def wide_pool(data: Path, labels: Path, split: str, weights: dict[str, float]) -> Pool:
    """The wide pictures at 384 px."""
    rows, truth = load_rows(data / "wide", split), load_labels(labels, data / "wide", split)
    ids = [row["id"] for row in rows]
    images = np.stack([read_wide(data / "wide", i) for i in ids])
    points = np.load(data / "portraits" / "landmarks.npy")[[int(i) for i in ids]].astype(np.float32)
    cutout = np.where(truth == INDEX["background"], 0, 255).astype(np.uint8)
    share = np.array([weights[i] for i in ids], np.float32)
    return Pool(images, truth, cutout, points + np.float32([MARGIN, MARGIN, 0]), share, MARGIN)


def sampling_weights(pool: Pool) -> Float32:
    """(N,) probabilities by which rare things come up more often: hair, skin tones, glasses, hats, turned heads."""
    labels = pool.labels
    hair = (labels == INDEX["hair"]).mean((1, 2))
    light = np.array([im[la == INDEX["skin"]].mean() for im, la in zip(pool.images, labels, strict=True)])
    light = np.nan_to_num(light)
    weight = pool.weights * (1 + 2 * np.clip(np.abs(rough_yaw(pool.points)) / 0.5, 0, 1) ** 2)
    for value in (hair, light):
        edges = np.linspace(value.min(), value.max() + 1e-6, 9)
        share = np.histogram(value, edges)[0] / len(value)
        weight *= np.clip(share[np.digitize(value, edges) - 1], 0.01, 1) ** -0.5
    weight *= 1 + 1.0 * ((labels == INDEX["glasses"]).mean((1, 2)) > 0.005)
    weight *= 1 + 3.0 * ((labels == INDEX["hat"]).mean((1, 2)) > 0.02)
    probability: Float32 = weight / weight.sum()
    return probability


def random_view(rng: Rng, size: int, margin: int = 0) -> Float64:
    """2x3, picture to crop, continuous coordinates: a window of 0.7 to 2.5 FFHQ sides, half of them about 1."""
    side = float(np.exp(rng.normal(0, 0.1) if rng.random() < 0.5 else rng.uniform(np.log(0.7), np.log(2.5))))
    turn = np.deg2rad(rng.normal(0, 8))
    stretch = float(np.exp(rng.normal(0, 0.05)))
    k = size / FRAME / side
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.diag(
        [k * stretch, k / stretch]
    )
    reach = 0.05 + 0.12 * abs(1 - 1 / side)
    shift = rng.normal(0, reach, 2) * size
    middle = FRAME / 2 + margin
    offset = np.array([size / 2, size / 2]) + shift - linear @ np.array([middle, middle])
    return np.hstack([linear, offset[:, None]])


SHARES = (0.5, 0.15, 0.35)
"""Of the draws that come from the portraits, the turned ones, and the wide pictures."""


class Samples(IterableDataset[tuple[UInt8, UInt8]]):
    """Endless stream of (crop (S, S, 3) uint8, labels (S / 2, S / 2) uint8)."""

    def __init__(self, pools: list[Pool], size: int, seed: int) -> None:
        self.pools, self.size, self.seed = pools, size, seed
        self.probability = [sampling_weights(pool) for pool in pools]
        self.shares = np.array(SHARES[: len(pools)]) / sum(SHARES[: len(pools)])
        first = pools[0]
        worn = np.flatnonzero((first.labels == INDEX["hat"]).mean((1, 2)) > 0.06)
        self.hats = [Hat(first.images[i], solid_hat(first.labels[i]), first.points[i]) for i in worn]

    def __iter__(self) -> Iterator[tuple[UInt8, UInt8]]:
        cv2.setNumThreads(0)
        info = get_worker_info()
        rng = np.random.default_rng([self.seed, info.id if info else 0])
        while True:
            yield self.sample(rng)

    def sample(self, rng: Rng) -> tuple[UInt8, UInt8]:
        """One picture through one random view."""
        number = rng.choice(len(self.pools), p=self.shares)
        pool = self.pools[number]
        i = rng.choice(len(pool.images), p=self.probability[number])
        image, labels, cutout = self.dressed(pool, i, rng)
        other = self.pools[0].images[rng.integers(len(self.pools[0].images))]
        if rng.random() < 0.5:
            image, cutout = np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(cutout[:, ::-1])
            labels = mirror_table()[labels[:, ::-1]]
        matrix = random_view(rng, self.size, pool.margin)
        crop, target = self.scene(image, labels, cutout, matrix, other, rng)
        if rng.random() < 0.12:
            texture = cv2.resize(other[:72, :72], (self.size, self.size))
            covered = occlude(crop, rng, texture)
            half = cv2.resize(
                (covered != crop).any(2).astype(np.uint8), target.shape[::-1], interpolation=cv2.INTER_AREA
            )
            crop, target = covered, np.where(half > 0, INDEX["background"], target).astype(np.uint8)
        return distort(crop, rng), target

    def dressed(self, pool: Pool, i: int, rng: Rng) -> tuple[UInt8, UInt8, UInt8]:
        """Picture, labels and cutout; now and then with glasses or a hat that it did not have."""
        image, labels, cutout, points = pool.images[i], pool.labels[i], pool.cutout[i], pool.points[i]
        if self.hats and rng.random() < 0.1 and not (labels == INDEX["hat"]).any():
            hat = self.hats[rng.integers(len(self.hats))]
            image, labels = put_hat(image, labels, points, hat, rng)
            cutout = np.where(np.isin(labels, (INDEX["hat"], UNKNOWN)), 255, cutout).astype(np.uint8)
        if rng.random() < 0.15 and not (labels == INDEX["glasses"]).any():
            image, labels = draw_glasses(image, labels, points, rng)
        return image, labels, cutout

    def scene(
        self, image: UInt8, labels: UInt8, cutout: UInt8, matrix: Float64, other: UInt8, rng: Rng
    ) -> tuple[UInt8, UInt8]:
        """What lies beyond the picture's edge, and sometimes behind the person: mirrored, continued, a backdrop."""
        size, kind = self.size, rng.random()
        halved = matrix * 0.5
        if kind < 0.17:
            return warp(image, matrix, size, cv2.BORDER_REFLECT_101), nearest(labels, halved, size // 2)
        continued = nearest(labels, halved, size // 2, cv2.BORDER_REPLICATE)
        inside = nearest(np.zeros_like(labels), halved, size // 2) == 0
        sure = inside | np.isin(continued, (INDEX["background"], INDEX["cloth"]))
        target = np.where(sure, continued, UNKNOWN).astype(np.uint8)
        crop = warp(image, matrix, size, cv2.BORDER_REPLICATE)
        if kind < 0.47:
            return crop, target
        behind = backdrop(size, image, other, rng)
        if kind < 0.57:  # a picture that ends within the window
            alpha = warp(np.full_like(cutout, 255), matrix, size, cv2.BORDER_CONSTANT)
            target = np.where(inside, target, INDEX["background"]).astype(np.uint8)
        else:
            alpha = warp(cutout, matrix, size, cv2.BORDER_REPLICATE)
            half = cv2.resize(alpha, target.shape[::-1], interpolation=cv2.INTER_AREA)
            target = np.where(half < 50, INDEX["background"], target)
            target = np.where((half < 200) & (target == INDEX["background"]) & (half >= 50), UNKNOWN, target)
            target = target.astype(np.uint8)
        weight = alpha[..., None].astype(np.float32) / 255
        return (crop * weight + behind * (1 - weight)).astype(np.uint8), target


def nearest(labels: UInt8, matrix: Float64, size: int, border: int = cv2.BORDER_CONSTANT) -> UInt8:
    """Labels through a continuous-coordinate matrix; beyond their edge unknown, or as ``border`` says."""
    half = matrix.copy()
    half[:, 2] += half[:, :2] @ (0.5, 0.5) - 0.5
    return cv2.warpAffine(
        np.ascontiguousarray(labels),
        half,
        (size, size),
        flags=cv2.INTER_NEAREST,
        borderMode=border,
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


def load_pools(data: Path, labels: Path, wide: Path | None, turned: int) -> list[Pool]:
    """Everything of the train split that there are labels for."""
    folder = data / "portraits"
    portraits, weights = load_portraits(folder, "train"), fair_weights(folder, "train")
    pools = portrait_pools(portraits, load_labels(labels, folder, "train"), weights, turned)
    if wide is not None:
        by_id = {row["id"]: float(w) for row, w in zip(load_rows(folder, "train"), weights, strict=True)}
        pools.append(wide_pool(data, wide, "train", by_id))
    return pools


def train(pools: list[Pool], out: Path, recipe: ParserRecipe, time_limit: float, start: Path | None) -> None:
    """Runs the recipe and saves the averaged network to ``out``; ends after ``time_limit`` seconds."""
    torch.manual_seed(0)
    network = ParserNet(recipe.network)
    if start is not None:
        network.load_state_dict(load_folder(start, KIND)[1])
    fitting = Fitting(network, rate=recipe.rate, time_limit=time_limit, ema=recipe.ema)
    weights = torch.tensor([WEIGHTS.get(name, 1.0) for name in INDEX])
    assert len(weights) == COUNT
    for number, (end, size) in enumerate(recipe.phases):
        samples = Samples(pools, size, number + 10 * (start is not None))
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
    parser.add_argument("--data", type=Path, required=True, help="folder of portraits/ and wide/")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--wide", type=Path, help="labels of the wide pictures")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="folder of a parser to go on from (a second round)")
    parser.add_argument("--time-limit", type=float, default=1500.0, help="seconds")
    parser.add_argument("--rate", type=float, default=ParserRecipe.rate)
    parser.add_argument("--turned", type=int, default=ParserRecipe.turned, help="portraits turned by machine")
    a = parser.parse_args()
    pools = load_pools(a.data, a.labels, a.wide, a.turned)
    train(pools, a.out, ParserRecipe(rate=a.rate), a.time_limit, a.start)


if __name__ == "__main__":
    main()
