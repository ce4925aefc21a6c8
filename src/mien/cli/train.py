"""``mien train``: trains networks; one verb per stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.runs import (
    Balance,
    Batch,
    Device,
    Every,
    Images,
    Limit,
    Precision,
    Previews,
    Resume,
    Strength,
    chosen,
    loop_config,
    run_with_progress,
)

if TYPE_CHECKING:
    from mien.models.stylegan2 import GeneratorConfig
    from mien.training.anchor import AnchorConfig
    from mien.training.critics import CriticConfig
    from mien.training.phases import AdamConfig

train = typer.Typer(help="Train networks.", no_args_is_help=True)


@train.callback()
def verbs() -> None:
    """Train networks."""


@train.command()
def generator(
    data: Annotated[
        Path, typer.Option(help="Pictures: a folder, a prepared set, .tar shards, or what 'mien data pack' wrote.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the run; snapshots, previews and the generator go there.")],
    preset: Annotated[str, typer.Option(help="ffhq-1024, paper-256, portrait-128 or portrait-256.")] = "portrait-128",
    time_limit: Limit = None,
    images: Images = None,
    resume: Resume = False,
    init: Annotated[Path | None, typer.Option(help="Start from a generator or run, same or lower resolution.")] = None,
    hold: Annotated[
        int, typer.Option(min=0, help="With --init: pictures during which the generator stands still and others learn.")
    ] = 0,
    discriminator: Annotated[str, typer.Option(help="stylegan2, projected, or both.")] = "stylegan2",
    pyramid: Annotated[Path | None, typer.Option(help="TorchScript features, for a projected discriminator.")] = None,
    plain_weight: Annotated[float, typer.Option(help="With both: weight of the stylegan2 discriminator.")] = 1.0,
    plain_channels: Annotated[
        int | None, typer.Option(help="Channel base of the stylegan2 discriminator; default: the generator's.")
    ] = None,
    r1: Annotated[float, typer.Option(help="Gamma of R1 for the stylegan2 discriminator; 0 for none.")] = 1.0,
    augment: Annotated[
        str, typer.Option(help="none, ada, color, translation, diffaugment, diffaugment-cutout or diffusion.")
    ] = "diffaugment",
    augment_strength: Annotated[
        float | None, typer.Option(help="Fixed probability in [0, 1]; default: adaptive for ada and diffusion, else 1.")
    ] = None,
    anchor: Annotated[
        float, typer.Option(help="Share of each batch that rebuilds pictures of the set, so that none is forgotten.")
    ] = 0.0,
    anchor_weight: Annotated[float, typer.Option(help="Weight of those pictures' distance.")] = 4.0,
    anchor_rate: Annotated[float, typer.Option(help="Nats that a code may tell about its picture.")] = 30.0,
    perceptual: Annotated[Path | None, typer.Option(help="TorchScript distance of two batches, for --anchor.")] = None,
    balance: Balance = None,
    balance_strength: Strength = 0.5,
    drop: Annotated[Path | None, typer.Option(help="List of names to leave out ('mien data filter' makes it).")] = None,
    mirror: Annotated[bool, typer.Option(help="Flip left and right half of the time.")] = True,
    batch: Batch = 16,
    lr: Annotated[float, typer.Option(help="Learning rate of generator and discriminators.")] = 0.002,
    style_mixing: Annotated[float, typer.Option(help="Probability of mixing two codes.")] = 0.9,
    ema: Annotated[float, typer.Option(help="Half-life of the averaged generator, in pictures.")] = 10_000,
    path_length: Annotated[float, typer.Option(help="Weight of path-length regularisation.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of weights, codes, order and augmentation.")] = 0,
    precision: Precision = "bf16",
    snapshot_every: Every = "5m",
    preview_every: Previews = 20_000,
    compact: Annotated[
        bool, typer.Option("--compact", help="Also write compact.pt at the end: the run at half precision, to carry.")
    ] = False,
    device: Device = "auto",
) -> None:
    """Train a StyleGAN2 generator, alone or with what makes small sets work.

    Ctrl-C saves and stops; --resume goes on exactly there.
    """
    from mien.training.phases import AdamConfig
    from mien.training.stages.feeds import DataConfig
    from mien.training.stages.generator import GeneratorStageConfig
    from mien.training.stages.run_generator import GeneratorRun, train_generator

    adam = AdamConfig(lr=lr)
    critics = _critics(augment, augment_strength, adam, weight=plain_weight, r1_gamma=r1, channel_base=plain_channels)
    stage = GeneratorStageConfig(
        generator=chosen("preset", preset, _presets())(),
        critics=chosen("discriminator", discriminator, critics),
        batch=batch,
        adam=adam,
        style_mixing=style_mixing,
        ema_half_life=ema,
        path_length=path_length,
        seed=seed,
        anchor=_anchor(anchor, anchor_weight, anchor_rate, started=init is not None),
        hold=hold,
    )
    loop = loop_config(
        images=images,
        time_limit=time_limit,
        snapshot_every=snapshot_every,
        preview_every=preview_every,
        precision=precision,
        compact=compact,
    )
    source = DataConfig(data, balance=tuple(balance or ()), balance_strength=balance_strength, mirror=mirror, drop=drop)
    run = GeneratorRun(source, stage, loop, pyramid, init, perceptual)
    run_with_progress(
        lambda listener: train_generator(run, out, device=device, resume=resume, listener=listener), out, images
    )


def _critics(
    augment: str, strength: float | None, adam: AdamConfig, **plain: Any
) -> dict[str, tuple[CriticConfig, ...]]:
    """Which discriminators there are by the names of ``--discriminator``; ``plain`` is what only StyleGAN2's has."""
    from dataclasses import replace

    from mien.training.critics import CriticConfig

    projected = CriticConfig("projected", augment=augment, strength=strength, adam=adam)
    stylegan2 = replace(projected, kind="stylegan2", **plain)
    return {"stylegan2": (stylegan2,), "projected": (projected,), "both": (projected, stylegan2)}


def _presets() -> dict[str, Callable[[], GeneratorConfig]]:
    from mien.models.stylegan2 import PRESETS

    return PRESETS


def _anchor(share: float, weight: float, rate: float, *, started: bool) -> AnchorConfig | None:
    """None for no share. A generator that has learned elsewhere already needs no warm-up, but --hold."""
    from mien.training.anchor import AnchorConfig

    if not share:
        return None
    plan = AnchorConfig(share=share, weight=weight, rate=rate)
    return replace(plan, warm_up=0) if started else plan
