"""How the bundled generator came to be: three runs, each started from the one before.

    python -m recipes.generator shape  --data PORTRAITS --pyramid features.pt --out runs/generator --time-limit 2h
    python -m recipes.generator refine --data PORTRAITS --pyramid features.pt --out runs/generator --time-limit 4h
    python -m recipes.generator grow   --data PORTRAITS --pyramid features.pt --out runs/generator --time-limit 4h

The same line again resumes. ``shape`` finds faces quickly with a projected critic alone. ``refine`` adds a plain
critic, which sees colour and variety that pretrained features overlook. ``grow`` doubles the resolution.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mien.cli.train import seconds
from mien.models.stylegan2 import portrait_128, portrait_256
from mien.training.critics import CriticConfig
from mien.training.loop import LoopConfig
from mien.training.phases import AdamConfig
from mien.training.stages.generator import GeneratorStageConfig
from mien.training.stages.run_generator import DataConfig, GeneratorRun, train_generator


def shape(data: Path, pyramid: Path, runs: Path) -> GeneratorRun:
    """128 px, projected critic alone, strong augmentation; people of all groups more evenly."""
    critic = CriticConfig("projected", augment="diffaugment")
    return GeneratorRun(
        data=DataConfig(data, balance=("gender", "source"), balance_strength=0.35),
        stage=GeneratorStageConfig(portrait_128(), (critic,)),
        loop=LoopConfig(images=100_000, preview_every=10_000),
        pyramid=pyramid,
    )


def refine(data: Path, pyramid: Path, runs: Path) -> GeneratorRun:
    """A narrower plain critic joins; colour is augmented half of the time only, so that it is learned as it is."""
    before = shape(data, pyramid, runs)
    projected = replace(before.stage.critics[0], strength=0.5)
    plain = CriticConfig("stylegan2", weight=0.5, augment="ada", r1_gamma=1.0, channel_base=1024)
    stage = replace(before.stage, critics=(projected, plain), ema_half_life=20_000.0)
    return replace(before, stage=stage, loop=replace(before.loop, images=300_000), init=runs / "shape")


def grow(data: Path, pyramid: Path, runs: Path) -> GeneratorRun:
    """256 px from the weights of :func:`refine`; the new block adds nothing at first."""
    before = refine(data, pyramid, runs)
    slower = AdamConfig(lr=0.001)
    critics = tuple(replace(critic, adam=slower) for critic in before.stage.critics)
    stage = replace(before.stage, generator=portrait_256(), critics=critics, adam=slower)
    return replace(before, stage=stage, loop=replace(before.loop, images=100_000), init=runs / "refine")


RUNS: dict[str, Callable[[Path, Path, Path], GeneratorRun]] = {"shape": shape, "refine": refine, "grow": grow}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", choices=RUNS)
    parser.add_argument("--data", type=Path, required=True, help="the prepared portraits, or a packed set of them")
    parser.add_argument("--pyramid", type=Path, required=True, help="TorchScript features, four maps")
    parser.add_argument("--out", type=Path, required=True, help="folder of all three runs")
    parser.add_argument("--time-limit", help="for this sitting: 2h, 90m, 540s")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    run = RUNS[options.run](options.data, options.pyramid, options.out)
    limit = seconds(options.time_limit) if options.time_limit else None
    run = replace(run, loop=replace(run.loop, time_limit=limit, compact=True))
    loop, reason = train_generator(run, options.out / options.run, device=options.device, resume=True, listener=print)
    print(f"{reason}: {loop.images} images")


if __name__ == "__main__":
    main()
