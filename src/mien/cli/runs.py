"""What the verbs of ``mien train`` share: when a run stops, what it saves, how it tells how far it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mien.cli.console import progress, stderr

if TYPE_CHECKING:
    from rich.progress import Progress

    from mien.training.loop import Loop, LoopConfig
    from mien.training.report import Listener
    from mien.training.report import Progress as TrainingProgress

Choice = TypeVar("Choice")

Limit = Annotated[str | None, typer.Option(help="For this sitting: 2h, 90m, 540s.")]
Images = Annotated[int | None, typer.Option(help="Stop after showing so many pictures, over all sittings.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue the run in --out, if there is one.")]
Balance = Annotated[list[str] | None, typer.Option(help="Column whose groups are shown more equally; may be repeated.")]
Strength = Annotated[float, typer.Option(help="0: the set as it is; 1: equal groups.")]
Batch = Annotated[int, typer.Option(help="Pictures per step.")]
Precision = Annotated[str, typer.Option(help="bf16 (autocast) or fp32.")]
Every = Annotated[str, typer.Option(help="Time between snapshots.")]
Previews = Annotated[int, typer.Option(help="Pictures between previews.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps (several: use torchrun).")]


def loop_config(
    *,
    images: int | None,
    time_limit: str | None,
    snapshot_every: str,
    preview_every: int,
    precision: str,
    compact: bool,
) -> LoopConfig:
    """The loop's settings out of the options of the same names.

    Raises:
        ConfigError: a length of time that is none, or an unknown precision.
    """
    from mien.training.loop import LoopConfig

    return LoopConfig(
        images=images,
        time_limit=seconds(time_limit) if time_limit else None,
        snapshot_every=seconds(snapshot_every),
        preview_every=preview_every,
        autocast=chosen("precision", precision, {"bf16": True, "fp32": False}),
        compact=compact,
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
