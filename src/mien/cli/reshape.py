"""``mien reshape``: a smile, a narrower nose, a dragged point, made of the photo's own pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.codes import takes_code
from mien.cli.option_groups import grouped
from mien.cli.pixel_edit import Target, edit_pixels, pairs


@takes_code()
@grouped
def reshape(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    attribute: Annotated[list[str] | None, typer.Option(help="Such as smile=1; repeatable; see below.")] = None,
    drag: Annotated[list[str] | None, typer.Option(help="Pull a point: 'x,y:x,y' in photo pixels.")] = None,
    target: Target,
) -> None:
    """Move parts of a face: nothing is painted, so that skin, teeth and light stay real.

    Attributes, in standard deviations: smile, frown, mouth-width,
    lip-fullness, mouth-open, eye-size, eye-openness, brow-height, brow-angle,
    nose-width, nose-length, jaw-width, chin-length, cheek-width, face-width,
    forehead. 'mien attributes' lists their ranges.
    """
    from mien.errors import ConfigError
    from mien.photos.contents import check_photo

    check_photo(photo)
    from mien.guides.shapes import Shapes

    wanted = {name: parse_strength(name, value) for name, value in pairs(attribute or (), "smile=1").items()}
    Shapes.bundled().displacement(wanted)
    drags = tuple(parse_drag(text) for text in drag or ())
    if not wanted and not drags:
        raise ConfigError("Nothing is to be moved; give --attribute smile=1, or --drag x,y:x,y.")
    edit_pixels(photo, target, {"reshape": wanted, "drag": drags})


def parse_strength(name: str, value: str) -> float:
    """A number below 100; raises ConfigError otherwise."""
    from mien.errors import ConfigError

    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not abs(number) < 100:
        raise ConfigError(f"The strength of {name} is '{value}'; give a number such as 1 or -0.5.")
    return number


def parse_drag(text: str) -> tuple[float, float, float, float]:
    """``"120,200:124,192"``; raises ConfigError for anything else."""
    from mien.errors import ConfigError

    try:
        x0, y0, x1, y1 = (float(part) for point in text.split(":") for part in point.split(","))
    except ValueError:
        raise ConfigError(f"'{text}' names no two points; write --drag 120,200:124,192.") from None
    return x0, y0, x1, y1
