"""How the bundled landmark network learned to turn away what the detector mistakes for a face.

    python -m recipes.presence --data PORTRAITS --detector DETECTOR --landmarks LANDMARKS --out OUT

The landmark network is frozen; only its presence logit, one linear layer, is fitted anew. Positives are faces in
scenes, seen through the detector's own guess and through the crop of the points found there; negatives are what the
detector answers, at a low threshold, where no face is. Both networks must have been trained (``recipes/detector.py``,
``recipes/landmarks.py``).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional

from mien.align.crop import ffhq_quad, square_quad
from mien.align.detector import detect
from mien.align.landmarker import crop_or_none, in_photo
from mien.checkpoints.perception import load_landmarks
from mien.checkpoints.store import load_folder, save_folder
from mien.engine import Network, load_detector
from mien.models.perception.config import DetectorConfig
from mien.models.perception.landmarks import LandmarkNet
from mien.pixels import to_tensor
from mien.types import Float64, UInt8
from recipes.landmarks import CARD
from recipes.portraits import fair_weights, load_portraits
from recipes.scenes import SceneMaker
from recipes.turning import with_turned

SIZE = 448
LOW = 0.08
"""Score from which on the detector's guesses are looked at: far below what the finder uses."""

MOST = 8
"""Guesses looked at per scene, the surest first."""


def features(network: LandmarkNet, image: UInt8, quads: list[Float64]) -> tuple[torch.Tensor, list[Float64]]:
    """The last hidden layer for every quad, (K, hidden), and the quads of the points found there."""
    crops = [crop for quad in quads if (crop := crop_or_none(image, quad, network.config.size))]
    if not crops:
        return torch.zeros(0, network.config.hidden), []
    with torch.inference_mode():
        hidden = network.hidden(network.trunk(to_tensor(np.stack([c.pixels for c in crops]))).flatten(1))
        points = network.points(hidden).view(len(crops), -1, 3) + network.mean
    return hidden.clone(), [ffhq_quad(in_photo(p, c)) for p, c in zip(points.double().numpy(), crops, strict=True)]


def gather(
    detector: Network[DetectorConfig], network: LandmarkNet, maker: SceneMaker, scenes: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features (K, hidden), labels (K,) and scene numbers (K,) of both passes over what the detector finds."""
    rng = np.random.default_rng(7)
    rows: list[torch.Tensor] = []
    labels: list[float] = []
    origin: list[int] = []
    for number in range(scenes):
        scene = maker.draw(rng)
        for x, y, side, roll, _ in detect(detector, scene.image, min_size=20, threshold=LOW)[:MOST]:
            distance = [np.hypot(x - fx, y - fy) / fs for fx, fy, fs, _ in scene.faces]
            if any(0.2 < d < 0.6 for d in distance):
                continue  # neither on a face nor off it
            label = float(any(d <= 0.2 for d in distance))
            first, again = features(network, scene.image, [square_quad(x, y, side, float(np.degrees(roll)))])
            second, _ = features(network, scene.image, again)
            rows += [first, second]
            labels += [label] * (len(first) + len(second))
            origin += [number] * (len(first) + len(second))
        if number % 500 == 0:
            print(f"{number} scenes, {sum(labels):.0f} faces, {len(labels) - sum(labels):.0f} others", flush=True)
    return torch.cat(rows), torch.tensor(labels), torch.tensor(origin)


def fit(rows: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, float]:
    """Logistic regression, a false alarm costs twice a miss; (hidden,) weight and the bias."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-6
    weight = torch.zeros(rows.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=300, line_search_fn="strong_wolfe")
    share = torch.where(labels > 0, 1 / 3 / (labels > 0).sum(), 2 / 3 / (labels == 0).sum())

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        logits = (rows - mean) / spread @ weight + bias
        loss = (functional.binary_cross_entropy_with_logits(logits, labels, reduction="none") * share).sum()
        loss = loss + 1e-4 * weight.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    raw = (weight / spread).detach()
    return raw, float(bias.detach() - mean @ raw)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--landmarks", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=5000)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    network = load_landmarks(arguments.landmarks)
    data, weights = with_turned(load_portraits(arguments.data, "train"), fair_weights(arguments.data, "train"), 800)
    maker = SceneMaker(data, SIZE, weights)
    rows, labels, scene = gather(load_detector(arguments.detector), network, maker, arguments.scenes)
    test = scene % 5 == 0  # whole scenes, since both passes and neighboring guesses look at the same pixels
    weight, bias = fit(rows[~test], labels[~test])
    for name, w, b in (("before", network.presence.weight[0], network.presence.bias[0]), ("after", weight, bias)):
        right = ((rows[test] @ w + b > 0) == (labels[test] > 0)).float()
        faces = labels[test] > 0
        print(f"{name}: {right[faces].mean():.4f} of faces, {right[~faces].mean():.4f} of others told right")
    config, state = load_folder(arguments.landmarks, "face-landmarks")
    state["presence.weight"], state["presence.bias"] = weight[None], torch.tensor([bias])
    save_folder(arguments.out, state, {**config, "presence_scenes": arguments.scenes}, CARD)


if __name__ == "__main__":
    main()
