"""``mien dye``: hair, brows, lips, irises, skin, clothes in another color; strands and light stay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.codes import takes_code
from mien.cli.option_groups import grouped
from mien.cli.pixel_edit import Target, edit_pixels, pairs


@takes_code()
@grouped
def dye(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    color: Annotated[list[str], typer.Option(help="hair=auburn, lips=#a02040, hair=@swatch.png; repeatable.")],
    skin_tone: Annotated[bool, typer.Option("--skin-tone", help="Let skin be dyed, too.")] = False,
    target: Target,
) -> None:
    """Give a region another color: the whole region, at the photo's own resolution.

    Regions: hair, beard, brows, lips, irises, teeth, eyelids, cheeks, hat,
    clothes, background, or any that 'mien mask' knows; skin with --skin-tone alone.
    Colors: names (auburn, ash-blond, platinum, crimson ...), #hex, three numbers,
    @swatch.png, or other.jpg:hair, the color of that person's hair.
    On much darker hair a name gives what a hairdresser would get: blond on
    black is dark blond. #hex and numbers go all the way; --strength, less far.
    """
    from mien.photos.contents import check_photo

    check_photo(photo)
    from mien.editing.dyes import check_dyes
    from mien.editing.request import Request

    wanted = pairs(color, "hair=auburn")
    check_dyes(Request(dye=wanted, skin_tone=skin_tone))
    edit_pixels(photo, target, {"dye": wanted, "skin_tone": skin_tone})
