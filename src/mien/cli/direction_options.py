"""What the verbs of ``mien directions`` share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import stderr

if TYPE_CHECKING:
    from torch import Tensor

    from mien.checkpoints.directions import Direction
    from mien.checkpoints.shapes import Pair
    from mien.directions.measures import Measures

To = Annotated[Path, typer.Argument(help="Folder of an editor or a generator, which gets them.")]
Layers = Annotated[str | None, typer.Option(help="Codes that change: 0-8 is the first eight.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Judges = Annotated[
    list[str] | None,
    typer.Option("--judge", help="TorchScript that measures more: age,male=age_gender.pt; repeatable."),
]


def add(found: list[Direction], to: Path, layers: str | None = None, unit: float | None = None) -> None:
    """Adds directions to a folder, and says so, and which ones of the same name went away.

    Raises:
        ConfigError, UnknownCheckpointError, SaveError: see :func:`mien.checkpoints.directions.add_directions`.
    """
    from mien.checkpoints.directions import add_directions, read_facts
    from mien.checkpoints.shapes import check_writable, generator_config

    check_writable(to)
    config, chosen = generator_config(to), parse_layers(layers)
    was = read_facts(to)
    found = [replace(one, layers=chosen or one.layers, unit=one.unit if unit is None else unit) for one in found]
    gone = [f"{one.name} ({was[one.name].get('source') or 'of this editor'})" for one in found if one.name in was]
    add_directions(to, found, config)
    names = ", ".join(one.name for one in found)
    replaced = f" Replaced: {', '.join(gone)}." if gone else ""
    stderr().print(f"Added to {to}: {names}.{replaced}", highlight=False, markup=False, soft_wrap=True)


def parse_layers(text: str | None) -> tuple[int, int] | None:
    """ "0-8" -> (0, 8); raises ConfigError for anything else."""
    from mien.errors import ConfigError

    if text is None:
        return None
    first, dash, last = text.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal() and int(first) < int(last)):
        raise ConfigError(f"'{text}' names no layers; write the first one and the one after the last, such as 0-8.")
    return int(first), int(last)


def load_measures(judges: list[str] | None, trust_code: bool) -> Measures:
    """Landmarks, parser, and the user's networks.

    Raises:
        ConfigError: a judge without names.
        CheckpointError: no such file, or a program that is not trusted.
    """
    from mien.checkpoints.hub import check_weights_file
    from mien.errors import ConfigError

    parts = [text.rpartition("=") for text in judges or ()]
    for names, _, file in parts:
        if not all(name == "-" or name.replace("-", "").isidentifier() for name in names.split(",")):
            raise ConfigError(f"--judge {file} needs a name for each number that it gives, such as age,male={file}.")
        check_weights_file(Path(file))
    import torch

    from mien.checkpoints.judges import load_script
    from mien.directions.measures import Judge, Measures

    cpu = torch.device("cpu")
    made = [
        Judge(tuple(names.split(",")), load_script(Path(file), cpu, trust_code=trust_code)) for names, _, file in parts
    ]
    return Measures(judges=made)


def codes_of_folder(pair: Pair, folder: Path, most: int) -> Tensor:
    """(B, L, C) of the faces in a folder of photos, the first ones by name; says how many show none.

    Raises:
        DataError: there is no such folder, or no face in it.
        ConfigError: the generator has no encoder.
    """
    from mien.data.pictures import SUFFIXES
    from mien.directions.faces import codes_of_photos
    from mien.errors import DataError

    files = sorted(one for one in folder.rglob("*") if one.suffix.lower() in SUFFIXES) if folder.is_dir() else []
    if not files:
        raise DataError(f"{folder} is no folder of photos; give one as --photos.")
    left_out: list[str] = []
    codes = codes_of_photos(pair, files[:most], left_out)
    if left_out:
        stderr().print(f"Left out, no face is seen: {len(left_out)}, such as {left_out[0]}.", highlight=False)
    return codes
