"""Names in a request that are checked before NumPy, OpenCV or any photo is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mien.editing.dyes import check_color, swatch_of
from mien.guides.parts import check_parts


def check_names(fields: Mapping[str, Any]) -> None:
    """Refuses a color, a part or a region that there is none of; everything else is checked with the request.

    Args:
        fields: of a request, as a file spells them.

    Raises:
        LayerError: there is no such color, part or region.
    """
    for region, color in (fields.get("dye") or {}).items():
        if swatch_of(color) is None:
            check_color(tuple(color) if isinstance(color, list) else color, region)
    if fields.get("part"):
        check_parts(fields["part"])
    if isinstance(fields.get("mask"), str):
        from mien.conditions.regions import check_region, is_expression  # brings NumPy and OpenCV

        if is_expression(fields["mask"]):
            check_region(fields["mask"])
