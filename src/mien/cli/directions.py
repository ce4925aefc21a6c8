"""``mien directions``: attributes as directions in the space of codes: imported, computed, listed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import print_json, stderr

if TYPE_CHECKING:
    from mien.checkpoints.directions import Direction

directions = typer.Typer(help="Attributes as directions in the space of codes.", no_args_is_help=True)

To = Annotated[Path, typer.Option("--to", help="Folder of the editor or generator that gets them.")]
Layers = Annotated[str | None, typer.Option(help="Codes that change: 0-8 is the first eight.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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


@directions.command()
def show(
    file: Annotated[Path, typer.Argument(help="A file of directions: .npy, .npz, .pt.")],
    as_json: AsJson = False,
) -> None:
    """Show what a file of directions holds; nothing stored in it is run."""
    found = _read(file, None)
    if as_json:
        print_json([{**one.facts(), "shape": list(one.vector.shape)} for one in found])
        return
    for one in found:
        codes, width = one.vector.shape
        print(f"{one.name:<18} {codes} x {width}  length {float(one.vector.norm()):<8.4g} unit {one.unit:.4g}")


@directions.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="InterFaceGAN .npy, e4e .pt, GANSpace .npz, ffhq_pca.pt, factor.pt.")],
    to: To,
    name: Annotated[str | None, typer.Option(help="Of the attribute; else as the file is called.")] = None,
    layers: Layers = None,
    unit: Annotated[float | None, typer.Option(help="Times the vector is one unit; else the file's deviation.")] = None,
    count: Annotated[int, typer.Option(min=1, help="So many, where a file holds several.")] = 10,
    licence: Annotated[str, typer.Option("--licence", "--license", help="Of the file.")] = "unknown",
) -> None:
    """Add somebody's directions to an editor or a generator: 'mien edit' then knows them as attributes."""
    _add(_read(file, name)[:count], to, layers, unit, licence)


@directions.command()
def sefa(
    to: Annotated[Path, typer.Argument(help="Folder of an editor or a generator, which gets them.")],
    count: Annotated[int, typer.Option(min=1, max=512, help="So many, the strongest first.")] = 5,
    layers: Layers = None,
    unit: Annotated[float, typer.Option(help="Times the vector, of length 1, is one unit.")] = 1.0,
) -> None:
    """Compute directions from a generator's weights alone (SeFa): they change most; what they mean, pictures tell."""
    from mien.checkpoints.directions import Direction
    from mien.checkpoints.shapes import load_any_generator
    from mien.errors import ConfigError
    from mien.models.stylegan2.factors import semantic_factors

    chosen = _layers(layers)
    try:
        vectors, values = semantic_factors(load_any_generator(to), count, chosen)
    except ValueError as error:
        raise ConfigError(f"There are {error} of this generator; name others with --layers.") from error
    found = [
        Direction(f"sefa-{k}", vector[None], source=f"SeFa, eigenvalue {float(value):.4g}")
        for k, (vector, value) in enumerate(zip(vectors, values, strict=True))
    ]
    _add(found, to, layers, unit, "that of the generator")


def _read(file: Path, name: str | None) -> list[Direction]:
    from mien.checkpoints.foreign import registry

    found: list[Any] = registry.load(file, "direction", name)
    return found


def _add(found: list[Direction], to: Path, layers: str | None, unit: float | None, licence: str) -> None:
    from dataclasses import replace

    from mien.checkpoints.directions import add_directions
    from mien.checkpoints.shapes import shape_of

    codes, w_dim = shape_of(to)
    chosen = _layers(layers)
    found = [replace(one, layers=chosen, unit=one.unit if unit is None else unit, licence=licence) for one in found]
    add_directions(to, found, codes, w_dim)
    names = ", ".join(one.name for one in found)
    stderr().print(f"Added to {to}: {names}.", highlight=False, soft_wrap=True)


def _layers(text: str | None) -> tuple[int, int] | None:
    """ "0-8" -> (0, 8); raises ConfigError for anything else."""
    from mien.errors import ConfigError

    if text is None:
        return None
    first, dash, last = text.partition("-")
    if not (dash and first.isdigit() and last.isdigit() and int(first) < int(last)):
        raise ConfigError(f"'{text}' names no layers; write the first one and the one after the last, such as 0-8.")
    return int(first), int(last)
