"""What may be said about a face, as options of a verb: one for each field of a request, and ``--box``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import Field, fields, make_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.editing.request import Request


class _Options:
    """See :class:`EditOptions`."""

    def inputs(self) -> dict[str, Any]:
        """Fields of a request, all but the face (see :mod:`mien.cli.selection`); what was not given is left out.

        Raises:
            LayerError: an attribute that is none.
            ConfigError: a weight that is none.
        """
        given = {one.name: getattr(self, _option(one)) for one in fields(Request) if one.name != "face"}
        return {
            name: _several(name, value) if isinstance(value, list) else value
            for name, value in given.items()
            if value is not None and value != []
        }


def _option(one: Field[Any]) -> str:
    """Fields that hold several things by name have an option for one of them, which may be repeated."""
    return str(one.metadata.get("option", one.name))


def _declared(one: Field[Any]) -> tuple[str, Any, None]:
    limits = {name: one.metadata[name] for name in ("min", "max") if name in one.metadata}
    kind: Any = list[str] if "option" in one.metadata else one.metadata.get("type", str)
    return _option(one), Annotated[kind | None, typer.Option(help=one.metadata["help"], **limits)], None


_BOX = ("box", Annotated[str | None, typer.Option(help="Where the face is: left,top,right,bottom in pixels.")], None)

if TYPE_CHECKING:

    class EditOptions(_Options):
        """All of them, None where nothing was given; see :func:`mien.cli.option_groups.grouped`."""

        face: str | None
        box: str | None

else:
    EditOptions = make_dataclass(
        "EditOptions", [*map(_declared, fields(Request)), _BOX], bases=(_Options,), frozen=True
    )


def _several(name: str, values: Sequence[str]) -> Any:
    """The field of a repeatable option."""
    from mien.cli.pixel_edit import pairs
    from mien.cli.reshape import parse_drag, parse_strength
    from mien.conditions.attributes import parse_attributes
    from mien.editing.degrees import parse_degree

    if name == "attributes":
        return parse_attributes(",".join(values))
    if name == "drag":
        return tuple(parse_drag(text) for text in values)
    kinds: dict[str, tuple[str, Callable[[str, str], Any]]] = {
        "reshape": ("smile=1", parse_strength),
        "degrees": ("smile=0.5", lambda _, degree: parse_degree(degree)),
        "dye": ("hair=auburn", lambda _, color: color),
        "weights": ("sketch=2", _number),
        "weight_maps": ("color=map.png", lambda _, path: Path(path)),
    }
    example, read = kinds[name]
    return {one: read(one, value) for one, value in pairs(values, example).items()}


def _number(name: str, value: str) -> float:
    from mien.errors import ConfigError

    try:
        return float(value)
    except ValueError:
        raise ConfigError(f"The weight of {name} is '{value}'; give a number, such as 2 or 0.5.") from None
