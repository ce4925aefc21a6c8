"""``mien batch``: a recipe for every photo of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import print_json, progress, remark

if TYPE_CHECKING:
    from mien.batch.report import Report

SHOWN = 20
"""Failures that are printed; the report has all."""


def batch(
    folder: Annotated[str, typer.Argument(help="Photos, also in folders below: a path, s3://..., gs://...")],
    *,
    recipe: Annotated[Path, typer.Option(help="A recipe (docs/recipes.md), or the folder of a session.")],
    out: Annotated[str, typer.Option(help="Where results and mien-batch.json go: a path, s3://...")],
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; default: as many as fit.")] = None,
    ray: Annotated[bool, typer.Option("--ray", help="On a Ray cluster: RAY_ADDRESS, or this machine.")] = False,
    at_least: Annotated[int, typer.Option(min=1, help="Workers of --ray that are always there.")] = 1,
    every_face: Annotated[
        bool, typer.Option("--every-face", help="The edits of each face, not of the largest.")
    ] = False,
    suffix: Annotated[
        str | None, typer.Option(help="Of results: .jpg; default: lossless, as the photo or .png.")
    ] = None,
    quality: Annotated[int, typer.Option(min=1, max=100, help="For lossy results.")] = 95,
    editor: Annotated[str, typer.Option(help="Folder, bundled name or Hugging Face id.")] = "bundled",
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Make all anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Make the edits of a recipe of every photo in a folder; run it again to go on where it ended."""
    from mien.batch.local import room, run_here, run_local
    from mien.batch.places import Place
    from mien.batch.plan import Plan, items_of, missing, recipe_text
    from mien.batch.report import Report, collect
    from mien.photos.write import target_container
    from mien.sessions.recipe_file import read_recipe

    text = recipe_text(recipe)
    if not recipe.is_dir():
        read_recipe(recipe)  # every mistake in it is told now
    if suffix is not None:
        target_container(Path(f"result{suffix}"))
    items = items_of(Place(folder).names(), suffix)
    most = workers or room()
    threads = max(1, room(memory=1 << 62) // most)
    plan = Plan(folder, out, str(recipe), text, editor, device, every_face, quality, threads)
    todo = missing(plan, items, overwrite=overwrite)
    if ray:
        from mien.batch.cluster import run_on_ray

        done = run_on_ray(plan, todo, (min(at_least, most), most))
    else:
        most = min(most, max(1, len(todo)))
        done = run_here(plan, todo) if most == 1 else run_local(plan, todo, most)
    with progress() as bar:
        task = bar.add_task("editing", total=len(todo))
        report = Report(len(items), len(items) - len(todo))
        collect(plan, report, done if todo else (), lambda one: bar.advance(task))
    _tell(report, out, as_json)


def _tell(report: Report, out: str, as_json: bool) -> None:
    from mien.errors import OutcomeError

    if as_json:
        print_json(report.as_dict())
    else:
        print(f"{report.made} made, {report.kept} were there, {len(report.failed)} failed, of {report.total}: {out}")
        for name, reason in list(report.failed.items())[:SHOWN]:
            remark(f"{name}: {reason}")
    if report.failed:
        raise OutcomeError(f"{len(report.failed)} of {report.total} photos failed; {out}/mien-batch.json says why.")
