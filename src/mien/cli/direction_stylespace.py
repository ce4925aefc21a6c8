"""``mien directions stylespace``: the few channels that have to do with an attribute, or with words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import progress, stderr
from mien.cli.direction_methods import OF_GENERATOR, SEED, Faces, known_names, measured_faces, open_pair
from mien.cli.direction_options import Judges, Layers, To, add, load_measures
from mien.cli.selection import TrustCode

if TYPE_CHECKING:
    from torch import Tensor

    from mien.checkpoints.clip import Clip
    from mien.checkpoints.shapes import Pair
    from mien.directions.measures import Measures
    from mien.types import Float64


def stylespace(
    to: To,
    name: Annotated[str, typer.Option(help="Of the direction.")],
    attribute: Annotated[str | None, typer.Option(help="What is measured, such as smile.")] = None,
    text: Annotated[str | None, typer.Option(help="Or what shall be there, in words; needs --clip.")] = None,
    neutral: Annotated[str, typer.Option(help="What is there before, in words.")] = "a face",
    clip: Annotated[str | None, typer.Option(help="CLIP that reads the words: a folder, a file, an id.")] = None,
    relevance: Annotated[Path | None, typer.Option(help="StyleCLIP's fs3.npy, instead of looking anew.")] = None,
    statistics: Annotated[Path | None, typer.Option(help="StyleCLIP's S_mean_std or S; else computed.")] = None,
    beta: Annotated[
        float | None, typer.Option(min=0.001, max=1, help="Channels of less relevance stay as they are.")
    ] = None,
    channels: Annotated[
        int, typer.Option(min=0, help="For words: so many likely channels are tried at most; 0 tries all.")
    ] = 64,
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
    pair = open_pair(to, layers, name)
    config = pair.generator.config
    if attribute is not None:
        made = _of_attribute(pair, attribute, load_measures(judge, trust_code), statistics, faces, beta)
    else:
        spread = _spread(pair, statistics, faces)
        beta = beta or space.BETA_WORDS
        words = _Words(str(clip), str(text), neutral, beta, channels)
        relevant = _of_words(pair, words, relevance, spread)
        made = (*space.chosen_channels(relevant, spread[space.is_convolution(config)], beta), beta, 1.0)
    vector, count, least, unit = made
    source = f"StyleSpace, {count} channels, beta {least:.2g}, {attribute or f'{text!r} from {neutral!r}'}"
    row = torch.from_numpy(vector)[None].float()
    reach = (-10.0, 10.0) if text else (-3.0, 3.0)
    add([Direction(name, row, unit=unit, range=reach, source=source, licence=licence, space="s")], to, layers)
    stderr().print(f"Channels that change: {count}.", highlight=False)


def _of_attribute(
    pair: Pair, attribute: str, measures: Measures, statistics: Path | None, count: int, beta: float | None
) -> tuple[Float64, int, float, float]:
    """(N,), how many channels, β, and the unit: about one deviation of the attribute."""
    import numpy as np
    import torch

    from mien.directions import stylespace as space
    from mien.directions.effects import deviations

    (column,) = (list(measures.units).index(one) for one in known_names([attribute], measures))
    codes, values = measured_faces(pair, measures, count, None)
    styles = space.styles_of(pair.generator, torch.from_numpy(codes).float())
    first = space.relevance_of_faces(styles, space.most(values[:, column], attribute))
    channels = np.argsort(-np.abs(first), kind="stable")[: space.CANDIDATES].tolist()
    spread = _spread(pair, statistics, count)
    tried = torch.from_numpy(codes[: space.TRIED_ON]).float()
    with progress() as bar:
        task = bar.add_task("channels", total=len(channels))
        found = space.effects_of_channels(pair.generator, measures, tried, spread, channels, lambda: bar.advance(task))
    change, error = (one / np.maximum(deviations(values, measures), 1e-9) for one in found)
    relevance = np.zeros(len(spread))
    relevance[channels] = space.relevance_of_attribute(change, error, column)
    least = beta or max(space.BETA, space.SHARE * float(np.abs(relevance).max()))
    vector, kept = space.chosen_channels(relevance, spread, least)
    steps = vector[channels] / np.maximum(spread[channels], 1e-12)
    return vector, kept, least, space.unit_of(float(steps @ change[:, column]))


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


@dataclass(frozen=True)
class _Words:
    """What a direction is for, which CLIP reads it, and how many channels it looks at; 0 for all."""

    clip: str
    wanted: str
    neutral: str
    beta: float
    channels: int


def _of_words(pair: Pair, words: _Words, relevance: Path | None, spread: Float64) -> Float64:
    from mien.checkpoints.clip import load_clip
    from mien.checkpoints.foreign import registry
    from mien.directions import stylespace as space
    from mien.errors import ConfigError

    rows = None if relevance is None else registry.load(relevance, "relevance")
    total = int(space.is_convolution(pair.generator.config).sum())
    if rows is not None and len(rows) != total:
        raise ConfigError(
            f"{relevance} describes {len(rows)} channels, this generator has {total}; give the file of this one."
        )
    reader: Clip = load_clip(words.clip)
    if rows is not None:
        return space.relevance_of_words(rows, reader, words.wanted, words.neutral)
    return _looked_at(pair, reader, words, spread, total)


def _looked_at(pair: Pair, reader: Clip, words: _Words, spread: Float64, total: int) -> Float64:
    """(M,) with zeros for channels that were not tried; the likely ones are, until many in a row are irrelevant."""
    import numpy as np

    from mien.directions import stylespace as space
    from mien.directions.faces import codes_of_faces

    step = space.step_of_words(reader, words.wanted, words.neutral)
    codes = codes_of_faces(pair.generator, range(SEED, SEED + space.LOOKED_AT))
    order = space.likely_channels(pair.generator, reader, codes, spread, step)[: words.channels or total]
    pictures = 2 * len(order) * space.LOOKED_AT
    stderr().print(f"Looking at {len(order)} of {total} channels: {pictures:,} pictures at most.", highlight=False)
    found: list[float] = []

    def tried(row: Tensor) -> bool:
        bar.advance(task)
        found.append(float(row @ step))
        return (
            bool(words.channels)
            and max(np.abs(found[-space.PATIENCE :])) < words.beta
            and (len(found) >= space.PATIENCE)
        )

    with progress() as bar:
        task = bar.add_task("channels", total=len(order))
        space.relevance_of_channels(pair.generator, reader, codes, spread, tried, order)
    relevant = np.zeros(total)
    relevant[order[: len(found)]] = found
    return relevant
