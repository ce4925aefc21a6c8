"""How the bundled generator came to be: runs that start from one another, and two baselines to compare with.

    python -m recipes.generator shape  --data PORTRAITS --pyramid features.pt --perceptual lpips.pt --out runs/generator
    python -m recipes.generator refine ...
    python -m recipes.generator finish ...
    python -m recipes.generator widen  ...
    python -m recipes.generator grow   ...

Both files may be TorchScript, which runs as code: take only files whose makers you trust. The same line again resumes;
``--time-limit`` ends a sitting. ``shape`` finds faces quickly with a projected critic, and
an anchor keeps all of the set's variety. ``refine`` adds a plain critic, which sees color and texture that pretrained
features overlook; ``finish`` goes on from its weights alone, and ``widen`` with more portraits. ``grow`` doubles the
resolution. ``plain`` and ``projected`` are the two critics alone, at 64 000 pictures.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mien.models.stylegan2 import portrait_128, portrait_256
from mien.training.options import seconds
from mien.training.settings import AdamConfig, AnchorConfig, CriticConfig, DataConfig, LoopConfig
from mien.training.stages.generator_run import GeneratorRun, GeneratorStageConfig
from mien.training.stages.running import train


def projected(data: Path, pyramid: Path, perceptual: Path, runs: Path) -> GeneratorRun:
    """Baseline: 128 px, projected critic alone."""
    return GeneratorRun(
        data=DataConfig(data),
        stage=GeneratorStageConfig(portrait_128(), "projected"),
        loop=LoopConfig(images=64_000, preview_every=10_000),
        pyramid=pyramid,
        perceptual=perceptual,
        trust_code=True,
    )


def plain(data: Path, pyramid: Path, perceptual: Path, runs: Path) -> GeneratorRun:
    """Baseline: the same with StyleGAN2's own discriminator."""
    before = projected(data, pyramid, perceptual, runs)
    return replace(before, stage=replace(before.stage, discriminator="stylegan2"))


def shape(data: Path, pyramid: Path, perceptual: Path, runs: Path) -> GeneratorRun:
    """128 px with an anchor; people of all groups more evenly."""
    before = projected(data, pyramid, perceptual, runs)
    balanced = DataConfig(data, balance=("gender", "source"), balance_strength=0.35)
    stage = replace(before.stage, anchor=AnchorConfig())
    return replace(before, data=balanced, stage=stage, loop=replace(before.loop, images=40_000))


def refine(data: Path, pyramid: Path, perceptual: Path, runs: Path) -> GeneratorRun:
    """A narrower plain critic joins; color is augmented half of the time only, so that it is learned as it is.

    (The first 45,000 images of the bundled weights' run had a rate of 0.002 and γ = 1: dark drops appeared on faces.)
    """
    before = shape(data, pyramid, perceptual, runs)
    slower = AdamConfig(lr=0.001)
    features = CriticConfig("projected", weight=0.6, strength=0.5, adam=slower)
    pixels = CriticConfig("stylegan2", weight=1.0, augment="ada", r1_gamma=4.0, channel_base=1024, adam=slower)
    anchor = replace(before.stage.anchor, warm_up=0, l1=1.0, rate=7.0, share=0.25)
    stage = replace(before.stage, discriminator="both", projected=features, plain=pixels, anchor=anchor, adam=slower)
    stage = replace(stage, ema_half_life=20_000.0)
    return replace(before, stage=stage, loop=replace(before.loop, images=400_000), init=runs / "shape")


def finish(data: Path, pyramid: Path, perceptual: Path, runs: Path) -> GeneratorRun:
    """From the weights of 243,520 images, whose critics were lost, to 400,000; 12,000 more for new critics.

    ``bundled`` is a folder with these weights, as the package had them before.
    """
    before = refine(data, pyramid, perceptual, runs)
    stage = replace(before.stage, hold=12_000)
    return replace(before, stage=stage, loop=replace(before.loop, images=168_480), init=runs / "bundled")


def widen(data: Path, pyramid: Path, perceptual: Path, runs: Path) -> GeneratorRun:
    """From the weights of 400,000 images on, with the portraits that came later; balanced by kind and source."""
    before = finish(data, pyramid, perceptual, runs)
    balanced = DataConfig(data, balance=("kind", "source"), balance_strength=0.35)
    return replace(before, data=balanced, loop=replace(before.loop, images=250_000), init=runs / "bundled")


def grow(data: Path, pyramid: Path, perceptual: Path, runs: Path) -> GeneratorRun:
    """256 px from the weights of :func:`refine`; the new block adds nothing at first."""
    before = refine(data, pyramid, perceptual, runs)
    stage = replace(before.stage, generator=portrait_256())
    return replace(before, stage=stage, loop=replace(before.loop, images=100_000), init=runs / "finish")


Recipe = Callable[[Path, Path, Path, Path], GeneratorRun]
RUNS: dict[str, Recipe] = {run.__name__: run for run in (shape, refine, finish, widen, grow, plain, projected)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", choices=RUNS)
    parser.add_argument("--data", type=Path, required=True, help="the prepared portraits, or a packed set of them")
    parser.add_argument("--pyramid", type=Path, required=True, help="TorchScript features, four maps")
    parser.add_argument("--perceptual", type=Path, required=True, help="TorchScript distance of two batches")
    parser.add_argument("--out", type=Path, required=True, help="folder of all runs")
    parser.add_argument("--time-limit", help="for this sitting: 2h, 90m, 540s")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    run = RUNS[options.run](options.data, options.pyramid, options.perceptual, options.out)
    limit = seconds(options.time_limit) if options.time_limit else None
    run = replace(run, loop=replace(run.loop, time_limit=limit, compact=True))
    loop, reason = train(run, options.out / options.run, device=options.device, resume=True, listener=print)
    print(f"{reason}: {loop.images} images")


if __name__ == "__main__":
    main()
