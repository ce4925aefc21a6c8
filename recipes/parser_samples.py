"""What the parser learns from: pools of labeled pictures, and samples drawn from them through random windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from torch.utils.data import IterableDataset, get_worker_info

from mien.conditions.labels import INDEX, UNKNOWN, mirror_table
from mien.types import Float32, Float64, UInt8
from recipes.accessories import Hat, draw_glasses, put_hat, solid_hat
from recipes.backdrops import backdrop
from recipes.distort import Rng, distort, occlude
from recipes.landmarks import FRAME, warp
from recipes.portraits import Portraits, fair_weights, load_portraits, load_rows, rough_yaw
from recipes.turning import turned_portraits
from recipes.wide_labels import MARGIN, read_wide


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
    bare = labels == INDEX["skin"]
    light = np.array([im[skin].mean() if skin.any() else 0 for im, skin in zip(pool.images, bare, strict=True)])
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


def load_pools(data: Path, labels: Path, wide: Path | None, turned: int) -> list[Pool]:
    """Everything of the train split that there are labels for."""
    folder = data / "portraits"
    portraits, weights = load_portraits(folder, "train"), fair_weights(folder, "train")
    pools = portrait_pools(portraits, load_labels(labels, folder, "train"), weights, turned)
    if wide is not None:
        by_id = {row["id"]: float(w) for row, w in zip(load_rows(folder, "train"), weights, strict=True)}
        pools.append(wide_pool(data, wide, "train", by_id))
    return pools
