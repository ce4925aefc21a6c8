"""``mien evaluate protocol``: editors under the paper's masks and modalities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import print_table, progress, stderr
from mien.cli.evaluate import Resamples, check_inputs, command_line, reporter
from mien.cli.evaluate import evaluate as evaluate  # the verb here joins those there
from mien.cli.selection import TrustCode


@evaluate.command()
def protocol(
    model: Annotated[
        list[str],
        typer.Option("--model", help="An editor, telea or navier-stokes; label=... renames it; repeatable."),
    ],
    data: Annotated[
        list[Path], typer.Option(help="Aligned faces: a prepared set, a folder, shards, a packed set; repeatable.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the list, the edits and the report; the same folder resumes.")],
    families: Annotated[
        str, typer.Option(help="Of masks, by commas: mixed, hair, face, foreground, irregular, centre; or all.")
    ] = "all",
    configurations: Annotated[
        str, typer.Option(help="Of the modalities, by commas: none, +Sk, +Sk+Co, ...; or usual; or all.")
    ] = "usual",
    split: Annotated[str, typer.Option(help="Of a prepared set that has splits.")] = "test",
    limit: Annotated[int | None, typer.Option(min=2, help="Edit so many pictures of each set, evenly spaced.")] = None,
    size: Annotated[
        int | None,
        typer.Option(min=32, max=1024, help="Side at which all is measured; default: the smallest of the editors."),
    ] = None,
    perceptual: Annotated[list[Path] | None, typer.Option(help="LPIPS or another distance; repeatable.")] = None,
    identity: Annotated[list[Path] | None, typer.Option(help="Identity network; repeatable.")] = None,
    features: Annotated[list[Path] | None, typer.Option(help="Network for distances of sets; repeatable.")] = None,
    clip: Annotated[
        str | None,
        typer.Option(help="CLIP that editors read text by, and that scores it: a folder, a file, a Hugging Face id."),
    ] = None,
    list_from: Annotated[
        Path | None, typer.Option("--list", help="Folder of another evaluation, whose list is used.")
    ] = None,
    resamples: Resamples = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the list and of the intervals.")] = 0,
    device: Annotated[str, typer.Option(help="Where editors run: cpu, cuda or mps.")] = "cpu",
    trust_code: TrustCode = False,
) -> None:
    """Edit every face under every family of masks with every subset of the modalities, and measure against the face.

    Writes report.json, report.csv and report.html; what was interrupted goes on where it was.
    """
    from dataclasses import replace

    from mien.files import check_folder_target

    check_folder_target(out, "--out")
    check_inputs(None, networks=(*(perceptual or ()), *(identity or ()), *(features or ())), pictures=data)
    from mien.evaluation.estimate import Interval
    from mien.evaluation.protocol.configurations import configurations as parse_configurations
    from mien.evaluation.protocol.faces import open_sets
    from mien.evaluation.protocol.families import family_names
    from mien.evaluation.protocol.models import open_model
    from mien.evaluation.protocol.outcomes import POOLED
    from mien.evaluation.protocol.report import crossed
    from mien.evaluation.protocol.run import Setup, load_judges, run_protocol

    chosen, given = family_names(_words(families)), parse_configurations(_words(configurations))
    sets = open_sets(data, split)
    judges = load_judges(perceptual or (), identity or (), features or (), clip, trust_code=trust_code)
    models = [open_model(text, device, clip) for text in model]
    setup = Setup(out, sets, judges, size, limit, list_from, Interval(resamples, seed))
    with progress() as bar:
        report = run_protocol(replace(setup, progress=reporter(bar)), models, chosen, given, command_line())
    for name in setup.sets:
        rows = [row for row in report["results"] if (row["set"], row["family"], row["group"]) == (name, POOLED, "")]
        print_table(f"{name}, all families", *crossed(rows, ("model", "configuration")))
    stderr().print(f"Saved {out}/report.json, report.csv and report.html.", highlight=False, soft_wrap=True)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
