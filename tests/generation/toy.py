"""Pairs that no network has seen, and small networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from mien.checkpoints.mm2latent import save_mapping
from mien.data.pairs import Pairs, save_facts
from mien.models.mm2latent.config import MappingConfig
from mien.models.mm2latent.mapping import Given, MultimodalMapping, build_mapping
from mien.models.mm2latent.render import triangulate
from mien.models.mm2latent.text import TextScale

NAMES = ("age", "masculine", "happy", "smile", "glasses", "hair-L", "hair-a", "hair-b")


def face() -> np.ndarray:
    """(478, 3): a dome over random places."""
    rng = np.random.default_rng(0)
    xy = rng.uniform(0.25, 0.75, (478, 2))
    return np.column_stack([xy, 2 * ((xy - 0.5) ** 2).sum(1)]).astype(np.float32)


def pairs(count: int = 20) -> Pairs:
    rng = np.random.default_rng(1)
    return Pairs(
        w=rng.normal(size=(count, 128)).astype(np.float32),
        labels=rng.integers(0, 19, (count, 128, 128), np.uint8),
        sketches=rng.integers(0, 256, (count, 3, 128, 16), np.uint8),
        points=(face() + rng.normal(0, 0.001, (count, 478, 3))).astype(np.float32),
        numbers=rng.normal(size=(count, len(NAMES))).astype(np.float32),
        pose=rng.normal(0, 8, (count, 2)).astype(np.float32),
        embedding=np.zeros((count, 0), np.float32),
    )


def folder(path: Path) -> Path:
    path.mkdir()
    pairs().save(path / "pairs-0.npz")
    save_facts(path, NAMES, "portrait-generator")
    return path


def network(form: str = "one", plus: bool = False) -> MultimodalMapping:
    torch.manual_seed(0)
    triangles = triangulate(face())
    config = MappingConfig(
        128, 12, 2 * len(NAMES), form=form, plus=plus, hidden=32, triangles=len(triangles), centres=3
    )
    made = build_mapping(config)
    made.triangles.copy_(torch.from_numpy(triangles))
    made.centres.copy_(torch.randn(3, 128))
    return made.eval()


def scale() -> TextScale:
    return TextScale.of(NAMES, pairs().numbers)


def saved(path: Path) -> Path:
    save_mapping(path, network(), scale(), "portrait-generator", "# A toy\n", {})
    return path


def given(count: int, present: float = 1.0) -> Given:
    rng = torch.Generator().manual_seed(2)

    def some(*shape: int) -> torch.Tensor:
        return torch.rand(count, *shape, generator=rng)

    maps = some(19, 64, 64), some(1, 128, 128), some(5, 32, 32)
    return Given(*maps, some(2) * 10, some(2 * len(NAMES)), torch.full((count, 5), present), some(32))
