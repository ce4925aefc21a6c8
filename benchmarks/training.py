"""How fast a generator trains, and what the fast form of the projected critic's pyramid is worth.

    python -m benchmarks.training [--pyramid features.pt] [--preset portrait-128] [--batch 16] [--rounds 5]

Every row is measured in one process; rounds take turns, so that what else the machine does hits all rows alike, and the
fastest round counts. A round is 16 steps, one of them with R1 where there is one. Pictures are noise: speed does not
depend on them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mien.checkpoints.judges import load_script
from mien.models.projected import ProjectedConfig, ProjectedDiscriminator, Pyramid
from mien.models.stylegan2 import PRESETS, Discriminator, Generator, discriminator_for
from mien.training.devices import Devices, quick_autocast
from mien.training.frozen import load_frozen
from mien.training.phases import Step, run_phases
from mien.training.settings import CriticConfig
from mien.training.stages.generator import GeneratorStage
from mien.training.stages.generator_run import GeneratorStageConfig

STEPS = 16
PLAIN = CriticConfig("stylegan2", r1_gamma=1.0)


def stage_for(kind: str, plain: CriticConfig, preset: str, batch: int, pyramid: Pyramid | None) -> GeneratorStage:
    """A generator with the discriminators of a kind, on the CPU or GPU."""
    config = GeneratorStageConfig(PRESETS[preset](), kind, plain=plain, batch=batch)
    networks: list[torch.nn.Module] = []
    for critic in config.critics:
        if critic.kind == "projected":
            assert pyramid is not None
            channels = tuple(x.shape[1] for x in pyramid(torch.zeros(1, 3, 64, 64)))
            networks.append(ProjectedDiscriminator(pyramid, ProjectedConfig(channels)))
        else:
            shape = discriminator_for(config.generator)
            networks.append(Discriminator(replace(shape, channel_base=critic.channel_base or shape.channel_base)))
    return GeneratorStage(Generator(config.generator), networks, config, Devices())


def round_of_steps(stage: GeneratorStage, first: int) -> float:
    """Pictures per second over 16 steps."""
    batch, side = stage.config.batch, stage.config.generator.resolution
    reals = torch.randn(batch, 3, side, side, device=stage.devices.device).clamp(-1, 1)
    start = time.perf_counter()
    for index in range(first, first + STEPS):
        step = Step(index, index * batch, batch, reals.contiguous(memory_format=torch.channels_last))
        run_phases(stage.phases, step, stage.devices, autocast=True)
        stage.finish_step(step)
    if stage.devices.device.type == "cuda":
        torch.cuda.synchronize()
    return STEPS * batch / (time.perf_counter() - start)


def pyramid_seconds(pyramid: Pyramid, batch: int, side: int) -> float:
    """One forward and backward pass to the picture."""
    pictures = torch.rand(batch, 3, side, side).to(memory_format=torch.channels_last).requires_grad_()
    start = time.perf_counter()
    with quick_autocast():
        total = torch.stack([x.float().mean() for x in pyramid(pictures)]).sum()
    torch.autograd.grad(total, pictures)
    return time.perf_counter() - start


def best(measure: dict[str, Callable[[int], float]], rounds: int, better: Callable[..., float]) -> dict[str, float]:
    """The best of several rounds per row, after one that does not count; rows take turns."""
    results: dict[str, list[float]] = {name: [] for name in measure}
    for number in range(rounds + 1):
        for name, run in measure.items():
            results[name].append(run(number))
    return {name: better(values[1:]) for name, values in results.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pyramid", type=Path, help="TorchScript features; without it only the plain critic runs")
    parser.add_argument("--preset", default="portrait-128")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    device = Devices().device
    report: dict[str, Any] = {"device": str(device), "threads": torch.get_num_threads(), "batch": options.batch}
    choices: dict[str, tuple[str, CriticConfig]] = {"stylegan2": ("stylegan2", PLAIN)}
    fast: Pyramid | None = None
    if options.pyramid is not None:
        fast = load_frozen(options.pyramid, device, trust_code=True)
        choices |= {"projected": ("projected", PLAIN), "both": ("both", PLAIN)}
        choices["both, plain critic of half the width"] = ("both", replace(PLAIN, channel_base=1024))
        stored = load_script(options.pyramid, device, trust_code=True)

        def timed(pyramid: Callable[[Tensor], Any]) -> Callable[[int], float]:
            return lambda _: pyramid_seconds(pyramid, options.batch, PRESETS[options.preset]().resolution)

        report["pyramid_seconds"] = best({"stored": timed(stored), "fast": timed(fast)}, 3 * options.rounds, min)
        report["pyramid_speedup"] = report["pyramid_seconds"]["stored"] / report["pyramid_seconds"]["fast"]
    stages = {name: stage_for(*critics, options.preset, options.batch, fast) for name, critics in choices.items()}
    rows = {name: lambda n, stage=stage: round_of_steps(stage, n * STEPS) for name, stage in stages.items()}
    report["images_per_second"] = best(rows, options.rounds, max)
    report["generator_parameters"] = sum(p.numel() for p in stages["stylegan2"].generator.parameters())
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
