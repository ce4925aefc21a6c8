"""How the bundled face reader was trained: on portraits and what :mod:`recipes.reader_labels` measured of them.

    python -m recipes.reader --data PORTRAITS --labels LABELS.npz --out runs/face-reader [--time-limit 30m]

The last checkpoint lies in ``OUT``, with its figures on ``val`` in the model card.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.store import save_folder
from mien.finding.axes import PRESENT
from mien.models.perception.reader import ReaderConfig, ReaderNet
from mien.pixels import to_tensor
from mien.training.devices import quick_autocast
from mien.training.options import seconds
from mien.types import Float32, UInt8
from recipes.fitting import Fitting, settle
from recipes.portraits import SOURCES, Portraits, fair_weights, load_portraits

KIND = "face-reader"
CARD = """---
license: apache-2.0
library_name: mien
---

# Face reader

Numbers that say what a face looks like: age, expression, shapes, what it wears, and colours. For finding pictures by
words and for choosing whom to borrow from; not for deciding anything about a person.

- **Recipe**: `recipes/reader_labels.py`, `recipes/reader.py`; {shown} crops in {seconds} s on one core.
- **Labels**: machine labels. Age, gender presentation and expression: face-api.js (MIT). Landmarks: MediaPipe. The
  rest: the bundled parser.
- **Data**: {sources}
- **Limits**: machine labels of machine labels; presentation is what a picture shows, not who somebody is. Crops must be
  FFHQ-aligned.
- **On `val`**, 150 portraits, against the same labels: {figures}
"""


def load_labels(file: Path, split: str) -> tuple[list[str], Float32]:
    """Names (K) and measures (N, K); presences are 0 or 1."""
    with np.load(file.with_name(f"{file.stem}-{split}.npz")) as stored:
        names = [name for name in stored.files if name != "id"]
        return names, np.stack([stored[name] for name in names], 1).astype(np.float32)


def scaled(names: list[str], values: Float32, mean: Float32, spread: Float32) -> Float32:
    """Measures in standard deviations of the training set; presences stay."""
    there = np.array([name in PRESENT for name in names])
    return np.where(there, values, np.clip((values - mean) / spread, -4, 4)).astype(np.float32)


def drawn(images: UInt8, labels: Float32, size: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A batch, bent a little: moved, turned, mirrored, blurred, grained; colors stay, they are labels."""
    out = np.empty((len(images), size, size, 3), np.uint8)
    for index, image in enumerate(images):
        scale = size / 256 * np.exp(rng.normal(0, 0.04))
        angle, (dx, dy) = rng.normal(0, 3), rng.normal(0, 4, 2)
        matrix = cv2.getRotationMatrix2D((128 + dx, 128 + dy), angle, scale)
        matrix[:, 2] += size / 2 - np.array([128 + dx, 128 + dy])
        calm = cv2.GaussianBlur(image, (0, 0), 0.5 / scale) if scale < 0.75 else image
        one = cv2.warpAffine(calm, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        if rng.random() < 0.5:
            one = one[:, ::-1]
        if rng.random() < 0.2:
            one = cv2.GaussianBlur(one, (0, 0), rng.uniform(0.4, 1.5))
        noise = rng.normal(0, rng.uniform(0, 6), one.shape) if rng.random() < 0.3 else 0
        out[index] = np.clip(one + noise, 0, 255)
    return to_tensor(out), torch.from_numpy(labels)


def loss_of(told: Tensor, wanted: Tensor, there: Tensor) -> Tensor:
    """Cross-entropy of presences, Huber's loss of the others; NaN counts nothing."""
    known = ~wanted.isnan()
    target = wanted.nan_to_num()
    presence = F.binary_cross_entropy_with_logits(told, target.clamp(0, 1), reduction="none")
    degree = F.smooth_l1_loss(told, target, beta=0.5, reduction="none")
    return (torch.where(there, presence, degree) * known).sum() / known.sum()


def judged(network: ReaderNet, images: UInt8, wanted: Float32, names: list[str]) -> dict[str, float]:
    """By name: the correlation with the labels; for presences, the area under the ROC curve."""
    size = network.config.size
    small = np.stack([cv2.resize(one, (size, size), interpolation=cv2.INTER_AREA) for one in images])
    network.eval()
    with torch.inference_mode():
        told = torch.cat([network(to_tensor(small[i : i + 50])) for i in range(0, len(small), 50)]).numpy()
    found = {}
    for index, name in enumerate(names):
        known = ~np.isnan(wanted[:, index])
        a, b = told[known, index], wanted[known, index]
        if name in PRESENT:
            yes, no = a[b > 0.5], a[b <= 0.5]
            found[name] = float((yes[:, None] > no[None]).mean()) if len(yes) and len(no) else float("nan")
        else:
            found[name] = float(np.corrcoef(a, b)[0, 1])
    return found


def train(data: Portraits, labels: Float32, weights: Float32, names: list[str], limit: float) -> Fitting[ReaderNet]:
    """One run."""
    rng, config = np.random.default_rng(0), ReaderConfig(numbers=len(names))
    torch.manual_seed(0)
    fitting = Fitting(ReaderNet(config), rate=2e-3, time_limit=limit, clip=1.0)
    there, chance = torch.tensor([name in PRESENT for name in names]), weights / weights.sum()
    while fitting.pace() < 1:
        rows = rng.choice(len(labels), 64, p=chance)
        crops, wanted = drawn(data.images[rows], labels[rows], config.size, rng)
        fitting.network.train()
        with quick_autocast():
            told = fitting.network(crops.to(memory_format=torch.channels_last))
        loss = loss_of(told.float(), wanted, there)
        fitting.step(loss, len(rows), error=loss)
    return fitting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--data", "--labels", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--time-limit", default="30m")
    arguments = parser.parse_args()
    settle()
    names, values = load_labels(arguments.labels, "train")
    mean, spread = np.nanmean(values, 0), np.nanstd(values, 0) + 1e-6
    _, held = load_labels(arguments.labels, "val")
    data, weights = load_portraits(arguments.data, "train"), fair_weights(arguments.data, "train")
    fitting = train(data, scaled(names, values, mean, spread), weights, names, seconds(arguments.time_limit))
    network = fitting.average
    figures = judged(network, load_portraits(arguments.data, "val").images, held, names)
    told = ", ".join(f"{name} {value:.2f}" for name, value in figures.items())
    print(told)
    config = {"kind": KIND, **network.config.to_dict(), "names": names}
    config |= {"mean": [round(float(v), 4) for v in mean], "spread": [round(float(v), 4) for v in spread]}
    card = CARD.format(shown=fitting.shown, seconds=round(fitting.seconds), sources=SOURCES, figures=told)
    save_folder(arguments.out, network.state_dict(), config, card)


if __name__ == "__main__":
    main()
