"""``mien train``: trains networks; one verb per stage, made from the stage's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import progress, stderr
from mien.training.folder import check_folder
from mien.training.options import Found, build, options
from mien.training.stages.registry import STAGES, StageEntry

if TYPE_CHECKING:
    from rich.progress import Progress

    from mien.training.report import Listener
    from mien.training.report import Progress as TrainingProgress

PLACE = {
    "out": (Path, "Folder of the run; snapshots, previews and the networks go there.", MISSING),
    "device": (str, "auto, cpu, cuda or mps (several: use torchrun).", "auto"),
    "resume": (bool, "Continue the run in --out, if there is one.", False),
}
"""Options that are no settings of a run: kind, help, default."""


def verbs(stages: Mapping[str, StageEntry]) -> typer.Typer:
    """A verb for every stage."""
    app = typer.Typer(help="Train networks; one verb per stage.", no_args_is_help=True)
    app.callback()(lambda: None)
    for name, entry in stages.items():
        verb = _verb(entry)
        app.command(name, help=f"{entry.help}\n\nCtrl-C saves and stops; --resume goes on exactly there.")(verb)
    return app


def _verb(entry: StageEntry) -> Any:
    found = options(entry.run, stage=entry.settings)
    flags = {name: _parameter(name, kind, help_, default) for name, (kind, help_, default) in PLACE.items()}
    flags |= {name: _setting(name, one) for name, one in found.items()}
    flags = dict(sorted(flags.items(), key=lambda pair: pair[1].default is not Parameter.empty))  # needed ones first

    def verb(**given: Any) -> None:
        out, device, resume = (given.pop(name) for name in PLACE)
        _train(entry, {name.replace("_", "-"): value for name, value in given.items()}, out, device, resume)

    verb.__signature__ = Signature(list(flags.values()))  # type: ignore[attr-defined]
    verb.__annotations__ = {parameter.name: parameter.annotation for parameter in flags.values()}
    return verb


def _setting(name: str, found: Found) -> Parameter:
    help_ = found.option.help
    if found.option.choices is not None:
        help_ = f"{help_} {', '.join(found.option.choices)}."
    if isinstance(found.default, tuple):
        return _parameter(name, list[str], help_, None)
    return _parameter(name, found.kind, help_, found.typed)


def _parameter(name: str, kind: Any, help_: str, default: Any) -> Parameter:
    flag = f"--{name}/--no-{name}" if kind is bool else f"--{name}"
    annotation: Any = Annotated[kind if default is not None else kind | None, typer.Option(flag, help=help_)]
    empty = Parameter.empty if default is MISSING else default
    return Parameter(name.replace("-", "_"), Parameter.KEYWORD_ONLY, default=empty, annotation=annotation)


def _train(entry: StageEntry, given: Mapping[str, Any], out: Path, device: str, resume: bool) -> None:
    """Checks everything that needs no network, then trains, shows how far it is, and says why it stopped."""
    check_folder(out, resume=resume)
    run = build(entry.run, given, stage=entry.settings)
    from mien.training.stages.running import train as work

    with progress() as bar:
        loop, reason = work(run, out, device=device, resume=resume, listener=_listener(bar, run.loop.images))
    outcome = f"{reason}: {loop.images} images, saved in {out}; continue with --resume."
    stderr().print(outcome, highlight=False, soft_wrap=True)
    if reason.startswith("Ctrl-C"):
        raise typer.Exit(130)


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


train = verbs(STAGES)
