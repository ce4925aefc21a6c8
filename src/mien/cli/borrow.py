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
    part: Annotated[str, typer.Option(help="eyes, left_eye, right_eye, brows, nose, mouth, face, hair; joined by +.")],
    target: Target,
) -> None:
    """Borrow a part of another face: open eyes, a better smile.

    The part is turned into this face's pose (up to 25 degrees), and takes on
    its colors and its grain. Hair and glasses stay where they are.
    """
    from mien.guides.borrow import check_parts
    from mien.photos.read import read_photo

    check_parts(part)
    read_photo(other)
    edit_pixels(photo, target, {"exemplar": other, "part": part}, [other])
