"""``mien evaluate protocol`` and ``mien evaluate bars``: editors under the paper's masks and modalities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import progress, stderr
from mien.cli.evaluate import Resamples, command_line, reporter
from mien.cli.evaluate import evaluate as evaluate  # the verbs here join those there
from mien.cli.selection import TrustCode

if TYPE_CHECKING:
    from mien.data import Picture
    from mien.evaluation.protocol.gauge import Gauge

Models = Annotated[
    list[str],
    typer.Option(
        "--model", help="An editor (folder or name), telea, navier-stokes, mean or copy; label=... renames; repeatable."
    ),
]
Data = Annotated[Path, typer.Option(help="Aligned faces: a prepared set, a folder, shards, a packed set.")]
London = Annotated[
    Path | None, typer.Option(help="A second set; where its index has kind and person, also pairs of one person.")
]
Out = Annotated[Path, typer.Option(help="Folder of the list, the edits and the report; the same folder resumes.")]
Split = Annotated[str, typer.Option(help="Of a prepared set that has splits.")]
Limit = Annotated[int | None, typer.Option(min=2, help="Edit so many pictures of each set, evenly spaced.")]
Size = Annotated[
    int | None, typer.Option(min=32, max=1024, help="Side at which all is measured; default: the smallest editor's.")
]
Perceptual = Annotated[list[Path] | None, typer.Option(help="LPIPS or another distance; repeatable.")]
Identity = Annotated[list[Path] | None, typer.Option(help="Identity network; repeatable.")]
Features = Annotated[list[Path] | None, typer.Option(help="Network for distances of sets; repeatable.")]
Chains = Annotated[int, typer.Option(min=0, help="Pictures of each set that editors edit ten times in a row.")]
ListFrom = Annotated[Path | None, typer.Option("--list", help="Folder of another evaluation, whose list is used.")]
ClipName = Annotated[
    str | None, typer.Option(help="CLIP that editors read text by, and that scores it: a folder, a Hugging Face id.")
]
Seed = Annotated[int, typer.Option(min=0, help="Of the list and of the intervals.")]
Device = Annotated[str, typer.Option(help="Where editors run: cpu, cuda or mps.")]


@evaluate.command()
def protocol(
    model: Models,
    data: Data,
    out: Out,
    london: London = None,
    split: Split = "test",
    families: Annotated[
        str, typer.Option(help="Of masks, with commas: mixed, hair, face, foreground, irregular, centre.")
    ] = "all",
    configurations: Annotated[
        str, typer.Option(help="Of modalities, with commas: none, +Sk, +Sk+Co, ...; usual, or all 32.")
    ] = "usual",
    limit: Limit = None,
    size: Size = None,
    perceptual: Perceptual = None,
    identity: Identity = None,
    features: Features = None,
    clip: ClipName = None,
    chains: Chains = 12,
    list_from: ListFrom = None,
    resamples: Resamples = 1000,
    seed: Seed = 0,
    device: Device = "cpu",
    trust_code: TrustCode = False,
) -> None:
    """Edit every face under every family of masks with every subset of the modalities, and measure against the face.

    Writes report.json, report.csv and report.html; what was interrupted goes on where it was.
    """
    from mien.evaluation.protocol.configurations import configurations as parse_configurations
    from mien.evaluation.protocol.families import family_names
    from mien.evaluation.protocol.models import open_model
    from mien.evaluation.protocol.outcomes import POOLED
    from mien.evaluation.protocol.report import crossed
    from mien.evaluation.protocol.rows import Interval
    from mien.evaluation.protocol.run import Setup, run_protocol

    chosen, given = family_names(_words(families)), parse_configurations(_words(configurations))
    models = [open_model(text, device, clip) for text in model]
    gauge = _gauge(perceptual, identity, features, clip, trust_code)
    setup = Setup(out, _sets(split, data, london), gauge, size, limit, list_from, chains, Interval(resamples, seed))
    with progress() as bar:
        report = run_protocol(replace(setup, progress=reporter(bar)), models, chosen, given, command_line())
    for name in setup.sets:
        rows = [row for row in report["results"] if (row["set"], row["family"], row["group"]) == (name, POOLED, "")]
        _print(f"{name}, all families", *crossed(rows, ("model", "configuration")))
    _saved(out)


@evaluate.command()
def bars(
    model: Annotated[str, typer.Option(help="The editor: a folder or a name.")],
    data: Data,
    out: Out,
    london: London = None,
    no_bank: Annotated[str | None, typer.Option(help="The same editor trained without the feature bank.")] = None,
    split: Split = "test",
    limit: Limit = None,
    size: Size = None,
    perceptual: Perceptual = None,
    identity: Identity = None,
    features: Features = None,
    clip: ClipName = None,
    chains: Chains = 12,
    list_from: ListFrom = None,
    resamples: Resamples = 1000,
    seed: Seed = 0,
    device: Device = "cpu",
    trust_code: TrustCode = False,
) -> None:
    """Every bar of an editor in one table: responses, warping, reconstruction, 48 faces and more."""
    from mien.evaluation.protocol.models import BASELINES, open_model
    from mien.evaluation.protocol.report import BAR_HEAD, bar_lines
    from mien.evaluation.protocol.rows import Interval
    from mien.evaluation.protocol.run import Setup, run_bars

    judged = open_model(model, device, clip)
    bare = None if no_bank is None else open_model(f"no bank={no_bank}", device, clip)
    rivals = [BASELINES[name] for name in ("telea", "navier-stokes")]
    sets = _sets(split, data, london)
    pairs = None if london is None else list(sets)[1]
    gauge = _gauge(perceptual, identity, features, clip, trust_code)
    setup = Setup(out, sets, gauge, size, limit, list_from, chains, Interval(resamples, seed))
    with progress() as bar:
        report = run_bars(replace(setup, progress=reporter(bar)), judged, rivals, bare, pairs, command_line())
    _print(f"The bars of {judged.name}", BAR_HEAD, bar_lines(report["results"]))
    _saved(out)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _sets(split: str, data: Path, london: Path | None) -> dict[str, tuple[Picture, ...]]:
    """Pictures by the name of their folder."""
    from mien.errors import ConfigError
    from mien.evaluation.protocol.material import open_set

    paths = [data] if london is None else [data, london]
    found = {path.resolve().stem: open_set(path, split) for path in paths}
    if len(found) < len(paths):
        raise ConfigError(f"{data} and {london} have the same name; rename one of them.")
    return found


def _gauge(
    perceptual: list[Path] | None,
    identity: list[Path] | None,
    features: list[Path] | None,
    clip: str | None,
    trust_code: bool,
) -> Gauge:
    from mien.checkpoints.clip import load_clip
    from mien.evaluation.features import load_features
    from mien.evaluation.perceptual import load_distance
    from mien.evaluation.protocol.gauge import Gauge

    distances = [load_distance(file, trust_code=trust_code) for file in perceptual or ()]
    faces, sets = (
        [load_features(file, trust_code=trust_code) for file in files or ()] for files in (identity, features)
    )
    return Gauge(distances, faces, sets, None if clip is None else load_clip(clip))


def _print(title: str, head: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """A table on stdout; as wide as it is where stdout is a file."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(*head, title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for line in lines:
        table.add_row(*line)
    console = Console()
    console = console if console.is_terminal else Console(width=240)
    console.print(table, markup=False, highlight=False)


def _saved(out: Path) -> None:
    stderr().print(f"Saved {out}/report.json, report.csv and report.html.", highlight=False, soft_wrap=True)
