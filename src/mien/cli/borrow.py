"""``mien borrow``: eyes, a smile, a nose from another photo, in this photo's pose, light and grain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.option_groups import grouped
from mien.cli.pixel_edit import Target, edit_pixels


@grouped
def borrow(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    other: Annotated[Path, typer.Option("--from", help="Another photo: best of the same person.")],
    part: Annotated[
        str, typer.Option(help="eyes, left_eye, right_eye, brows, nose, mouth, face, hair, fringe, beard; joined by +.")
    ],
    color: Annotated[
        str | None, typer.Option(help="Dye the borrowed hair: a color, or 'own' for that of this photo's hair.")
    ] = None,
    target: Target,
) -> None:
    """Borrow a part of another face: open eyes, a better smile, hair.

    The part is turned into this face's pose (up to 25 degrees), and takes on
    its colors and its grain. Hair and glasses stay where they are. Hair is
    borrowed as a whole: what the old one would show is covered.
    """
    from mien.editing.dyes import check_dyes
    from mien.editing.request import Request
    from mien.errors import ConfigError
    from mien.guides.borrow import HAIR, check_parts
    from mien.photos.read import read_photo

    found = check_parts(part)
    if color is not None and not set(found) & set(HAIR):
        raise ConfigError(f"--color is for borrowed hair; leave it out, or add hair to --part {part}.")
    check_dyes(Request(dye={} if color is None else {"hair": color}))
    read_photo(other)
    dyed = {} if color is None else {"dye": {"hair": color}}
    edit_pixels(photo, target, {"exemplar": other, "part": part, **dyed}, [other])
