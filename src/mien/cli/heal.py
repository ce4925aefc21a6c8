"""``mien heal``: moles, scratches, wrinkles and stray hairs vanish behind the texture around them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.option_groups import grouped
from mien.cli.pixel_edit import Target, edit_pixels


@grouped
def heal(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    target: Target,
) -> None:
    """Heal what --mask marks: its surroundings grow over it, grain included. --strength 0.5 halves a wrinkle."""
    from mien.errors import LayerError

    if target.mask is None:
        raise LayerError("Nothing says what is to vanish; give --mask, a picture that is white there.")
    edit_pixels(photo, target, {"mode": "heal"})
