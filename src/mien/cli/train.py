"""``mien train``: trains networks; one verb per stage."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mien.cli.console import progress, stderr

if TYPE_CHECKING:
    from rich.progress import Progress

    from mien.models.stylegan2 import GeneratorConfig
    from mien.training.loop import Loop
    from mien.training.report import Listener
    from mien.training.report import Progress as TrainingProgress
    from mien.training.stages.run_generator import GeneratorRun

Choice = TypeVar("Choice")

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
    time_limit: Annotated[str | None, typer.Option(help="For this sitting: 2h, 90m, 540s.")] = None,
    images: Annotated[int | None, typer.Option(help="Stop after showing so many pictures, over all sittings.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in --out, if there is one.")] = False,
    init: Annotated[Path | None, typer.Option(help="Start from a generator or run, same or lower resolution.")] = None,
    discriminator: Annotated[str, typer.Option(help="stylegan2, projected, or both.")] = "stylegan2",
    pyramid: Annotated[Path | None, typer.Option(help="TorchScript features, for a projected discriminator.")] = None,
    plain_weight: Annotated[float, typer.Option(help="With both: weight of the stylegan2 discriminator.")] = 1.0,
    plain_channels: Annotated[
        int | None, typer.Option(help="Channel base of the stylegan2 discriminator; default: the generator's.")
    ] = None,
    r1: Annotated[float, typer.Option(help="Gamma of R1 for the stylegan2 discriminator; 0 for none.")] = 1.0,
    augment: Annotated[
        str, typer.Option(help="none, ada, colour, translation, diffaugment, diffaugment-cutout or diffusion.")
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
    balance: Annotated[
        list[str] | None, typer.Option(help="Column whose groups are shown more equally; may be repeated.")
    ] = None,
    balance_strength: Annotated[float, typer.Option(help="0: the set as it is; 1: equal groups.")] = 0.5,
    drop: Annotated[Path | None, typer.Option(help="List of names to leave out ('mien data filter' makes it).")] = None,
    mirror: Annotated[bool, typer.Option(help="Flip left and right half of the time.")] = True,
    batch: Annotated[int, typer.Option(help="Pictures per step.")] = 16,
    lr: Annotated[float, typer.Option(help="Learning rate of generator and discriminators.")] = 0.002,
    style_mixing: Annotated[float, typer.Option(help="Probability of mixing two codes.")] = 0.9,
    ema: Annotated[float, typer.Option(help="Half-life of the averaged generator, in pictures.")] = 10_000,
    path_length: Annotated[float, typer.Option(help="Weight of path-length regularisation.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of weights, codes, order and augmentation.")] = 0,
    precision: Annotated[str, typer.Option(help="bf16 (autocast) or fp32.")] = "bf16",
    snapshot_every: Annotated[str, typer.Option(help="Time between snapshots.")] = "5m",
    preview_every: Annotated[int, typer.Option(help="Pictures between previews.")] = 20_000,
    compact: Annotated[
        bool, typer.Option("--compact", help="Also write compact.pt at the end: the run at half precision, to carry.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps (several: use torchrun).")] = "auto",
) -> None:
    """Train a StyleGAN2 generator, alone or with what makes small sets work.

    Ctrl-C saves and stops; --resume goes on exactly there.
    """
    from dataclasses import replace

    from mien.training.anchor import AnchorConfig
    from mien.training.critics import CriticConfig
    from mien.training.loop import LoopConfig
    from mien.training.phases import AdamConfig
    from mien.training.stages.feeds import DataConfig
    from mien.training.stages.generator import GeneratorStageConfig
    from mien.training.stages.run_generator import GeneratorRun

    adam = AdamConfig(lr=lr)
    projected = CriticConfig("projected", augment=augment, strength=augment_strength, adam=adam)
    plain = replace(projected, kind="stylegan2", weight=plain_weight, r1_gamma=r1, channel_base=plain_channels)
    choices = {"stylegan2": (plain,), "projected": (projected,), "both": (projected, plain)}
    stage = GeneratorStageConfig(
        generator=chosen("preset", preset, _presets())(),
        critics=chosen("discriminator", discriminator, choices),
        batch=batch,
        adam=adam,
        style_mixing=style_mixing,
        ema_half_life=ema,
        path_length=path_length,
        seed=seed,
        anchor=AnchorConfig(share=anchor, weight=anchor_weight, rate=anchor_rate) if anchor else None,
    )
    loop = LoopConfig(
        images=images,
        time_limit=seconds(time_limit) if time_limit else None,
        snapshot_every=seconds(snapshot_every),
        preview_every=preview_every,
        autocast=chosen("precision", precision, {"bf16": True, "fp32": False}),
        compact=compact,
    )
    source = DataConfig(data, balance=tuple(balance or ()), balance_strength=balance_strength, mirror=mirror, drop=drop)
    _train(GeneratorRun(source, stage, loop, pyramid, init, perceptual), out, device, resume)


def _train(run: GeneratorRun, out: Path, device: str, resume: bool) -> None:
    from mien.training.stages.run_generator import train_generator

    run_with_progress(
        lambda listener: train_generator(run, out, device=device, resume=resume, listener=listener),
        out,
        run.loop.images,
    )


def run_with_progress(work: Callable[[Listener], tuple[Loop, str]], out: Path, target: int | None) -> None:
    """Trains, shows how far it is, and says in the end why it stopped.

    Args:
        work: trains and returns the loop and why it stopped.
        out: the run's folder.
        target: pictures to show in all.
    """
    with progress() as bar:
        loop, reason = work(_listener(bar, target))
    outcome = f"{reason}: {loop.images} images, saved in {out}; continue with --resume."
    stderr().print(outcome, highlight=False, soft_wrap=True)
    if reason.startswith("Ctrl-C"):
        raise typer.Exit(130)


def _presets() -> dict[str, Callable[[], GeneratorConfig]]:
    from mien.models.stylegan2 import PRESETS

    return PRESETS


def chosen(what: str, name: str, choices: dict[str, Choice]) -> Choice:
    """One of the choices by its name.

    Raises:
        ConfigError: there is no such choice.
    """
    from mien.errors import ConfigError

    if name not in choices:
        raise ConfigError(f"There is no {what} {name!r}; choose one of {', '.join(choices)}.")
    return choices[name]


def seconds(text: str) -> float:
    """ "2h", "1h30m", "90m", "540s" or "540" -> seconds.

    Raises:
        ConfigError: it is none of these.
    """
    from mien.errors import ConfigError

    match = re.fullmatch(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s?)?", text.strip())
    if match is None or not any(match.groups()):
        raise ConfigError(f"{text!r} is no length of time; write it as 2h, 90m or 540s.")
    hours, minutes, rest = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def _listener(bar: Progress, target: int | None) -> Listener:
    """A bar on a terminal; elsewhere a line per report."""
    console = bar.console
    task = bar.add_task("training", total=target)

    def listen(state: TrainingProgress) -> None:
        if console.is_terminal:
            bar.update(task, completed=state.images, description=str(state))
        else:
            console.print(str(state), highlight=False, soft_wrap=True)

    return listen
