"""How long a mapping network of a generator takes to train on this machine: a few pairs and steps, in proportion."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from mien.data.pairs import PairFeed, Pairs
from mien.engine.faces import ModuleFaces
from mien.generation.pairs import Looker, sample_pairs
from mien.models.mm2latent.config import MappingConfig, spatial
from mien.models.mm2latent.mapping import build_mapping
from mien.models.mm2latent.render import triangulate
from mien.models.mm2latent.text import TextScale
from mien.models.stylegan2 import Generator
from mien.pixels import scale_bytes
from mien.training.code_judge import Statistics
from mien.training.devices import Devices
from mien.training.phases import Step, run_phases
from mien.training.stages.latent_runs import MappingStageConfig, renderer
from mien.training.stages.mapping import MappingStage

SAMPLED, BATCH = 2, 16
"""Pairs that are sampled, and pairs of a step."""

PAIRS, SHOWN, PICTURES = 15_000, 445_000, 4 * 10_000 // 64
"""Of the bundled network: pairs, how many were shown, and pictures that networks judge in its fourth run."""


def print_cost(generator: Generator) -> None:
    """Seconds of a pair and of a step for each pair, of one thread's processor time, and hours for all of a network.

    Args:
        generator: any StyleGAN2, its weights may be random.
    """
    torch.set_num_threads(1)
    devices, look = Devices("cpu"), Looker()
    generator = devices.place(generator).eval().requires_grad_(False)
    sampled: list[Pairs] = []
    pair = _seconds(lambda: sampled.append(sample_pairs(ModuleFaces(generator), look, range(SAMPLED), (0.6, 1.0))[0]))
    step = _seconds(_step(generator, sampled[0], look.reader.names, devices))
    picture = _picture(generator)
    hours = (pair / SAMPLED * PAIRS / 3600, step / BATCH * SHOWN / 3600, picture * PICTURES / 3600)
    print(
        f"a pair {pair / SAMPLED:.3f} s, a pair of a step {step / BATCH * 1e3:.1f} ms, a judged picture {picture:.2f} s"
    )
    print(f"{PAIRS:,} pairs {hours[0]:.1f} h, {SHOWN:,} shown {hours[1]:.1f} h, judged pictures {hours[2]:.2f} h")


def _step(generator: Generator, pairs: Pairs, names: tuple[str, ...], devices: Devices) -> Callable[[], object]:
    many = pairs.part(np.arange(BATCH) % len(pairs))
    text, triangles = TextScale.of(names, many.numbers), triangulate(many.points.mean(0))
    config = generator.config
    network = build_mapping(MappingConfig(config.w_dim, config.codes, text.width, triangles=len(triangles)))
    network.triangles.copy_(torch.from_numpy(triangles))
    feed = PairFeed(many, BATCH, renderer(triangles, spatial()["geometry"].side))
    known = Statistics(
        torch.from_numpy(many.w + np.random.default_rng(0).normal(0, 1, many.w.shape).astype(np.float32)),
        torch.from_numpy(many.points),
    )
    batch = feed.next()
    assert batch.labels is not None
    shown = Step(0, 0, BATCH, scale_bytes(batch.pictures), batch.labels, batch.others)
    stage = MappingStage(
        MappingStageConfig(batch=BATCH, pictures=0), network, text, ("", generator), None, devices, shown, known
    )
    run_phases(stage.phases, shown, devices, autocast=True)
    return lambda: run_phases(stage.phases, shown, devices, autocast=True)


def _picture(generator: Generator) -> float:
    """Seconds of a picture and its gradient; the judges' own time, which is small, aside."""
    codes = torch.zeros(1, generator.config.codes, generator.config.w_dim, requires_grad=True)
    return _seconds(lambda: generator.synthesis(codes, "const").square().mean().backward())


def _seconds(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start
