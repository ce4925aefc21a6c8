"""``mien heal``: moles, scratches, wrinkles and stray hairs vanish behind the texture around them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mien.cli.codes import takes_code
from mien.cli.option_groups import grouped
from mien.cli.pixel_edit import Target, edit_pixels


@takes_code()
@grouped
def heal(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    glasses: Annotated[bool, typer.Option("--glasses", help="Take glasses off; the eyes stay.")] = False,
    red_eyes: Annotated[bool, typer.Option("--red-eyes", help="Darken pupils that the flash made red.")] = False,
    target: Target,
) -> None:
    """Heal what --mask marks: its surroundings grow over it, grain included. --strength 0.5 halves a wrinkle.

    Without --mask, scratches and dust are found: on a scan of a print, sepia and grain stay.
    """
    from mien.errors import LayerError
    from mien.photos.contents import check_photo

    wishes = [name for name, wished in (("glasses", glasses), ("pupils", red_eyes)) if wished]
    wishes += [target.mask] if target.mask is not None else []
    if len(wishes) > 1:
        raise LayerError("--glasses, --red-eyes and --mask each say what is to vanish; give one of them at a time.")
    check_photo(photo)
    edit_pixels(photo, replace(target, mask=wishes[0] if wishes else None), {"mode": "heal"})
