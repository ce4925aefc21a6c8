"""``mien directions show``: what a direction changes, as a strip of faces and as figures; or what a file holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import print_json, print_table, progress, stderr
from mien.cli.direction_options import AsJson, Judges, Layers, load_measures, parse_layers
from mien.cli.overwriting import Overwrite, keep_existing
from mien.cli.selection import TrustCode

if TYPE_CHECKING:
    from torch import Tensor

    from mien.checkpoints.directions import Direction
    from mien.directions.effects import Effects
    from mien.models.stylegan2 import Generator, GeneratorConfig


def show(
    names: Annotated[list[str], typer.Argument(help="Names, such as smile; or a file of directions.")],
    out: Annotated[Path | None, typer.Option(help="Write faces from -3 to +3, and the figures, as a picture.")] = None,
    of: Annotated[
        str | None, typer.Option(help="Folder, bundled name or Hugging Face id of an editor or a generator.")
    ] = None,
    face: Annotated[list[Path] | None, typer.Option(help="Photo to start from; repeatable. Else --seeds.")] = None,
    code: Annotated[
        Path | None, typer.Option(help="File of 'mien invert' to start from, with its tuned weights.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="Faces to start from: 0-3, or 3,7.")] = "0-3",
    count: Annotated[int, typer.Option(min=1, max=64, help="So many, where a file holds several.")] = 1,
    layers: Layers = None,
    unit: Annotated[float | None, typer.Option(help="Of the directions of a file: times the vector is one.")] = None,
    judge: Judges = None,
    identity_network: Annotated[Path | None, typer.Option(help="Network that tells people apart.")] = None,
    trust_code: TrustCode = False,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Show what directions change, measured over several faces: pose, expression, hair, skin and more.

    'show smile --out strip.png' draws faces from -3 to +3. A file of directions is listed; with --of, it is shown, too,
    on faces of that generator. Nothing stored in a file is run.
    """
    from mien.files import check_targets
    from mien.photos.read import read_photo
    from mien.photos.write import target_container

    file = Path(names[0]) if len(names) == 1 and Path(names[0]).is_file() else None
    if file is not None and of is None and out is None:
        _list(_read(file, layers, unit), as_json)
        return
    for photo in face or ():
        read_photo(photo)
    if out is not None:
        target_container(out)
        check_targets([out], face or ())
        keep_existing([out], overwrite)
    start = _Start(of, tuple(face or ()), seeds, code)
    offsets = partial(_offsets, names if file is None else file, count, layers, unit)
    effects = _effects(start, offsets, judge, identity_network, trust_code)
    if out is not None:
        _draw(effects, out)
    if as_json:
        print_json(effects.facts())
    elif out is None:
        _print(effects)


@dataclass(frozen=True)
class _Start:
    """Of which editor or generator, and from which faces."""

    of: str | None
    photos: tuple[Path, ...]
    seeds: str
    code: Path | None


def _offsets(
    what: list[str] | Path, count: int, layers: str | None, unit: float | None, folder: Path
) -> dict[str, Tensor]:
    """What is added for a strength of 1, by name; out of a file, or of the folder's."""
    if not isinstance(what, Path):
        _check_names(what, folder)
    from mien.checkpoints.shapes import generator_config  # brings PyTorch along: errors until here are quick

    config = generator_config(folder)
    if isinstance(what, Path):
        from mien.checkpoints.directions import FILE, read_facts

        if what.name == FILE:  # of mien's making, such as a mapper's
            return _named(list(read_facts(what.parent))[:count], what.parent, config)
        return {one.name: one.offset(config) for one in _read(what, layers, unit)[:count]}
    return _named(what, folder, config)


def _effects(
    start: _Start,
    offsets_of: Callable[[Path], dict[str, Tensor]],
    judge: list[str] | None,
    identity: Path | None,
    trust_code: bool,
) -> Effects:
    from mien.checkpoints.hub import DEFAULT, check_weights_file, find_folder
    from mien.cli.sample import parse_seeds

    folder, wanted = find_folder(start.of or DEFAULT), parse_seeds(start.seeds)
    if identity is not None:
        check_weights_file(identity)
    offsets = offsets_of(folder)
    from mien.checkpoints.judges import load_judge
    from mien.checkpoints.shapes import load_pair
    from mien.directions.effects import count_pictures, measure_effects
    from mien.directions.faces import codes_of_faces, codes_of_photos

    measures = load_measures(judge, trust_code)
    embed = None if identity is None else load_judge(identity, trust_code=trust_code).method("embed")
    pair = load_pair(folder)
    codes = codes_of_photos(pair, start.photos) if start.photos else codes_of_faces(pair.generator, wanted)
    if start.code is not None:
        codes = _codes_of_file(pair.generator, start.code)
    with progress() as bar:
        task = bar.add_task("faces", total=count_pictures(len(codes), len(offsets)))
        return measure_effects(pair.generator, codes, offsets, measures, lambda: bar.advance(task), embed)


def _codes_of_file(generator: Generator, path: Path) -> Tensor:
    """(1, L, C); the generator gets the weights that were tuned with it."""
    from mien.checkpoints.codes import check_belongs, load_codes
    from mien.errors import ConfigError
    from mien.models.inversion import tuned

    inverted = load_codes(path)
    check_belongs(inverted, generator, path)
    if inverted.residuals:
        raise ConfigError(f"{path.name} has maps beside its codes, which strips do not show; use 'mien sample'.")
    tuned(generator, inverted)
    return inverted.codes[None]


def _check_names(names: list[str], folder: Path) -> None:
    from mien.editing.directions import direction_names
    from mien.errors import ConfigError

    known = direction_names(folder)
    for name in names:
        if name not in known:
            listed = f"it knows {', '.join(known)}" if known else "it knows none"
            raise ConfigError(f"{folder.name} has no direction '{name}', and there is no such file; {listed}.")


def _named(names: list[str], folder: Path, config: GeneratorConfig) -> dict[str, Tensor]:
    from mien.editing.directions import load_directions

    found = load_directions(folder, config)
    return {name: found[name] for name in names}


def _read(file: Path, layers: str | None, unit: float | None) -> list[Direction]:
    from dataclasses import replace

    from mien.checkpoints.foreign import registry

    found: list[Any] = registry.load(file, "direction")
    chosen = parse_layers(layers)
    return [replace(one, layers=chosen or one.layers, unit=one.unit if unit is None else unit) for one in found]


def _list(found: list[Direction], as_json: bool) -> None:
    if as_json:
        print_json([{**one.facts(), "shape": list(one.vector.shape)} for one in found])
        return
    for one in found:
        codes, width = one.vector.shape
        print(f"{one.name:<18} {codes} x {width}  length {float(one.vector.norm()):<8.4g} unit {one.unit:.4g}")


def _draw(effects: Effects, out: Path) -> None:
    from mien.directions.sheet import draw_effects
    from mien.photos.write import save_photo
    from mien.types import Photo

    save_photo(Photo(draw_effects(effects)), out)
    stderr().print(f"Saved {out}.", highlight=False, soft_wrap=True)


def _print(effects: Effects) -> None:
    for name, row in effects.facts()["directions"].items():
        table = [
            [
                attribute,
                one["unit"],
                *(_figure(one["change"][k]) for k in (0, 2, 4, 6)),
                _figure(one["deviations_per_unit"]),
            ]
            for attribute, one in row["attributes"].items()
        ]
        if row["identity"] is not None:
            cosines = [_figure(row["identity"][k]) for k in (0, 2, 4, 6)]
            table.insert(0, ["identity", "cosine with 0", *cosines, ""])
        head = ["attribute", "unit", "at -3", "at -1", "at +1", "at +3", "deviations per unit"]
        print_table(f"{name}: mean change over the faces", head, table)


def _figure(value: float | None) -> str:
    return "no face" if value is None else f"{value:+.3g}"
