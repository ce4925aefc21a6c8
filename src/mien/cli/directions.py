"""``mien directions``: attributes as directions in the space of codes: imported, found, listed, shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mien.cli import direction_householder, direction_methods, direction_show, direction_stylespace
from mien.cli.console import print_json
from mien.cli.direction_options import AsJson, Layers, add

directions = typer.Typer(help="Attributes as directions in the space of codes.", no_args_is_help=True)


@directions.command("list")
def list_(
    editor: Annotated[str, typer.Argument(help="Folder, bundled name or Hugging Face id.")] = "portrait-editor",
    as_json: AsJson = False,
) -> None:
    """List the directions of an editor or a generator, and where they came from."""
    from mien.checkpoints.directions import read_facts
    from mien.checkpoints.hub import find_folder

    facts = read_facts(find_folder(editor))
    if as_json:
        print_json(facts)
        return
    for name, fact in facts.items():
        print(f"{name:<18} {fact.get('source') or 'of this editor'}  licence {fact.get('licence', 'as the editor')}")
    if not facts:
        print("none")


@directions.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="InterFaceGAN .npy, e4e .pt, GANSpace .npz, ffhq_pca.pt, factor.pt.")],
    to: Annotated[Path, typer.Option("--to", help="Folder of the editor or generator that gets them.")],
    name: Annotated[str | None, typer.Option(help="Of the attribute; else as the file is called.")] = None,
    layers: Layers = None,
    unit: Annotated[float | None, typer.Option(help="Times the vector is one unit; else the file's deviation.")] = None,
    count: Annotated[int, typer.Option(min=1, help="So many, where a file holds several.")] = 10,
    licence: Annotated[str, typer.Option("--licence", "--license", help="Of the file.")] = "unknown",
) -> None:
    """Add somebody's directions to an editor or a generator: 'mien edit' then knows them as attributes."""
    from dataclasses import replace

    from mien.checkpoints.foreign import registry

    found: list[Any] = registry.load(file, "direction", name)
    add([replace(one, licence=licence) for one in found[:count]], to, layers, unit)


directions.command("show")(direction_show.show)
directions.command("sefa")(direction_methods.sefa)
directions.command("ganspace")(direction_methods.ganspace)
directions.command("interfacegan")(direction_methods.interfacegan)
directions.command("householder")(direction_householder.householder)
directions.command("stylespace")(direction_stylespace.stylespace)
