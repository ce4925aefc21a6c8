"""``mien borrow``: eyes, a smile, a nose from another photo, in this photo's pose, light and grain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.codes import takes_code
from mien.cli.option_groups import grouped
from mien.cli.pixel_edit import Target, edit_pixels


@takes_code()
@grouped
def borrow(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    other: Annotated[
        Path | None, typer.Option("--from", help="Another photo: best of the same person. By default nobody's face.")
    ] = None,
    album: Annotated[
        Path | None, typer.Option(help="A folder of photos: the face that fits best is taken; before nobody's.")
    ] = None,
    n: Annotated[int, typer.Option("-n", min=1, max=64, help="So many results, from different faces.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="0 the face that fits best, 1 the next one, ...")] = 0,
    part: Annotated[
        str,
        typer.Option(
            help="eyes, left-eye, right-eye, brows, nose, mouth, teeth (a smile), lower-face (a beard off), face, "
            "hair, fringe, beard, wrinkles; joined by +."
        ),
    ],
    color: Annotated[
        str | None, typer.Option(help="Dye the borrowed hair: a color, or 'own' for that of this photo's hair.")
    ] = None,
    hair_color_from: Annotated[
        Path | None, typer.Option(help="A second photo, whose hair says the color of the borrowed hair.")
    ] = None,
    target: Target,
) -> None:
    """Borrow a part of another face: open eyes, a better smile, hair.

    The part is turned into this face's pose (up to 25 degrees), and takes on
    its colors and its grain. Hair and glasses stay where they are. Hair is
    borrowed as a whole: what the old one would show is covered; with
    --hair-color-from it is dyed the mean color of a third person's hair. Without
    --from the part is that of nobody: a face of the bundled bank that fits
    in pose, light, skin and shape; a fringe is this
    hair, drawn lower, and with --seed 1 made of its strands. Another
    --seed gives another.
    """
    from mien.photos.contents import check_photo

    for file in (photo, other):
        if file is not None:
            check_photo(file)
    from mien.editing.dyes import check_dyes
    from mien.editing.request import Request
    from mien.errors import ConfigError
    from mien.guides.parts import HAIR, check_parts

    found = check_parts(part)
    if color is not None and hair_color_from is not None:
        raise ConfigError("--color and --hair-color-from both say what color hair becomes; give one of them.")
    option = "--color" if hair_color_from is None else "--hair-color-from"
    color = color if hair_color_from is None else f"{hair_color_from}:hair"
    if color is not None and not set(found) & set(HAIR):
        raise ConfigError(f"{option} is for borrowed hair; leave it out, or add hair to --part {part}.")
    check_dyes(Request(dye={} if color is None else {"hair": color}))
    if other is not None and (album is not None or n > 1):
        raise ConfigError("--album and -n choose among faces, and --from names one; leave one of them out.")
    if other is not None:
        from mien.photos.read import read_photo

        read_photo(other)
    if album is not None:
        from mien.guides.bank import check_album

        check_album(album)
    dyed = {} if color is None else {"dye": {"hair": color}}
    inputs = {"exemplar": other, "part": part, "album": album, "seed": seed, **dyed}
    files = [one for one in (other, hair_color_from) if one is not None]
    edit_pixels(photo, target, inputs, files, n)
