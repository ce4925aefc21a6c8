from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from mien.conditions.parser import FaceParser
from mien.data import ImageSet, LabelMaps
from mien.models.stylegan2 import GeneratorConfig
from mien.training import frozen, teachers
from mien.training.settings import CriticConfig, DataConfig, LoopConfig
from mien.training.stages import discriminators, feeds
from mien.training.stages.generator_run import GeneratorRun, GeneratorStageConfig

TINY = GeneratorConfig(resolution=32, z_dim=8, w_dim=8, mapping_layers=2, channel_base=256, channel_max=16)


_frozen, _by_shape = cache(frozen.load_frozen), cache(frozen.load_by_shape)
_parsed: dict[tuple[bytes, Any], LabelMaps] = {}


def _parse_all(images: ImageSet, parser: FaceParser, parse: Any = feeds.parse_all) -> LabelMaps:
    key = sha256(images.batch(range(len(images)))).digest(), parser.network
    if key not in _parsed:
        _parsed[key] = parse(images, parser)
    return _parsed[key]


@pytest.fixture(scope="module", autouse=True)
def _once() -> Iterator[None]:
    """Stage after stage is judged by the same fixed networks, and shown the same pictures: both are read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FaceParser, "bundled", cache(FaceParser.bundled))
        patch.setattr(feeds, "parse_all", _parse_all)
        patch.setattr(discriminators, "load_frozen", _frozen)
        for module in (frozen, teachers):
            patch.setattr(module, "load_by_shape", _by_shape)
        yield


class TinyPyramid(nn.Module):
    """Stands in for a pretrained pyramid: strided, grouped and pointwise convolutions, clamps, four maps."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.stages = nn.ModuleList(nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8) for _ in range(4))
        self.points = nn.ModuleList(nn.Conv2d(8, 8, 1) for _ in range(4))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        x = self.stem(x).clamp(0, 6)
        maps = []
        for stage, point in zip(self.stages, self.points, strict=True):
            x = point(stage(x)).clamp(0, 6)
            maps.append(x)
        return tuple(maps)


@pytest.fixture(scope="session")
def pyramid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TorchScript file with constants for weights, as exported pyramids have them."""
    torch.manual_seed(5)
    network = TinyPyramid().eval().requires_grad_(False)
    file = tmp_path_factory.mktemp("pyramid") / "tiny.pt"
    torch.jit.freeze(torch.jit.trace(network, torch.zeros(1, 3, 64, 64))).save(str(file))
    return file


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of ten pictures of different sizes."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(3)
    for i in range(10):
        pixels = rng.integers(0, 256, (40 + i, 48, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{i}.png")
    return folder


@pytest.fixture(scope="session")
def tiny_run(pictures: Path, pyramid: Path) -> GeneratorRun:
    """Both critics, adaptive augmentation, R1 and path length: every kind of state there is."""
    plain = CriticConfig("stylegan2", augment="ada", r1_gamma=1.0, r1_interval=4)
    stage = GeneratorStageConfig(TINY, "both", plain=plain, batch=4, path_length=1.0, seed=7)
    return GeneratorRun(DataConfig(pictures), stage, LoopConfig(preview_every=40), pyramid=pyramid, trust_code=True)


@pytest.fixture(scope="session")
def shown() -> Callable[[GeneratorRun, int], GeneratorRun]:
    """Derives the same run, to stop after so many steps in all."""
    return lambda run, steps: replace(run, loop=replace(run.loop, images=steps * run.stage.batch))
