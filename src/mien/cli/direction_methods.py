"""Verbs that find directions of W: SeFa, GANSpace, InterFaceGAN."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import progress, stderr
from mien.cli.direction_options import Judges, Layers, To, add, codes_of_folder, load_measures, parse_layers
from mien.cli.selection import TrustCode

if TYPE_CHECKING:
    from mien.checkpoints.shapes import Pair
    from mien.directions.measures import Measures
    from mien.types import Float64

OF_GENERATOR = "that of the generator"
SEED = 2_000_000
"""Of the first face that is measured."""

Faces = Annotated[int, typer.Option("--faces", min=50, max=100_000, help="Random faces that are looked at.")]


def sefa(
    to: To,
    count: Annotated[int, typer.Option(min=1, max=512, help="So many, the strongest first.")] = 5,
    layers: Layers = None,
    unit: Annotated[float, typer.Option(help="Times the vector, of length 1, is one unit.")] = 1.0,
) -> None:
    """Compute directions from a generator's weights alone (SeFa): they change most; what they mean, pictures tell."""
    from mien.checkpoints.directions import Direction
    from mien.errors import ConfigError
    from mien.models.stylegan2.factors import semantic_factors

    pair, chosen = open_pair(to, layers), parse_layers(layers)
    try:
        vectors, values = semantic_factors(pair.generator, count, chosen)
    except ValueError as error:
        raise ConfigError(f"There are {error} of this generator; name others with --layers.") from error
    found = [
        Direction(
            f"sefa-{k}", vector[None], source=f"SeFa, eigenvalue {float(value):.4g}", licence=OF_GENERATOR, unit=unit
        )
        for k, (vector, value) in enumerate(zip(vectors, values, strict=True))
    ]
    add(found, to, layers)


def ganspace(
    to: To,
    count: Annotated[int, typer.Option(min=1, max=512, help="So many, the widest first.")] = 10,
    faces: Faces = 20_000,
    layers: Layers = None,
) -> None:
    """Compute principal components of the codes of random faces (GANSpace); a unit is one standard deviation."""
    import torch

    from mien.checkpoints.directions import Direction
    from mien.directions.faces import codes_of_faces
    from mien.directions.linear import principal_components

    generator = open_pair(to, layers).generator
    codes = codes_of_faces(generator, range(faces), psi=1.0)[:, 0].double().numpy()
    vectors, deviations = principal_components(codes, count)
    share = deviations**2 / codes.var(0).sum()
    found = [
        Direction(
            f"pca-{k}",
            torch.from_numpy(vector)[None].float(),
            unit=float(deviation),
            source=f"GANSpace, {faces} codes, {part:.1%} of their variance",
            licence=OF_GENERATOR,
        )
        for k, (vector, deviation, part) in enumerate(zip(vectors, deviations, share, strict=True))
    ]
    add(found, to, layers)


def interfacegan(
    to: To,
    attribute: Annotated[list[str], typer.Option(help="What is measured, such as smile; repeatable.")],
    hold: Annotated[list[str] | None, typer.Option(help="Attribute that shall stay as it is; repeatable.")] = None,
    faces: Faces = 1000,
    photos: Annotated[Path | None, typer.Option(help="Folder of photos, instead of random faces.")] = None,
    layers: Layers = None,
    judge: Judges = None,
    trust_code: TrustCode = False,
) -> None:
    """Find the boundary between faces with more and with less of an attribute (InterFaceGAN), as mien measures it.

    'mien directions show' lists what is measured. A unit is one standard deviation of the faces' codes.
    """
    import numpy as np
    import torch

    from mien.checkpoints.directions import Direction
    from mien.directions.linear import boundary, held, labels_of

    measures = load_measures(judge, trust_code)
    wanted, others = known_names(attribute, measures), known_names(hold or [], measures)
    pair, chosen = open_pair(to, layers), parse_layers(layers)
    codes, values = measured_faces(pair, measures, faces, photos)
    first, last = chosen or (0, codes.shape[1])
    rows = codes[:, :1] if photos is None else codes[:, first:last]
    flat = rows.reshape(len(rows), -1)
    known = {
        name: boundary(flat, labels_of(values[:, list(measures.units).index(name)], name))
        for name in dict.fromkeys([*wanted, *others])
    }
    found = []
    for name in wanted:
        one, fixed = known[name], [other for other in others if other != name]
        rest = [known[other].normal for other in fixed]
        normal = held(one.normal, np.stack(rest)) if rest else one.normal
        vector = torch.zeros(1 if photos is None else codes.shape[1], codes.shape[2])
        vector[slice(None) if photos is None else slice(first, last)] = (
            torch.from_numpy(normal).float().view(rows.shape[1:])
        )
        source = f"InterFaceGAN, {one.count} of {len(codes)} faces, {one.accuracy:.0%} on the right side"
        source += f", held: {', '.join(fixed)}" if rest else ""
        deviation = float((flat @ normal).std())
        found.append(Direction(name, vector, unit=deviation, source=source, licence=OF_GENERATOR))
        stderr().print(f"{name}: {source}.", highlight=False, soft_wrap=True)
    add(found, to, layers)


def open_pair(to: Path, layers: str | None, name: str | None = None) -> Pair:
    """The generator of a folder that gets directions; in StyleSpace if there is a name.

    Raises:
        ConfigError: it has no such layers, the name is none, or the folder belongs to the package.
        CheckpointError: see :func:`mien.checkpoints.shapes.load_pair`.
    """
    from mien.checkpoints.directions import check_name
    from mien.checkpoints.shapes import check_writable, generator_config, load_pair
    from mien.errors import ConfigError

    check_name(name or "unnamed")
    config, chosen = generator_config(to), parse_layers(layers)
    check_writable(to)
    total = len(config.style_channels) if name else config.codes
    if chosen and chosen[1] > total:
        raise ConfigError(f"{to} has no layers {layers}; the last one ends at {total}.")
    return load_pair(to)


def known_names(names: list[str], measures: Measures) -> list[str]:
    """The same names; raises ConfigError for one that is not measured."""
    from mien.errors import ConfigError

    for name in names:
        if name not in measures.units:
            raise ConfigError(f"Nothing here measures '{name}'; choose of {', '.join(measures.units)}, or add --judge.")
    return names


def measured_faces(pair: Pair, measures: Measures, count: int, photos: Path | None) -> tuple[Float64, Float64]:
    """Codes (N, L, C) and attributes (N, A)."""
    from mien.directions.faces import codes_of_faces, pictures_of

    seeds = range(SEED, SEED + count)
    codes = codes_of_faces(pair.generator, seeds) if photos is None else codes_of_folder(pair, photos, count)
    with progress() as bar:
        task = bar.add_task("faces", total=2 * len(codes))
        pictures = pictures_of(pair.generator, codes, done=lambda: bar.advance(task))
        values = measures.of(pictures, lambda: bar.advance(task))
    return codes.double().numpy(), values
