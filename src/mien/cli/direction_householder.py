"""``mien directions householder``: a generator whose modulations are of low rank, with their vectors as directions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import progress, stderr
from mien.cli.direction_methods import OF_GENERATOR
from mien.cli.direction_options import Layers, parse_layers


def householder(
    of: Annotated[Path, typer.Argument(help="Folder of a generator or an editor; it stays as it is.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the new generator and its directions.")],
    rank: Annotated[int, typer.Option(min=2, max=512, help="Of each modulation.")] = 32,
    count: Annotated[int, typer.Option(min=1, max=64, help="Directions of each layer.")] = 3,
    images: Annotated[
        int, typer.Option(min=0, help="To fine-tune on; a hundredth of the generator's training.")
    ] = 4000,
    layers: Layers = None,
) -> None:
    """Fine-tune a generator with low-rank orthogonal modulations (Householder projector); their axes are directions.

    The former pictures teach the new generator. Printed is how much two axes
    of a layer have in common, before and after; what they mean, pictures tell.
    """
    from mien.checkpoints.directions import Direction, add_directions
    from mien.checkpoints.generator import model_card, save_generator
    from mien.checkpoints.shapes import load_pair
    from mien.directions.householder import deviations, overlap, project, singular_directions
    from mien.errors import ConfigError

    if out.exists() and any(out.iterdir()):
        raise ConfigError(f"{out} is not empty; name another folder.")
    generator, chosen = load_pair(of).generator, parse_layers(layers)
    try:
        before = overlap(generator, singular_directions(generator, rank, chosen))
    except ValueError as error:
        raise ConfigError(f"There are {error} of this generator; name others with --layers.") from error
    with progress() as bar:
        task = bar.add_task("images", total=images)
        made = project(generator, rank=rank, layers=chosen, images=images, done=lambda n: bar.advance(task, n))
    after = overlap(made.generator, made.directions)
    told = (
        f"Householder projector of rank {rank}, {images} images; common to two directions {before:.3f}, now {after:.3f}"
    )
    save_generator(out, made.generator, model_card(made.generator, f"{of.name}. {told}.", OF_GENERATOR))
    found = [
        Direction(f"hh-{code}-{k}", row[None], (code, code + 1), float(unit), source=told, licence=OF_GENERATOR)
        for code, rows in made.directions.items()
        for k, (row, unit) in enumerate(zip(rows[:count], deviations(made.generator, rows), strict=False))
    ]
    add_directions(out, found, made.generator.config)
    stderr().print(
        f"{told}. Pictures differ from the former by {made.losses[0]:.3f} at first, {made.losses[1]:.3f} now.",
        highlight=False,
        soft_wrap=True,
    )
