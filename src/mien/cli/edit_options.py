"""What may be said about a face, as options of a verb."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

PLAIN = ("mask", "sketch", "semantic", "color", "exemplar", "text", "layers", "seed", "strength", "frame", "protect")
"""Options that mean an input of the same name."""


@dataclass(frozen=True)
class Said:
    """All of it; see :func:`mien.cli.option_groups.grouped`. None was not said."""

    mask: Annotated[str | None, typer.Option(help="What may change: a region (hair, eyes+brows) or a picture.")] = None
    sketch: Annotated[str | None, typer.Option(help="Where lines run: a drawing, SVG, or 'self' (as they are).")] = None
    semantic: Annotated[str | None, typer.Option(help="What lies where: a semantic map, or 'self'.")] = None
    color: Annotated[str | None, typer.Option(help="Colours, where any are painted, or 'self'.")] = None
    exemplar: Annotated[str | None, typer.Option(help="Whose look to borrow: a photo of a face, or 'self'.")] = None
    attribute: Annotated[list[str] | None, typer.Option(help="Such as smile=1.5; repeatable.")] = None
    text: Annotated[str | None, typer.Option(help="What it shall look like, in words; needs --clip.")] = None
    layers: Annotated[Path | None, typer.Option(help="A folder of 'mien conditions' that you painted in.")] = None
    seed: Annotated[int | None, typer.Option(min=0, help="0 is the plain result, others are variants.")] = None
    strength: Annotated[float | None, typer.Option(min=0, max=1, help="How far to go from the photo to the edit.")] = (
        None
    )
    face: Annotated[str | None, typer.Option(help="Which face: a number, 'largest', 'aligned', or a point x,y.")] = None
    box: Annotated[str | None, typer.Option(help="Where the face is: left,top,right,bottom in pixels.")] = None
    frame: Annotated[str | None, typer.Option(help="Layers lie over the photo or the crop; auto: by their size.")] = (
        None
    )
    protect: Annotated[
        str | None, typer.Option(help="Leave these as they are: glasses,earrings,teeth or any region.")
    ] = None
    weight: Annotated[list[str] | None, typer.Option(help="How much a layer counts: sketch=2; repeatable.")] = None
    weight_map: Annotated[list[str] | None, typer.Option(help="The same, painted: color=map.png; repeatable.")] = None

    def inputs(self) -> dict[str, Any]:
        """An editor's inputs, all but the face (see :mod:`mien.cli.selection`); what was not said is left out.

        Raises:
            LayerError: an attribute that is none.
            ConfigError: a weight that is none.
        """
        from mien.conditions.attributes import parse_attributes

        inputs = {name: value for name in PLAIN if (value := getattr(self, name)) is not None}
        if self.attribute:
            inputs["attributes"] = parse_attributes(",".join(self.attribute))
        if self.weight:
            inputs["weights"] = {name: _number(name, value) for name, value in _pairs(self.weight, "sketch=2")}
        if self.weight_map:
            inputs["weight_maps"] = {name: Path(value) for name, value in _pairs(self.weight_map, "color=map.png")}
        return inputs


def _pairs(values: Sequence[str], example: str) -> Iterator[tuple[str, str]]:
    from mien.errors import ConfigError

    for name, equals, rest in (value.partition("=") for value in values):
        if not (name and equals and rest):
            raise ConfigError(f"'{name}{equals}{rest}' does not name a layer and its weight; write it as {example}.")
        yield name.strip().lower(), rest.strip()


def _number(name: str, value: str) -> float:
    from mien.errors import ConfigError

    try:
        return float(value)
    except ValueError:
        raise ConfigError(f"The weight of {name} is '{value}'; give a number, such as 2 or 0.5.") from None
