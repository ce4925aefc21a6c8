"""How the bundled face detector came to be.

    python -m recipes.detector --data PORTRAITS --out runs/detector --scenes 300000 --time-limit 960
    python -m recipes.detector --data PORTRAITS --start runs/detector --out runs/detector-2 --time-limit 900 --rate 1e-3

No boxes were drawn by hand and no other detector was asked: portraits that are aligned by the FFHQ rule are pasted into
scenes (``recipes/scenes.py``), so that center, side and roll of every face's square are known exactly. A third of them
were turned to other poses by machine (``recipes/turning.py``).
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

from mien.checkpoints.store import load_folder, save_folder
from mien.models.perception.detector import STRIDE, DetectorConfig, DetectorNet
from mien.pixels import scale_bytes
from mien.training.devices import quick_autocast
from mien.types import Float32, UInt8
from recipes.fitting import Fitting
from recipes.portraits import SOURCES, Portraits, fair_weights, load_portraits
from recipes.scenes import Scene, SceneMaker
from recipes.turning import with_turned


@dataclass(frozen=True)
class DetectorRecipe:
    """Settings of the run.

    Attributes:
        scenes: scenes shown in all.
        batch: scenes per step.
        size: side of a scene, pixels.
        rate: peak learning rate of AdamW.
        ema: decay per step of the averaged weights.
        workers: processes that draw scenes.
        turned: portraits that are turned by machine, beside the others.
    """

    scenes: int = 300_000
    batch: int = 24
    size: int = 224
    rate: float = 2e-3
    ema: float = 0.998
    workers: int = 1
    turned: int = 2000
    network: DetectorConfig = DetectorConfig()


def targets(scene: Scene, config: DetectorConfig) -> Float32:
    """(8, h, w): heat, use of heat, use of geometry, then offset x, y, log side, cos, sin as the network gives them.

    Heat is 1 in the centre's cell and falls off as a Gaussian (CornerNet's penalty reduction); cells about a face that
    is too small or too large for the level are not judged at all, since the next level may or may not find it.
    """
    cells = scene.image.shape[0] // STRIDE
    out = np.zeros((8, cells, cells), np.float32)
    out[1] = 1
    centres = (np.arange(cells, dtype=np.float32) + 0.5) * STRIDE
    low, high = config.range
    for x, y, side, roll in scene.faces:
        dx, dy = np.broadcast_arrays(x - centres[None, :], y - centres[:, None])
        distance = np.hypot(dx, dy)
        if not low <= side <= high:
            out[1][distance < 0.35 * side] = 0
            continue
        heat = np.exp(-(distance**2) / (2 * (0.09 * side) ** 2))
        nearest = distance == distance.min()
        out[0] = np.maximum(out[0], np.where(nearest, 1, np.minimum(heat, 0.95)))
        near = distance < max(0.2 * side, STRIDE)
        values = (
            np.ones_like(dx),
            dx / config.side,
            dy / config.side,
            np.log(side / config.side),
            np.cos(roll),
            np.sin(roll),
        )
        for channel, value in zip(range(2, 8), values, strict=True):
            out[channel] = np.where(near, value, out[channel])
    return out


def detector_loss(maps: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Penalty-reduced focal loss of the heat (CornerNet, eq. 1) per face, and the mean error of the geometry."""
    heat, judged, near = target[:, 0], target[:, 1], target[:, 2]
    positive = (heat >= 1).float()
    logit = maps[:, 0]
    probability = logit.sigmoid()
    log_p, log_q = torch.nn.functional.logsigmoid(logit), torch.nn.functional.logsigmoid(-logit)
    focal = -(positive * (1 - probability) ** 2 * log_p + (1 - positive) * (1 - heat) ** 4 * probability**2 * log_q)
    geometry = torch.nn.functional.smooth_l1_loss(maps[:, 1:], target[:, 3:], reduction="none", beta=0.05).sum(1)
    return (focal * judged).sum() / positive.sum().clamp(min=1), (geometry * near).sum() / near.sum().clamp(min=1)


class Scenes(IterableDataset[tuple[UInt8, Float32]]):
    """Endless stream of (scene (S, S, 3) uint8, targets (8, S / 8, S / 8))."""

    def __init__(self, portraits: Portraits, weights: Float32, recipe: DetectorRecipe, seed: int) -> None:
        self.maker, self.recipe, self.seed = SceneMaker(portraits, recipe.size, weights), recipe, seed

    def __iter__(self) -> Iterator[tuple[UInt8, Float32]]:
        cv2.setNumThreads(0)
        info = get_worker_info()
        rng = np.random.default_rng([self.seed, info.id if info else 0])
        while True:
            scene = self.maker.draw(rng)
            yield np.ascontiguousarray(scene.image), targets(scene, self.recipe.network)


def train(portraits: Path, out: Path, recipe: DetectorRecipe, time_limit: float, start: Path | None = None) -> None:
    """Runs the recipe and saves the averaged network to ``out``; stops after ``time_limit`` seconds at the latest."""
    torch.manual_seed(0)
    network = DetectorNet(recipe.network)
    if start is not None:
        network.load_state_dict(load_folder(start, "face-detector")[1])
    limits = {"time_limit": time_limit, "samples": recipe.scenes}
    data, weights = with_turned(load_portraits(portraits, "train"), fair_weights(portraits, "train"), recipe.turned)
    stream = Scenes(data, weights, recipe, 0 if start is None else 1)
    fitting = Fitting(network, rate=recipe.rate, ema=recipe.ema, clip=5.0, **limits)
    for scenes, target in DataLoader(stream, recipe.batch, num_workers=recipe.workers, prefetch_factor=8):
        if fitting.pace() >= 1:
            break
        with quick_autocast():
            maps = network(scale_bytes(scenes.permute(0, 3, 1, 2)))
        focal, geometry = detector_loss(maps, target)
        if fitting.step(focal + geometry, len(scenes), focal=focal, geometry=geometry):
            save(out, fitting)
    save(out, fitting)


def save(out: Path, fitting: Fitting[DetectorNet]) -> None:
    """Writes the folder that the package bundles."""
    run = {"scenes_shown": fitting.shown, "seconds": round(fitting.seconds)}
    network = fitting.average
    save_folder(out, network.state_dict(), {"kind": "face-detector", **network.config.to_dict(), **run}, CARD)


CARD = f"""---
license: apache-2.0
library_name: mien
---

# Face detector

Finds upright faces (turned in the plane by up to 45 degrees) and gives for each the FFHQ square: centre, side,
roll.

- **Recipe**: `recipes/detector.py` in two rounds (1,830 portraits first, then the data below, with faces turned by
  machine); `recipes/mix.py` goes 0.6 of the way from the first round's weights to the second's. Scenes shown and
  seconds of the second round on one core are in `config.json`.
- **Data**: {SOURCES}
  They are pasted into scenes together with pictures without faces from scikit-image, cut-up portraits and drawings.
  No hand-drawn boxes, no other detector.
- **Licence**: Apache-2.0, as the rest of mien.
- **Limits**: adults facing the camera are the majority of the data; older white men are over-represented. Beyond
  about 60 degrees of yaw faces are often missed; the backs of heads and faces upside down are not found. It tells
  where a face is, never whose.
- **Figures**: `python -m benchmarks.faces` and `python -m benchmarks.scenes` measure them; README.md quotes them.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=DetectorRecipe.scenes)
    parser.add_argument("--start", type=Path, help="folder of a network to go on from")
    parser.add_argument("--rate", type=float, default=DetectorRecipe.rate)
    parser.add_argument("--time-limit", type=float, default=3600.0, help="seconds")
    a = parser.parse_args()
    torch.set_flush_denormal(True)
    train(a.data, a.out, DetectorRecipe(scenes=a.scenes, rate=a.rate), a.time_limit, a.start)


if __name__ == "__main__":
    main()
