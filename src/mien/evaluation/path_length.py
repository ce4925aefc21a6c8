"""Perceptual path length (Karras et al., 2019): how abruptly pictures change along a path between two codes.

    PPL = E[ d(G(x(t)), G(x(t + ε))) / ε² ],   ε = 10⁻⁴

x(t) goes straight from one w to another, or on the sphere from one z to another. As published, the lowest and the
highest percent are left out. The published figure takes LPIPS with VGG-16 as d; another distance gives another figure.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien._version import __version__
from mien.errors import ConfigError, DataError
from mien.evaluation.candidates import GeneratedSet
from mien.evaluation.estimate import Estimate, Interval, mean
from mien.evaluation.perceptual import Distance, PerceptualDistance
from mien.models.stylegan2 import Generator, codes_of_seeds

BATCH = 8
LARGEST = 256
"""Pictures above this side are halved until they are not, by averaging areas."""


@dataclass(frozen=True)
class PathLength:
    """How to measure.

    Attributes:
        samples: paths, at least two.
        space: "w" or "z".
        sampling: "end" measures at the beginning of each path (StyleGAN2), "full" somewhere on it (StyleGAN).
        epsilon: step along the path.
        seed: of the first code.
    """

    samples: int = 1000
    space: str = "w"
    sampling: str = "end"
    epsilon: float = 1e-4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.space not in ("w", "z") or self.sampling not in ("end", "full"):
            raise ConfigError(
                f"A path goes through w or z, from its end or full, not {self.space!r}, {self.sampling!r}."
            )
        if self.samples < 2:
            raise DataError("A path length needs at least two paths; give more samples.")


def path_length(generator: Generator, distance: Distance, settings: PathLength | None = None) -> Estimate:
    """Of a generator in evaluation mode, with the noise that is stored in it.

    Args:
        generator: see :class:`mien.models.stylegan2.Generator`.
        distance: two batches (B, 3, S, S) in [-1, 1] -> (B,).
        settings: None takes the defaults.
    """
    s = settings or PathLength()
    lengths = []
    for start in range(0, s.samples, BATCH):
        count = min(BATCH, s.samples - start)
        seeds = range(s.seed + 2 * start, s.seed + 2 * (start + count))
        z = codes_of_seeds(seeds, generator.config.z_dim).reshape(count, 2, -1)
        rng = torch.Generator().manual_seed(seeds.start)
        t = torch.rand(count, 1, generator=rng) if s.sampling == "full" else torch.zeros(count, 1)
        with torch.inference_mode():
            near, far = (_pictures(generator, z, t + step, s) for step in (0.0, s.epsilon))
            lengths.append((distance(far, near).double() / s.epsilon**2).cpu().numpy())
    values = np.concatenate(lengths)
    low, high = np.percentile(values, 1, method="lower"), np.percentile(values, 99, method="higher")
    return mean(values[(values >= low) & (values <= high)])


def path_length_report(
    generator: GeneratedSet, distance: PerceptualDistance, settings: PathLength, interval: Interval
) -> dict[str, Any]:
    """The figure of a generator, ready for JSON; it is called after the space, the sampling and the distance."""
    started = time.perf_counter()
    estimate = path_length(generator.generator, distance, settings)
    row = {
        "candidate": generator.name,
        "metric": f"PPL-{settings.space}-{settings.sampling} ({distance.label})",
        **interval.figures(estimate),
        "pairs": len(estimate.contributions),
        "network": distance.label,
        "resize": f"halved (2 x 2 means) until at most {LARGEST} px",
        "remark": "without the lowest and the highest percent",
    }
    return {
        "kind": "mien-path-length",
        "version": __version__,
        "settings": asdict(settings),
        "interval": interval.facts(),
        "networks": [distance.facts()],
        "results": [row],
        "timings": {generator.name: round(time.perf_counter() - started, 3)},
    }


def _pictures(generator: Generator, z: Tensor, t: Tensor, s: PathLength) -> Tensor:
    """z (B, 2, Z) the ends of the paths, t (B, 1) -> (B, 3, S, S)."""
    if s.space == "z":
        w = generator.mapping(_slerp(z[:, 0], z[:, 1], t))
    else:
        w = torch.lerp(generator.mapping(z[:, 0]), generator.mapping(z[:, 1]), t)
    pictures: Tensor = generator.synthesis(generator.broadcast(w), "const")
    while pictures.shape[-1] > LARGEST:
        pictures = F.avg_pool2d(pictures, 2)
    return pictures


def _slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
    cosine = (a * b).sum(-1, keepdim=True)
    angle = t * torch.acos(cosine.clamp(-1, 1))
    side = F.normalize(b - cosine * a, dim=-1)
    return F.normalize(a * torch.cos(angle) + side * torch.sin(angle), dim=-1)
