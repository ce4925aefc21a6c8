"""``mien evaluate``: measures pictures and generators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import print_table, progress, remark, stderr
from mien.cli.selection import TrustCode

if TYPE_CHECKING:
    from mien.evaluation.compare import Progress

evaluate = typer.Typer(help="Measure pictures and generators.", no_args_is_help=True)

Features = Annotated[
    list[Path], typer.Option(help="Network for the distances: Inception or VGG-16 weights, TorchScript; repeatable.")
]
Manifolds = Annotated[
    list[Path] | None,
    typer.Option(help="Further network for precision, recall, density and coverage only; repeatable."),
]
Samples = Annotated[int, typer.Option(min=2, help="Pictures that a generator makes.")]
Psi = Annotated[float, typer.Option(min=0, max=2, help="Truncation of a generator; 1 for none.")]
Resamples = Annotated[int, typer.Option(min=1, help="Of the bootstrap intervals.")]


@evaluate.callback()
def verbs() -> None:
    """Measure pictures and generators."""


@evaluate.command()
def compare(
    candidates: Annotated[list[str], typer.Argument(help="Folders of pictures, or generators (folder or name).")],
    reference: Annotated[Path, typer.Option(help="Real pictures: a folder, a prepared set, shards, a packed set.")],
    features: Features,
    manifold_features: Manifolds = None,
    perceptual: Annotated[list[Path] | None, typer.Option(hidden=True)] = None,
    split: Annotated[
        list[str] | None, typer.Option(help="Of a prepared reference: train, val or test (default); repeatable.")
    ] = None,
    candidate_split: Annotated[str, typer.Option(help="Of prepared sets among the candidates.")] = "train",
    samples: Samples = 2000,
    psi: Psi = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Of a generator's first picture, and of the intervals.")] = 0,
    size: Annotated[
        int | None, typer.Option(min=16, max=2048, help="Side at which pictures are compared; default: the smallest.")
    ] = None,
    k: Annotated[int, typer.Option("-k", "--neighbours", min=1, help="For precision, recall and the like.")] = 5,
    resamples: Resamples = 1000,
    trust_code: TrustCode = False,
    out: Annotated[Path | None, typer.Option(help="Write *.json, and a .csv beside it.")] = None,
) -> None:
    """Compare any number of candidates with real pictures, in one table.

    Fréchet and kernel distance, U-IDS, precision, recall, density and coverage; each is called after its network.
    """
    others = (*(manifold_features or ()), *(perceptual or ()))
    check_inputs(out, networks=(*features, *others), pictures=[reference], candidates=candidates)
    from mien.evaluation import compare as comparing
    from mien.evaluation.candidates import common_size, open_candidate, open_pictures
    from mien.evaluation.estimate import Interval
    from mien.evaluation.features import load_features

    if perceptual:
        remark("--perceptual of compare is now --manifold-features; elsewhere it is a distance of pairs.")
    spaces, manifolds = (
        tuple(load_features(file, trust_code=trust_code) for file in files) for files in (features, others)
    )
    opened = [open_candidate(one, samples=samples, psi=psi, seed=seed, split=candidate_split) for one in candidates]
    references = [open_pictures(reference, one) for one in split or ["test"]]
    settings = comparing.Comparison(size or common_size(opened), spaces, manifolds, k, Interval(resamples, seed))
    with progress() as bar:
        report = comparing.compare(opened, references, settings, reporter(bar))
    _finish({"command": command_line(), **report}, out)


@evaluate.command()
def pairs(
    made: Annotated[Path, typer.Argument(help="Folder of pictures to measure.")],
    wanted: Annotated[Path, typer.Argument(help="Folder of what they should be, same names, same sizes.")],
    masks: Annotated[Path | None, typer.Option(help="Folder of masks, same names: also measure inside them.")] = None,
    perceptual: Annotated[list[Path] | None, typer.Option(help="LPIPS or another distance; repeatable.")] = None,
    identity: Annotated[
        list[Path] | None, typer.Option(help="Identity network, for aligned faces; repeatable.")
    ] = None,
    clip: Annotated[str | None, typer.Option(help="CLIP for --texts: a folder, a file, or a Hugging Face id.")] = None,
    texts: Annotated[
        Path | None,
        typer.Option(help="JSON, a sentence by the name, without ending, of each picture: CLIP score and direction."),
    ] = None,
    faces: Annotated[
        bool, typer.Option("--faces", help="Aligned faces: also parsing, region colours, sketch and head pose.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the intervals.")] = 0,
    resamples: Resamples = 1000,
    trust_code: TrustCode = False,
    out: Annotated[Path | None, typer.Option(help="Write *.json, and a .csv beside it.")] = None,
) -> None:
    """Measure pictures against what they should be: PSNR, SSIM, MS-SSIM, ΔE2000, LPIPS, identity and more."""
    from mien.errors import ConfigError

    if (clip is None) != (texts is None):
        raise ConfigError("--clip and --texts belong together; give both, or neither.")
    shown = [made, wanted] if masks is None else [made, wanted, masks]
    check_inputs(out, networks=(*(identity or ()), *(perceptual or ())), pictures=shown)
    from mien.checkpoints.clip import load_clip
    from mien.evaluation.estimate import Interval
    from mien.evaluation.features import load_features
    from mien.evaluation.metrics import Judges, metrics_of
    from mien.evaluation.pairs import find_pairs, measure_pairs, read_texts
    from mien.evaluation.perceptual import load_distance

    found, sentences = find_pairs(made, wanted, masks), None if texts is None else read_texts(texts)
    spaces = [load_features(file, trust_code=trust_code) for file in identity or ()]
    distances = [load_distance(file, trust_code=trust_code) for file in perceptual or ()]
    judges = Judges(distances, spaces, clip=None if clip is None else load_clip(clip), faces=faces)
    with progress() as bar:
        show, interval = reporter(bar), Interval(resamples, seed)
        report = measure_pairs(found, metrics_of(judges), interval, texts=sentences, progress=show)
    _finish({"command": command_line(), **report}, out)


@evaluate.command()
def neighbours(
    candidate: Annotated[str, typer.Argument(help="A generator (folder or name), or a folder of pictures.")],
    data: Annotated[Path, typer.Option(help="What it was trained on: a folder, a prepared set, shards, a packed set.")],
    features: Annotated[Path, typer.Option(help="Network whose distances count.")],
    out: Annotated[Path, typer.Option(help="The sheet to write, *.png; a .json with the figures goes beside it.")],
    split: Annotated[str, typer.Option(help="Of a prepared set.")] = "train",
    held_out: Annotated[
        str | None, typer.Option(help="Split that it was not trained on: what comes closer than those is suspicious.")
    ] = None,
    samples: Samples = 1000,
    shown: Annotated[int, typer.Option(min=1, max=400, help="Samples on the sheet, the most suspicious first.")] = 32,
    count: Annotated[int, typer.Option("--count", min=1, max=10, help="Neighbours for each.")] = 3,
    psi: Psi = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Of the first sample.")] = 0,
    size: Annotated[int | None, typer.Option(min=16, max=2048, help="Side; default: the generator's.")] = None,
    trust_code: TrustCode = False,
) -> None:
    """Look whether a generator copies: the nearest training pictures of its samples, with distances, as a sheet."""
    check_inputs(out, ".json", networks=[features], pictures=[data], candidates=[candidate])
    from mien.cli.console import print_json
    from mien.evaluation.candidates import open_candidate, open_pictures
    from mien.evaluation.features import load_features
    from mien.evaluation.neighbours import find_copies, write_sheet

    made = open_candidate(candidate, samples=samples, psi=psi, seed=seed, split=split)
    training, others = open_pictures(data, split), None if held_out is None else open_pictures(data, held_out)
    space = load_features(features, trust_code=trust_code)
    with progress() as bar:
        found = find_copies(made, training, space, size or made.size, count, reporter(bar), others)
    write_sheet(found, out, shown=shown, command=command_line())
    print_json(found.figures())
    stderr().print(f"Saved {out} and {out.with_suffix('.json').name}.", highlight=False, soft_wrap=True)


@evaluate.command()
def smoothness(
    generator: Annotated[str, typer.Argument(help="A generator, folder or name.")],
    perceptual: Annotated[Path, typer.Option(help="LPIPS or another distance.")],
    samples: Annotated[int, typer.Option(min=2, help="Paths.")] = 1000,
    space: Annotated[str, typer.Option(help="w or z.")] = "w",
    sampling: Annotated[str, typer.Option(help="end or full.")] = "end",
    seed: Annotated[int, typer.Option(min=0, help="Of the first code, and of the interval.")] = 0,
    resamples: Resamples = 1000,
    trust_code: TrustCode = False,
    out: Annotated[Path | None, typer.Option(help="Write *.json, and a .csv beside it.")] = None,
) -> None:
    """Measure how smoothly a generator's pictures change along a path: perceptual path length."""
    check_inputs(out, networks=[perceptual], candidates=[generator])
    from mien.checkpoints.generator import load_generator
    from mien.evaluation.candidates import GeneratedSet
    from mien.evaluation.estimate import Interval
    from mien.evaluation.path_length import PathLength, path_length_report
    from mien.evaluation.perceptual import load_distance

    settings = PathLength(samples, space, sampling, seed=seed)
    made = GeneratedSet(generator, load_generator(generator), samples)
    report = path_length_report(
        made, load_distance(perceptual, trust_code=trust_code), settings, Interval(resamples, seed)
    )
    _finish({"command": command_line(), **report}, out)


def command_line() -> str:
    """The command line as it was given, but for --out: where a report goes does not change it."""
    import shlex
    import sys

    words = iter(sys.argv[1:])
    kept = [word for word in words if not (word == "--out" and next(words, "") is not None) and "--out=" not in word]
    return shlex.join(["mien", *kept])


def reporter(bar: Any) -> Progress:
    """Shows what is being done, one line for each kind of work."""
    tasks: dict[str, Any] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done)

    return show


def check_inputs(
    out: Path | None,
    beside: str = ".csv",
    *,
    networks: Sequence[Path] = (),
    pictures: Sequence[Path] = (),
    candidates: Sequence[str] = (),
) -> None:
    """Before anything is loaded: whether the report can be written, and all that it is made from is there."""
    from mien.checkpoints.hub import check_weights_file, find_folder
    from mien.errors import DataError
    from mien.files import check_targets

    check_targets([] if out is None else [out, out.with_suffix(beside)])
    for path in networks:
        check_weights_file(path)
    for path in pictures:
        if not path.exists():
            raise DataError(f"{path} does not exist; give pictures: a folder, a prepared set, shards or a packed set.")
    for name in candidates:
        if not Path(name).exists():
            find_folder(name)


def _finish(report: Mapping[str, Any], out: Path | None) -> None:
    """Writes the files, then prints the table."""
    from mien.evaluation.report import write_report

    if out is not None:
        write_report(report, out)
        stderr().print(f"Saved {out} and {out.with_suffix('.csv').name}.", highlight=False, soft_wrap=True)
    _print_results(report["results"])


def _print_results(rows: Sequence[Mapping[str, Any]]) -> None:
    """One line for each metric, one column for each candidate and reference, whose names stand above."""
    from mien.evaluation.report import as_text

    sides = list(dict.fromkeys(_side(row) for row in rows))
    titles = [f"({number}) {side}" for number, side in enumerate(sides, 1)] if len(sides) > 1 else sides
    cells = {(row["metric"], _side(row)): as_text(row) for row in rows}
    metrics = dict.fromkeys(row["metric"] for row in rows)
    lines = [[metric, *(cells.get((metric, side), "") for side in sides)] for metric in metrics]
    head = [f"({number})" for number, _ in enumerate(sides, 1)] if len(sides) > 1 else ["mean"]
    print_table("\n".join(titles), ["metric", *head], lines)


def _side(row: Mapping[str, Any]) -> str:
    if "reference" not in row:
        return f"{row.get('candidate', 'Mean')}, {row['pairs']} pairs"
    return f"{row['candidate']}, {row['pictures']} pictures, against {row['reference']}, {row['reference_pictures']}"
