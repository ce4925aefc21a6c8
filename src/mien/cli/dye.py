"""``mien dye``: hair, brows, lips, irises, skin, clothes in another color; strands and light stay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.option_groups import grouped
from mien.cli.pixel_edit import Target, edit_pixels, pairs


@grouped
def dye(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    color: Annotated[list[str], typer.Option(help="hair=auburn, lips=#a02040, irises=110,140,90; repeatable.")],
    target: Target,
) -> None:
    """Give a region another color: the whole region, at the photo's own resolution.

    Regions: hair, beard, brows, lips, irises, skin, neck, hat, clothes,
    background, glasses. Colors: names (auburn, blond, platinum, crimson ...), #hex, or
    three numbers.
    """
    from mien.conditions.colors import parse_color
    from mien.conditions.regions import check_region

    wanted = pairs(color, "hair=auburn")
    for region, name in wanted.items():
        check_region(region)
        parse_color(name)
    edit_pixels(photo, target, {"dye": wanted})
