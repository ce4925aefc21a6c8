"""How the bundled hair matte was trained: on hair of portraits before other backdrops, where the matte is known.

    python -m recipes.matte --data DATA/wide --store MATTES --out runs/hair-matte [--time-limit 60m]

MATTES is what :mod:`recipes.matte_data` wrote. The averaged network is saved every 500 steps. Figures are taken on
windows of ``val``, mixed anew with a fixed seed.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.store import load_folder, save_folder
from mien.compose.matte import sharpened
from mien.models.perception.matte import MatteConfig, MatteNet
from mien.training.devices import quick_autocast
from mien.training.options import seconds
from recipes.fitting import Fitting, settle
from recipes.matte_scenes import Sample, scene
from recipes.portraits import SOURCES

KIND = "hair-matte"
SIDE, BATCH = 224, 8
CARD = """---
license: apache-2.0
library_name: mien
---

# Hair matte

How much of each pixel is hair: of a picture, and of what the parser takes it for.

- **Recipe**: `recipes/matte_data.py`, `recipes/matte_scenes.py`, `recipes/matte.py`; {shown} windows in {seconds} s.
- **Teachers**: closed-form matting (PyMatting, MIT) between what the bundled parser and a hair network (MIT; trained on
  CelebAMask-HQ, whose licence is non-commercial) agree on. Pictures are mixed anew from its colours and mattes.
- **Data**: {sources}
- **Limits**: heads as portraits show them; hats, fur and animals were not taught. Sees 384 px a side of the FFHQ crop.
- **On {count} windows of `val`**: {figures}
"""


class Store:
    """Stored photos of a split and where they are real."""

    def __init__(self, folder: Path, index: Path, split: str) -> None:
        self.folder, self.split = folder, split
        self.look()
        with index.open(newline="", encoding="utf-8") as file:
            self.corners = {row["id"]: np.array(json.loads(row["photo_corners"])) for row in csv.DictReader(file)}

    def look(self) -> None:
        """For files that were written meanwhile."""
        self.files = sorted(self.folder.glob(f"{self.split}-????.npy"))

    def draw(self, side: int, rng: np.random.Generator) -> Sample:
        """A window of one of them, before another's backdrop."""
        one, two = (self.files[i] for i in rng.integers(0, len(self.files), 2))
        store, other = np.load(one, mmap_mode="r"), np.load(two, mmap_mode="r")
        size = store.shape[1]
        valid = np.zeros((size, size), np.uint8)
        corners = self.corners[one.stem.split("-")[1]] * size / 768
        cv2.fillConvexPoly(valid, np.round(corners).astype(np.int32), 1)
        return scene(store, valid, np.ascontiguousarray(other[:3].transpose(1, 2, 0)), side, rng)


def planes_of(samples: Sequence[Sample]) -> Tensor:
    """(B, 6, S, S) in [-1, 1]."""
    both = np.stack([np.dstack([one.picture, one.told]) for one in samples])
    return (
        (torch.from_numpy(both).float() / 127.5 - 1).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    )


def loss_of(logits: Tensor, samples: Sequence[Sample]) -> tuple[Tensor, Tensor]:
    """The matte's error, its slopes', its error at lower resolutions, and what the error does to the picture."""
    wanted = torch.from_numpy(np.stack([one.matte for one in samples]))[:, None]
    counts = torch.from_numpy(np.stack([one.counts for one in samples]))[:, None]
    apart = torch.from_numpy(np.stack([one.apart for one in samples])).permute(0, 3, 1, 2)
    told = logits.sigmoid()
    band = F.max_pool2d(((wanted > 0.03) & (wanted < 0.97)).float(), 5, 1, 2)
    weight = counts * (0.5 + 2.5 * band)
    error = (told - wanted).abs()
    plain = (weight * error).sum() / weight.sum().clamp(min=1)
    seen = (weight * error * apart.abs().mean(1, keepdim=True)).sum() / weight.sum().clamp(min=1)
    slopes = sum((weight * (told - wanted)).diff(dim=d).abs().mean() for d in (2, 3))
    coarse = sum(F.avg_pool2d(weight * (told - wanted), k).abs().mean() for k in (4, 16))
    return plain + 2 * seen + 0.5 * slopes + 0.5 * coarse, plain


def judged(network: MatteNet, store: Store, count: int) -> dict[str, float]:
    """Mean error where the matte is soft and elsewhere, of the network and of the guided matte, on fixed windows."""
    rng, network = np.random.default_rng(1), network.eval()
    errors: dict[str, list[float]] = {}
    for _ in range(count):
        one = store.draw(256, rng)
        with torch.inference_mode():
            told = network(planes_of([one])).sigmoid()[0, 0].numpy()
        floor = sharpened(one.picture, one.told[..., 0].astype(np.float32) / 255, 0.035 * 384, 0.3)
        soft = cv2.dilate(((one.matte > 0.03) & (one.matte < 0.97)).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        for name, found in (("network", told), ("guided", floor)):
            away = np.abs(found - one.matte)
            for place, where in (("soft", soft & (one.counts > 0)), ("elsewhere", ~soft & (one.counts > 0))):
                if where.any():
                    errors.setdefault(f"{name} {place}", []).append(float(away[where].mean()))
    return {name: float(np.mean(values)) for name, values in errors.items()}


def train(store: Store, held: Store, out: Path, limit: float, start: Path | None) -> None:
    """One run."""
    rng, config = np.random.default_rng(), MatteConfig()
    network = MatteNet(config)
    if start is not None:
        network.load_state_dict({k: v.float() for k, v in load_folder(start, KIND)[1].items()})
    fitting = Fitting(network, rate=2e-3, time_limit=limit, clip=1.0, ema=0.998)
    while fitting.pace() < 1:
        samples = [store.draw(SIDE, rng) for _ in range(BATCH)]
        fitting.network.train()
        with quick_autocast():
            logits = fitting.network(planes_of(samples))
        loss, plain = loss_of(logits.float(), samples)
        if fitting.step(loss, BATCH, whole=loss, matte=plain):
            store.look()
            save(fitting, held, out, 40)
    save(fitting, held, out, 200)


def save(fitting: Fitting[MatteNet], held: Store, out: Path, count: int) -> None:
    """The averaged network, with its figures."""
    figures = judged(fitting.average, held, count)
    told = ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
    print(told, flush=True)
    card = CARD.format(shown=fitting.shown, seconds=round(fitting.seconds), sources=SOURCES, figures=told, count=count)
    save_folder(out, fitting.average.state_dict(), {"kind": KIND, **fitting.average.config.to_dict()}, card)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--data", "--store", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--start", type=Path, help="folder of a network to go on from")
    parser.add_argument("--time-limit", default="60m")
    options = parser.parse_args()
    settle()
    index = options.data / "index.csv"
    store, held = (Store(options.store, index, split) for split in ("train", "val"))
    train(store, held, options.out, seconds(options.time_limit), options.start)


if __name__ == "__main__":
    main()
