"""Verbs that find directions of a generator: SeFa, GANSpace, InterFaceGAN, StyleSpace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import progress, stderr
from mien.cli.direction_options import Judges, Layers, To, add, codes_of, load_measures, parse_layers
from mien.cli.selection import TrustCode

if TYPE_CHECKING:
    from mien.checkpoints.clip import Clip
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

    pair, chosen = _pair(to), parse_layers(layers)
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

    generator = _pair(to).generator
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
    wanted, others = _known(attribute, measures), _known(hold or [], measures)
    pair, chosen = _pair(to), parse_layers(layers)
    codes, values = _measured(pair, measures, faces, photos)
    first, last = chosen or (0, codes.shape[1])
    rows = codes[:, :1] if photos is None else codes[:, first:last]
    flat = rows.reshape(len(rows), -1)
    known = {
        name: boundary(flat, labels_of(values[:, list(measures.units).index(name)], name))
        for name in dict.fromkeys([*wanted, *others])
    }
    found = []
    for name in wanted:
        one, rest = known[name], [known[other].normal for other in others if other != name]
        normal = held(one.normal, np.stack(rest)) if rest else one.normal
        vector = torch.zeros(1 if photos is None else codes.shape[1], codes.shape[2])
        vector[slice(None) if photos is None else slice(first, last)] = (
            torch.from_numpy(normal).float().view(rows.shape[1:])
        )
        source = f"InterFaceGAN, {one.count} of {len(codes)} faces, {one.accuracy:.0%} on the right side"
        source += f", held: {', '.join(others)}" if rest else ""
        deviation = float((flat @ normal).std())
        found.append(Direction(name, vector, unit=deviation, source=source, licence=OF_GENERATOR))
        stderr().print(f"{name}: {source}.", highlight=False, soft_wrap=True)
    add(found, to, layers)


def stylespace(
    to: To,
    name: Annotated[str, typer.Option(help="Of the direction.")],
    attribute: Annotated[str | None, typer.Option(help="What is measured: channels of the tenth with most.")] = None,
    text: Annotated[str | None, typer.Option(help="Or what shall be there, in words; needs --clip.")] = None,
    neutral: Annotated[str, typer.Option(help="What is there before, in words.")] = "a face",
    clip: Annotated[str | None, typer.Option(help="CLIP that reads the words: a folder, a file, an id.")] = None,
    relevance: Annotated[Path | None, typer.Option(help="StyleCLIP's fs3.npy, instead of looking anew.")] = None,
    statistics: Annotated[Path | None, typer.Option(help="StyleCLIP's S_mean_std or S; else computed.")] = None,
    beta: Annotated[float | None, typer.Option(min=0, help="Channels of less relevance stay as they are.")] = None,
    faces: Faces = 1000,
    layers: Layers = None,
    licence: Annotated[str, typer.Option("--licence", "--license", help="Of the files.")] = OF_GENERATOR,
    judge: Judges = None,
    trust_code: TrustCode = False,
) -> None:
    """Find the few channels of StyleSpace that have to do with an attribute, or with words (StyleCLIP)."""
    import torch

    from mien.checkpoints.directions import Direction
    from mien.directions import stylespace as space
    from mien.errors import ConfigError

    if (attribute is None) == (text is None) or (text is None) != (clip is None):
        raise ConfigError("Say what the direction is for: --attribute NAME, or --text WORDS with --clip.")
    pair = _pair(to)
    if attribute is not None:
        measures = load_measures(judge, trust_code)
        (column,) = (list(measures.units).index(one) for one in _known([attribute], measures))
        codes, values = _measured(pair, measures, faces, None)
        styles = space.styles_of(pair.generator, torch.from_numpy(codes).float())
        relevant = space.relevance_of_faces(styles, space.most(values[:, column], attribute))
        spread = _spread(pair, statistics, faces)
    else:
        spread = _spread(pair, statistics, faces)
        relevant = _of_words(pair, str(clip), str(text), neutral, relevance, spread)
        spread = spread[space.is_convolution(pair.generator.config)]
    least = beta if beta is not None else 0.1 if text else 0.8 * float(abs(relevant).max())
    vector, count = space.chosen_channels(relevant, spread, least)
    source = f"StyleSpace, {count} channels, beta {least:.3g}, {f'{text!r} from {neutral!r}' if text else attribute}"
    made = torch.from_numpy(vector)[None].float()
    add([Direction(name, made, range=(-10, 10), source=source, licence=licence, space="s")], to, layers)
    stderr().print(f"Channels that change: {count}.", highlight=False)


def _pair(to: Path) -> Pair:
    from mien.checkpoints.shapes import check_writable, generator_config, load_pair

    generator_config(to)
    check_writable(to)
    return load_pair(to)


def _known(names: list[str], measures: Measures) -> list[str]:
    from mien.errors import ConfigError

    for name in names:
        if name not in measures.units:
            raise ConfigError(f"Nothing here measures '{name}'; choose of {', '.join(measures.units)}, or add --judge.")
    return names


def _measured(pair: Pair, measures: Measures, count: int, photos: Path | None) -> tuple[Float64, Float64]:
    """Codes (N, L, C) and attributes (N, A)."""
    from mien.data.pictures import SUFFIXES
    from mien.directions.faces import pictures_of

    files = [] if photos is None else sorted(one for one in photos.rglob("*") if one.suffix.lower() in SUFFIXES)[:count]
    codes = codes_of(pair, list(range(SEED, SEED + count)), files)
    with progress() as bar:
        task = bar.add_task("faces", total=2 * len(codes))
        pictures = pictures_of(pair.generator, codes, done=lambda: bar.advance(task))
        values = measures.of(pictures, lambda: bar.advance(task))
    return codes.double().numpy(), values


def _spread(pair: Pair, statistics: Path | None, count: int) -> Float64:
    """(N,) deviations of the channels."""
    import numpy as np

    from mien.checkpoints.foreign import registry
    from mien.directions.faces import codes_of_faces
    from mien.directions.stylespace import is_convolution, styles_of
    from mien.errors import ConfigError

    if statistics is None:
        return np.asarray(styles_of(pair.generator, codes_of_faces(pair.generator, range(count), psi=1.0)).std(0))
    deviation = registry.load(statistics, "statistics").deviation.numpy()
    kept = is_convolution(pair.generator.config)
    if len(deviation) == kept.sum():
        full = np.zeros(len(kept))
        full[kept] = deviation
        return full
    if len(deviation) != len(kept):
        raise ConfigError(
            f"{statistics.name} describes {len(deviation)} channels, and this generator has {len(kept)} "
            f"({int(kept.sum())} without toRGB); give the file of this generator."
        )
    return np.asarray(deviation)


def _of_words(pair: Pair, clip: str, text: str, neutral: str, relevance: Path | None, spread: Float64) -> Float64:
    from mien.checkpoints.clip import load_clip
    from mien.checkpoints.foreign import registry
    from mien.directions import stylespace as space
    from mien.errors import ConfigError

    channels = None if relevance is None else registry.load(relevance, "relevance")
    total = int(space.is_convolution(pair.generator.config).sum())
    if channels is not None and len(channels) != total:
        raise ConfigError(
            f"{relevance} describes {len(channels)} channels, this generator has {total}; give the file of this one."
        )
    reader: Clip = load_clip(clip)
    if channels is None:
        with progress() as bar:
            task = bar.add_task("channels", total=total)
            codes = codes_of(pair, list(range(SEED, SEED + space.LOOKED_AT)), [])
            channels = space.relevance_of_channels(pair.generator, reader, codes, spread, lambda: bar.advance(task))
    return space.relevance_of_words(channels, reader, text, neutral)
