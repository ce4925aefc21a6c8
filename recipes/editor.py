"""How the bundled editor came to be: runs around the bundled generator, each started from the one before.

    python -m recipes.editor encoder --data PORTRAITS --weights NETWORKS --generator FOLDER --out runs/editor
    python -m recipes.editor warping ...
    python -m recipes.editor coarse ...
    python -m recipes.editor painter ...
    python -m recipes.editor guided ...
    python -m recipes.editor fine ...

The same line again resumes; ``--time-limit`` ends a sitting. NETWORKS is a folder with ``lpips_squeeze.pt``,
``identity_mobileface.pt`` and ``features_mobilenetv2_pyramid.pt``: TorchScript, which runs as code, so take only files
whose makers you trust. ``coarse`` is the painter at 64 px, where a picture costs a third; ``painter`` grows it to
128 px and ``fine`` to 256 px. ``coarse --ablation full|add|gated|plain|nobank`` trains it with all parts of the paper's
model or as variant B, C, D or E of Table VI, each with the critic of ``painter``, in a folder of its own;
:mod:`recipes.ablations` trains and judges all of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mien.conditions.dropping import Dropping
from mien.training.editing.sample import SampleConfig
from mien.training.options import seconds
from mien.training.settings import AdamConfig, CriticConfig, DataConfig, LoopConfig
from mien.training.stages.editing_run import EditingRun
from mien.training.stages.editing_settings import EncoderConfig, PainterConfig, WarpingConfig
from mien.training.stages.running import train
from mien.training.windows.guides import GuideDraw

NONE = CriticConfig("projected", weight=0.0)
"""No discriminator."""

CRITIC = CriticConfig("projected", weight=0.25, augment="none", adam=AdamConfig())
"""What judges beside the exact losses."""

GUIDES = GuideDraw(blur=1.2, reach=2, soft=2.0)
"""At 64 px."""


@dataclass(frozen=True)
class Places:
    """Attributes:
    data: the prepared portraits, or a packed set of them.
    weights: folder with the networks that judge.
    generator: a saved generator; the encoder alone needs it.
    out: folder of all runs.
    """

    data: Path
    weights: Path
    generator: Path | None
    out: Path

    def editor(self, run: str) -> Path:
        """What a run saved."""
        return self.out / run / "editor"


def encoder(at: Places) -> EditingRun:
    """The style encoder; people of all groups more evenly."""
    return EditingRun(
        data=DataConfig(at.data, balance=("gender", "source"), balance_strength=0.35),
        stage=EncoderConfig(batch=8, adam=AdamConfig(0.0025, (0.9, 0.99))),
        loop=LoopConfig(images=250_000, preview_every=10_000),
        perceptual=at.weights / "lpips_squeeze.pt",
        identity=at.weights / "identity_mobileface.pt",
        generator=at.generator,
        trust_code=True,
    )


def warping(at: Places) -> EditingRun:
    """The latent warping network."""
    stage = WarpingConfig(batch=8, adam=AdamConfig(0.001, (0.9, 0.99)))
    loop = LoopConfig(images=50_000, preview_every=10_000)
    return replace(encoder(at), stage=stage, loop=loop, generator=None, editor=at.editor("encoder"))


def coarse(at: Places) -> EditingRun:
    """Aggregation and refinement at 64 px, by exact losses alone."""
    stage, loop = (
        PainterConfig(batch=8, adam=AdamConfig(0.002, (0.9, 0.99)), projected=NONE),
        LoopConfig(images=100_000, preview_every=10_000),
    )
    return replace(warping(at), stage=stage, loop=loop, preset="portrait-64", editor=at.editor("warping"))


def painter(at: Places) -> EditingRun:
    """The same at 128 px; a projected critic beside the exact losses."""
    stage = PainterConfig(
        batch=8,
        adam=AdamConfig(0.001, (0.9, 0.99)),
        sample=SampleConfig(other=0.25),
        projected=CRITIC,
        perceptual=2.0,
    )
    return replace(
        coarse(at),
        stage=stage,
        loop=LoopConfig(images=300_000, preview_every=10_000),
        pyramid=at.weights / "features_mobilenetv2_pyramid.pt",
        preset="portrait-128",
        editor=at.editor("coarse"),
        codes=at.editor("warping"),
    )


def fine(at: Places) -> EditingRun:
    """The same at 256 px."""
    return replace(painter(at), preset="portrait-256", editor=at.editor("painter"))


def guided(at: Places) -> EditingRun:
    """The painter at 128 px goes on: it is given guides, and whole sketches more often."""
    run = painter(at)
    assert isinstance(run.stage, PainterConfig)
    sample = replace(
        run.stage.sample, dropping=Dropping(absent=0.45, whole=0.4), guides=GuideDraw(share=0.35), moved=0.2
    )
    stage = replace(run.stage, sample=sample, ema_half_life=4000.0)
    return replace(run, stage=stage, guide=True, editor=at.editor("painter"), codes=None)


def ablated(at: Places, name: str) -> EditingRun:
    """A variant of :func:`coarse` with the critic of :func:`painter`, all parts and all pictures but for what it says.

    "exact" has no critic; "guide" learns from guides, too; "again" has another seed; "first" does not see the portraits
    in ``later.txt``, which lies beside the runs.
    """
    exact = coarse(at)
    assert isinstance(exact.stage, PainterConfig)
    stage = replace(exact.stage, projected=CRITIC)
    run = replace(exact, stage=stage, pyramid=at.weights / "features_mobilenetv2_pyramid.pt")
    variants = {
        "full": run,
        "add": replace(run, fusion="add"),
        "gated": replace(run, fusion="gated"),
        "plain": replace(run, stage=replace(stage, diverse=0.0)),
        "nobank": replace(run, bank=False),
        "exact": exact,
        "guide": replace(run, guide=True, stage=replace(stage, sample=replace(stage.sample, guides=GUIDES, moved=0.2))),
        "again": replace(run, stage=replace(stage, seed=1)),
        "first": replace(run, data=replace(run.data, drop=at.out / "later.txt")),
    }
    return replace(variants[name], loop=replace(run.loop, images=40_000))


RUNS: dict[str, Callable[[Places], EditingRun]] = {
    run.__name__: run for run in (encoder, warping, coarse, painter, guided, fine)
}
ABLATIONS = ("full", "add", "gated", "plain", "nobank", "exact", "guide", "first", "again")


def main(runs: Mapping[str, Callable[[Places], EditingRun]] = RUNS, description: str | None = __doc__) -> None:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", choices=runs)
    parser.add_argument("--data", type=Path, required=True, help="the prepared portraits, or a packed set of them")
    parser.add_argument("--weights", type=Path, required=True, help="folder with the networks that judge")
    parser.add_argument("--generator", type=Path, required=True, help="a saved generator")
    parser.add_argument("--out", type=Path, required=True, help="folder of all runs")
    parser.add_argument(
        "--start", type=Path, help="begin with the networks of this editor, where earlier runs are lost"
    )
    parser.add_argument("--rate", type=float, help="of learning in this sitting: a third of the recipe's for the last")
    parser.add_argument("--half-life", type=float, help="of the average, in pictures; 10,000 by default")
    parser.add_argument("--ablation", choices=ABLATIONS, help="train the coarse painter as a variant")
    parser.add_argument("--time-limit", help="for this sitting: 2h, 90m, 540s")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    places = Places(options.data, options.weights, options.generator, options.out)
    name = options.run if options.ablation is None else f"{options.run}-{options.ablation}"
    run = runs[options.run](places) if options.ablation is None else ablated(places, options.ablation)
    if options.start is not None:
        run = replace(run, editor=options.start, codes=None)
    if options.rate is not None:
        run = replace(run, stage=replace(run.stage, adam=replace(run.stage.adam, lr=options.rate)))
    if options.half_life is not None:
        run = replace(run, stage=replace(run.stage, ema_half_life=options.half_life))
    limit = seconds(options.time_limit) if options.time_limit else None
    run = replace(run, loop=replace(run.loop, time_limit=limit, compact=True))
    loop, reason = train(run, options.out / name, device=options.device, resume=True, listener=print)
    print(f"{reason}: {loop.images} images")


if __name__ == "__main__":
    main()
